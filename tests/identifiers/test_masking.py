"""Masking: what leaves the process never spells what came in."""

import pickle

from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.identifiers.protector import SiteProtector

PROTECTOR = SiteProtector(b"k" * 32)


def _letters_in_a_row(text: str, length: int) -> set[str]:
    return {
        text[place : place + length]
        for place in range(len(text) - length + 1)
        if text[place : place + length].isalpha()
    }


@given(st.text(max_size=80))
@settings(max_examples=300, deadline=None)
def test_a_mask_never_shows_three_letters_of_its_input_in_a_row(text: str) -> None:
    assert not _letters_in_a_row(text, 3) & _letters_in_a_row(PROTECTOR.mask(text), 3)


@given(st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_a_mask_shows_no_digit(text: str) -> None:
    assert not any(char.isdigit() for char in PROTECTOR.mask(text))


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_a_mask_is_printable_and_short(text: str) -> None:
    masked = PROTECTOR.mask(text)
    assert len(masked) <= 49
    assert all(char.isprintable() for char in masked)


def test_a_mask_keeps_first_letters_and_lengths() -> None:
    assert PROTECTOR.mask("Doe^Jane") == "D••^J•••"


def test_a_path_keeps_words_that_only_name_a_format() -> None:
    assert PROTECTOR.path("CT/Doe_Jane/1.dcm").startswith("CT/")
    assert PROTECTOR.path("CT/Doe_Jane/1.dcm").endswith(".dcm")
    assert "Doe" not in PROTECTOR.path("CT/Doe_Jane/1.dcm")


def test_the_key_is_not_shown_and_the_protector_travels_between_processes() -> None:
    assert "kkk" not in repr(PROTECTOR)
    assert pickle.loads(pickle.dumps(PROTECTOR)).digest("x") == PROTECTOR.digest("x")  # noqa: S301 - our own bytes
