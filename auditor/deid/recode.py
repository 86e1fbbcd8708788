"""Compressed pixel data: frames decoded, blanked, and encoded again where that loses nothing."""

import csv
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.deid.blackness import dark, darkest_index
from auditor.deid.native import fill
from auditor.pixels.frames import count, stored
from auditor.pixels.region import Region

if TYPE_CHECKING:
    from numpy.typing import NDArray

_COLOURS = 3
_FAULTS = (NotImplementedError, RuntimeError, ValueError, TypeError, AttributeError, KeyError)


class Recoder:
    """The frames of one compressed file with regions blanked. Raises frames.Undecodable.

    Where an encoder gives back exactly what it was given, stored values are blanked and encoded in the file's own
    transfer syntax (`encodes`); where not, frames come decoded, colour as RGB. `photometric` is what the result is.
    """

    def __init__(self, dataset: Any, regions: Sequence[Region]) -> None:
        self._dataset = dataset
        self._regions = regions
        self.frames = count(dataset)
        said = str(dataset.get("PhotometricInterpretation", "MONOCHROME2"))
        self._stored = int(dataset.get("BitsStored", 8) or 8)
        syntax = _syntaxes().get(str(dataset.file_meta.TransferSyntaxUID), {})
        self._encode: Callable[[NDArray[Any]], bytes] | None = None
        self._raw, self.photometric = True, _decoded(said, syntax)
        self.first = self._blank(stored(dataset, 0))
        coded = self.photometric == "RGB" and said.startswith("YBR_")
        if syntax.get("encoder"):
            self._encode = _encoder(syntax["encoder"], dataset, self.first, self.photometric, coded)
        if self._encode is not None:
            self.photometric = "YBR_RCT" if coded else said
        elif self.first.ndim == _COLOURS:
            self._raw, self.photometric = False, "RGB"
            self.first = self._blank(self._picture(0))

    @property
    def encodes(self) -> bool:
        """Whether the transfer syntax stays."""
        return self._encode is not None

    def blanked(self) -> Iterator["NDArray[Any]"]:
        """Every frame."""
        yield self.first
        for index in range(1, self.frames):
            yield self._blank(self._picture(index))

    def fragments(self) -> Iterator[bytes]:
        """Every frame encoded, one fragment each."""
        assert self._encode is not None  # noqa: S101 - asked only where `encodes`
        yield from map(self._encode, self.blanked())

    def _picture(self, index: int) -> "NDArray[Any]":
        return stored(self._dataset, index, colours=not self._raw)

    def _blank(self, frame: "NDArray[Any]") -> "NDArray[Any]":
        copy = np.array(frame, copy=True)
        value = dark(copy, self.photometric, self._stored, _palette(self._dataset))
        fill(copy, self._regions, value)
        return copy


def little(frame: "NDArray[Any]") -> bytes:
    """The frame as bytes in little endian."""
    raw: bytes = frame.astype(frame.dtype.newbyteorder("<")).tobytes()
    return raw


def lossy_method(uid: str) -> str:
    """The defined term for Lossy Image Compression Method, or an empty string for a lossless syntax."""
    return _syntaxes().get(uid, {}).get("lossy", "")


def _decoded(photometric: str, syntax: Mapping[str, str]) -> str:
    """What stored values are once a decoder gave them: wavelet codecs undo their own colour transform."""
    if syntax.get("transforms") and photometric in ("YBR_RCT", "YBR_ICT"):
        return "RGB"
    return "YBR_FULL" if photometric == "YBR_FULL_422" else photometric


def _palette(dataset: Any) -> int:
    if str(dataset.get("PhotometricInterpretation", "")) != "PALETTE COLOR":
        return 0
    raw: dict[int, bytes] = {}
    for tag in (0x00281101, 0x00281102, 0x00281103):
        values = dataset[tag].value if tag in dataset else None
        if isinstance(values, Sequence) and len(values) == 3:
            raw[tag] = np.asarray([int(value) & 0xFFFF for value in values], "<u2").tobytes()
        table = dataset[tag + 0x100].value if tag + 0x100 in dataset else b""
        raw[tag + 0x100] = table if isinstance(table, bytes) else b""
    return darkest_index(raw, True)


def _encoder(
    uid: str, dataset: Any, first: "NDArray[Any]", photometric: str, transform: bool
) -> Callable[["NDArray[Any]"], bytes] | None:
    """Encodes frames without loss in the syntax `uid`; None where none of pydicom's encoders gives them back.

    GDCM is passed over: it ends the process on some pictures.
    """
    from pydicom.pixels.encoders.base import get_encoder

    options: dict[str, Any] = {
        "rows": first.shape[0],
        "columns": first.shape[1],
        "samples_per_pixel": first.shape[2] if first.ndim == _COLOURS else 1,
        "bits_allocated": first.dtype.itemsize * 8,
        "bits_stored": int(dataset.get("BitsStored", 8) or 8),
        "pixel_representation": int(dataset.get("PixelRepresentation", 0) or 0),
        "photometric_interpretation": photometric,
        "number_of_frames": 1,
        "planar_configuration": 0,
        "use_mct": transform,
    }
    encoder = get_encoder(uid)
    plugin = next((name for name in encoder.available_plugins if name != "gdcm"), "")

    def encode(frame: "NDArray[Any]") -> bytes:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fragment: bytes = encoder.encode(little(frame), encoding_plugin=plugin, **options)
        return fragment

    if not plugin:
        return None
    try:
        back = _decode(uid, encode(first), options)
    except _FAULTS:
        return None
    return encode if back.shape == first.shape and bool((back == first).all()) else None


def _decode(uid: str, fragment: bytes, options: Mapping[str, Any]) -> "NDArray[Any]":
    from pydicom.encaps import encapsulate
    from pydicom.pixels.decoders.base import get_decoder

    decoder = get_decoder(uid)
    plugin = next(name for name in decoder.available_plugins if name != "gdcm")
    told: Any = {**options, "pixel_keyword": "PixelData"}
    array, _ = decoder.as_array(encapsulate([fragment]), index=0, raw=True, decoding_plugin=plugin, **told)
    return np.asarray(array)


@lru_cache(maxsize=1)
def _syntaxes() -> Mapping[str, Mapping[str, str]]:
    lines = files("auditor.deid").joinpath("data/syntaxes.csv").read_text("utf-8").splitlines()
    return {row["uid"]: row for row in csv.DictReader(line for line in lines if not line.startswith("#"))}
