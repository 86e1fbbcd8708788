"""What is known of the place a text stands in, before the text is looked at."""

from dataclasses import dataclass
from enum import StrEnum


class Nature(StrEnum):
    """What a field is for. It decides which detectors speak, and how much proof they ask for."""

    FREE_TEXT = "free_text"
    DESCRIPTION = "description"
    PERSON_NAME = "person_name"
    IDENTIFIER = "identifier"
    CODE = "code"
    DATE = "date"
    UID = "uid"
    BYTES = "bytes"
    FILE_NAME = "file_name"
    OCR = "ocr"

    __hash__ = str.__hash__  # as quick as a plain string: a nature is part of every key


@dataclass(frozen=True, slots=True)
class Field:
    """The nature of a field and its label (`Patient's Telephone Numbers`, `PatientTelephoneNumbers`, or empty)."""

    nature: Nature = Nature.FREE_TEXT
    label: str = ""


FREE_TEXT = Field()
READS_DATES = frozenset((Nature.FREE_TEXT, Nature.DESCRIPTION, Nature.BYTES, Nature.OCR, Nature.FILE_NAME, Nature.DATE))
