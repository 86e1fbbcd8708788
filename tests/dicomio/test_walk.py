import io
from pathlib import Path
from struct import pack

import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian

from auditor.dicomio import BytesBlob, FileBlob, Limits, Reason, Walker, locator, peek, read
from auditor.errors import ReadError
from auditor.model.outcome import Disposition
from tests.dicomio.making import dicom, patient, walked
from tests.dicomio.oracle import files_of_pydicom, read_rows, walked_rows


def test_the_walk_agrees_with_pydicom_on_every_file_both_can_read():
    compared = 0
    for path in files_of_pydicom():
        blob = FileBlob.open(path)
        try:
            file = read(blob)
        except ReadError:
            blob.close()
            continue
        with file:
            walk = Walker().walk(file)
            if not walk.stop and len(file.preamble) in (0, 128):  # pydicom does not seek where a file begins
                assert walked_rows(walk, len(file.meta)) == sorted(read_rows(path)), path.name
                compared += 1
    assert compared > 200


nested = st.recursive(
    st.dictionaries(
        st.sampled_from(["PatientName", "StudyDescription", "PatientComments"]), st.text("aBç9 ", max_size=9)
    ),
    lambda inner: st.fixed_dictionaries({"RequestAttributesSequence": st.lists(inner, max_size=3)}),
    max_leaves=8,
)


@given(nested, st.booleans(), st.sampled_from([ImplicitVRLittleEndian, ExplicitVRBigEndian, "1.2.840.10008.1.2.1"]))
def test_the_walk_agrees_with_pydicom_on_any_nesting_in_any_syntax(content, undefined, syntax):
    data = dicom(_dataset(content, undefined), syntax)
    file, walk = walked(data)
    assert walk.stop is None
    oracle = pydicom.dcmread(io.BytesIO(data))
    assert [locator(element) for element in walk.elements[len(file.meta) :]] == list(_locators(oracle, ""))


def _dataset(content: dict, undefined: bool) -> Dataset:
    dataset = Dataset()
    dataset.SpecificCharacterSet = "ISO_IR 192"
    for keyword, value in content.items():
        if isinstance(value, list):
            dataset.RequestAttributesSequence = Sequence([_dataset(item, undefined) for item in value])
            dataset["RequestAttributesSequence"].is_undefined_length = undefined
            for item in dataset.RequestAttributesSequence:
                item.is_undefined_length_sequence_item = undefined
        else:
            setattr(dataset, keyword, value)
    return dataset


def _locators(dataset: Dataset, prefix: str):
    for element in dataset:
        where = f"{prefix}({element.tag.group:04X},{element.tag.element:04X})"
        yield where
        if element.VR == "SQ":
            for number, item in enumerate(element.value):
                yield from _locators(item, f"{where}[{number}].")


def test_pixel_data_are_located_and_never_loaded():
    dataset = patient(Rows=4, Columns=4, BitsAllocated=8, PixelData=bytes(range(16)))
    dataset["PixelData"].VR = "OB"
    data = dicom(dataset)
    _, walk = walked(data)
    bulk = walk.pixels
    assert bulk is not None
    assert bulk.element[2] is None
    assert data[bulk.offset : bulk.offset + bulk.length] == bytes(range(16))


def test_elements_after_the_pixel_data_are_met_with_their_true_offsets():
    dataset = patient(Rows=400, Columns=400, BitsAllocated=8, PixelData=bytes(160_000))
    dataset["PixelData"].VR = "OW"
    dataset.add_new(0xFFFCFFFC, "OB", b"after the pixels")
    data = dicom(dataset)
    _, walk = walked(data)
    tag, _, value, _, start, end = walk.elements[-1]
    assert (tag, value) == (0xFFFCFFFC, b"after the pixels")
    assert data[start:end].endswith(b"after the pixels")
    assert end == len(data)


def test_bytes_after_the_data_set_are_trailing_and_no_damage():
    data = dicom(patient())
    _, walk = walked(data + b"Marchetti was here, see you")
    assert walk.stop is None
    assert walk.trailing == (len(data), 27)


@pytest.mark.parametrize("cut", [3, 20, 61])
def test_a_truncated_file_is_partly_read_and_says_where(cut):
    data = dicom(patient(PatientComments="A long comment that will be cut somewhere in its middle, it is hoped"))
    _, walk = walked(data[:-cut])
    assert walk.disposition is Disposition.PARTLY_READ
    assert walk.stop.reason is Reason.TRUNCATED
    assert any(value and value.startswith(b"Marchetti") for _, _, value, *_ in walk.elements)
    assert str(walk.stop).startswith("the file ends within an element (at byte ")


def test_what_is_left_of_a_truncated_value_is_still_given():
    data = dicom(patient(PatientComments="Call Ilaria on 555-0199 please"))
    _, walk = walked(data[:-8])
    assert walk.elements[-1][2].startswith(b"Call Ilaria on 555")


def test_a_recursion_bomb_is_stopped_at_the_depth_of_the_limits():
    bomb = b"\x40\x00\x75\x02SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff" * 5000
    _, walk = walked(dicom(patient()) + bomb, Limits(depth=20))
    assert walk.stop.reason is Reason.DEPTH
    assert max(element[3].depth for element in walk.elements) == 19


def test_more_elements_than_the_limits_allow_end_the_walk():
    item = b"\xfe\xff\x00\xe0\x00\x00\x00\x00"
    bomb = b"\x40\x00\x75\x02SQ\0\0" + pack("<I", len(item) * 9000) + item * 9000
    _, walk = walked(dicom(patient()) + bomb, Limits(elements=1000))
    assert walk.stop.reason is Reason.ELEMENTS


