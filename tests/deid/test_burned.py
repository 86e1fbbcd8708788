"""Text burned into pictures is read, blanked and verified, whatever the pictures are coded in; nothing else changes."""

import cv2
import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.pixels.utils import set_pixel_data
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless, RLELossless

from auditor.api import deid
from auditor.config.load import load
from auditor.pixels.reader import missing

NAME = "Wlodarczyk^Halina"
LINES = ("WLODARCZYK HALINA", "1951-08-23")
pytestmark = pytest.mark.skipif(bool(missing()), reason="text recognition is not installed")


def picture(frames: int = 1) -> np.ndarray:
    """A round body on black, two lines of text in a corner of every frame."""
    made = []
    for number in range(frames):
        frame = np.zeros((256, 256), np.uint8)
        cv2.circle(frame, (140, 160), 60 + number, 110, -1)
        for row, line in enumerate(LINES):
            cv2.putText(frame, line, (8, 22 + 20 * row), cv2.FONT_HERSHEY_SIMPLEX, 0.55, 255, 1, cv2.LINE_AA)
        made.append(frame)
    return np.stack(made) if frames > 1 else made[0]


def write(path, array, photometric, syntax=ExplicitVRLittleEndian):
    """A secondary capture of the picture, with an icon that shows the text as well."""
    dataset = pydicom.dcmread(get_testdata_file("CT_small.dcm"))
    del dataset[0xFFFCFFFC]
    dataset.Modality, dataset.SOPClassUID = "OT", "1.2.840.10008.5.1.4.1.1.7"
    dataset.PatientName, dataset.PatientID, dataset.PatientBirthDate = NAME, "PL-4471", "19510823"
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    set_pixel_data(dataset, array, "MONOCHROME2" if photometric == "PALETTE COLOR" else photometric, 8)
    if photometric == "PALETTE COLOR":
        dataset.PhotometricInterpretation = photometric
        for tag in (0x00281101, 0x00281102, 0x00281103):
            dataset.add_new(tag, "US", [256, 0, 16])
            dataset.add_new(tag + 0x100, "OW", (np.arange(256, dtype="<u2")[::-1] << 8).tobytes())
    small = Dataset()
    small.SamplesPerPixel, small.PhotometricInterpretation, small.Rows, small.Columns = 1, "MONOCHROME2", 48, 64
    small.BitsAllocated = small.BitsStored = 8
    small.HighBit, small.PixelRepresentation = 7, 0
    first = array[0] if array.ndim == 3 and photometric.startswith(("MONO", "PAL")) else array
    grey = first if first.ndim == 2 else first[..., 0]
    small.PixelData = cv2.resize(grey, (64, 48), interpolation=cv2.INTER_AREA).tobytes()
    small["PixelData"].VR = "OB"
    dataset.IconImageSequence = Sequence([small])
    if syntax != ExplicitVRLittleEndian:
        dataset.compress(syntax, encoding_plugin="pydicom" if syntax == RLELossless else "pylibjpeg")
    path.parent.mkdir(exist_ok=True)
    dataset.save_as(path)


def released(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    flags = {"store.path": str(tmp_path / "store"), "audit.executor": "serial"}
    settings = load(None, flags=flags, start=tmp_path / "in")
    done = deid(tmp_path / "in", tmp_path / "out", configuration=settings, profile="hipaa-safe-harbor")
    assert done.complete, [(one.locator, one.reason) for one in (*done.withheld, *done.quarantined)]
    return {one.locator: pydicom.dcmread(tmp_path / "out" / one.path) for one in done.released}, done


def test_text_is_blanked_in_every_coding_and_the_syntax_stays(tmp_path, monkeypatch):
    colour = np.stack([picture()] * 3, axis=-1)
    write(tmp_path / "in" / "native.dcm", picture(), "MONOCHROME2")
    write(tmp_path / "in" / "frames.dcm", picture(3), "MONOCHROME2", RLELossless)
    write(tmp_path / "in" / "wavelet.dcm", colour, "RGB", JPEG2000Lossless)
    write(tmp_path / "in" / "palette.dcm", 255 - picture(), "PALETTE COLOR")
    before = {path.name: pydicom.dcmread(path) for path in (tmp_path / "in").glob("*.dcm")}
    copies, done = released(tmp_path, monkeypatch)
    for name, copy in copies.items():
        source = before[name]
        assert copy.file_meta.TransferSyntaxUID == source.file_meta.TransferSyntaxUID, name
        assert copy.PhotometricInterpretation == source.PhotometricInterpretation, name
        old, new = source.pixel_array, copy.pixel_array
        corner, body = (Ellipsis, slice(6, 40), slice(8, 150)), (Ellipsis, slice(90, 256), slice(70, 256))
        if copy.SamplesPerPixel == 3:
            corner, body = (*corner, slice(None)), (*body, slice(None))
        assert len(np.unique(new[corner])) == 1, name
        assert (new[body] == old[body]).all(), name
        assert copy.BurnedInAnnotation == "NO", name
        icon = copy.IconImageSequence[0]
        assert (icon.Rows, icon.Columns) == (48, 64), name
        assert icon.PixelData != source.IconImageSequence[0].PixelData, name
    assert done.certificate.actions["icon"] == 4
    assert not (tmp_path / "out.work" / "readings").exists()
