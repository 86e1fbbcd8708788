"""What UIDs carry besides their meaning."""

import pydicom
import pytest
from pydicom.data import get_testdata_file

from auditor.identifiers.detectors import Detectors
from auditor.identifiers.field import Field, Nature


@pytest.fixture(scope="module")
def detectors():
    return Detectors()


def test_the_serial_of_a_device_in_the_uid_that_its_maker_forms_is_found(detectors):
    file = pydicom.dcmread(get_testdata_file("MR-SIEMENS-DICOM-WithOverlays.dcm"), stop_before_pixels=True)
    serial = str(file.DeviceSerialNumber)
    for uid in (str(file.SOPInstanceUID), str(file.FrameOfReferenceUID)):
        found = {uid[hit.start : hit.end] for hit in detectors.find(uid, field=Field(Nature.UID)) if hit.letter == "M"}
        assert found == {serial}


@pytest.mark.parametrize(
    "uid",
    [
        "1.3.12.2.1107.5.9.1",  # a transfer syntax of the same maker
        "1.3.12.2.1107.5.99.3.30000005113009191059",
        "1.2.826.0.1.3680043.8.498.25641.30010005113009191059300000190",
        "1.2.840.10008.5.1.4.1.1.2",
    ],
)
def test_other_uids_name_no_device(detectors, uid):
    assert not [hit for hit in detectors.find(uid, field=Field(Nature.UID)) if hit.letter == "M"]
