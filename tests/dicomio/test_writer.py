import io
from pathlib import Path
from typing import ClassVar

import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian

from auditor.dicomio import (
    BytesBlob,
    FileBlob,
    Insert,
    Remove,
    RemoveItem,
    Replace,
    ReplaceBulk,
    Walker,
    encode_items,
    locator,
    read,
    rewrite,
)
from auditor.errors import ReadError
from tests.dicomio.making import dicom, patient, walked
from tests.dicomio.oracle import files_of_pydicom

SYNTAXES = ["1.2.840.10008.1.2.1", ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian]


def rewritten(data: bytes, edits=(), **options) -> bytes:
    file, walk = walked(data)
    chosen = edits(file, walk) if callable(edits) else edits
    target = io.BytesIO()
    rewrite(file, walk, chosen, target, **options)
    return target.getvalue()


def at(walk, where: str):
    return next(element for element in walk.elements if locator(element) == where)


def test_rewriting_without_changes_gives_every_file_back_byte_for_byte():
    compared = 0
    for path in files_of_pydicom():
        data = Path(path).read_bytes()
        try:
            file = read(BytesBlob(data))
        except ReadError:
            continue
        walk = Walker().walk(file)
        if walk.stop is None:
            target = io.BytesIO()
            rewrite(file, walk, [], target)
            assert target.getvalue() == data, path.name
            compared += 1
    assert compared > 200


def deep(undefined: bool) -> Dataset:
    inner = Dataset()
    inner.PatientName = "Marchetti^Ilaria"
    inner.CodeMeaning = "kept"
    middle = Dataset()
    middle.RequestedProcedureDescription = "kept too"
    middle.RequestAttributesSequence = [inner]
    outer = patient(PatientComments="Comments of Ilaria")
    outer.RequestAttributesSequence = [middle, Dataset()]
    for dataset in (outer, middle):
        sequence = dataset["RequestAttributesSequence"]
        sequence.is_undefined_length = undefined
        for item in sequence.value:
            item.is_undefined_length_sequence_item = undefined
    return outer


INNER = "(0040,0275)[0].(0040,0275)[0].(0010,0010)"


@given(st.sampled_from(SYNTAXES), st.booleans(), st.binary(max_size=40).filter(lambda raw: b"\\" not in raw))
def test_pydicom_reads_what_was_replaced_at_any_depth_and_all_else_stays(syntax, undefined, value):
    data = dicom(deep(undefined), syntax)
    made = rewritten(data, lambda _, walk: [Replace(at(walk, INNER), value), Remove(at(walk, "(0010,4000)"))])
    oracle = pydicom.dcmread(io.BytesIO(made))
    item = oracle.RequestAttributesSequence[0]
    raw = item.RequestAttributesSequence[0].get_item("PatientName").value or b""
    assert raw == value + b" " * (len(value) % 2)
    assert item.RequestedProcedureDescription == "kept too"
    assert item.RequestAttributesSequence[0].CodeMeaning == "kept"
    assert oracle.PatientName == "Marchetti^Ilaria"
    assert "PatientComments" not in oracle
    assert len(oracle.RequestAttributesSequence) == 2


@pytest.mark.parametrize("undefined", [True, False])
@pytest.mark.parametrize("syntax", SYNTAXES)
def test_an_item_can_be_left_out(syntax, undefined):
    made = rewritten(dicom(deep(undefined), syntax), lambda _, walk: [RemoveItem(at(walk, INNER)[3])])
    oracle = pydicom.dcmread(io.BytesIO(made))
    assert len(oracle.RequestAttributesSequence[0].RequestAttributesSequence) == 0
    assert oracle.RequestAttributesSequence[0].RequestedProcedureDescription == "kept too"


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_an_inserted_element_stands_where_its_tag_belongs(syntax):
    little = syntax != ExplicitVRBigEndian
    codes = encode_items([[(0x00080104, "LO", b"Basic Profile")]], syntax != ImplicitVRLittleEndian, little)

    def edits(_, walk):
        root = walk.root
        inner = at(walk, INNER)[3]
        return [
            Insert(root, 0x00120062, "CS", b"YES"),
            Insert(root, 0x00120064, "SQ", codes),
            Insert(inner, 0x00100020, "LO", b"NEW"),
        ]

    made = rewritten(dicom(deep(False), syntax), edits)
    oracle = pydicom.dcmread(io.BytesIO(made))
    assert oracle.PatientIdentityRemoved == "YES"
    assert oracle.DeidentificationMethodCodeSequence[0].CodeMeaning == "Basic Profile"
    assert oracle.RequestAttributesSequence[0].RequestAttributesSequence[0].PatientID == "NEW"
    _, walk = walked(made)
    tops = [element[0] for element in walk.elements if element[3] is walk.root]
    assert tops == sorted(tops)


def test_the_file_meta_can_be_edited_and_its_group_length_follows():
    made = rewritten(
        dicom(patient()),
        lambda file, _: [
            Insert(file.meta_scope, 0x00020016, "AE", b"STORESCP"),
        ],
    )
    oracle = pydicom.dcmread(io.BytesIO(made))
    assert oracle.file_meta.SourceApplicationEntityTitle == "STORESCP"
    first = made[132:144]
    assert made[144 + int.from_bytes(first[8:12], "little") :][:2] == b"\x08\x00"


