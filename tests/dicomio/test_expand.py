import base64
import gzip
import zlib
from struct import pack

import pytest
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate

from auditor.dicomio import Element, Origin, Scope, expand
from tests.dicomio.making import dicom, patient, texts

SCOPE = Scope(None, None, 0, 0, 0, False)


def element(tag: int, vr: str, value: bytes) -> Element:
    return (tag, vr, value, SCOPE, 0, len(value))


def said(tag: int, vr: str, value: bytes) -> list[tuple[str, tuple[str, ...]]]:
    return [(text.text, text.derived) for text in expand(element(tag, vr, value))]


def test_component_groups_of_a_name_are_told_apart():
    found = expand(element(0x00100010, "PN", b"Yamada^Tarou=ideo^graphic=phone^tic\\Other^Name"))
    assert [(text.text, text.component, text.number) for text in found] == [
        ("Yamada^Tarou", "alphabetic", 0),
        ("ideo^graphic", "ideographic", 0),
        ("phone^tic", "phonetic", 0),
        ("Other^Name", "alphabetic", 1),
    ]


def test_what_hides_behind_the_first_zero_byte_is_padding():
    found = expand(element(0x00081030, "LO", b"CHEST\0Ilaria M"))
    assert [(text.text, text.origin) for text in found] == [("CHEST", Origin.ELEMENT), ("Ilaria M", Origin.PADDING)]


PRIVATE = 0x00291010
INNER = b"\x10\x00\x10\x00PN\x10\x00Marchetti^Ilaria\x10\x00\x20\x00LO\x04\x004471\x10\x00\x40\x00CS\x02\x00F "


@pytest.mark.parametrize(
    ("value", "derived"),
    [
        (b"Marchetti^Ilaria", ()),
        ("Marchetti^Ilaria".encode("utf-16"), ("utf-16",)),
        ("Marchetti^Ilaria".encode("utf-16-le"), ("utf-16-le",)),
        ("Marchetti^Ilaria\0".encode("utf-16-be"), ("utf-16-be",)),
        (base64.b64encode(b"Marchetti^Ilaria"), ("base64",)),
        (base64.urlsafe_b64encode(b"Marchetti^Ilaria"), ("base64",)),
        (b"name%20Marchetti%5EIlaria", ("percent",)),
        (b"Marchetti&#94;Ilaria", ("entity",)),
        (b"Marchetti^Ilaria".hex().encode(), ("hex",)),
        (gzip.compress(b"Marchetti^Ilaria", mtime=0), ("gzip",)),
        (zlib.compress(b"Marchetti^Ilaria"), ("zlib",)),
        (base64.b64encode(gzip.compress(b"name Marchetti^Ilaria", mtime=0)), ("base64", "gzip")),
        (INNER, ("dataset",)),
        (bytes(128) + b"DICM" + INNER, ("dataset",)),
        (pack("<4f", 1.5, 2.5, 3.5, 4.5) + b"Marchetti^Ilaria\0" + pack("<4f", 1, 2, 3, 4), ("run",)),
        (bytes(range(1, 31)) + "Marchetti^Ilaria".encode("utf-16-le") + b"\1\2\3\4", ("run", "utf-16-le")),
    ],
)
@pytest.mark.parametrize("vr", ["UN", "OB"])
def test_private_bytes_are_read_however_the_text_is_wrapped(vr, value, derived):
    value += b"\0" * (len(value) % 2)
    found = [made for text, made in said(PRIVATE, vr, value) if "Marchetti^Ilaria" in text]
    assert derived in found


def test_a_text_in_another_script_is_known_in_utf_16_without_a_mark():
    for name in ("Иванов^Иван", "山田^太郎", "홍^길동"):
        for codec in ("utf-16-le", "utf-16-be"):
            assert (name, (codec,)) in said(PRIVATE, "UN", name.encode(codec))


def test_a_data_set_within_a_value_tells_where_in_it():
    text = next(text for text in expand(element(PRIVATE, "UN", INNER)) if text.text == "Marchetti^Ilaria")
    assert text.locator == "(0029,1010)#(0010,0010)"
    assert text.origin is Origin.PRIVATE


@pytest.mark.parametrize(
    "words",
    [b"ABDOMEN_ROUTINE", b"PARKINSON", b"1.2.840.113619.2.5", b"20140121", b"SIEMENS NUMARIS4", b"Head^ROUTINE0012"],
)
def test_plain_words_are_not_taken_for_base64_or_hex(words):
    assert [made for _, made in said(PRIVATE, "LO", words)] == [()]


