"""Values that are told by their form alone: times of day, numbers too short to be anybody's, UIDs of the standard."""

import re

NUMBERS = frozenset(("DS", "IS", "CS", "TM", "AS"))
STANDARD_UID = b"1.2.840.10008."
TIME = re.compile(rb"(?:[01][0-9]|2[0-3])[0-5][0-9][0-5][0-9](?:\.[0-9]{1,6})? ?").fullmatch
_LONG_NUMBER = re.compile(rb"(?<![0-9.])[0-9]{5,}(?![0-9]*[.eE])|[A-Za-z]{3}|[\x80-\xff]").search
_TELLING = re.compile(rb"[0-9]{5}|[A-Za-z]{3}|[\x80-\xff]").search


def plain_number(value: bytes, vr: str = "") -> bool:
    """Whether a number or code has too few digits or letters in a row to be anybody's number or name."""
    return (_LONG_NUMBER if vr == "DS" else _TELLING)(value) is None
