"""A site's own table of pseudonyms: a CSV file with patient_id and pseudonym."""

from pathlib import Path

from auditor.config.table import read_table
from auditor.deid.people import Subject
from auditor.errors import ConfigError

_LONGEST = 64
_MOST = 5_000_000
_LARGEST = 512_000_000  # bytes


def read_subjects(path: Path) -> tuple[Subject, ...]:
    """Read the table. Several IDs may carry one pseudonym, which joins them; one ID has only one.

    Raises ConfigError with ``file:line``, and never repeats an ID.
    """
    found: dict[str, Subject] = {}
    for row in read_table(path, "the table of subjects", most_bytes=_LARGEST, columns=("patient_id", "pseudonym")):
        _take(found, row.cells["patient_id"], row.cells["pseudonym"], row.where)
    return tuple(found.values())


def _take(found: dict[str, Subject], patient: str, pseudonym: str, where: str) -> None:
    if not patient or not pseudonym or len(pseudonym) > _LONGEST or "\\" in pseudonym or not pseudonym.isascii():
        raise ConfigError("a line cannot be used", where=where, right="an ID and a pseudonym in ASCII, at most 64 long")
    if patient in found and found[patient].pseudonym != pseudonym:
        raise ConfigError("one patient ID has two pseudonyms", where=where, right="one line a patient ID")
    if len(found) >= _MOST:
        raise ConfigError("the table is too long", where=where, right=f"at most {_MOST} lines")
    found[patient] = Subject(patient, pseudonym)
