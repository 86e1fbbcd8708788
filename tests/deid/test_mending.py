"""A damaged file loses what cannot be read, and nothing else; where too much is gone it is withheld."""

import struct

import pydicom
import pytest
from pydicom.data import get_testdata_file

from auditor.deid.plan import DeidPlan, Fate
from auditor.deid.profile import load_profile
from auditor.deid.run import Workplace, stage
from tests.deid.corpus import plant, write

NAME = b"Sorensen"
PIXELS = b"\xe0\x7f\x10\x00OW"
CREATOR = struct.pack("<HH2sH", 0x31, 0x10, b"LO", 8) + b"ACME 1.0"


def element(vr, value, length=None):
    head = struct.pack("<HH2s", 0x31, 0x1001, vr)
    return CREATOR + head + struct.pack("<HI", 0, len(value) if length is None else length) + value


def item(length, content=b""):
    return struct.pack("<HHI", 0xFFFE, 0xE000, length) + content


END = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
DAMAGE = {
    "a sequence of known length that holds garbage": element(b"SQ", b"garbage " + NAME),
    "a sequence of unknown length that holds garbage": element(b"SQ", b"garbage!" + END, 0xFFFFFFFF),
    "an item longer than its sequence": element(b"SQ", item(200, NAME)),
    "a sequence that never ends": element(b"SQ", item(8, NAME), 0xFFFFFFFF),
    "bytes of unknown length that are no items": element(b"UN", item(6, b"abcdef") + END, 0xFFFFFFFF),
    "a value longer than the file": element(b"UN", NAME, 2_000_000_000),
}


def staged(tmp_path):
    plan = DeidPlan(str(tmp_path / "in"), load_profile("tcia"), b"k" * 32, ocr=False)
    done = stage(plan, Workplace(tmp_path / "work"))
    return done.outcomes[0], tmp_path / "work" / "staging"


def clean(tmp_path):
    path = write(tmp_path / "in")
    dataset = pydicom.dcmread(path)
    del dataset[0xFFFCFFFC]
    dataset.save_as(path)
    return path


@pytest.mark.parametrize("what", DAMAGE)
def test_a_damaged_element_is_left_out_and_the_picture_stays(tmp_path, what):
    path = clean(tmp_path)
    raw = path.read_bytes()
    place = raw.rindex(PIXELS)
    path.write_bytes(raw[:place] + DAMAGE[what] + raw[place:])
    outcome, folder = staged(tmp_path)
    assert outcome.fate is Fate.STAGED, outcome.reason
    assert any("damaged" in risk for risk in outcome.risks)
    copy = pydicom.dcmread(folder / outcome.path)
    assert copy.PixelData == pydicom.dcmread(get_testdata_file("CT_small.dcm")).PixelData
    assert copy.StudyDescription == "MR hjärna"
    assert NAME not in (folder / outcome.path).read_bytes()


def test_missing_pixels_are_dark(tmp_path):
    path = clean(tmp_path)
    path.write_bytes(path.read_bytes()[:-9000])
    outcome, folder = staged(tmp_path)
    after = pydicom.dcmread(folder / outcome.path).pixel_array
    before = pydicom.dcmread(get_testdata_file("CT_small.dcm")).pixel_array
    assert (after[:90] == before[:90]).all()
    assert not after[-30:].any()


def test_compressed_pixels_without_an_end_get_one(tmp_path):
    path = write(tmp_path / "in", "MR_small_RLE.dcm")
    raw = path.read_bytes()
    path.write_bytes(raw[: raw.rindex(b"\xfe\xff\xdd\xe0")])
    outcome, folder = staged(tmp_path)
    after = pydicom.dcmread(folder / outcome.path).pixel_array
    assert (after == pydicom.dcmread(get_testdata_file("MR_small_RLE.dcm")).pixel_array).all()


def test_what_hides_after_the_last_frame_is_zeroed(tmp_path):
    path = clean(tmp_path)
    dataset = pydicom.dcmread(path)
    dataset.PixelData += NAME * 4
    dataset.save_as(path)
    outcome, folder = staged(tmp_path)
    copy = (folder / outcome.path).read_bytes()
    assert NAME not in copy
    assert len(pydicom.dcmread(folder / outcome.path).PixelData) == len(dataset.PixelData)


def test_a_plan_that_ends_too_early_loses_its_last_element_alone(tmp_path):
    (tmp_path / "in").mkdir()
    plant(pydicom.dcmread(get_testdata_file("rtplan.dcm")), 1).save_as(tmp_path / "in" / "a.dcm")
    path = tmp_path / "in" / "a.dcm"
    path.write_bytes(path.read_bytes()[:-3])
    outcome, folder = staged(tmp_path)
    assert outcome.fate is Fate.STAGED, outcome.reason
    assert pydicom.dcmread(folder / outcome.path).RTPlanLabel


def test_a_picture_without_any_pixels_left_is_withheld(tmp_path):
    path = clean(tmp_path)
    path.write_bytes(path.read_bytes()[:1100])
    outcome, _ = staged(tmp_path)
    assert outcome.fate is Fate.WITHHELD
    assert "in part" in outcome.reason
