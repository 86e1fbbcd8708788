"""From files to incidents, in a hospital that shares no name, zone or number with any other."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from auditor.config.trail import TrailSettings
from auditor.trail import investigate
from auditor.trail.investigate import Investigation
from tests.trail.hospital import Hospital

NOW = datetime(2026, 11, 10, tzinfo=UTC)


def investigated(stack: ExitStack, folder: Path, *, context: bool = True) -> Investigation:
    logs = investigate.find_logs([str(folder / "logs")], folder)
    found = investigate.open_investigation(
        stack, logs, TrailSettings(), folder / "context" if context else None, NOW, workers=1
    )
    investigate.detect(found, NOW)
    assert found.failed == {}
    return found


def written(hospital: Hospital, folder: Path) -> Path:
    hospital.write_logs(folder / "logs")
    hospital.write_context(folder / "context")
    return folder


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def test_two_ordinary_weeks_over_a_clock_change_alarm_nobody(tmp_path: Path, stack: ExitStack) -> None:
    found = investigated(stack, written(Hospital(), tmp_path))

    assert [(item.kind, item.entities) for item in found.incidents] == []
    assert found.zone == "Europe/Stockholm"


def planted() -> Hospital:
    hospital = Hospital()
    odd = hospital.only_oncology
    for number, patient in enumerate(odd[:6]):
        hospital.search_and_open(hospital.at(4, 12.2) + timedelta(minutes=3 * number), "kir01", patient)
    for number, patient in enumerate(odd[6:9]):
        hospital.search_and_open(hospital.at(6, 2.1) + timedelta(minutes=4 * number), "med04", patient)
    hospital.search_and_open(hospital.at(9, 14.5), "kir05", hospital.vip)
    for number in range(25):
        at = hospital.at(5, 3.0) + timedelta(seconds=20 * number)
        hospital.add(at, "IDP", "110114", "med02", type="110122", action="E", outcome="4", ip="203.0.113.9")
    for number in range(12):
        at = hospital.at(8, 4.0) + timedelta(seconds=20 * number)
        hospital.add(
            at, "IDP", "110114", f"onk0{number % 9}", type="110122", action="E", outcome="4", ip="198.51.100.4"
        )
    for number in range(14):
        hospital.add(
            hospital.at(10, 13.2), "PACS", "110105", "kir02", patient=hospital.patients[number], action="D", src="PACS"
        )
    hospital.add(hospital.at(11, 15.0), "PACS", "110113", "kir02", type="110133", action="E")
    return hospital


def test_each_planted_story_is_one_incident_of_its_kind(tmp_path: Path, stack: ExitStack) -> None:
    found = investigated(stack, written(planted(), tmp_path))

    told = sorted((item.kind, item.entities[0]) for item in found.incidents)
    assert told == [
        ("after_hours_browse", "med04"),
        ("audit_stopped", "kir02"),
        ("brute_force", "203.0.113.9"),
        ("mass_delete", "kir02"),
        ("password_spraying", "198.51.100.4"),
        ("random_snoop", "kir01"),
        ("vip_snoop", "kir05"),
    ]


def test_users_in_four_spellings_are_one_user(tmp_path: Path, stack: ExitStack) -> None:
    found = investigated(stack, written(Hospital(), tmp_path))

    assert set(found.house.query("SELECT DISTINCT usr FROM events")["usr"]) == {user for user, _, _ in Hospital().staff}


def test_without_context_behaviour_alone_is_judged(tmp_path: Path, stack: ExitStack) -> None:
    found = investigated(stack, written(planted(), tmp_path), context=False)

    kinds = {item.kind for item in found.incidents}
    assert {"brute_force", "password_spraying", "mass_delete", "audit_stopped"} <= kinds
    assert any(item.entities[0] == "kir01" for item in found.incidents)


def test_numbers_missing_in_the_middle_are_told_and_rejected_lines_are_not_mistaken_for_them(
    tmp_path: Path, stack: ExitStack
) -> None:
    folder = written(Hospital(), tmp_path)
    log = folder / "logs" / "ehr.log"
    lines = log.read_text(encoding="utf-8").splitlines()
    broken = lines[100][:300]
    log.write_text("\n".join([*lines[:100], broken, *lines[101:200], *lines[212:]]) + "\n", encoding="utf-8")

    found = investigated(stack, folder)

    assert [(item.entities, item.amount) for item in found.incidents] == [(("EHR",), 12)]
    assert found.incidents[0].kind in ("rows_deleted", "audit_gap")


def test_a_rotated_file_read_twice_counts_once(tmp_path: Path, stack: ExitStack) -> None:
    folder = written(Hospital(), tmp_path)
    log = folder / "logs" / "ehr.log"
    lines = log.read_text(encoding="utf-8").splitlines()
    (folder / "logs" / "ehr.log.1").write_text("\n".join(lines[:150]) + "\n", encoding="utf-8")

    found = investigated(stack, folder)

    assert [count for count, _ in found.repeated.values()] == [150]
    assert found.incidents == []


def test_a_rotated_file_read_twice_doubles_no_story(tmp_path: Path, stack: ExitStack) -> None:
    folder = written(planted(), tmp_path)
    log = folder / "logs" / "pacs.log"
    (folder / "logs" / "pacs.log.1").write_text(log.read_text(encoding="utf-8").rsplit("\n", 2)[0] + "\n")

    found = investigated(stack, folder)

    assert [item.amount for item in found.incidents if item.kind == "mass_delete"] == [14]


@pytest.mark.parametrize("count", [12, 33, 64, 300])
def test_a_hole_of_any_size_is_seen_wherever_it_begins(tmp_path: Path, stack: ExitStack, count: int) -> None:
    folder = written(Hospital(), tmp_path)
    log = folder / "logs" / "ehr.log"
    lines = log.read_text(encoding="utf-8").splitlines()
    begin = 159 if count == 64 else 203
    log.write_text("\n".join([*lines[:begin], *lines[begin + count :]]) + "\n", encoding="utf-8")

    found = investigated(stack, folder)

    assert [item.amount for item in found.incidents] == [count]


@pytest.mark.parametrize(("removed", "told"), [(0, []), (5, ["audit_gap"])])
def test_a_source_without_numbers_is_missed_when_it_is_silent_at_a_busy_hour(
    tmp_path: Path, stack: ExitStack, removed: int, told: list[str]
) -> None:
    folder = written(Hospital(), tmp_path)
    log = folder / "logs" / "ehr.log"
    begin = datetime(2026, 10, 28, 9, tzinfo=UTC)
    kept = []
    for line in log.read_text(encoding="utf-8").splitlines():
        at = datetime.fromisoformat(line.split(" ")[1])
        if not begin <= at < begin + timedelta(hours=removed):
            kept.append(re.sub(r'\[m sequenceId="\d+"\]', "-", line))
    log.write_text("\n".join(kept) + "\n", encoding="utf-8")

    found = investigated(stack, folder)

    assert [item.kind for item in found.incidents] == told
    assert all(item.entities == ("EHR",) for item in found.incidents)


def test_a_number_that_stands_twice_with_other_contents_is_told(tmp_path: Path, stack: ExitStack) -> None:
    folder = written(Hospital(), tmp_path)
    log = folder / "logs" / "ehr.log"
    lines = log.read_text(encoding="utf-8").splitlines()
    forged = lines[50].replace('ParticipantObjectID="0', 'ParticipantObjectID="9')
    log.write_text("\n".join([*lines[:51], forged, *lines[51:]]) + "\n", encoding="utf-8")

    found = investigated(stack, folder)

    assert [item.kind for item in found.incidents] == ["record_altered_duplicate_id"]


def test_the_same_story_has_the_same_key_in_the_next_run(tmp_path: Path) -> None:
    folder = written(planted(), tmp_path)
    keys = []
    for _ in range(2):
        with ExitStack() as stack:
            keys.append([item.key for item in investigated(stack, folder).incidents])

    assert keys[0] == keys[1]
    assert len(set(keys[0])) == len(keys[0])
