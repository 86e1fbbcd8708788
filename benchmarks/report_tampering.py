"""Changes single bytes of signed reports at random and counts what verification misses.

    python -m benchmarks.report_tampering [CHANGES] [UNTOUCHED]

Prints one line a kind of report; a missed change or a refused untouched report ends it with 1. The reports are made
here, at PAdES B-B and B-LTA with approval, from the runs the tests use.
"""

import random
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from pyhanko.sign.timestamps import HTTPTimeStamper

from auditor.report.build import Look, draw, folders
from auditor.report.sign import Signing, approve, sign
from auditor.report.verify import Worth, verify
from auditor.store.folder import open_store
from tests.report.pki import Estate, timestamp_server
from tests.store.runs import seal_run


def main(changes: int, untouched: int) -> int:
    """Make the reports, change them, count."""
    dice = random.Random(20260504)  # noqa: S311 - repeatable, not secret
    missed = refused = 0
    for name, pdf, roots in _reports():
        now = datetime.now(UTC)
        here = 0
        for _ in range(changes // 2):
            changed = bytearray(pdf)
            place = dice.randrange(len(pdf))
            changed[place] ^= dice.randrange(1, 256)
            if verify(bytes(changed), roots, now).worth is not Worth.BROKEN:
                here += 1
                print(f"  missed: byte {place} of {len(pdf)}")
        missed += here
        print(f"{name}: {changes // 2} random single-byte changes, {here} missed", flush=True)
        bad = sum(verify(pdf, roots, datetime.now(UTC)).worth is not Worth.WHOLE for _ in range(untouched // 2))
        refused += bad
        print(f"{name}: {untouched // 2} untouched reports verified, {bad} refused", flush=True)
    return 1 if missed or refused else 0


def _reports() -> list[tuple[str, bytes, list[object]]]:
    estate = Estate()
    places = folders(Look())
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder, timestamp_server(estate.authority) as url:
        stored = seal_run(open_store(Path(folder) / "store"))
        drawn, _ = draw(stored, certificate=estate.key.pem())
        plain = sign(drawn, Signing(estate.key), now, reason="benchmark", folders=places).content
        job = Signing(
            estate.key, "B-LTA", HTTPTimeStamper(url), approval=True, roots=tuple(estate.roots), crls=estate.crls
        )
        lasting = sign(drawn, job, now, reason="benchmark", folders=places).content
        lasting = approve(lasting, estate.approver.signer(estate.middle), now, reason="benchmark", folders=places)
    return [("B-B", plain, estate.roots), ("B-LTA, approved", lasting, estate.roots)]


if __name__ == "__main__":
    arguments = [int(word) for word in sys.argv[1:3]]
    raise SystemExit(main(*(arguments + [10_000, 1_000][len(arguments) :])))
