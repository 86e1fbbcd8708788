"""Detectors without identity: found by form, check digit, context; quiet about what only looks like it."""

import pytest

from auditor.identifiers.detectors import WINDOW, Detectors
from auditor.identifiers.field import Field, Nature
from auditor.identifiers.redact import redact

DETECTORS = Detectors()


def _letters(text: str, nature: Nature = Nature.FREE_TEXT) -> str:
    return "".join(hit.letter for hit in DETECTORS.find(text, field=Field(nature)))


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("write to m.fuchs@praxis-nord.example", "F"),
        ("https://portal.example.net/p/77", "N"),
        ("node 192.168.4.17", "O"),
        ("node fe80::1c2a:9dff:fe33:10ab", "O"),
        ("mac 00:1A:2b:3c:4D:5e", "M"),
        ("call (415) 555-0188", "D"),
        ("+49 (0)89 5550-188", "D"),
        ("Tel. 089/5550188", "D"),
        ("fax: 415-555-0188", "E"),
        ("078-05-1120", "G"),
        ("943 476 5919", "G"),
        ("2 55 08 14 168 025 38", "G"),
        ("RSSMRA85T10A562S", "G"),
        ("12345678Z", "G"),
        ("131052-308T", "G"),
        ("111.444.777-35", "G"),
        ("811218-9876", "G"),
        ("44051401359", "G"),
        ("756.9217.0769.85", "G"),
        ("11010519491231002X", "G"),
        ("DE89 3704 0044 0532 0130 00", "J"),
        ("1M8GDM9AXKP042788", "L"),
        ("MRN: 4471-22", "H"),
        ("accession no AB123456", "R"),
        ("policy number ZX-99 8123", "I"),
        ("driver's license D1234567", "K"),
        ("Kennzeichen M-AB 1234", "L"),
        ("Seriennummer 4471-X22", "M"),
        ("fingerprint FP-99812", "P"),
        ("a 93 year old man", "C"),
        ("091Y", "C"),
        ("14 Larkspur Lane", "B"),
        ("Lindenallee 14", "B"),
        ("8 rue des Capucins", "B"),
        ("Calle Olmo 33", "B"),
        ("SW1A 1AA", "B"),
        ("Portland, OR 97205", "B"),
        ("〒390-0811 長野県松本市中央1-2", "B"),
        ("transferred from St. Aldate Hospital", "B"),
        ("Dr. Whitcombe reported", "A"),
        ("Frau Bräuninger kam", "A"),
        ("mother: Rosalind Avery", "A"),
        ("Patient: AVERY, ROSALIND", "A"),
        ("reported by K. Ashworth MD", "A"),
        ("Avery^Rosalind", "A"),
        ("Пациент Лебедев Игорь Сергеевич", "A"),
        ("患者氏名:高橋 一郎", "A"),
    ],
)
def test_an_identifier_is_found_with_its_letter(text: str, letter: str) -> None:
    assert letter in _letters(text)


@pytest.mark.parametrize(
    "text",
    [
        "Parkinson disease, no change",
        "Hodgkin lymphoma",
        "Judkins 4.0 catheter",
        "Siemens Healthineers MAGNETOM Vida",
        "HEAD^ROUTINE_NATIVE",
        "T1 Dixon in phase",
        "syngo MR E11",
        "version 10.2.3.4",
        "lot 20190512",
        "software 4.03.1961",
        "19.61 x 3.04 mm",
        "512 x 512 / 120 kV",
        "1.2.840.10008.1.2.1",
        "45 year old",
        "123-45-6789A",
        "Bell palsy",
        "Rose coloured lesion",
        "May need follow up",
        "Left ventricle, Right atrium",
        "http://www.w3.org/2001/XMLSchema",
    ],
)
@pytest.mark.parametrize("nature", [Nature.FREE_TEXT, Nature.DESCRIPTION, Nature.CODE])
def test_what_only_looks_like_an_identifier_is_left_alone(text: str, nature: Nature) -> None:
    assert _letters(text, nature) == ""


