"""Labels before identifying numbers: every language has every kind, and what stands after them is found."""

# ruff: noqa: RUF001 - texts of many scripts look alike on purpose

import pytest

from auditor.identifiers.detectors import Detectors
from auditor.identifiers.labels import kinds
from auditor.identifiers.resource import table

LETTERS = {
    "record_number": "H",
    "account": "J",
    "accession": "R",
    "health_plan": "I",
    "licence": "K",
    "device_serial": "M",
    "phone": "D",
    "fax": "E",
    "postcode": "B",
    "ward": "B",
}
VALUES = {"postcode": "48213", "ward": "14", "phone": "0612 448 170", "fax": "0612 448 170"}
LANGUAGES = sorted(table("labels")["languages"])


@pytest.fixture(scope="module")
def detectors():
    return Detectors()


def test_every_language_has_every_kind():
    for language, row in table("labels")["languages"].items():
        assert set(row) == kinds(), language
        assert all(word.strip() for words in row.values() for word in words.split(",")), language


@pytest.mark.parametrize("kind", sorted(LETTERS))
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_number_after_the_first_label_of_its_kind_is_found(detectors, language, kind):
    label = table("labels")["languages"][language][kind].split(",")[0].replace("*", "")
    text = f"{label} {VALUES.get(kind, '7734-81952')}"
    found = {hit.letter for hit in detectors.find(text)}
    assert found, text
    if kind not in ("accession", "account", "record_number"):
        assert LETTERS[kind] in found, (text, found)


@pytest.mark.parametrize(
    "text",
    ["lot nr 4567890", "software nr 20034567", "artikelnummer 4567890", "SNOMED 4711", "Visit 2024", "MR 1.5.10"],
)
def test_numbers_of_lots_parts_and_programs_are_nobodys(detectors, text):
    assert detectors.find(text) == ()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("nr polisy 71148203356", "71148203356"),
        ("käyntinro K8841207", "K8841207"),
        ("αρ. νοσηλείας Ν4410923", "Ν4410923"),
        ("auto KTR-512 pysäköity", "KTR-512"),
        ("wóz WX 40418 na parkingu", "WX 40418"),
        ("Kundennummer 4478120", "4478120"),
    ],
)
def test_a_number_is_found_whole_whatever_the_order_and_the_ending_of_its_label(detectors, text, value):
    assert value in {text[hit.start : hit.end] for hit in detectors.find(text)}
