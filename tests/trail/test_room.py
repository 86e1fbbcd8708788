"""The room: a reading for every log met, tallies that balance, nothing raw in what leaves, memory between runs."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from auditor.config.trail import TrailSettings, TrailTable
from auditor.errors import TargetError
from auditor.identifiers.protector import SiteProtector
from auditor.model.outcome import Disposition
from auditor.model.ports import Context
from auditor.model.run import Request
from auditor.model.target import Reading
from auditor.trail import accountpage, disclosures, investigate, story
from auditor.trail.context.loading import TABLES
from auditor.trail.matching import propose
from auditor.trail.proposal import as_toml
from auditor.trail.room import ROOM
from tests.trail.hospital import Hospital
from tests.trail.test_investigation import planted, written

NOW = datetime(2026, 11, 10, tzinfo=UTC)


def readings(
    folder: Path, settings: TrailSettings | None = None, *, targets: tuple[str, ...] = ("logs",)
) -> list[Reading]:
    context = Context(
        NOW, SiteProtector(b"k" * 32), "clinical", settings or TrailSettings(context="context"), folder, {"workers": 1}
    )
    chunks = list(ROOM.plan(Request("trail", targets), context))
    return [reading for chunk in chunks for reading in ROOM.read(chunk, frozenset(), context)]


def test_every_file_has_one_row_with_a_tally_that_balances(tmp_path: Path) -> None:
    folder = written(Hospital(), tmp_path)
    (folder / "logs" / "notes.txt").write_text("nothing of interest\n", encoding="utf-8")
    (folder / "logs" / "empty.log").write_bytes(b"")
    log = folder / "logs" / "ehr.log"
    log.write_text(log.read_text(encoding="utf-8") + "<85>1 broken <AuditMessage><Ev\n", encoding="utf-8")

    rows = {reading.row.size: reading.row for reading in readings(folder)}

    assert sorted(row.disposition for row in rows.values()) == sorted(
        [Disposition.PARTLY_READ, Disposition.READ, Disposition.SKIPPED, Disposition.UNREADABLE]
    )
    for row in rows.values():
        counts = {name: int(row.attributes[name]) for name in ("lines", "events", "rejected", "not_audit")}
        assert counts["lines"] == counts["events"] + counts["rejected"] + counts["not_audit"]


def test_what_may_be_shown_holds_no_user_patient_or_file_name(tmp_path: Path) -> None:
    hospital = planted()
    found = readings(written(hospital, tmp_path))
    shown = [facts.subject.display for reading in found for facts in reading.facts] + [
        reading.row.display for reading in found
    ]

    raw = [user for user, _, _ in hospital.staff] + hospital.patients + ["203.0.113.9", "ehr.log"]
    assert len(shown) > 8
    assert not [(name, text) for text in shown for name in raw if name in text]


def test_each_table_of_context_is_named_as_used_or_missing(tmp_path: Path) -> None:
    folder = written(Hospital(), tmp_path)
    context = Context(NOW, SiteProtector(b"k" * 32), "clinical", TrailSettings(context="context"), folder, {})

    def told() -> tuple[list[str], list[str]]:
        note = next(note.text for note in ROOM.notes(context) if note.text.startswith("Context tables used"))
        used, missing = note.removeprefix("Context tables used: ").rstrip(".").split(". Missing: ")
        return used.split(", "), missing.split(", ")

    used, missing = told()
    (folder / "context" / "dienstplan.csv").unlink()

    assert used == ["encounters", "patients", "roster", "shifts", "sources"]
    assert len(missing) == 10
    assert told() == (["encounters", "patients", "roster", "sources"], sorted([*missing, "shifts"], key=TABLES.index))


def test_an_argument_that_is_not_there_is_an_error_with_four_parts(tmp_path: Path) -> None:
    with pytest.raises(TargetError) as caught:
        readings(tmp_path, targets=("secret-name",))
    assert "secret-name" not in str(caught.value)


def test_records_that_were_there_last_time_and_are_gone_are_noticed(tmp_path: Path) -> None:
    folder = written(Hospital(), tmp_path)
    settings = TrailSettings(context="context", history="memory/trail.json")
    readings(folder, settings)
    log = folder / "logs" / "ehr.log"
    lines = log.read_text(encoding="utf-8").splitlines()
    log.write_text("\n".join([*lines[:20], *lines[29:]]) + "\n", encoding="utf-8")

    values = [facts.values for reading in readings(folder, settings) for facts in reading.facts]

    assert [value["log_vanished"] for value in values if "log_vanished" in value] == [9]
    assert True in [value.get("log_changed") for value in values]
    assert oct((folder / "memory" / "trail.json").stat().st_mode)[-3:] == "600"
    assert "EHR" not in (folder / "memory" / "trail.json").read_text(encoding="utf-8")


def test_a_table_is_read_by_the_mapping_that_was_proposed_and_by_the_same_one_written_down(tmp_path: Path) -> None:
    rows = [
        f"{day:02d}.10.2026 0{hour}:30:00;Anmeldung;Fehler;HOSP\\anna;10.0.0.{day}"
        for day in range(1, 29)
        for hour in (1, 2)
    ]
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "idp.csv").write_text(
        "Zeitstempel;Ereignis;Ergebnis;Benutzer;IP-Adresse\n" + "\n".join(rows), encoding="cp1252"
    )
    proposed = propose((tmp_path / "logs" / "idp.csv").read_bytes())

    assert proposed is not None
    assert 'zone = ""' in as_toml(proposed, "*.csv")
    entries = [
        TrailTable(files=name, columns=proposed.columns, separator=";", format=proposed.format, zone="Europe/Stockholm")
        for name in ("*.csv", "logs/*.csv")
    ]
    tables = [TrailSettings(), *(TrailSettings(tables=(entry,)) for entry in entries)]
    facts = [readings(tmp_path, settings)[0].facts[0].values for settings in tables]
    assert [value["log_events"] for value in facts] == [56, 56, 56]
    assert [value["log_proposed"] for value in facts] == [True, False, False]


def test_the_hour_that_happens_twice_and_the_one_that_never_does_are_read(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    times = ["2026-10-25 02:30:00", "2026-03-29 02:30:00", "2026-06-30 23:59:60", "9999-01-01 00:00:00"]
    rows = [f"{time};anna;read;42" for time in times]
    (tmp_path / "logs" / "a.csv").write_text("time;user;event;patient\n" + "\n".join(rows) + "\n", encoding="utf-8")

    values = readings(tmp_path, TrailSettings(zone="Europe/Stockholm"))[0].facts[0].values

    assert (values["log_events"], values["log_rejected"], values["log_local_times"]) == (4, 0, 4)
    assert values["log_future"] == 1


def test_the_story_of_a_user_and_a_patient_names_its_reasons(tmp_path: Path) -> None:
    from contextlib import ExitStack

    folder = written(Hospital(), tmp_path)
    with ExitStack() as stack:
        logs = investigate.find_logs(["logs"], folder)
        found = investigate.open_investigation(stack, logs, TrailSettings(), folder / "context", NOW, 1)
        investigate.detect(found, NOW)
        row = found.house.query("SELECT usr, pat FROM touches LIMIT 1")
        told = "\n".join(story.tell(found, f"HOSP\\{row['usr'][0].upper()}", f"000{row['pat'][0]}", str))
        nobody = "\n".join(story.tell(found, "nobody", "1", str))

    assert "well: works in the department where the patient was treated" in told
    assert "There is no access" in nobody


def test_disclosures_name_recipient_and_basis_and_no_cell_is_a_formula(tmp_path: Path) -> None:
    from contextlib import ExitStack

    hospital = Hospital()
    hospital.add(hospital.at(3, 12), "PACS", "110106", "kir01", patient=hospital.patients[0], src="PACS", media="=CD()")
    folder = written(hospital, tmp_path)
    with ExitStack() as stack:
        found = investigate.open_investigation(
            stack, investigate.find_logs(["logs"], folder), TrailSettings(), folder / "context", NOW, 1
        )
        told = disclosures.account(
            found, hospital.patients[0], date(2026, 10, 1), date(2026, 10, 31), date(2026, 11, 10)
        )

    assert [line.by for line in told.lines] == ["kir01"]
    assert "\n" + told.lines[0].date in accountpage.as_csv(told)
    assert ",=CD" not in accountpage.as_csv(told)


def test_local_times_in_the_hour_that_happens_twice_are_told_apart_by_their_order(tmp_path: Path) -> None:
    from contextlib import ExitStack
    from datetime import timedelta
    from zoneinfo import ZoneInfo

    first = datetime(2026, 10, 24, 12, tzinfo=UTC)
    moments = [first + timedelta(minutes=5 * number) for number in range(300)]
    rows = [
        f"{at.astimezone(ZoneInfo('Europe/Stockholm')):%Y-%m-%d %H:%M:%S};EHR;{number};anna;read;{number % 7 + 1}"
        for number, at in enumerate(moments, 1)
    ]
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "a.csv").write_text(
        "time;source;seq;user;event;patient\n" + "\n".join(rows) + "\n", encoding="utf-8"
    )
    with ExitStack() as stack:
        found = investigate.open_investigation(
            stack, investigate.find_logs(["logs"], tmp_path), TrailSettings(zone="Europe/Stockholm"), None, NOW, 1
        )
        investigate.detect(found, NOW)
        read = [
            at.to_pydatetime().replace(tzinfo=UTC)
            for at in found.house.query("SELECT ts FROM events ORDER BY seq")["ts"]
        ]

    assert read == moments
    assert found.incidents == []


def test_a_proposal_says_which_of_user_and_patient_no_column_was_taken_for() -> None:
    shifts = b"Zeit;Benutzer;Aktion\n01.02.2026 08:10:00;mueller;Lesen\n01.02.2026 08:12:00;meier;Lesen\n"
    mapping = propose(shifts)
    assert mapping is not None

    said = as_toml(mapping, "*.csv")

    assert "# no column was taken for the patient" in said
    assert "for the user" not in said


def test_a_proposal_does_not_miss_the_time_where_date_and_clock_are_two_columns() -> None:
    mapping = propose(b"Datum;Uhrzeit;Benutzer\n01.02.2026;08:10:00;mueller\n01.02.2026;08:12:00;meier\n")
    assert mapping is not None

    assert "for the time" not in as_toml(mapping, "*.csv")