def test_un_of_undefined_length_is_a_sequence_in_implicit_vr():
    inner = b"\x10\x00\x10\x00\x08\x00\x00\x00Doe^Jane"
    value = b"\xfe\xff\x00\xe0" + pack("<I", len(inner)) + inner + b"\xfe\xff\xdd\xe0\0\0\0\0"
    _, walk = walked(dicom(patient()) + b"\x11\x00\x01\x10UN\0\0\xff\xff\xff\xff" + value)
    assert walk.stop is None
    assert [(locator(e), e[1], e[2]) for e in walk.elements[-2:]] == [
        ("(0011,1001)", "SQ", None),
        ("(0011,1001)[0].(0010,0010)", "PN", b"Doe^Jane"),
    ]


def test_un_that_only_begins_like_a_sequence_stays_a_value():
    value = b"\xfe\xff\x00\xe0\x08\x00\x00\x00not item"[:15] + b"!"
    broken = b"\xfe\xff\x00\xe0\xf0\x00\x00\x00" + value
    _, walk = walked(
        dicom(patient()) + b"\x11\x00\x10\x00LO\x04\x00ACME\x11\x00\x01\x10UN\0\0" + pack("<I", 24) + broken
    )
    assert walk.stop is None
    assert walk.elements[-1][1:3] == ("UN", broken)


def test_private_creators_hold_within_their_own_item_only():
    dataset = patient()
    dataset.private_block(0x0029, "ACME OUTER", create=True).add_new(1, "LO", "x")
    item = Dataset()
    item.private_block(0x0029, "ACME INNER", create=True).add_new(1, "LO", "y")
    dataset.RequestAttributesSequence = [item]
    _, walk = walked(dicom(dataset))
    named = {locator(e): e[3].creator(e[0]) for e in walk.elements if e[0] == 0x00291001}
    assert named == {"(0029,1001)": "ACME OUTER", "(0040,0275)[0].(0029,1001)": "ACME INNER"}


def test_an_item_may_have_a_character_set_of_its_own():
    item = Dataset()
    item.SpecificCharacterSet = "ISO_IR 144"
    item.PatientComments = "x"
    dataset = patient()
    dataset.RequestAttributesSequence = [item]
    _, walk = walked(dicom(dataset))
    assert walk.elements[-1][3].charset.strip() == b"ISO_IR 144"
    assert walk.root.charset.strip() == b"ISO_IR 192"


def test_duplicated_and_unordered_tags_are_all_given():
    name = b"\x10\x00\x10\x00PN\x04\x00A^B "
    date = b"\x08\x00\x20\x00DA\x08\x0020200101"
    _, walk = walked(dicom(patient()) + name + date + name)
    assert [e[0] for e in walk.elements[-3:]] == [0x00100010, 0x00080020, 0x00100010]


def test_an_element_longer_than_its_item_does_not_hide_what_follows():
    inner = b"\x10\x00\x10\x00PN\xf0\x00Doe^Jane"
    sequence = (
        b"\x40\x00\x75\x02SQ\0\0" + pack("<I", 8 + len(inner)) + b"\xfe\xff\x00\xe0" + pack("<I", len(inner)) + inner
    )
    _, walk = walked(dicom(patient()) + sequence + b"\x40\x00\x00\x14LT\x04\x00read")
    assert walk.stop.reason is Reason.LENGTH
    assert walk.elements[-1][2] == b"read"
    assert any(e[2] == b"Doe^Jane" for e in walk.elements)


def test_peek_gives_top_level_values_as_the_walk_does():
    walker = Walker()
    for path in files_of_pydicom()[:120]:
        blob = BytesBlob(Path(path).read_bytes())
        try:
            file = read(blob)
        except ReadError:
            continue
        wanted = frozenset({0x00080060, 0x00100010, 0x00100020})
        walk = Walker().walk(file)
        tops = {e[0]: e[2] for e in reversed(walk.elements) if e[3] is walk.root and e[0] in wanted}
        seen = peek(file, wanted)
        assert seen.items() <= tops.items()
        assert walker.peek(file, wanted) == walker.peek(file, wanted) == seen


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(*[st.sampled_from(("", "1", "22", "longer than before"))] * 4), min_size=2, max_size=8))
def test_a_walker_that_peeks_at_a_series_sees_what_a_new_one_sees(series):
    walker = Walker()
    wanted = frozenset({0x00080018, 0x00100010, 0x00100020, 0x00200013})
    for one, two, three, four in series:
        dataset = patient()
        dataset.StudyDescription, dataset.PatientName, dataset.PatientComments = one, two, three
        dataset.Manufacturer, dataset.InstanceNumber = "the same in every file of the series, and long", 7
        dataset.SeriesDescription = four
        with read(BytesBlob(dicom(dataset))) as file:
            assert walker.peek(file, wanted) == peek(file, wanted)


def test_a_value_beyond_the_limit_is_located_instead_of_loaded():
    dataset = patient()
    dataset.add_new(0x00420011, "OB", b"x" * 5000)
    data = dicom(dataset)
    _, walk = walked(data, Limits(value=1000))
    assert walk.elements[-1][2] is None
    bulk = walk.bulk[0]
    assert data[bulk.offset : bulk.offset + bulk.length] == b"x" * 5000


def test_what_the_walk_does_not_understand_is_handed_to_pydicom():
    path = next(path for path in files_of_pydicom() if path.name == "DICOMDIR-nooffset")
    with read(FileBlob.open(path)) as file:
        walk = Walker().walk(file)
    assert walk.stop.reason is Reason.LENGTH
    where = {locator(element) for element in walk.elements}
    assert {row[0] for row in read_rows(path)} <= where
