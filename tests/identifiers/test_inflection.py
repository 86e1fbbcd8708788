"""Names in other cases: what a header writes in the nominative stands otherwise in sentences."""

# ruff: noqa: RUF001 - texts of many scripts look alike on purpose

import pytest

from auditor.identifiers.detectors import Detectors
from auditor.identifiers.identity import Identity, Known
from auditor.identifiers.kind import Kind


@pytest.fixture(scope="module")
def detectors():
    return Detectors()


@pytest.mark.parametrize(
    ("name", "text", "form"),
    [
        ("Heikkinen^Aune", "pyydetty Heikkisen luvalla", "Heikkisen"),
        ("Lahti^Aune", "kuvat Lahden luona", "Lahden"),
        ("Zawadzki^Olgierd", "na prośbę Zawadzkiego", "Zawadzkiego"),
        ("Sowińska^Lena", "u Sowińskiej bez zmian", "Sowińskiej"),
        ("Beneš^Otakar", "snímky pana Beneše", "Beneše"),
        ("Veselá^Ota", "žádost pro Veselou", "Veselou"),
        ("Морозов^Егор", "снимки Морозову выданы", "Морозову"),
        ("Білик^Тарас", "для Білика", "Білика"),
        ("Jurić^Ante", "nalaz Jurića poslan", "Jurića"),
        ("Balčiūnas^Rimas", "Balčiūno tyrimas", "Balčiūno"),
        ("Szekeres^Imre", "Szekeresnek átadva", "Szekeresnek"),
        ("Demircan^Ece", "Demircanın filmi", "Demircanın"),
        ("Σταυρίδης^Ηλίας", "του Σταυρίδη", "Σταυρίδη"),
        ("שטרן^נועה", "נמסר לשטרן", "לשטרן"),
        ("الخطيب^سامر", "سلمت للخطيب والخطيب", "والخطيب"),
    ],
)
def test_a_known_name_is_found_in_the_cases_of_its_language(detectors, name, text, form):
    identity = Identity.learn([Known(Kind.NAME, name)])
    assert form in {text[hit.start : hit.end] for hit in detectors.find(text, identity)}


@pytest.mark.parametrize("text", ["kiven takana", "the rosary", "markedly"])
def test_words_that_look_like_a_case_of_a_known_name_are_nobody(detectors, text):
    identity = Identity.learn([Known(Kind.NAME, "Kivi^Rosa"), Known(Kind.NAME, "Marke^Halla")])
    assert detectors.find(text, identity) == ()