@pytest.mark.parametrize(
    ("tag", "vr", "value", "origin"),
    [
        (0x00080020, "DA", b"20200131", Origin.ELEMENT),
        (0x00080020, "DA", b"Marchett", Origin.WRONG_VR),
        (0x00080030, "TM", b"929799", Origin.WRONG_VR),
        (0x00080030, "TM", b"092959.1", Origin.ELEMENT),
        (0x00080030, "LO", b"0929", Origin.WRONG_VR),
        (0x00280010, "US", b"Ilaria M", Origin.WRONG_VR),
        (0x00201041, "DS", b"-12.5", Origin.ELEMENT),
        (0x00201041, "DS", b"PX-4471 ", Origin.WRONG_VR),
        (0x00080018, "UI", b"1.2.3.20200131", Origin.UID),
        (0x00080018, "UI", b"1.2.3.Ilaria", Origin.WRONG_VR),
        (0x00020016, "AE", b"MARCHETTI", Origin.FILE_META),
        (0x60004000, "LT", b"label", Origin.OVERLAY),
        (0x50003000, "OB", b"Ilaria M", Origin.CURVE),
        (0xFFFCFFFC, "OB", b"Ilaria M", Origin.PADDING),
        (0x00291010, "SH", b"Ilaria", Origin.PRIVATE),
        (0x0040A123, "PN", b"Ilaria", Origin.SR),
    ],
)
def test_the_kind_of_place_is_told(tag, vr, value, origin):
    assert [text.origin for text in expand(element(tag, vr, value))] == [origin]


def test_a_list_of_numbers_is_one_text():
    assert said(0x00200037, "DS", b"1\\0\\0\\0\\1\\0") == [("1\\0\\0\\0\\1\\0", ())]


def test_samples_of_pictures_give_no_text_by_chance():
    noise = bytes(range(256)) * 64
    assert said(0x60003000, "OW", noise) == []
    assert said(0x7FE00010, "OW", noise) == []


def test_utf_8_in_a_file_that_says_latin_is_read_both_ways():
    scope = Scope(None, None, 0, 0, 0, False)
    scope.charset_value = b"ISO_IR 100"
    value = "Müller".encode()
    found = [(text.text, text.derived) for text in expand((0x00100010, "PN", value, scope, 0, 7))]
    assert ("Müller", ("utf-8",)) in found


def test_every_place_outside_the_elements_is_met():
    data = b"Ilaria in preamble".ljust(128, b"\0") + dicom(patient())[128:] + b"Ilaria after the end"
    found = texts(data, "Marchetti/2020-01-31!x.dcm")
    assert found["preamble"][0].text == "Ilaria in preamble"
    assert found["trailing"][0].text == "Ilaria after the end"
    assert [(text.text, text.label) for text in found["filename"]] == [
        ("Marchetti", "folder"),
        ("2020-01-31", "folder"),
        ("x.dcm", "file"),
    ]


def test_nested_places_take_their_kind_from_what_encloses_them():
    original, annotated, content, name = Dataset(), Dataset(), Dataset(), Dataset()
    original.ModifiedAttributesSequence = [patient()]
    annotated.UnformattedTextValue = "Ilaria"
    name.CodeMeaning = "Person Observer Name"
    content.ConceptNameCodeSequence = [name]
    content.PersonName = "Marchetti^Ilaria"
    dataset = patient()
    dataset.OriginalAttributesSequence = [original]
    dataset.WaveformAnnotationSequence = [annotated]
    dataset.ContentSequence = [content]
    found = texts(dicom(dataset))
    assert found["(0400,0561)[0].(0400,0550)[0].(0010,0010)"][0].origin is Origin.ORIGINAL_ATTRIBUTES
    assert found["(0040,B020)[0].(0070,0006)"][0].origin is Origin.ANNOTATION
    person = found["(0040,A730)[0].(0040,A123)"][0]
    assert (person.origin, person.label) == (Origin.SR, "Person Observer Name")


def test_damaged_stretches_are_still_searched():
    item = b"\x10\x00\x10\x00PN\x04\x00A^B \xff\xff\x00\x00 see Ilaria here"
    header = b"\xfe\xff\x00\xe0" + pack("<I", len(item))
    data = dicom(patient()) + b"\x40\x00\x75\x02SQ\0\0" + pack("<I", len(item) + 8) + header + item
    assert any("see Ilaria here" in text.text for text in texts(data)["trailing"])


def test_comments_within_compressed_pixels_are_read():
    def segment(marker: int, body: bytes) -> bytes:
        return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body

    jpeg = b"\xff\xd8" + segment(0xFE, b"exported for Ilaria") + segment(0xDA, b"\1\2") + b"noise of the scan\xff\xd9"
    newer = b"\xff\x4f" + segment(0x51, bytes(36)) + segment(0x64, b"\0\1made by Keller") + b"\xff\x90"
    for frame, said in ((jpeg, "exported for Ilaria"), (newer, "made by Keller")):
        dataset = patient(PixelData=encapsulate([frame]))
        dataset["PixelData"].VR = "OB"
        dataset["PixelData"].is_undefined_length = True
        found = texts(dicom(dataset, "1.2.840.10008.1.2.4.50"))
        assert [text.text for text in found["(7FE0,0010)"]] == [said]
        assert found["(7FE0,0010)"][0].locator == "(7FE0,0010)#fragment[1]"
