"""Towns and regions are places, never people, unless the person of the file is called so."""

import pytest

from auditor.identifiers.detectors import Detectors
from auditor.identifiers.field import Field, Nature
from auditor.identifiers.identity import Identity
from auditor.identifiers.kind import Kind
from auditor.identifiers.known import Known

FOUND = Detectors()


def _found(text, nature=Nature.FREE_TEXT, *known):
    return [(hit.letter, text[hit.start : hit.end]) for hit in FOUND.find(text, Identity.learn(known), Field(nature))]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Rio de Janeiro", "Rio de Janeiro"), ("moved from Hong Kong", "Hong Kong"), ("São Paulo", "São Paulo"),
        ("flew in from Ho Chi Minh City", "Ho Chi Minh City"), ("copy to São José dos Campos", "São José dos Campos"),
        ("was in Paris, Texas then", "Paris"), ("Milan, Italy", "Milan"), ("Richmond, Virginia", "Richmond"),
        ("fell in Charlotte, NC", "Charlotte"), ("Santo Domingo Este", "Santo Domingo Este"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("nature", [Nature.FREE_TEXT, Nature.OCR])
def test_a_town_is_a_place_and_no_person(text, place, nature):
    assert ("B", place) in _found(text, nature)
    assert "A" not in {letter for letter, _ in _found(text, nature)}


@pytest.mark.parametrize(
    "text",
    ["Rio de Janeiro", "Nuevo León", "Addis Ababa", "SAN GIOVANNI", "Florence, Italy"],
)
def test_a_town_in_a_description_or_a_region_is_nobody(text):
    assert _found(text, Nature.DESCRIPTION) == []


@pytest.mark.parametrize("text", ["Los Angeles classification B", "New York Heart class II", "Reading, PA and lateral"])
def test_a_score_that_a_town_lent_its_name_is_no_place(text):
    assert _found(text) == []


@pytest.mark.parametrize("text", ["San Giovanni", "Nuevo León", "San Mateo"])
def test_a_line_of_a_picture_with_a_saint_or_a_region_names_nobody(text):
    assert "A" not in {letter for letter, _ in _found(text, Nature.OCR)}


@pytest.mark.parametrize("text", ["Lincoln, Abraham", "Virginia Richmond", "Diego Sanchez"])
def test_a_person_who_shares_words_with_a_town_is_a_person(text):
    assert _found(text) == [("A", text)]


def test_who_is_called_as_a_town_is_known_from_the_file():
    known = Known(Kind.NAME, "Kong^Hong")
    assert _found("scan of Hong Kong", Nature.FREE_TEXT, known) == [("A", "Hong Kong")]
