"""Why a file was not taken, in words that hold no identifier."""

import csv
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files

from auditor.model.outcome import Disposition


class Why(StrEnum):
    """Why something met in the tree was not taken as DICOM."""

    EMPTY = "the file is empty"
    TEXT = "not DICOM: a text file"
    OTHER = "not DICOM"
    SYMLINK_OUT = "a link that leads out of the tree"
    SYMLINK_FOLDER = "a link to a folder; the folder is read where it stands"
    SYMLINK_BROKEN = "a link to nothing"
    FIFO = "a named pipe"
    SOCKET = "a socket"
    DEVICE = "a device"
    DENIED = "permission denied"
    VANISHED = "vanished while the tree was read"
    FAULT = "the file system reported an error"
    ARCHIVE = "the archive is damaged"
    UNSUPPORTED = "an archive of a kind that cannot be looked into"
    ENCRYPTED = "an encrypted archive member"
    MEMBERS = "the archive has too many members"
    DEPTH = "archives are nested too deeply"
    BOMB = "inflates beyond the bounds"
    MEMBER_LINK = "an archive member that is a link or a device"


_SKIPPED = frozenset(
    {
        Why.EMPTY,
        Why.TEXT,
        Why.OTHER,
        Why.SYMLINK_OUT,
        Why.SYMLINK_FOLDER,
        Why.SYMLINK_BROKEN,
        Why.FIFO,
        Why.SOCKET,
        Why.DEVICE,
        Why.MEMBER_LINK,
    }
)


@dataclass(frozen=True, slots=True)
class Refused:
    """Something met and not taken: where, why, and whether a run that met it is still complete."""

    root: str
    locator: str
    why: Why
    reason: str
    size: int = 0

    @property
    def disposition(self) -> Disposition:
        """SKIPPED for what is no DICOM, UNREADABLE for what might have been."""
        return Disposition.SKIPPED if self.why in _SKIPPED else Disposition.UNREADABLE


def refuse(root: str, locator: str, why: Why, size: int = 0, detail: str = "") -> Refused:
    """A Refused with its reason spelt out; `detail` names the format met."""
    return Refused(root, locator, why, f"{why}: {detail}" if detail else str(why), size)


def judge_content(head: bytes) -> tuple[Why, str]:
    """Why bytes that are no DICOM are none: empty, text, or some other format by its first bytes."""
    if not head:
        return Why.EMPTY, ""
    for offset, mark, name in _formats():
        if head[offset : offset + len(mark)] == mark:
            return (Why.UNSUPPORTED, name[1:]) if name.startswith("+") else (Why.OTHER, name)
    sample = head[:1024]
    printable = sum(byte in b"\t\n\r\f\x1b" or 32 <= byte < 127 or byte >= 160 for byte in sample)
    return (Why.TEXT, "") if b"\0" not in sample and printable >= 0.95 * len(sample) else (Why.OTHER, "")


@lru_cache(maxsize=1)
def _formats() -> tuple[tuple[int, bytes, str], ...]:
    text = files("auditor.dicomio").joinpath("data/formats.csv").read_text("utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return tuple((int(row["offset"]), bytes.fromhex(row["hex"]), row["name"]) for row in rows)
