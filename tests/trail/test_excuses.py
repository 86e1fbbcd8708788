"""Reasons that are asked for an emergency access: one that says nothing explains nothing."""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from auditor.config.trail import TrailSettings
from auditor.trail import investigate

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
OWN = [f"found unconscious in corridor {number}, history needed" for number in range(20)]


def abused(folder: Path, reasons: list[str]) -> list[tuple[str, ...]]:
    """Whose emergencies are told, when `late` gives these reasons for patients in the hospital, and all others their
    own."""
    (folder / "context").mkdir()
    people = [f"nurse{number}" for number in range(10)] + ["late"]
    rows, stays = [], []
    for number in range(20):
        rows.append((START + timedelta(hours=3 * number), people[number % 10], number, OWN[number]))
    for number, reason in enumerate(reasons):
        rows.append((START + timedelta(days=4, minutes=9 * number), "late", 500 + number, reason))
    for _, _, patient, _ in rows:
        stays.append(f"{patient:06d},W1,2026-02-27T08:00:00,2026-03-20T08:00:00")
    lines = [f'{at:%Y-%m-%d %H:%M:%S},EHR,{user},{patient:06d},View,yes,"{text}"' for at, user, patient, text in rows]
    header = "event_time,source,user_id,patient_id,event,break_glass,reason"
    (folder / "events.csv").write_text("\n".join([header, *lines, ""]), encoding="utf-8")
    roster = [f"{name},nurse,W{number + 2}" for number, name in enumerate(people)]
    (folder / "context/roster.csv").write_text("\n".join(["user_id,role,department", *roster, ""]), encoding="utf-8")
    (folder / "context/encounters.csv").write_text(
        "\n".join(["patient_id,department,start,end", *stays, ""]), encoding="utf-8"
    )
    with ExitStack() as stack:
        logs = investigate.find_logs(["events.csv"], folder)
        now = datetime(2026, 4, 1, tzinfo=UTC)
        found = investigate.open_investigation(stack, logs, TrailSettings(), folder / "context", now, 1)
        investigate.detect(found, now)
        assert found.failed == {}
        return [incident.entities for incident in found.incidents if incident.kind == "break_glass_abuse"]


@pytest.mark.parametrize(
    "reasons",
    [["", "", ""], ["test", "TEST", "Test "], ["x", "xx", "xxxxxx"], ["...", "-", "n/a"], ["patient needs care"] * 5],
)
def test_reasons_that_say_nothing_are_no_reasons(tmp_path: Path, reasons: list[str]) -> None:
    assert abused(tmp_path, reasons) == [("late",)]


def test_reasons_of_their_own_are_reasons(tmp_path: Path) -> None:
    assert abused(tmp_path, ["seizure, medication list needed", "called to resuscitation", "trauma team"]) == []
