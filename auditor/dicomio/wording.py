"""Whether characters are words rather than numbers or samples that read as letters by chance."""

import re

from auditor.dicomio.tokens import may_hold_tokens

_WORD = re.compile(r"[^\W_]{3}|(?<!\d)\d{1,2}([./-])\d{1,2}\1\d\d(?!\d)")  # letters or digits, or a short date
_SIGNS = r"\u0900-\u0dff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # blocks whose vowels are no letters to \w
_JUNK = re.compile(rf"[^\w\s^=.,:;/@()&'+{_SIGNS}-]")
_STRANGE = re.compile(rf"[^\w\s\0^=.,:/{_SIGNS}-]|_")
# percent-encoding, quoted-printable, escapes of JSON and RTF, tags, JSON, HL7
_MARKUP = re.compile(r"[%=][0-9A-Fa-f]{2}|\\'[0-9A-Fa-f]{2}|\\\\?[A-Za-z\"/]|</?\w[^<>]*>|[\"|{}\[\];&~]")
_STRUCTURED = 12  # characters from which on marks like these are no chance
_ODD = re.compile(rf"[^\w ^.,:/@'=(){_SIGNS}-]|_")


def says(text: str, *, clean: bool) -> bool:
    """Whether a text can tell anything: a run of three letters or digits, and little that is neither.

    One that is `clean`, a text by definition, tells something with a single character.
    """
    if clean:
        return bool(text.strip())
    junk = len(_JUNK.findall(_unmarked(text)))
    return bool(_WORD.search(text) or may_hold_tokens(text)) and junk <= len(text) // 4 + (len(text) > 40)


def is_wordy(text: str) -> bool:
    """Whether nearly all of a run of characters is letters, digits and the signs of names and sentences."""
    return len(_ODD.findall(_unmarked(text))) <= 0.15 * len(text)


def looks_written(text: str) -> bool:
    """Whether non-ASCII text is letters and not chance: nearly all of it letters, digits, and usual signs."""
    return bool(text) and len(_STRANGE.findall(text)) <= 0.1 * len(text)


def _unmarked(text: str) -> str:
    """A text without the marks of structured text, which say nothing and are no junk."""
    return _MARKUP.sub(" ", text) if len(text) >= _STRUCTURED else text
