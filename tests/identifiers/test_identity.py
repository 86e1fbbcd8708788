"""A known person is found in every spelling, and only the person."""

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.identifiers.detectors import Detectors
from auditor.identifiers.field import Field, Nature
from auditor.identifiers.identity import Identity
from auditor.identifiers.kind import Kind
from auditor.identifiers.known import Known
from auditor.identifiers.redact import redact
from auditor.identifiers.roster import Person, Roster

DETECTORS = Detectors()
PERSON = Identity.learn(
    [
        Known(Kind.NAME, "Østergård-Lindqvist^Maren^Solveig^Dr"),
        Known(Kind.RECORD_NUMBER, "00481516"),
        Known(Kind.ACCESSION, "AX-2342-8815"),
        Known(Kind.DATE, "19860527"),
        Known(Kind.ADDRESS, "Havnegade 12, 8000 Fuglevik"),
        Known(Kind.PHONE, "+45 86 12 34 56"),
        Known(Kind.PLACE, "Fuglevik Sygehus"),
    ]
)


def _letters(text: str, identity: Identity = PERSON, nature: Nature = Nature.FREE_TEXT) -> str:
    return "".join(hit.letter for hit in DETECTORS.find(text, identity, Field(nature)))


@pytest.mark.parametrize(
    "text",
    [
        "OSTERGARD-LINDQVIST^MAREN",
        "Maren Østergård-Lindqvist",
        "Oestergaard, Maren",
        "Lindqvist M",
        "M. Lindqvist",
        "LINDQVIST_MAREN",
        "Maren L.",
        "marenlindqvist",
        "mlindqvist",
        "Lindqvists knee",
        "Maren Ostergrad",
    ],
)
def test_a_name_is_found_in_every_spelling(text: str) -> None:
    assert "A" in _letters(text)


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("MRN481516", "H"),
        ("00481516", "H"),
        ("no 0048-1516", "H"),
        ("ax23428815", "R"),
        ("AX 2342 8815", "R"),
        ("27.05.1986", "C"),
        ("860527 May 27, 1986", "C"),
        ("tel 86123456", "D"),
        ("HAVNEGADE 12", "B"),
        ("from FUGLEVIK SYGEHUS", "B"),
    ],
)
def test_numbers_dates_and_places_are_found_with_their_letter(text: str, letter: str) -> None:
    assert letter in _letters(text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Щукин^Дмитрий", "SHCHUKIN DMITRIY"),
        ("Shchukin^Dmitriy", "Щукин Дмитрий"),
        ("Παπαδόπουλος^Γιώργος", "Giorgos"),
        ("=山田^太郎=やまだ^たろう", "YAMADA TAROU"),
        ("Yamada^Tarou=山田^太郎", "患者山田太郎です"),
        ("Kim^Minjun=김^민준", "김민준 님"),
    ],
)
def test_a_name_is_found_across_scripts(value: str, text: str) -> None:
    assert "A" in _letters(text, Identity.learn([Known(Kind.NAME, value)]))


@pytest.mark.parametrize(
    "text",
    ["CHEST CT", "1481516", "4815162342", "Linda", "market", "2016-05-27 12:00 x", "8000 counts"],
)
def test_what_only_resembles_the_person_is_left_alone(text: str) -> None:
    assert not set(_letters(text, nature=Nature.DESCRIPTION)) & set("ABDHR")


@pytest.mark.parametrize("text", ["Wilson disease", "Judkins catheter", "Wilson's disease", "Morbus Wilson"])
def test_an_eponym_is_no_patient_even_if_the_patient_bears_the_name(text: str) -> None:
    person = Identity.learn([Known(Kind.NAME, "Wilson^Ann"), Known(Kind.NAME, "Judkins^Ted")])
    assert _letters(text, person) == ""
    assert "A" in _letters("Ann Wilson with " + text, person)


def test_names_that_stand_for_nobody_teach_nothing() -> None:
    nobody = Identity.learn([Known(Kind.NAME, "Anonymous"), Known(Kind.RECORD_NUMBER, "00000000")])
    assert _letters("Anonymous 00000000", nobody, Nature.DESCRIPTION) == ""


def test_a_uid_gives_away_numbers_and_dates_inside_it() -> None:
    assert set(_letters("1.2.840.99.481516.19860527.3", nature=Nature.UID)) == {"H", "C"}
    assert _letters("1.2.840.10008.5.1.4.1.1.2", nature=Nature.UID) == ""


def test_a_version_1_uuid_gives_away_a_hardware_address() -> None:
    assert _letters("2.25.178307330326388478625988293987992454427", Identity(), Nature.UID) in ("", "M")
    assert _letters(f"2.25.{0x6BA7B8109DAD11D180B400C04FD430C8}", Identity(), Nature.UID) == "M"


def test_merging_keeps_both_and_identities_are_values() -> None:
    both = PERSON.merge(Identity.learn([Known(Kind.NAME, "Thorvaldsen^Ib")]))
    assert "A" in _letters("Thorvaldsen", both)
    assert "A" in _letters("Maren", both)
    assert PERSON.merge(Identity()) is PERSON
    assert hash(pickle.loads(pickle.dumps(both))) == hash(both)  # noqa: S301 - our own bytes


def test_a_patient_list_needs_two_parts_of_one_person_or_a_number() -> None:
    roster = Roster.of([Person(("Thorvaldsen^Ib",), ("7712345",)), Person(("Bruun^Asta",))])
    listed = Identity().with_roster(roster)
    natures = Nature.DESCRIPTION
    assert "A" in _letters("knee Ib Thorvaldsen", listed, natures)
    assert "A" not in _letters("knee Ib Bruun", listed, natures)
    assert "H" in _letters("knee 07712345", listed, natures)


def test_misread_text_of_pictures_still_names_the_person() -> None:
    assert "A" in _letters("LINDQV1ST M", nature=Nature.OCR)
    assert "H" in _letters("0O48l516", nature=Nature.OCR)
    assert "C" in _letters("27 Mav 1986 27.O5.1986", nature=Nature.OCR)


@given(st.text(max_size=40), st.text(max_size=40))
@settings(max_examples=150, deadline=None)
def test_nothing_of_the_person_is_left_after_redaction(before: str, after: str) -> None:
    text = f"{before} LINDQVIST^MAREN {after} 00481516."
    cleaned = redact(text, DETECTORS.find(text, PERSON))
    assert "LINDQVIST" not in cleaned
    assert "00481516" not in cleaned or "00481516" in before + after


@given(st.text(max_size=120), st.sampled_from(list(Nature)))
@settings(max_examples=300, deadline=None)
def test_no_text_breaks_the_detectors_and_hits_lie_apart_in_it(text: str, nature: Nature) -> None:
    end = 0
    for hit in DETECTORS.find(text, PERSON, Field(nature)):
        assert end <= hit.start < hit.end <= len(text)
        assert 0 < hit.confidence <= 1
        end = hit.end
    DETECTORS.explain(text, PERSON, Field(nature))


def test_a_name_that_is_an_eponym_counts_beside_its_initial_even_before_a_lesion() -> None:
    person = Identity.learn([Known(Kind.NAME, "Johnson^Tammy")])
    assert _letters("JOHNSON,T lesion 1", person, Nature.CODE) == "A"
    assert _letters("Johnson lesion", person, Nature.CODE) == ""