def test_redaction_keeps_the_rest_of_the_sentence() -> None:
    text = "Mr. Rosehill fell off his bike"
    assert redact(text, DETECTORS.find(text), "•••") == "Mr. ••• fell off his bike"


def test_a_replacement_may_depend_on_the_hit() -> None:
    text = "seen 2024-01-31, call (415) 555-0188"
    cleaned = redact(text, DETECTORS.find(text), lambda hit, found: f"[{hit.kind}:{len(found)}]")
    assert cleaned == "seen [date:10], call [phone:14]"


def test_a_decision_is_explained_both_ways() -> None:
    notes = DETECTORS.explain("lot 20190512, Dr. Whitcombe")
    assert any(not note.kept and "lot" in note.reason for note in notes)
    assert any(note.kept and "title" in note.reason for note in notes)


def test_a_changed_digit_breaks_a_check_digit() -> None:
    assert _letters("943 476 5918") == ""
    assert _letters("RSSMRA85T10A562T") == ""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Dr. J. P. van den Berg", "J. P. van den Berg"),
        ("Mrs van der Heijden was informed", "van der Heijden"),
        ("Ref: Dr O'Connor", "O'Connor"),
        ("signed M. Al-Rashid, MD", "M. Al-Rashid"),
        ("Maartje Haverkamp, wife of the patient", "Maartje Haverkamp"),
        ("Patient: JOHN AVERY DOB: 01/02/1950", "JOHN AVERY"),
        ("adressé par le Dr Gauthier-Villars", "Gauthier-Villars"),
    ],
)
def test_a_name_is_taken_whole_and_nothing_beside_it(text: str, name: str) -> None:
    assert [text[hit.start : hit.end] for hit in DETECTORS.find(text) if hit.letter == "A"] == [name]


def test_a_long_text_is_read_part_by_part_and_nothing_at_the_seams_is_lost() -> None:
    name = "seen by Dr. Whitcombe, "
    for before in (WINDOW - 30, WINDOW - 12, WINDOW - 5, WINDOW + 3):
        text = ("lung " * (WINDOW // 5 + 9))[:before] + " " + name + "lung " * 40
        assert [text[hit.start : hit.end] for hit in DETECTORS.find(text)] == ["Whitcombe"]
    many = name * (3 * WINDOW // len(name))
    assert len(DETECTORS.find(many)) == many.count("Whitcombe")


@pytest.mark.parametrize(
    "text", ["LONG", "Manual", "Page 1", "Gain 45%", "L-MLO", "Cist Mag", "PHILIPS", "Portal Vein"]
)
def test_what_machines_write_on_pictures_is_no_name(text: str) -> None:
    assert _letters(text, Nature.OCR) == ""


@pytest.mark.parametrize("text", ["Haverkamp", "HAVERKAMP,J", "john avery", "Haverkamp October 07, 2013"])
def test_a_line_that_is_nothing_but_a_name_is_one(text: str) -> None:
    assert "A" in _letters(text, Nature.OCR)


@pytest.mark.parametrize("place", ["San Diego", "San José", "Santa Maria", "Saint Paul", "São Paulo", "San Francisco"])
@pytest.mark.parametrize("nature", [Nature.FREE_TEXT, Nature.DESCRIPTION])
def test_a_place_that_bears_the_name_of_a_saint_is_no_person(place: str, nature: Nature) -> None:
    assert "A" not in _letters(place, nature)
    assert "A" not in _letters(f"protocol of the {place} group", nature)


@pytest.mark.parametrize("text", ["San Martin, José", "called Santa Maria Rossi", "Diego San Miguel"])
def test_whoever_bears_the_name_of_a_saint_is_a_person_where_the_name_is_written_as_one(text: str) -> None:
    assert "A" in _letters(text)