def test_group_lengths_of_the_data_set_follow_too():
    group = b"\x10\x00\x00\x00UL\x04\x00\x0c\x00\x00\x00\x10\x00\x10\x00PN\x04\x00A^B "
    made = rewritten(dicom(Dataset()) + group, lambda _, walk: [Replace(at(walk, "(0010,0010)"), b"Longer^Name")])
    assert b"UL\x04\x00\x14\x00\x00\x00" in made


def test_pixel_data_are_replaced_by_a_stream_native_and_encapsulated():
    dataset = patient(Rows=2, Columns=2, BitsAllocated=8, PixelData=b"\1\2\3\4")
    dataset["PixelData"].VR = "OB"
    data = dicom(dataset)
    native = rewritten(data, lambda _, walk: [ReplaceBulk(walk.pixels.element, iter([b"\7", b"\7\7"]), 3, "OB")])
    assert pydicom.dcmread(io.BytesIO(native)).PixelData == b"\7\7\7\0"
    framed = rewritten(
        data, lambda _, walk: [ReplaceBulk(walk.pixels.element, [b"", b"\xff\xd8\xff\xd9"], encapsulated=True)]
    )
    assert framed.endswith(
        b"\xff\xff\xff\xff"
        + b"\xfe\xff\x00\xe0\0\0\0\0"
        + b"\xfe\xff\x00\xe0\4\0\0\0\xff\xd8\xff\xd9"
        + b"\xfe\xff\xdd\xe0\0\0\0\0"
    )


def test_a_stream_of_the_wrong_length_is_refused():
    dataset = patient(PixelData=b"\1\2\3\4")
    dataset["PixelData"].VR = "OB"
    with pytest.raises(ValueError, match="3 bytes were given for a value of 4"):
        rewritten(dicom(dataset), lambda _, walk: [ReplaceBulk(walk.pixels.element, [b"abc"], 4)])


def test_the_offsets_of_a_dicomdir_move_with_its_records():
    path = next(path for path in files_of_pydicom() if path.name == "DICOMDIR")
    data = path.read_bytes()

    def edits(_, walk):
        return [
            Replace(element, b"A much longer replacement for the name")
            for element in walk.elements
            if element[0] == 0x00100010
        ]

    made = rewritten(data, edits)
    _, walk = walked(made)
    starts = {element[3].start for element in walk.elements if element[3].parent is walk.root}
    pointed = {
        int.from_bytes(value, "little")
        for tag, _, value, *_ in walk.elements
        if tag in (0x00041200, 0x00041400, 0x00041420) and value != bytes(4)
    }
    assert len(pointed) > 10
    assert pointed <= starts


def test_preamble_and_trailing_bytes_are_kept_or_not_as_asked():
    data = dicom(patient())
    data = b"secret".ljust(128, b"\0") + data[128:] + b"and more of it here"
    assert rewritten(data) == data
    assert rewritten(data, preamble=bytes(128), keep_trailing=False) == bytes(128) + data[128:-19]


def test_what_cannot_be_written_is_refused():
    data = dicom(patient())
    with pytest.raises(ValueError, match="does not fit VR PN"):
        rewritten(data, lambda _, walk: [Replace(at(walk, "(0010,0010)"), b"x" * 70000)])
    with pytest.raises(ValueError, match="edited twice"):
        rewritten(data, lambda _, walk: [Replace(at(walk, "(0010,0010)"), b"x")] * 2)
    with pytest.raises(ReadError):
        rewritten(data[:-3])


def test_edits_within_a_removed_sequence_fall_away_with_it():
    made = rewritten(
        dicom(deep(False)),
        lambda _, walk: [Remove(at(walk, "(0040,0275)")), Replace(at(walk, INNER), b"never seen")],
    )
    assert "RequestAttributesSequence" not in pydicom.dcmread(io.BytesIO(made))
    assert b"never seen" not in made


def test_pixel_data_of_any_size_pass_in_pieces_of_a_megabyte(tmp_path):
    length = 200 << 20
    path = tmp_path / "large"
    with path.open("wb") as target:
        target.write(dicom(patient()) + b"\xe0\x7f\x10\x00OW\0\0" + length.to_bytes(4, "little"))
        target.truncate(target.tell() + length)

    class Measured:
        sizes: ClassVar[list[int]] = []

        def write(self, data: bytes) -> None:
            self.sizes.append(len(data))

    with read(FileBlob.open(path)) as file:
        walk = Walker().walk(file)
        rewrite(file, walk, [Replace(at(walk, "(0010,0010)"), b"A^B")], Measured())
    assert max(Measured.sizes) <= 1 << 20
    assert sum(Measured.sizes) == path.stat().st_size - len("Marchetti^Ilaria") + 4


@pytest.mark.parametrize("keep", [True, False])
def test_what_follows_a_deflated_data_set_stays_if_it_is_wanted(keep):
    raw = dicom(patient(), DeflatedExplicitVRLittleEndian) + b"TRAILER!"
    written = rewritten(raw, lambda _, walk: [Replace(at(walk, "(0010,0010)"), b"A^B")], keep_trailing=keep)
    assert at(walked(written)[1], "(0010,0010)")[2].strip() == b"A^B"
    assert written.count(b"TRAILER!") == int(keep)
    assert written.endswith(b"TRAILER!") == keep
