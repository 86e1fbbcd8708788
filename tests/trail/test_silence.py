"""Sources without record numbers: what is silent every night alarms nobody, what was never silent before does."""

import random
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from auditor.config.trail import TrailSettings
from auditor.trail import investigate

DAYS = 40
MISSED = date(2026, 3, 12)


def made(path: Path, *, whole: bool) -> None:
    """An archive that works for an hour a night, and log-ins in bursts at the change of shifts; both without numbers.
    Unless `whole`, one night of the archive is not there."""
    rnd, rows = random.Random(8), []  # noqa: S311
    for day in range(DAYS):
        midnight = datetime(2026, 2, 20) + timedelta(days=day)  # noqa: DTZ001 - local times of a made-up log
        for second in sorted(rnd.randrange(7200, 11000) for _ in range(120)):
            if whole or midnight.date() != MISSED:
                rows.append((midnight + timedelta(seconds=second), "ARCHIVE", "110104", "svc_archive"))
        for burst in (7, 19):
            for second in (rnd.gauss(burst * 3600, 420) for _ in range(60)):
                rows.append((midnight + timedelta(seconds=second), "LOGIN", "110114", f"user{rnd.randrange(90)}"))
    lines = [f"{at:%Y-%m-%d %H:%M:%S};{source};{code};{user}" for at, source, code, user in sorted(rows)]
    path.write_text("\n".join(["Time;Source;Code;User", *lines, ""]), encoding="utf-8")


@pytest.mark.parametrize("whole", [True, False])
def test_pauses_of_every_day_are_no_silence_and_a_missing_night_is(tmp_path: Path, *, whole: bool) -> None:
    made(tmp_path / "a.csv", whole=whole)
    with ExitStack() as stack:
        logs = investigate.find_logs(["a.csv"], tmp_path)
        now = datetime(2026, 6, 1, tzinfo=UTC)
        found = investigate.open_investigation(stack, logs, TrailSettings(zone="UTC"), None, now, workers=1)
        investigate.detect(found, now)

    assert not found.failed
    gaps = [item for item in found.incidents if item.kind == "audit_gap"]
    assert [(item.entities, item.end.date() - MISSED) for item in gaps] == (
        [] if whole else [(("ARCHIVE",), timedelta(days=1))]
    )
