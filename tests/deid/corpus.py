"""Real DICOM files that others made, with invented identifiers planted, for the tests of this room."""

import logging
from pathlib import Path

import pydicom
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

logging.getLogger("pydicom").setLevel(logging.CRITICAL)

PATIENT = "Sörensen^Åsa^Kristina"
NUMBER = "SE-770312-8842"
BORN = "19770312"
STUDY = "1.2.752.99.4.20260214.7"
FRAME = "1.2.752.99.4.5"


def plant(
    dataset: Dataset, number: int, *, name: str = PATIENT, patient: str = NUMBER, day: str = "20260214"
) -> Dataset:
    """Make a test file that of an invented patient, identifiers in many of the places they hide in."""
    dataset.SpecificCharacterSet = "ISO_IR 100"
    dataset.PatientName, dataset.PatientID, dataset.PatientBirthDate = name, patient, BORN
    dataset.PatientSex, dataset.PatientAge = "F", "048Y"
    dataset.StudyInstanceUID = STUDY
    dataset.SeriesInstanceUID = f"{STUDY}.1"
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = f"{STUDY}.1.{number}"
    dataset.FrameOfReferenceUID = FRAME
    dataset.StudyDate = dataset.SeriesDate = dataset.ContentDate = day
    dataset.StudyTime = dataset.ContentTime = "101530"
    dataset.AccessionNumber, dataset.StudyID = "ACC-55120", "S77"
    dataset.ReferringPhysicianName = "Bengtsson^Lars"
    dataset.InstitutionName = "Norrlands sjukhus"
    dataset.StudyDescription = "MR hjärna"
    dataset.SeriesDescription = f"T2 axial, {name.split('^')[0]}"
    dataset.ImageComments = f"Fru {name.split('^')[0]} ramlade av cykeln, tel 070-123 45 67"
    dataset.InstanceNumber = number
    reference = Dataset()
    reference.ReferencedSOPClassUID = dataset.SOPClassUID
    reference.ReferencedSOPInstanceUID = f"{STUDY}.1.1"
    dataset.ReferencedImageSequence = Sequence([reference])
    block = dataset.private_block(0x0029, "ACME MEDICAL 9.1", create=True)
    block.add_new(0x10, "LO", name.split("^")[0])
    return dataset


def write(folder: Path, file: str = "CT_small.dcm", number: int = 1, **more: str) -> Path:
    """One planted file below `folder`, its name an identifier too."""
    dataset = plant(pydicom.dcmread(get_testdata_file(file)), number, **more)
    dataset.preamble = b"Sorensen Asa".ljust(128, b"\0")
    path = folder / f"Sorensen_{number:03d}.dcm"
    folder.mkdir(parents=True, exist_ok=True)
    dataset.save_as(path)
    return path
