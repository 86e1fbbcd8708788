"""What the report draws: hours, people and departments by day, and who most without a reason; protected names only."""

from datetime import timedelta
from pathlib import Path

import pytest

from auditor.model.views import View, ViewKind
from tests.trail.hospital import DAYS, WARDS, Hospital
from tests.trail.test_investigation import planted, written
from tests.trail.test_room import TrailSettings, readings


def drawn(folder: Path, settings: TrailSettings | None = None) -> dict[ViewKind, View]:
    found = readings(folder, settings)
    assert not [view for reading in found[1:] for view in reading.views]
    return {view.kind: view for view in found[0].views}


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> tuple[Hospital, Path]:
    made = planted()
    return made, written(made, tmp_path_factory.mktemp("hospital"))


def test_hours_are_local_and_count_every_access_of_a_person(hospital: tuple[Hospital, Path]) -> None:
    made, folder = hospital
    view = drawn(folder)[ViewKind.ACCESS_HOURS]

    assert view.name == "Europe/Stockholm"
    assert (len(view.rows), len(view.columns)) == (7, 24)
    assert sum(cell.value for cell in view.cells) == sum('ObjectTypeCode="1"' in text for _, _, text in made.events)
    night = [cell for cell in view.cells if cell.column == 2]
    assert [(cell.row, cell.value, cell.marked) for cell in night] == [(6, 6, 6)]


def test_people_and_departments_have_a_row_each_and_a_column_for_every_day(hospital: tuple[Hospital, Path]) -> None:
    _, folder = hospital
    views = drawn(folder)
    people, wards = views[ViewKind.USERS_BY_DAY], views[ViewKind.DEPARTMENTS_BY_DAY]

    assert (len(people.rows), people.left_out) == (20, 7)
    assert len(people.columns) == len(wards.columns) == DAYS
    assert sorted(label.text for label in wards.rows) == sorted(WARDS)
    assert all(cell.marked <= cell.value for view in views.values() for cell in view.cells)
    assert [(c.row, c.column) for c in people.cells] == sorted({(c.row, c.column) for c in people.cells})


def test_who_opened_most_without_a_reason_comes_first_and_under_no_name(hospital: tuple[Hospital, Path]) -> None:
    made, folder = hospital
    views = drawn(folder)
    worst = views[ViewKind.TOP_UNEXPLAINED]
    marked = [cell.marked for cell in worst.cells]

    assert marked == sorted(marked, reverse=True)
    assert marked[0] == 14  # the records deleted in one go, each of them opened for a reason
    assert all(label.digest.startswith(label.text.split()[-1]) for label in worst.rows)
    shown = " ".join(label.text for view in views.values() for label in (*view.rows, *view.columns))
    assert not [user for user, _, _ in made.staff if user in shown]


def test_what_belongs_to_an_incident_needs_a_look_however_little_the_context_knows(tmp_path: Path) -> None:
    made = Hospital()
    for number in range(30):
        at = made.at(6, 2.1) + timedelta(minutes=number)
        made.add(at, "EHR", "110103", "med04", patient=str(9000 + number), ip=made.ip("med04"))
    folder = written(made, tmp_path)
    (folder / "context" / "aufenthalte.csv").unlink()

    views = drawn(folder)

    night = sum(cell.marked for cell in views[ViewKind.ACCESS_HOURS].cells if cell.column == 2)
    assert night == sum(cell.marked for cell in views[ViewKind.USERS_BY_DAY].cells) == 30


def test_a_department_of_few_is_masked_like_a_person(tmp_path: Path) -> None:
    folder = written(Hospital(), tmp_path)
    staff = folder / "context" / "personal.csv"
    text = staff.read_text(encoding="utf-8").replace(";KIR;", ";Prof-Berg;", 1)
    staff.write_text(text, encoding="utf-8")

    labels = drawn(folder)[ViewKind.DEPARTMENTS_BY_DAY].rows

    assert "Prof-Berg" not in [label.text for label in labels]
    assert len([label for label in labels if label.digest]) == 1


def test_without_context_incidents_are_what_needs_a_look(hospital: tuple[Hospital, Path]) -> None:
    _, folder = hospital
    views = drawn(folder, TrailSettings(zone="Europe/Stockholm"))

    assert ViewKind.DEPARTMENTS_BY_DAY not in views
    assert views[ViewKind.TOP_UNEXPLAINED].cells[0].marked > 0
    assert sum(cell.marked for cell in views[ViewKind.ACCESS_HOURS].cells) > 0


def test_the_same_logs_give_the_same_tables(hospital: tuple[Hospital, Path]) -> None:
    assert drawn(hospital[1]) == drawn(hospital[1])
