"""Every reference that resolved in the source resolves in the copy: series, segmentations, structure sets, reports."""

from collections import defaultdict

import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from auditor.deid.plan import DeidPlan, Fate
from auditor.deid.profile import load_profile
from auditor.deid.run import Workplace, stage
from tests.deid.corpus import FRAME, STUDY, plant, write

CT = "1.2.840.10008.5.1.4.1.1.2"
SLICES = tuple(f"{STUDY}.1.{number}" for number in (1, 2, 3))


def item(**values):
    made = Dataset()
    for name, value in values.items():
        setattr(made, name, value)
    return made


def image(uid):
    return item(ReferencedSOPClassUID=CT, ReferencedSOPInstanceUID=uid)


def evidence():
    series = item(SeriesInstanceUID=f"{STUDY}.1", ReferencedSOPSequence=Sequence([image(uid) for uid in SLICES]))
    return Sequence([item(StudyInstanceUID=STUDY, ReferencedSeriesSequence=Sequence([series]))])


def derived(folder, file, sop_class, number, fill):
    dataset = plant(pydicom.dcmread(get_testdata_file(file)), number)
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = sop_class
    fill(dataset)
    dataset.save_as(folder / f"Sorensen_{number:03d}.dcm")


def segmentation(dataset):
    series = item(SeriesInstanceUID=f"{STUDY}.1", ReferencedInstanceSequence=Sequence([image(u) for u in SLICES]))
    dataset.ReferencedSeriesSequence = Sequence([series])
    source = item(SourceImageSequence=Sequence([image(SLICES[1])]))
    frame = item(DerivationImageSequence=Sequence([source]))
    dataset.PerFrameFunctionalGroupsSequence = Sequence([frame])
    dataset.SegmentSequence[0].TrackingUID = f"{STUDY}.77"


def structures(dataset):
    series = item(SeriesInstanceUID=f"{STUDY}.1", ContourImageSequence=Sequence([image(uid) for uid in SLICES]))
    study = item(ReferencedSOPClassUID="1.2.840.10008.3.1.2.3.1", ReferencedSOPInstanceUID=STUDY)
    study.RTReferencedSeriesSequence = Sequence([series])
    frame = item(FrameOfReferenceUID=FRAME, RTReferencedStudySequence=Sequence([study]))
    dataset.ReferencedFrameOfReferenceSequence = Sequence([frame])


def report(dataset):
    dataset.CurrentRequestedProcedureEvidenceSequence = evidence()
    node = item(RelationshipType="CONTAINS", ValueType="IMAGE", ReferencedSOPSequence=Sequence([image(SLICES[2])]))
    tracked = item(RelationshipType="CONTAINS", ValueType="UIDREF", UID=f"{STUDY}.77")
    prose = item(RelationshipType="CONTAINS", ValueType="TEXT", TextValue=f"Compared with {SLICES[0]}.")
    dataset.ContentSequence = Sequence([node, tracked, prose])


@pytest.fixture(params=["basic", "tcia"])
def sides(request, tmp_path):
    """Data sets of the source and of the copy, by file of the source."""
    folder = tmp_path / "in"
    for number in (1, 2, 3):
        write(folder, number=number)
    derived(folder, "liver_1frame.dcm", "1.2.840.10008.5.1.4.1.1.66.4", 4, segmentation)
    derived(folder, "rtplan.dcm", "1.2.840.10008.5.1.4.1.1.481.3", 5, structures)
    derived(folder, "test-SR.dcm", "1.2.840.10008.5.1.4.1.1.88.33", 6, report)
    derived(folder, "test-SR.dcm", "1.2.840.10008.5.1.4.1.1.88.59", 7, report)
    done = stage(DeidPlan(str(folder), load_profile(request.param), b"k" * 32, ocr=False), Workplace(tmp_path / "w"))
    assert [one.fate for one in done.outcomes] == [Fate.STAGED] * 7, done.outcomes
    return [
        (pydicom.dcmread(folder / one.locator), pydicom.dcmread(tmp_path / "w" / "staging" / one.path))
        for one in done.outcomes
    ]


def uids(dataset, path=""):
    """(place, UID) of every UID that is no name of the standard, at every depth."""
    for element in dataset:
        place = f"{path}/{element.keyword or element.tag}"
        if element.VR == "SQ":
            for index, inner in enumerate(element.value):
                yield from uids(inner, f"{place}[{index}]")
        elif element.VR == "UI" and element.value and not str(element.value).startswith("1.2.840.10008."):
            yield place, str(element.value)


def test_one_uid_becomes_one_uid_wherever_it_stands(sides):
    became = defaultdict(set)
    for source, copy in sides:
        after = dict(uids(copy))
        for place, uid in uids(source):
            if place in after:
                became[uid].add(after[place])
    assert len(became) > 10
    assert all(len(new) == 1 for new in became.values())
    assert not {uid for uid in became if {uid} == became[uid]} - {"1.2.276.0.7230010.3.0.3.6.0"}


def test_every_reference_to_an_instance_leads_to_one_in_the_copy(sides):
    there = {copy.SOPInstanceUID for _, copy in sides}
    series = {copy.SeriesInstanceUID for _, copy in sides}
    met = 0
    for source, copy in sides:
        old = dict(uids(source))
        for place, uid in uids(copy):
            if place.endswith("ReferencedSOPInstanceUID") and old.get(place, "") in SLICES:
                met += 1
                assert uid in there, place
            if place.endswith("]/SeriesInstanceUID") and old.get(place, "") == f"{STUDY}.1":
                assert uid in series, place
    assert met >= 10


def test_tracking_uids_and_uids_in_prose_follow(sides):
    by_class = {copy.SOPClassUID: copy for _, copy in sides}
    content = by_class["1.2.840.10008.5.1.4.1.1.88.33"].ContentSequence
    tracked = by_class["1.2.840.10008.5.1.4.1.1.66.4"].SegmentSequence[0].TrackingUID
    assert tracked == content[1].UID
    prose = content[2].TextValue
    assert SLICES[0] not in prose
