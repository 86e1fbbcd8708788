"""Text in pixels is read and judged like any other; where it cannot be read, that is said and is never a pass."""

import cv2
import numpy as np
import pytest
from pydicom.uid import ExplicitVRLittleEndian

from auditor.model.outcome import Outcome
from fixtures.headers import corpus
from tests.headers.helpers import context, facts, findings, letters


def _drawn(folder, *lines):
    """A secondary capture on which `lines` are drawn."""
    dataset = corpus._base(1)
    picture = np.full((300, 520), 20, np.uint8)
    for number, line in enumerate(lines):
        cv2.putText(picture, line, (16, 40 + 44 * number), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 235, 2, cv2.LINE_AA)
    dataset.Rows, dataset.Columns, dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 300, 520, 8, 8, 7
    dataset.PixelRepresentation, dataset.PixelData = 0, picture.tobytes()
    for keyword in ("SmallestImagePixelValue", "LargestImagePixelValue", "PixelPaddingValue"):
        if keyword in dataset:
            del dataset[keyword]
    dataset.Modality, dataset.BurnedInAnnotation = "OT", "NO"
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.save_as(folder / "one")
    return folder


def _rules(folder, given):
    return {one.rule.removeprefix("headers."): one.outcome for one in findings(folder, given)["one"]}


@pytest.fixture(scope="module")
def named(tmp_path_factory):
    return _drawn(tmp_path_factory.mktemp("named"), "GRONQVIST ASA", "ID SE-7734190")


def test_a_name_burned_into_the_pixels_is_found_with_its_box(named):
    found = facts(named, context(ocr=True))["one"]
    assert {"A", "H"} <= letters(found, "pixels_direct")
    name = next(record for record in found["pixels_direct"] if record["letter"] == "A")
    left, top, right, bottom = (int(edge) for edge in name["box"].split(","))
    assert left < right <= 520
    assert top < 44 < bottom + 20


def test_burned_in_annotation_that_says_no_is_contradicted(named):
    assert _rules(named, context(ocr=True))["claim-burned-in-no"] is Outcome.FAIL


def test_an_orientation_letter_and_a_scale_are_no_finding(tmp_path):
    found = facts(_drawn(tmp_path, "R", "10 cm", "MI 1.2 TIs 0.4"), context(ocr=True))["one"]
    assert "pixels_direct" not in found
    assert "pixels_dates" not in found


def test_pixels_that_cannot_be_decoded_are_not_evaluated(tmp_path):
    folder = _drawn(tmp_path, "GRONQVIST ASA")
    raw = (folder / "one").read_bytes()
    (folder / "one").write_bytes(raw[: len(raw) - 90_000])
    assert _rules(folder, context(ocr=True)).get("pixels-identifier") is Outcome.NOT_EVALUATED


def test_without_the_extra_pixels_are_not_evaluated(named, monkeypatch):
    monkeypatch.setattr("auditor.pixels.engine.missing", lambda: "text recognition is not installed")
    assert _rules(named, context(ocr=True))["pixels-identifier"] is Outcome.NOT_EVALUATED


def test_pixels_left_out_on_request_make_the_rules_not_applicable(named):
    assert "pixels-identifier" not in _rules(named, context(ocr=False))


def test_a_head_volume_of_thin_slices_can_show_a_face(tmp_path):
    for number in range(1, 131):
        dataset = corpus._base(number)
        dataset.BodyPartExamined, dataset.SliceThickness, dataset.PixelSpacing = "HEAD", "1.0", ["1.5", "1.5"]
        if number > 1:
            dataset.StudyDescription = "CT"
        dataset.save_as(tmp_path / f"IM{number:03d}")
    found = facts(tmp_path)
    assert "face_risk" in found["IM001"]
    for path in sorted(tmp_path.iterdir())[10:]:
        path.unlink()
    assert "face_risk" not in facts(tmp_path)["IM001"]


def test_a_head_is_known_by_its_name_in_the_characters_of_the_file(tmp_path):
    for number in range(1, 131):
        dataset = corpus._base(number)
        dataset.SpecificCharacterSet, dataset.StudyDescription = "ISO_IR 192", "頭部CT"
        dataset.SliceThickness, dataset.PixelSpacing = "1.0", ["1.5", "1.5"]
        if "BodyPartExamined" in dataset:
            del dataset.BodyPartExamined
        dataset.save_as(tmp_path / f"IM{number:03d}")
    assert "face_risk" in facts(tmp_path)["IM001"]


def test_pixels_of_a_kind_that_bears_text_are_missed_when_they_are_left_out(tmp_path):
    dataset = corpus._base(8)
    dataset.Modality = "US"
    dataset.save_as(tmp_path / "one")
    found = {finding.rule for finding in findings(tmp_path, context())["one"]}
    assert "headers.pixels-unread" in found
    assert "headers.pixels-unread" not in {finding.rule for finding in findings(tmp_path, context("clinical"))["one"]}


def test_a_photograph_of_a_face_is_told_from_one_of_a_foot(tmp_path):
    for part in ("FACE", "FOOT"):
        dataset = corpus._base(9)
        dataset.Modality, dataset.BodyPartExamined = "XC", part
        dataset.save_as(tmp_path / part)
    told = {name: {finding.rule for finding in made} for name, made in findings(tmp_path).items()}
    assert "headers.photograph-of-face" in told["FACE"]
    assert "headers.photograph-of-face" not in told["FOOT"]


def test_a_technical_line_beside_a_name_is_in_no_box(tmp_path):
    found = facts(_drawn(tmp_path, "GRONQVIST ASA", "W 400 L 40", "ID SE-7734190"), context(ocr=True))["one"]
    boxes = [[int(edge) for edge in record["box"].split(",")] for record in found["pixels_direct"]]
    assert len(boxes) > 1
    assert not any(top < 76 < bottom for _, top, _, bottom in boxes)
