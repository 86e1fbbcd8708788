"""A site's own table of pseudonyms: a CSV file with patient_id and pseudonym."""

import csv
from pathlib import Path

from auditor.deid.people import Subject
from auditor.errors import ConfigError

_LONGEST = 64
_MOST = 5_000_000


def read_subjects(path: Path) -> tuple[Subject, ...]:
    """Read the table. Several IDs may carry one pseudonym, which joins them; one ID has only one.

    Raises ConfigError with ``file:line``, and never repeats an ID.
    """
    found: dict[str, Subject] = {}
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream)
            if not {"patient_id", "pseudonym"} <= set(reader.fieldnames or ()):
                raise ConfigError("a column is missing", where=f"{path}:1", right="patient_id,pseudonym")
            for number, row in enumerate(reader, 2):
                _take(found, row["patient_id"] or "", row["pseudonym"] or "", f"{path}:{number}")
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError("the table of subjects cannot be read", where=str(path), right="CSV in UTF-8") from error
    return tuple(found.values())


def _take(found: dict[str, Subject], patient: str, pseudonym: str, where: str) -> None:
    patient, pseudonym = patient.strip(), pseudonym.strip()
    if not patient or not pseudonym or len(pseudonym) > _LONGEST or "\\" in pseudonym or not pseudonym.isascii():
        raise ConfigError("a line cannot be used", where=where, right="an ID and a pseudonym in ASCII, at most 64 long")
    if patient in found and found[patient].pseudonym != pseudonym:
        raise ConfigError("one patient ID has two pseudonyms", where=where, right="one line a patient ID")
    if len(found) >= _MOST:
        raise ConfigError("the table is too long", where=where, right=f"at most {_MOST} lines")
    found[patient] = Subject(patient, pseudonym)
