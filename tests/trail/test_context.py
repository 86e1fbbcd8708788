"""Context as hospitals write it: sparse dates, dates that could be read in two ways, offsets, umlauts, own words."""

from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from auditor.config.trail import TrailSettings
from auditor.trail import investigate
from auditor.trail.context.loading import load

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def put(folder: Path, **tables: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def test_a_column_with_few_dates_far_down_is_read(tmp_path: Path) -> None:
    rows = "".join(f"u{number};Nurse;\n" for number in range(900))
    folder = put(tmp_path / "hr", staff="user;role;term_date\n" + rows + "late;Nurse;28.02.2026\n")

    left = load(folder, {}).frames["roster"]["left"]

    assert left.notna().sum() == 1
    assert left.iloc[-1] == pd.Timestamp(2026, 2, 28)


def test_rows_with_more_cells_than_columns_are_told_and_the_others_kept(tmp_path: Path) -> None:
    rows = "".join(f"u{number},Nurse\n" for number in range(40))
    folder = put(tmp_path / "hr", staff="user,role\nx1,Nurse,Ward 3\n" + rows + "x2,Nurse,Ward 3,5\n")

    found = load(folder, {})

    assert len(found.frames["roster"]) == 40
    assert found.problems == ("2 rows of context file 1 have more cells than it has columns",)
    assert found.frames["roster"]["user"].iloc[0] == "u0"


def test_rows_that_end_in_a_separator_shift_no_column(tmp_path: Path) -> None:
    folder = put(tmp_path / "hr", staff="user;role\nu1;Nurse;\nu2;Clerk;\n")

    found = load(folder, {})

    assert found.frames["roster"][["user", "role"]].to_numpy().tolist() == [["u1", "Nurse"], ["u2", "Clerk"]]
    assert found.problems == ()


@pytest.mark.parametrize(
    ("elsewhere", "unclear", "read"),
    [
        ("25/02/2026", "03/04/2026", pd.Timestamp(2026, 4, 3)),
        ("02/25/2026", "03/04/2026", pd.Timestamp(2026, 3, 4)),
        ("2026-02-25", "03.04.2026", pd.Timestamp(2026, 4, 3)),
    ],
)
def test_a_date_that_could_be_read_in_two_ways_is_read_as_the_folder_s_others(
    tmp_path: Path, elsewhere: str, unclear: str, read: pd.Timestamp
) -> None:
    folder = put(
        tmp_path / "hr",
        encounters=f"patient,ward,admitted\n7,A,{elsewhere}\n",
        approvals=f"approval,user,patient,valid_from\nIRB,doc,7,{unclear}\n",
    )

    assert load(folder, {}).frames["approvals"]["start"].iloc[0] == read


def test_moments_with_an_offset_become_local_time(tmp_path: Path) -> None:
    put(tmp_path / "logs", ehr="time,source,user,event,patient\n2026-05-05T10:00:00Z,EHR,doc,read,7\n")
    folder = put(
        tmp_path / "hr",
        encounters="patient,ward,admitted,discharged\n7,A,2026-05-04T22:30:00Z,2026-05-05T12:00:00+02:00\n",
        sources="source,timezone\nEHR,Europe/Berlin\n",
    )
    with ExitStack() as stack:
        logs = investigate.find_logs(["logs"], tmp_path)
        found = investigate.open_investigation(stack, logs, TrailSettings(), folder, NOW, workers=1)
        row = found.house.query('SELECT start, "end" FROM c_encounters').iloc[0]

    assert (row["start"], row["end"]) == (pd.Timestamp(2026, 5, 5, 0, 30), pd.Timestamp(2026, 5, 5, 12))


@pytest.mark.parametrize("name", ["eröffnet", "eroeffnet", "Eröffnet am", "start"])
def test_columns_are_known_with_umlauts_with_two_letters_and_by_our_own_name(tmp_path: Path, name: str) -> None:
    folder = put(tmp_path / "hr", loeschantraege=f"Ticket;Patientennummer;{name}\nT1;7;2026-05-04\n")

    assert load(folder, {}).frames["tickets"]["start"].notna().all()


@pytest.mark.parametrize(
    ("word", "begins", "ends"),
    [
        ("Früh", 6, 15),
        ("07-19", 7, 19),
        ("19:30-07:30", 19, 32),
        ("7 to 15", 7, 15),
        ("Nachtdienst", 20, 31),
        ("whatever", 0, 24),
    ],
)
def test_shifts_are_understood_by_their_word_or_their_hours(tmp_path: Path, word: str, begins: int, ends: int) -> None:
    folder = put(tmp_path / "hr", shifts=f"user,date,shift\ndoc,2026-05-04,{word}\n")
    put(tmp_path / "logs", ehr="time,source,user,event,patient\n2026-05-05T10:00:00Z,EHR,doc,read,7\n")
    with ExitStack() as stack:
        logs = investigate.find_logs(["logs"], tmp_path)
        found = investigate.open_investigation(stack, logs, TrailSettings(), folder, NOW, workers=1)
        duty = found.house.query("SELECT begins, ends FROM duty").iloc[0]

    day = pd.Timestamp(2026, 5, 4)
    assert ((duty["begins"] - day) / pd.Timedelta(hours=1), (duty["ends"] - day) / pd.Timedelta(hours=1)) == (
        begins,
        ends,
    )


@pytest.mark.parametrize(
    ("role", "job"),
    [
        ("Médecin", "physician"),
        ("Infirmière", "nurse"),
        ("Manipulateur radio", "technologist"),
        ("Krankenpfleger", "nurse"),
    ],
)
def test_roles_are_understood_with_their_accents(tmp_path: Path, role: str, job: str) -> None:
    folder = put(tmp_path / "hr", staff=f"user;role\nx1;{role}\n")
    put(tmp_path / "logs", ehr="time,source,user,event,patient\n2026-05-05T10:00:00Z,EHR,x1,read,7\n")
    with ExitStack() as stack:
        logs = investigate.find_logs(["logs"], tmp_path)
        found = investigate.open_investigation(stack, logs, TrailSettings(), folder, NOW, workers=1)
        jobs = found.house.query("SELECT job FROM people WHERE usr = 'x1'")["job"].tolist()

    assert jobs == [job]
