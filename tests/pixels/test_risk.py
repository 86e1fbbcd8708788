"""Risk of burned-in text and of recognisable faces, judged by attributes alone."""

import pytest

from auditor.pixels import face, risk

HEAD = {"Modality": "CT", "BodyPartExamined": "HEAD", "SliceThickness": "1", "PixelSpacing": "0.5\\0.5", "Rows": "512"}


@pytest.mark.parametrize(
    ("attributes", "level"),
    [
        ({"Modality": "MR"}, "low"),
        ({"Modality": "US"}, "high"),
        ({"Modality": "MR", "BurnedInAnnotation": "YES"}, "high"),
        ({"Modality": "CT", "SOPClassUID": "1.2.840.10008.5.1.4.1.1.7"}, "high"),
        ({"Modality": "KO"}, "none"),
    ],
)
def test_the_level_follows_modality_class_and_annotation(attributes: dict[str, str], level: str) -> None:
    assert risk.assess({"Manufacturer": "X", "ImageType": "ORIGINAL", **attributes}).level == level


def test_the_table_of_deid_gives_regions_by_model_and_kind_of_image() -> None:
    found = risk.assess(
        {
            "Modality": "CT",
            "Manufacturer": "GE MEDICAL SYSTEMS",
            "ManufacturerModelName": "LightSpeed VCT",
            "ImageType": "DERIVED\\SECONDARY\\SCREEN SAVE",
        }
    )
    assert [region.box for region in found.regions] == [(0, 0, 512, 121)]
    assert any("deid table" in reason for reason in found.reasons)


def test_every_entry_of_the_table_of_deid_is_understood() -> None:
    assert len(risk.labels()) > 100
    assert all(label.name and any(label.alternatives) for label in risk.labels())
    boxes = [box for label in risk.labels() for box in label.boxes]
    assert len(boxes) > 100
    assert all(x1 > x0 >= 0 and y1 > y0 >= 0 for x0, y0, x1, y1 in boxes)


def test_a_thin_head_volume_can_show_a_face() -> None:
    assert face.assess(HEAD, 180).risk is True


@pytest.mark.parametrize(
    ("change", "slices", "risk_of_it"),
    [
        ({"BodyPartExamined": "CHEST"}, 180, False),
        ({"Modality": "US"}, 180, False),
        ({"SliceThickness": "10"}, 40, False),
        ({"RecognizableVisualFeatures": "NO"}, 180, False),
        ({"PixelSpacing": "0.1\\0.1"}, 180, False),
        ({}, 3, False),
        ({"SliceThickness": ""}, 180, None),
        ({"BodyPartExamined": "", "SeriesDescription": "t1 mprage head"}, 180, True),
        ({"BodyPartExamined": "SCHÄDEL"}, 180, True),
        ({"BodyPartExamined": "頭部"}, 180, True),
        ({"BodyPartExamined": "WHOLEBODY"}, 400, True),
        ({"BodyPartExamined": "", "StudyDescription": "頭部CT"}, 180, True),
        ({"BodyPartExamined": "", "StudyDescription": "Scanner du crâne"}, 180, True),
        ({"BodyPartExamined": "", "StudyDescription": "MR femoral head"}, 180, False),
        ({"BodyPartExamined": "", "SeriesDescription": "t2w tse knee"}, 180, False),
        ({"SeriesDescription": "T1 defaced"}, 180, False),
        ({"SeriesDescription": "T1 defaced", "RecognizableVisualFeatures": "YES"}, 180, True),
    ],
)
def test_geometry_and_body_part_decide(change: dict[str, str], slices: int, risk_of_it: bool | None) -> None:
    found = face.assess({**HEAD, **change}, slices)
    assert found.risk is risk_of_it
    assert found.reason


def test_positions_tell_the_spacing_better_than_the_header() -> None:
    assert face.assess({**HEAD, "SliceThickness": "10"}, 150, [float(place) for place in range(150)]).risk is True
