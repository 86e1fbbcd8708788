"""Text in pictures is read wherever it stands, and what cannot be looked at has a reason."""

import cv2
import numpy as np
import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, JPEGLSLossless

from auditor.pixels import engine
from auditor.pixels.gate import may_hold_text
from auditor.pixels.reader import PIXELS, Reader

TEXT = "QUILLFEATHER 4471"


def picture(rows: int = 96, columns: int = 220, text: str = TEXT, at: tuple[int, int] = (20, 40)) -> np.ndarray:
    drawn = np.full((rows, columns), 30, np.uint8)
    cv2.putText(drawn, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.5, 230, 1, cv2.LINE_AA)
    return drawn


def dataset(frames: list[np.ndarray], photometric: str = "MONOCHROME2", bits: int = 8) -> Dataset:
    made = Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.Rows, made.Columns = frames[0].shape[:2]
    made.SamplesPerPixel = 3 if frames[0].ndim == 3 else 1
    if made.SamplesPerPixel == 3:
        made.PlanarConfiguration = 0
    made.PhotometricInterpretation = photometric
    made.BitsAllocated = made.BitsStored = bits
    made.HighBit = bits - 1
    made.PixelRepresentation = 0
    made.NumberOfFrames = len(frames)
    made.PixelData = np.stack(frames).astype(np.uint16 if bits == 16 else np.uint8).tobytes()
    made["PixelData"].VR = "OW" if bits == 16 else "OB"
    return made


def read(made: Dataset) -> str:
    return " ".join(box.text for box in Reader().read(made).boxes)


@pytest.mark.parametrize("kind", ["mono2", "mono1", "deep", "rgb"])
def test_text_is_read_in_every_kind_of_picture(kind: str) -> None:
    drawn = picture()
    made = {
        "mono2": lambda: dataset([drawn]),
        "mono1": lambda: dataset([255 - drawn], "MONOCHROME1"),
        "deep": lambda: dataset([drawn.astype(np.uint16) * 16], bits=16),
        "rgb": lambda: dataset([np.stack([drawn, drawn, np.zeros_like(drawn)], -1)], "RGB"),
    }[kind]()
    assert "QUILLFEATHER" in read(made)


def test_a_box_stands_where_the_text_stands_and_names_its_frames() -> None:
    blank = picture(text="")
    reading = Reader().read(dataset([blank, picture(), picture(), blank]))
    (box,) = [box for box in reading.boxes if "QUILL" in box.text]
    assert (box.first, box.last, box.locator) == (1, 2, PIXELS)
    x0, y0, x1, y1 = box.box
    assert 8 <= x0 <= 26
    assert 18 <= y0 < 40 <= y1 + 4
    assert x1 > 120
    assert reading.looked_at == reading.frames == 4


def test_text_of_an_overlay_and_of_a_nested_icon_is_read() -> None:
    made = dataset([picture(text="")])
    bits = (picture(64, 200, at=(8, 40)) > 120).astype(np.uint8)
    made.add_new((0x6002, 0x0010), "US", 64)
    made.add_new((0x6002, 0x0011), "US", 200)
    made.add_new((0x6002, 0x0100), "US", 1)
    made.add_new((0x6002, 0x0102), "US", 0)
    made.add_new((0x6002, 0x3000), "OW", np.packbits(bits.ravel(), bitorder="little").tobytes())
    outer = Dataset()
    outer.IconImageSequence = Sequence([dataset([picture(64, 200, at=(8, 40))])])
    made.ReferencedImageSequence = Sequence([outer])
    places = {box.locator for box in Reader().read(made).boxes if "QUILL" in box.text}
    assert places == {"(6002,3000)", "(0008,1140)[0].(0088,0200)[0].(7FE0,0010)"}


def test_what_cannot_be_decoded_has_a_reason_and_is_no_pass() -> None:
    made = dataset([picture()])
    made.file_meta.TransferSyntaxUID = JPEGLSLossless
    assert "cannot be decoded" in Reader().read(made).not_evaluated[PIXELS]
    short = dataset([picture()])
    short.Rows = 4000
    assert PIXELS in Reader().read(short).not_evaluated


def test_an_overlay_that_is_too_short_has_a_reason() -> None:
    made = Dataset()
    made.add_new((0x6000, 0x0010), "US", 64)
    made.add_new((0x6000, 0x0011), "US", 64)
    made.add_new((0x6000, 0x3000), "OW", b"\0\0")
    assert "shorter" in Reader().read(made).not_evaluated["(6000,3000)"]


def test_pixels_left_out_on_request_are_not_evaluated() -> None:
    assert "on request" in Reader(ocr=False).read(dataset([picture()])).not_evaluated[PIXELS]


def test_without_the_extra_pixels_are_not_evaluated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine.importlib.util, "find_spec", lambda name: None)
    assert "imaging-auditor[ocr]" in Reader().read(dataset([picture()])).not_evaluated[PIXELS]


def test_a_picture_seen_before_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader()
    first = reader.read(dataset([picture()]))
    monkeypatch.setattr(engine, "words", lambda seen: pytest.fail("read twice"))
    assert reader.read(dataset([picture()])).boxes == first.boxes


def test_frames_are_read_again_only_where_they_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader()
    first = reader.words(picture(200, 400))
    sizes: list[tuple[int, ...]] = []
    whole = engine.words
    monkeypatch.setattr(engine, "words", lambda seen: sizes.append(seen.shape) or whole(seen))
    second = picture(200, 400)
    cv2.putText(second, "HAVERKAMP", (200, 150), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 230, 1, cv2.LINE_AA)
    found = reader.words(second)
    assert {word.text for word in first} < {word.text for word in found}
    assert any("HAVERKAMP" in word.text and word.box[0] > 180 and word.box[1] > 120 for word in found)
    assert sizes
    assert max(sizes)[0] < 200


def test_large_pictures_are_read_in_parts_so_that_small_text_is_kept() -> None:
    large = np.full((1300, 1300), 30, np.uint8)
    large[1202:1298, 1070:1290] = picture()
    found = engine.words(large)
    assert any("QUILL" in word.text and word.box[0] > 1070 and word.box[1] > 1202 for word in found)


def test_the_gate_lets_text_through_and_stops_flat_pictures() -> None:
    for at in ((4, 20), (40, 80)):
        assert may_hold_text(picture(at=at))
        assert may_hold_text(np.ascontiguousarray(np.rot90(picture(at=at))))
    assert may_hold_text(255 - picture())
    assert not may_hold_text(picture(text=""))
    noisy = np.random.default_rng(1).normal(60, 14, (96, 220)).clip(0, 255).astype(np.uint8)
    assert may_hold_text(np.maximum(noisy, picture()))
    smooth = np.tile(np.linspace(0, 255, 256).astype(np.uint8), (256, 1))
    assert not may_hold_text(smooth)


@pytest.mark.parametrize("name", ["CT_small.dcm", "SC_rgb_rle.dcm", "rtdose.dcm"])
def test_files_of_others_are_read_without_complaint(name: str) -> None:
    made = dcmread(get_testdata_file(name, download=False))
    reading = Reader().read(made)
    assert reading.looked_at > 0 or reading.not_evaluated
