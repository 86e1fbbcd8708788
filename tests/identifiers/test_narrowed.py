"""A narrowed pattern finds in ASCII what the whole one finds there."""

from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.identifiers import general
from auditor.identifiers.field import FREE_TEXT
from auditor.identifiers.narrowed import narrowed

WORDS = """Dr. Elm Road 12 street, 4 Via Roma tel +44 1632 960441 MRN: 4711823 Main Hospital TX 75001 born in Odell ward
3 age 94 PID|1||47^^ A|B C\\D 784-1962-1234567-1 447-18-8229 o'neil@example.org - , ."""
TEXTS = st.lists(st.sampled_from(WORDS.split()) | st.text("aZ09 -./|,\n", max_size=5), max_size=8).map(" ".join)


def test_classes_become_letters_of_ascii_inside_and_outside_brackets():
    assert narrowed(r"(?:^|[^\pL\d])\p{Lu}[\p{Ll}'-]+\\p[^\P{Han}]\]") == (
        r"(?:^|[^a-zA-Z\d])[A-Z][a-z'-]+\\p[^\x00-\x7f]\]"
    )


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_a_text_in_ascii_holds_the_same_when_a_line_in_another_script_follows(text):
    alone = general.seek(text + "\n", FREE_TEXT)
    assert general.seek(text + "\n\u0416", FREE_TEXT) == alone
