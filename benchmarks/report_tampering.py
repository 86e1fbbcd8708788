"""Changes single bytes of signed reports at random, attacks them, and counts what verification misses.

    python -m benchmarks.report_tampering [CHANGES] [UNTOUCHED]

Each kind of report (PAdES B-B; B-LTA with approval) bears CHANGES single-byte changes and every attack of
`tests.report.attacks`; UNTOUCHED reports, each signed anew, with keys of two kinds, over runs of several sizes, are
verified. Prints one line a count; a missed change or a refused untouched report ends it with 1. Three to four
processor minutes for every 10,000 changes, one second for an untouched report.
"""

import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pyhanko.sign.timestamps import HTTPTimeStamper

from auditor.report.build import KINDS, Look, draw, folders
from auditor.report.sign import Signing, approve, sign
from auditor.report.verify import Worth, verify
from auditor.store.folder import open_store
from tests.report.attacks import ATTACKS
from tests.report.pki import Estate, Holder, timestamp_server
from tests.store.runs import make_findings, make_rules, seal_run

LEVELS = ("B-B", "B-LTA, approved")
_VARIETY = 10


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything a report is signed with."""

    estate: Estate
    other: Holder
    url: str


def main(changes: int, untouched: int) -> int:
    """Make the reports, change them, attack them, verify them untouched; count."""
    estate = Estate()
    with tempfile.TemporaryDirectory() as folder, timestamp_server(estate.authority) as url:
        desk = Desk(estate, Holder("Rosa Reviewer", estate.middle, rsa_key=True), url)
        drawings = _drawings(Path(folder), desk)
        wrong = 0
        for level in LEVELS:
            pdf = _signed(drawings[0], level, desk, 0)
            wrong += _changed(level, pdf, estate.roots, changes)
            wrong += _attacked(level, pdf, estate.roots)
            wrong += _untouched(level, drawings, desk, untouched // len(LEVELS))
    return 1 if wrong else 0


def _changed(level: str, pdf: bytes, roots: list[Any], changes: int) -> int:
    dice = random.Random(20260504)  # noqa: S311 - repeatable, not secret
    now, missed, start = datetime.now(UTC), 0, time.process_time()
    for _ in range(changes):
        changed = bytearray(pdf)
        place = dice.randrange(len(pdf))
        changed[place] ^= dice.randrange(1, 256)
        if verify(bytes(changed), roots, now).worth is not Worth.BROKEN:
            missed += 1
            print(f"  missed: byte {place} of {len(pdf)}")
    spent = time.process_time() - start
    print(f"{level}: {changes} random single-byte changes, {missed} missed ({spent:.0f} s of processor)", flush=True)
    return missed


def _attacked(level: str, pdf: bytes, roots: list[Any]) -> int:
    missed = [
        name for name, attack in ATTACKS.items() if verify(attack(pdf), roots, datetime.now(UTC)).worth != Worth.BROKEN
    ]
    print(f"{level}: {len(ATTACKS)} attacks, {len(missed)} missed {' '.join(missed)}".rstrip(), flush=True)
    return len(missed)


def _untouched(level: str, drawings: list[bytes], desk: Desk, count: int) -> int:
    refused = 0
    for number in range(count):
        pdf = _signed(drawings[number % len(drawings)], level, desk, number)
        verdict = verify(pdf, desk.estate.roots, datetime.now(UTC))
        if verdict.worth is not Worth.WHOLE:
            refused += 1
            print(f"  refused: {verdict.sentences}")
    print(f"{level}: {count} untouched reports, each signed anew, verified, {refused} refused", flush=True)
    return refused


def _drawings(folder: Path, desk: Desk) -> list[bytes]:
    return [drawing for number in range(_VARIETY) for drawing in _of_one_run(folder, desk, number)]


def _of_one_run(folder: Path, desk: Desk, number: int) -> Iterator[bytes]:
    """Reports by both signers on one run, of another kind, size and language than those on the run before."""
    stored = seal_run(open_store(folder / f"store{number}"), make_findings(make_rules(), 5 + 7 * number))
    for signer in (desk.estate.signer, desk.other):
        certificate = signer.signer(desk.estate.middle).pem()
        yield draw(stored, KINDS[number % len(KINDS)], look=Look(("en", "de")[number % 2]), certificate=certificate)[0]


def _signed(drawing: bytes, level: str, desk: Desk, number: int) -> bytes:
    estate, places, now = desk.estate, folders(Look()), datetime.now(UTC)
    key = (estate.signer, desk.other)[number % 2].signer(estate.middle)
    if level == "B-B":
        return sign(drawing, Signing(key), now, reason="benchmark", folders=places).content
    job = Signing(key, "B-LTA", HTTPTimeStamper(desk.url), approval=True, roots=tuple(estate.roots), crls=estate.crls)
    content = sign(drawing, job, now, reason="benchmark", folders=places).content
    return approve(content, estate.approver.signer(estate.middle), now, reason="benchmark", folders=places)


if __name__ == "__main__":
    arguments = [int(word) for word in sys.argv[1:3]]
    raise SystemExit(main(*(arguments + [10_000, 1_000][len(arguments) :])))
