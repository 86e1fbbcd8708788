"""Whether a store of received messages is as it was written: every byte linked, every link whole, none missing."""

import fcntl
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from auditor.errors import StoreError
from auditor.trail.receiver.chain import LINKS, LOCK, START, Link

SEGMENTS = "audit-*.syslog"


@dataclass(frozen=True, slots=True)
class Proof:
    """Batches and messages that are as they were linked, the last hash, and where the first flaw is, if there is one.

    `segment` is the file that the flaw is in. Who keeps the hash elsewhere can tell later that no end was cut off.
    """

    batches: int
    messages: int
    head: str
    flaw: str = ""
    segment: str = ""


def is_store(folder: Path) -> bool:
    """Whether a receiver wrote into the folder."""
    return (folder / LINKS).is_file() and any(folder.glob(SEGMENTS))


def is_bookkeeping(file: Path) -> bool:
    """Whether the file is one in which a receiver keeps its books, and no log."""
    return file.name in (LINKS, LOCK) and is_store(file.parent)


def verify(folder: Path) -> Proof:
    """The proof of a store without a flaw; raises StoreError at the first that there is."""
    proof = prove(folder)
    if proof.flaw:
        raise StoreError(
            "received messages are not as they were stored",
            where=f"{proof.segment}, {proof.flaw}",
            right="bytes as they were received, each linked",
            next_step="compare with a backup of the store",
        )
    return proof


def prove(folder: Path) -> Proof:
    """Follow the chain from its first link, as far as all is well."""
    before, batches, messages = START, 0, 0
    ends = {path.name: 0 for path in sorted(folder.glob(SEGMENTS))}
    for link in _links(folder):
        if link is None:
            return Proof(batches, messages, before, f"link {batches + 1} cannot be read", LINKS)
        flaw = _flaw(folder, link, before, ends)
        if flaw:
            return Proof(batches, messages, before, flaw, link.segment)
        ends[link.segment] += link.length
        before, batches, messages = link.sha256, batches + 1, messages + link.messages
    for name, end in ends.items():
        more = (folder / name).stat().st_size - end
        if more and not (name == max(ends) and _written_to(folder)):
            return Proof(batches, messages, before, f"{more} bytes that no link tells of, from byte {end}", name)
    return Proof(batches, messages, before)


def _links(folder: Path) -> Iterator[Link | None]:
    """All links of a store, oldest first; None for a line that is none. One half-written at the end is no link yet."""
    path = folder / LINKS
    for line in path.read_bytes().splitlines(keepends=True) if path.exists() else ():
        if line.endswith(b"\n"):
            try:
                yield Link(*json.loads(line))
            except (ValueError, TypeError):
                yield None


def _flaw(folder: Path, link: Link, before: str, ends: dict[str, int]) -> str:
    """What is wrong with the batch of a link; empty when nothing is."""
    if link.segment not in ends:
        return "which is gone"
    if link.offset != ends[link.segment]:
        return f"byte {ends[link.segment]}: a link is missing"
    with (folder / link.segment).open("rb") as stream:
        stream.seek(link.offset)
        digest = hashlib.sha256(before.encode())
        digest.update(stream.read(link.length))
    return "" if digest.hexdigest() == link.sha256 else f"byte {link.offset}: other bytes than were received"


def _written_to(folder: Path) -> bool:
    """Whether a receiver holds the store: what it writes now is linked in a moment."""
    try:
        with (folder / LOCK).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
