"""What the log tells where no table says who treats whom: who shares a user's cases, and who is a stranger."""

import random
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from auditor.trail.investigate import Investigation
from tests.trail.test_other_houses import event, investigated, kinds, search

WARDS, PEOPLE, DAYS = ("A", "B", "C"), 5, 12
STAFF = {f"{ward.lower()}{number}": ward for ward in WARDS for number in range(PEOPLE)}
ROSTER = "user,family,given,role,unit,street,house,zip,own_patient\n" + "".join(
    f"{user},Staff{user},Given,nurse,{ward},Lane,{place * 50},100,{900 if user == 'a1' else ''}\n"
    for place, (user, ward) in enumerate(STAFF.items(), 1)
)
HEAD = "patient,family,given,street,house,zip,vip\n"


def patient(ward: str, week: int, number: int) -> str:
    return str(1000 * (WARDS.index(ward) + 1) + 10 * week + number)


def work(leave_out: tuple[str, int] = ("", 0)) -> list[str]:
    """Day by day each nurse opens five of the eight patients of the ward, who change every four days."""
    rnd, lines = random.Random(5), []  # noqa: S311 - made-up data
    for day in range(DAYS):
        for user, ward in STAFF.items():
            if (user, day) < leave_out and user == leave_out[0]:
                continue
            for number in rnd.sample(range(8), 5):
                at = 1440 * day + rnd.randrange(420)
                lines.append(event(at, user, "read", patient=patient(ward, day // 4, number)))
    return lines


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def told(stack: ExitStack, folder: Path, extra: list[str], patients: str = "", **tables: str) -> Investigation:
    return investigated(stack, folder, [*work(), *extra], roster=ROSTER, patients=HEAD + patients, **tables)


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ("700,Known,Nora,Road,1,9,yes", "vip_snoop"),
        ("700,Else,Nora,Lane,252,100,", "neighbour_access"),
        ("700,Else,Nora,Lane,250,100,", "family_access"),
    ],
)
def test_a_single_look_at_a_stranger_who_is_somebody_is_told(
    tmp_path: Path, stack: ExitStack, row: str, kind: str
) -> None:
    found = told(stack, tmp_path, [event(1440 * 9 + 100, "a4", "read", patient="700")], row + "\n")

    assert [(item.kind, item.entities, item.patients) for item in found.incidents] == [(kind, ("a4",), ("700",))]


def test_a_single_look_at_a_colleague_of_the_ward_is_told_and_not_at_one_s_own_patient(
    tmp_path: Path, stack: ExitStack
) -> None:
    treated = patient("B", 2, 3)
    looks = [event(1440 * 9 + 100, "a3", "read", patient="900"), event(1440 * 9 + 90, "b2", "read", patient=treated)]
    found = told(stack, tmp_path, looks, f"{treated},Known,Nora,Road,1,9,yes\n")

    assert [(item.kind, item.entities) for item in found.incidents] == [("coworker_access", ("a3",))]


def test_a_single_look_that_nothing_connects_is_not_told(tmp_path: Path, stack: ExitStack) -> None:
    found = told(stack, tmp_path, [event(1440 * 9 + 100, "a4", "read", patient="700")], "700,Any,Body,Road,1,9,\n")

    assert kinds(found) == []
    assert list(found.house.query("SELECT pat FROM unexplained")["pat"]) == ["700"]


def test_strangers_in_a_row_are_told_and_another_ward_s_patients_are_covering(tmp_path: Path, stack: ExitStack) -> None:
    row = [event(1440 * 10 + 5 * n, "a2", "read", patient=str(2500 + 100 * n)) for n in range(9)]
    ward = [event(1440 * 10 + 20 * n, "a4", "read", patient=patient("C", 2, n)) for n in range(8)]
    found = told(stack, tmp_path, [*row, *ward])

    assert [(item.kind, item.entities) for item in found.incidents] == [("random_snoop", ("a2",))]


def test_a_user_of_few_accesses_is_not_judged_by_them(tmp_path: Path, stack: ExitStack) -> None:
    row = [event(1440 * 10 + 5 * n, "agency", "read", patient=str(2500 + 100 * n)) for n in range(6)]
    found = told(stack, tmp_path, row)

    assert kinds(found) == []
    assert list(found.house.query("SELECT usr FROM uncovered")["usr"]) == ["agency"]


def test_without_any_table_the_circle_still_tells_strangers_from_cases(tmp_path: Path, stack: ExitStack) -> None:
    row = [event(1440 * 10 + 5 * n, "a2", "read", patient=str(2500 + 100 * n)) for n in range(9)]
    found = investigated(stack, tmp_path, [*work(), *row])

    assert kinds(found) == ["random_snoop"]
    reasons = found.house.query("SELECT DISTINCT reason FROM reasons")["reason"]
    assert set(reasons) == {"circle", "follow_up"} or set(reasons) == {"circle"}


def test_who_is_back_from_leave_is_no_sleeper_where_nothing_but_the_log_is_there(
    tmp_path: Path, stack: ExitStack
) -> None:
    lines = [line for line in work() if ",b3," not in line]
    first = [event(n, "b3", "read", patient=patient("B", 0, n)) for n in range(5)]
    back = [event(1440 * 20 + n, "b3", "read", patient=patient("B", 5, n)) for n in range(5)]
    rest = [event(1440 * 20 + 9 * n, user, "read", patient=patient("B", 5, n)) for user in ("b1", "b2") for n in (0, 4)]
    found = investigated(stack, tmp_path, [*lines, *first, *back, *rest])

    assert kinds(found) == []


def test_the_archive_s_own_moves_to_a_new_place_need_an_inventory_to_be_strange(
    tmp_path: Path, stack: ExitStack
) -> None:
    moves = [event(1440 * 9 + n, "svc_archive", "retrieve", patient=str(n), dst="COLD2") for n in range(30)]
    found = told(stack, tmp_path, moves)

    assert kinds(found) == []


def test_an_account_used_on_one_day_only_slept_since_the_log_began(tmp_path: Path, stack: ExitStack) -> None:
    row = [line for n in range(5) for line in search(1440 * 8 + 9 * n, "c9", str(2500 + 100 * n))]
    own = [event(1440 * 8 + n, "C_ARCHIVE", "query", patient=str(n), src="C_ARCHIVE") for n in range(5)]
    found = told(stack, tmp_path, [*row, *own])

    assert [(item.kind, item.entities) for item in found.incidents] == [("dormant_account", ("c9",))]


def test_a_list_that_three_work_through_together_is_a_conference_where_none_are_known(
    tmp_path: Path, stack: ExitStack
) -> None:
    row = [
        line
        for who, user in enumerate(("a1", "b1", "c1"))
        for n in range(9)
        for line in search(1440 * 10 + 5 * n + who, user, str(2500 + 100 * n))
    ]

    assert kinds(told(stack, tmp_path, row)) == []


def test_one_stranger_a_day_is_told_of_one_whose_colleagues_open_none(tmp_path: Path, stack: ExitStack) -> None:
    row = [line for n in range(10) for line in search(1440 * n + 300 + n, "a3", str(2500 + 100 * n))]
    (incident,) = told(stack, tmp_path, row).incidents

    assert (incident.kind, incident.entities, len(incident.patients)) == ("random_snoop", ("a3",), 10)
    assert "slow" in incident.flags


def test_a_look_a_week_at_one_and_the_same_person_is_one_story(tmp_path: Path, stack: ExitStack) -> None:
    looks = [event(1440 * day + 100, "a4", "read", patient="700") for day in (1, 4, 7, 10)]
    (incident,) = told(stack, tmp_path, looks, "700,Else,Nora,Lane,250,100,\n").incidents

    assert (incident.kind, incident.amount) == ("family_access", 4)
