"""Small DICOM files, written by pydicom, and walks over bytes."""

import io

from pydicom import dcmwrite
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, generate_uid

from auditor.dicomio import BytesBlob, DicomFile, Limits, Text, Walk, Walker, places, read

CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"


def dicom(dataset: Dataset, syntax: str = ExplicitVRLittleEndian, sop_class: str = CT_IMAGE) -> bytes:
    """A Part 10 file of `dataset`."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = syntax
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID = sop_class
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID = generate_uid()
    target = io.BytesIO()
    file = FileDataset(target, dataset, file_meta=meta, preamble=bytes(128))
    kind = UID(syntax)
    dcmwrite(
        target, file, implicit_vr=kind.is_implicit_VR, little_endian=kind.is_little_endian, enforce_file_format=True
    )
    return target.getvalue()


def patient(**attributes: object) -> Dataset:
    """A data set of one patient with more attributes by keyword."""
    dataset = Dataset()
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.PatientName = "Marchetti^Ilaria"
    dataset.PatientID = "PX-4471"
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


def walked(data: bytes, limits: Limits | None = None) -> tuple[DicomFile, Walk]:
    """Open and walk a file given as bytes."""
    file = read(BytesBlob(data), limits or Limits())
    return file, Walker(limits or Limits()).walk(file)


def texts(data: bytes, where: str = "") -> dict[str, list[Text]]:
    """Every text of a file by the locator of its place, spots within values left out."""
    file, walk = walked(data)
    found: dict[str, list[Text]] = {}
    for text in places(file, walk, where):
        found.setdefault(text.locator.split("#")[0], []).append(text)
    return found
