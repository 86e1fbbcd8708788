"""Clocks that were set wrong and set right again: each time is one story, from the one step to the other."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from auditor.config.trail import TrailSettings
from auditor.trail import investigate

NOW = datetime(2026, 7, 1, tzinfo=UTC)
START = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def skews(stack: ExitStack, folder: Path, wrong: dict[tuple[int, int], int]) -> list[tuple[float, float]]:
    """Hours since the start at which each skew begins and ends. A record every six minutes for eight days; `wrong` says
    by how many minutes the clock is ahead between two hours."""
    lines = ["time,source,seq,user,event,patient"]
    for number in range(8 * 240):
        at = START + timedelta(minutes=6 * number)
        ahead = next((minutes for (a, b), minutes in wrong.items() if a <= number / 10 < b), 0)
        said = at + timedelta(minutes=ahead, seconds=number % 50)
        lines.append(f"{said.isoformat()},EHR,{number + 1},nurse{number % 7},read,{number % 40}")
    (folder / "ehr.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    logs = investigate.find_logs(["ehr.csv"], folder)
    found = investigate.open_investigation(stack, logs, TrailSettings(zone="UTC"), None, NOW, workers=1)
    investigate.detect(found, NOW)
    assert found.failed == {}
    told = [item for item in found.incidents if item.kind == "clock_skew"]
    return sorted(
        (round((item.start - START).total_seconds() / 3600), round((item.end - START).total_seconds() / 3600))
        for item in told
    )


def test_a_clock_set_back_is_wrong_until_it_is_set_forward(tmp_path: Path, stack: ExitStack) -> None:
    assert skews(stack, tmp_path, {(50, 60): -120}) == [(48, 58)]


def test_a_clock_set_ahead_is_wrong_until_it_is_set_back_though_another_day_it_is_set_forward_again(
    tmp_path: Path, stack: ExitStack
) -> None:
    assert skews(stack, tmp_path, {(30, 36): 90, (150, 160): -120}) == [(32, 37), (148, 158)]
