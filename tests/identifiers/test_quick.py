"""The quick look never says that a text holds nothing where the whole search finds something."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.identifiers import detectors as search
from auditor.identifiers import general
from auditor.identifiers.detectors import Detectors
from auditor.identifiers.field import Field, Nature
from auditor.identifiers.hit import Hit
from auditor.identifiers.identity import Identity
from auditor.identifiers.kind import Kind
from auditor.identifiers.known import Known
from auditor.identifiers.overlap import settled
from auditor.identifiers.runs import Runs

DETECTORS = Detectors()
PERSON = Identity.learn(
    [
        Known(Kind.NAME, "Østergård-Lindqvist^Maren^Solveig"),
        Known(Kind.NAME, "Rose^Mark"),
        Known(Kind.RECORD_NUMBER, "00481516"),
        Known(Kind.ACCESSION, "AX-2342-8815"),
        Known(Kind.DATE, "19860527"),
        Known(Kind.PHONE, "+45 86 12 34 56"),
        Known(Kind.PLACE, "Fuglevik Sygehus"),
    ]
)
SPOKEN = (
    "maren Maren MAREN rose Rose M.Rose lindqvist's mrose ML86 ML1986 oestergaard 481516 0000481516 ax23428815 AX-2342 "
    "8815 27.05.1986 1986-05-27 May 1986 860527 20140131 W3 2024-W07 Dr. Mrs wife of father: patient Kerr, J. Kerr MD "
    "RN J.^Kerr Anna Schmidt SCHMIDT^ANNA Parkinson Judkins Hodgkin chest w/o contrast 512 1.25 120 kV MRN: 4711423 "
    "SSN 123-45-6789 987654321 age 94 years 091Y 10.20.30.40 00:1b:44:11:3a:b7 jane@example.org www.example.org/x tel "
    "+1 (212) 555-0187 12 Elm Street Springfield, IL 62704 born in Odense fuglevik sygehus room 12 K1A 0B1 SW1A 1AA "
    "1.2.840.113619.2.55.3.604688119 1.2.3.20140131120000.5 2.25.329800735698586629295641978511506172918 v1.2.3 # "
    "1.2.1986.5.27 1.27.5.1986.4"
)
WORDS = SPOKEN.split()
TEXTS = st.lists(st.one_of(st.sampled_from(WORDS), st.text("aeknrsJM019./-^, ", max_size=6)), min_size=1, max_size=6)
JOINTS = st.sampled_from((" ", " ", " ", "", "^", ", ", "-", "_", "\n", "."))
NATURES = [nature for nature in Nature if nature is not Nature.OCR]


def thorough(text: str, identity: Identity, nature: Nature) -> tuple[Hit, ...]:
    """The search that leaves nothing out, whatever the quick look says."""
    return settled(text, search._all(text, identity, Field(nature), None))


@settings(max_examples=400, deadline=None)
@given(TEXTS, JOINTS, st.sampled_from(NATURES), st.sampled_from((PERSON, Identity())))
def test_what_is_passed_over_holds_nothing(words: list[str], joint: str, nature: Nature, identity: Identity) -> None:
    text = joint.join(words)
    expected = thorough(text, identity, nature) if text else ()
    assert DETECTORS.find(text, identity, Field(nature)) == expected
    (telling,) = DETECTORS.telling([(text, nature)], identity)
    assert telling or not expected


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(TEXTS, JOINTS, st.sampled_from(list(Nature))), max_size=12))
def test_texts_looked_at_together_are_told_apart(parts: list[tuple[list[str], str, Nature]]) -> None:
    texts = [(joint.join(words), nature) for words, joint, nature in parts]
    together = DETECTORS.telling(texts, PERSON)
    assert together == [DETECTORS.telling([text], PERSON)[0] for text in texts]
    for (text, nature), telling in zip(texts, together, strict=True):
        assert telling or not DETECTORS.find(text, PERSON, Field(nature))


@pytest.mark.parametrize("text", ["seen May 1", "1 May, again"])
def test_a_day_of_one_digit_is_not_passed_over(text: str) -> None:
    assert [hit.kind for hit in DETECTORS.find(text, PERSON)] == [Kind.DATE]


def test_a_patient_list_and_pictures_are_always_searched() -> None:
    from auditor.identifiers.roster import Person, Roster

    listed = Identity().with_roster(Roster.of([Person(("Holm^Ida",))]))
    assert DETECTORS.telling([("nothing", Nature.FREE_TEXT)], listed) == [True]
    assert DETECTORS.telling([("nothing", Nature.OCR), ("nothing", Nature.CODE)], PERSON) == [True, False]


@pytest.mark.parametrize("runs", [(), ("ab",), ("abc", "bcd", "abcde"), ("李明", "abcd")])
@given(text=st.text("abcde李明", max_size=12))
def test_runs_are_found_where_they_stand(runs: tuple[str, ...], text: str) -> None:
    sought = Runs(runs)
    assert set(sought.within(text)) == {run for run in runs if run in text}
    assert sought.any_within(text) is any(run in text for run in runs)


@given(st.lists(st.text("abcde1234", max_size=60), max_size=20))
def test_runs_are_found_in_long_texts_and_told_apart(texts: list[str]) -> None:
    sought = ("abcd", "bcde1", "1234", "dcba4321")
    runs = Runs(sought)
    long = "".join(texts) * 8
    assert set(runs.within(long)) == {run for run in sought if run in long}
    holders = {place for place, text in enumerate(texts) if any(run in text for run in sought)}
    assert runs.holders("\n".join(texts)) == holders


def test_no_pattern_is_too_large_for_its_memory(capfd):
    # RE2 says so on standard error and then searches slowly
    text = "Herr Müller wohnt in der Bahnhofstraße 12, 8001 Zürich; rue de l'Église 4, São Paulo, 서울 강남구\n"
    for pattern in general._patterns():
        list(pattern.ready(ascii_only=False)[0].finditer(3 * text))
    for nature in Nature:
        general.seek(text, Field(nature))
    assert capfd.readouterr().err == ""
