"""Decodes single frames to grey pictures of eight bits. Whatever cannot be decoded has a reason and is never a pass."""

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

_LARGEST = 400_000_000  # bytes of one decoded frame
_COLOURS = 3


class Undecodable(Exception):
    """A frame that cannot be shown; the text is the reason, in words, without any value of the file."""


def count(dataset: "Dataset") -> int:
    """Number of frames (PS3.3 C.7.6.6), 1 where the attribute is absent or cannot be read."""
    try:
        return max(1, int(dataset.get("NumberOfFrames", 1) or 1))
    except (TypeError, ValueError):
        return 1


def decode(dataset: "Dataset", frame: int) -> "NDArray[np.uint8]":
    """Frame `frame` (from 0) as `(rows, columns)` of 0 to 255, black where the image is dark.

    Every photometric interpretation pydicom knows: MONOCHROME1 is inverted, palettes are applied, YBR becomes
    RGB, colour becomes luminance. Raises Undecodable with the reason.
    """
    raw = _raw(dataset, frame)
    photometric = str(dataset.get("PhotometricInterpretation", "MONOCHROME2"))
    return grey(raw, inverted=photometric == "MONOCHROME1")


def stored(dataset: "Dataset", frame: int, *, colours: bool = False) -> "NDArray[Any]":
    """The stored values of frame `frame`, `(rows, columns)` or `(rows, columns, samples)`, without colour conversion.

    For blanking and encoding again; with `colours`, YBR becomes RGB. Raises Undecodable with the reason.
    """
    return _pixels(dataset, frame, raw=not colours)


def grey(raw: "NDArray[Any]", *, inverted: bool = False) -> "NDArray[np.uint8]":
    """Any picture, stretched between its darkest and brightest half per cent, to eight bits."""
    plane = raw.astype(np.float32)
    if plane.ndim == _COLOURS:
        plane = _lightness(plane[..., :_COLOURS]) if plane.shape[-1] >= _COLOURS else plane[..., 0]
    plane = np.nan_to_num(plane)
    low, high = np.percentile(plane, (0.5, 99.5))
    if high <= low:
        low, high = float(plane.min()), float(plane.max())
    if high <= low:
        return np.zeros(plane.shape, np.uint8)
    shown: NDArray[np.uint8] = np.clip((plane - low) * (255.0 / (high - low)), 0, 255).astype(np.uint8)
    if inverted:
        shown = np.asarray(255 - shown, np.uint8)
    return shown


def _lightness(colours: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """Half luminance (ITU-R BT.601), half the mean of the strongest and weakest colour: pure colours stay visible."""
    luminance = colours @ np.array([0.299, 0.587, 0.114], np.float32)
    mean = (colours.max(axis=-1) + colours.min(axis=-1)) / 2
    return np.asarray((luminance + mean) / 2, np.float32)


def _raw(dataset: "Dataset", frame: int) -> "NDArray[Any]":
    from pydicom.pixels.processing import apply_color_lut

    found = _pixels(dataset, frame, raw=False)
    if str(dataset.get("PhotometricInterpretation", "")) != "PALETTE COLOR":
        return found
    try:
        return np.asarray(apply_color_lut(found, dataset))
    except Exception as error:  # tables of hostile files break in many ways
        raise Undecodable(f"the palette cannot be applied ({type(error).__name__})") from error


def _pixels(dataset: "Dataset", frame: int, *, raw: bool) -> "NDArray[Any]":
    from pydicom.pixels.utils import pixel_array

    _check_size(dataset)
    found: NDArray[Any] | None = None
    for plugin in dict.fromkeys((_plugin(dataset), "")):
        try:
            found = np.asarray(pixel_array(dataset, index=frame, raw=raw, decoding_plugin=plugin))
            break
        except Exception as error:  # codecs raise whatever they like for hostile streams
            if not plugin:
                raise Undecodable(_reason(dataset, error)) from error
    if found is None or found.ndim not in (2, 3) or not found.size:
        raise Undecodable("the decoded frame has no rows and columns")
    return found


def _plugin(dataset: "Dataset") -> str:
    """The decoder to take, an empty string for any; GDCM, which ends the process on some streams, comes last."""
    from pydicom.pixels.decoders.base import get_decoder

    syntax = getattr(getattr(dataset, "file_meta", None), "TransferSyntaxUID", None)
    if syntax is None or not syntax.is_encapsulated:
        return ""
    try:
        known = get_decoder(syntax).available_plugins
    except NotImplementedError:
        return ""
    bits = int(dataset.get("BitsAllocated", 8) or 8)
    order = ("pydicom", "pylibjpeg", "pyjpegls", "pillow") if bits <= 8 else ("pydicom", "pylibjpeg", "pyjpegls")
    return next((name for name in order if name in known), "")


def _check_size(dataset: "Dataset") -> None:
    try:
        size = int(dataset.Rows) * int(dataset.Columns) * int(dataset.get("SamplesPerPixel", 1) or 1)
        bits = int(dataset.get("BitsAllocated", 8) or 8)
    except (AttributeError, TypeError, ValueError) as error:
        raise Undecodable("Rows, Columns or Bits Allocated is missing or no number") from error
    if size * max(1, bits // 8) > _LARGEST:
        raise Undecodable("one frame is larger than 400 MB")


def _reason(dataset: "Dataset", error: Exception) -> str:
    """Says which coding failed and how; messages of codecs may repeat values of the file and are left out."""
    syntax = getattr(getattr(dataset, "file_meta", None), "TransferSyntaxUID", None)
    coding = getattr(syntax, "name", "") or "unknown transfer syntax"
    missing = isinstance(error, RuntimeError | NotImplementedError | ImportError)
    hint = "; no decoder is installed for it, or the stream is broken" if missing else ""
    return f"the frame cannot be decoded ({coding}, {type(error).__name__}){hint}"
