"""Bad days of logs, each through the room: counted, located, told; nothing fetched, nothing dropped in silence."""

import io
import random
import socket
import zipfile
import zlib
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from auditor.config.trail import TrailSettings
from auditor.identifiers.protector import SiteProtector
from auditor.model.facts import Record
from auditor.model.outcome import Disposition
from auditor.model.ports import Context
from auditor.model.run import Request
from auditor.model.target import Reading
from auditor.trail import investigate
from auditor.trail.room import ROOM
from tests.trail.hospital import message

NOW = datetime(2026, 11, 10, tzinfo=UTC)
START = datetime(2026, 10, 23, 6, tzinfo=UTC)


def syslog(number: int, at: datetime, **more: str) -> str:
    text = message(at, "EHR", "110103", more.pop("user", "anna"), ip="10.0.0.1", **{"patient": "0042", **more})
    return f'<85>1 {at.isoformat()} h EHR 1 IHE+RFC-3881 [m sequenceId="{number}"] {text}'


def day(count: int = 60) -> list[str]:
    return [syslog(number, START + timedelta(minutes=9 * number)) for number in range(1, count + 1)]


def written(folder: Path, lines: list[str] | bytes, name: str = "ehr.log") -> Path:
    (folder / "logs").mkdir(exist_ok=True)
    data = lines if isinstance(lines, bytes) else ("\n".join(lines) + "\n").encode()
    (folder / "logs" / name).write_bytes(data)
    return folder


def readings(folder: Path, **more: str) -> list[Reading]:
    context = Context(
        NOW, SiteProtector(b"k" * 32), "clinical", TrailSettings.model_validate(more), folder, {"workers": 1}
    )
    chunks = list(ROOM.plan(Request("trail", ("logs",)), context))
    return [reading for chunk in chunks for reading in ROOM.read(chunk, frozenset(), context)]


def counted(reading: Reading) -> dict[str, str]:
    """The row's attributes; its tally balances."""
    told = dict(reading.row.attributes)
    assert int(told["lines"]) == sum(int(told[name]) for name in ("events", "rejected", "not_audit"))
    return told


def events(folder: Path, *columns: str, **more: str) -> list[tuple[object, ...]]:
    with ExitStack() as stack:
        logs = investigate.find_logs(["logs"], folder)
        found = investigate.open_investigation(stack, logs, TrailSettings.model_validate(more), None, NOW, 1)
        frame = found.house.query("SELECT * FROM events ORDER BY file, line")
        return list(frame[list(columns)].itertuples(index=False, name=None))


def truncated(lines: list[str]) -> list[str]:
    return [*lines[:10], lines[10][:250], *lines[11:]]


def interleaved(lines: list[str]) -> list[str]:
    return [*lines[:10], lines[10][:200] + lines[11] + lines[10][200:], *lines[12:]]


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
DAMAGE = {
    "cut off": (truncated, "rejected", "line 11: truncated message"),
    "one inside another": (interleaved, "repaired", "line 11: repaired: interrupted by another message"),
    "ten megabytes": (
        lambda lines: [*lines[:10], lines[10].replace("0042", "9" * 10_000_000), *lines[11:]],
        "rejected",
        "line 11: longer than a message may be",
    ),
    "billion laughs": (
        lambda lines: [
            *lines[:10],
            f'<85>1 - h EHR 1 - - <!DOCTYPE AuditMessage [<!ENTITY l0 "ha">{LAUGHS}]>'
            + message(START, "EHR", "110103", "&l9;"),
            *lines[11:],
        ],
        "rejected",
        "line 11: document type declaration refused",
    ),
    "NUL bytes": (lambda lines: [*lines[:10], "\0" + lines[10], *lines[11:]], "repaired", "line 11: repaired: NUL"),
    "a mark in the middle": (
        lambda lines: [*lines[:10], lines[10].replace("anna", "an\ufeffna"), *lines[11:]],
        "repaired",
        "line 11: repaired: NUL or byte order mark inside",
    ),
    "a mark before a line": (
        lambda lines: [*lines[:10], "\ufeff" + lines[10], *lines[11:]],
        "repaired",
        "line 11: repaired: NUL or byte order mark inside",
    ),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_counted_and_located_and_costs_no_other_line(tmp_path: Path, name: str) -> None:
    harm, kind, told = DAMAGE[name]
    reading = readings(written(tmp_path, harm(day())))[0]

    assert counted(reading)[kind] == "1"
    assert counted(reading)["first_problem"].startswith(told)
    assert int(counted(reading)["events"]) == (59 if kind == "rejected" else 60)


def test_a_line_behind_a_byte_order_mark_keeps_its_number(tmp_path: Path) -> None:
    lines = day()
    folder = written(tmp_path, ["\ufeff" + lines[0], *lines[1:10], "\ufeff" + lines[10], *lines[11:]])

    assert events(folder, "seq") == [(number,) for number in range(1, 61)]
    assert counted(readings(folder)[0])["repaired"] == "1"


def test_latin_1_among_utf_8_is_read_and_told(tmp_path: Path) -> None:
    lines = [line.encode() for line in day()]
    lines[7] = syslog(8, START + timedelta(minutes=72), user="åsa").encode("latin-1")
    folder = written(tmp_path, b"\n".join(lines) + b"\n")

    assert counted(readings(folder)[0])["first_problem"] == "line 8: repaired: Latin-1 among UTF-8"
    assert ("åsa",) in events(folder, "usr")


def test_an_external_entity_or_dtd_is_never_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("swordfish", encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.3)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/a.dtd"
        text = message(START, "EHR", "110103", "&x;")
        declared = (
            f'<!DOCTYPE AuditMessage SYSTEM "{address}">',
            f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]>',
        )
        lines = [*day(), *(f"<85>1 - h EHR 1 - - {one}{text}" for one in declared)]
        written(tmp_path, ('<?xml version="1.0"?>' + declared[0] + text).encode(), "whole.xml")
        folder = written(tmp_path, lines)
        rejected = sorted(counted(reading)["rejected"] for reading in readings(folder))
        with pytest.raises(TimeoutError):
            server.accept()

    assert rejected == ["1", "2"]
    assert "swordfish" not in str(events(folder, "usr", "pat", "query"))


def test_times_without_zone_are_the_sites_and_the_gap_and_the_double_hour_and_leap_seconds_are_read(
    tmp_path: Path,
) -> None:
    told = ["2026-03-29T02:30:00", "2026-06-30T23:59:60Z", "2026-10-25T01:30:00", "2026-10-25T02:30:00",
            "2026-10-25T02:55:00", "2026-10-25T02:05:00", "2026-10-25T03:10:00", "9999-12-30T23:59:59Z"]  # fmt: skip
    lines = [
        syslog(number, START).replace(f'EventDateTime="{START.isoformat()}"', f'EventDateTime="{time}"')
        for number, time in enumerate(told, 1)
    ]
    folder = written(tmp_path, lines)
    ours = counted(readings(folder, zone="Europe/Berlin")[0])

    assert (ours["events"], ours["without_zone"], ours["in_future"]) == (
        "8",
        "6, first at line 1",
        "1, first at line 8",
    )
    assert [f"{at:%m-%d %H:%M:%S}" for (at,) in events(folder, "ts", zone="Europe/Berlin")] == [
        "03-29 01:30:00", "06-30 23:59:59", "10-24 23:30:00", "10-25 00:30:00",
        "10-25 00:55:00", "10-25 01:05:00", "10-25 02:10:00", "12-30 23:59:59",
    ]  # fmt: skip


def encrypted(data: bytes) -> bytes:
    """A zip archive whose one member says of itself that it is encrypted."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("ehr.log", data)
    packed = bytearray(whole.getvalue())
    packed[6] |= 1
    packed[packed.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(packed)


@pytest.mark.parametrize(
    "data",
    [
        encrypted(b"<85>1 -"),
        zlib.compress("\n".join(day()).encode()),
        b"a,b\rc,d\n1,2\r3,4\n5,6\r\n",
        b"\r\n" * 40,
        b'"\n' * 9,
    ],
    ids=["encrypted", "packed in another way", "bare returns", "empty lines", "open quotes"],
)
def test_a_file_that_is_no_log_is_told_and_the_others_are_read(tmp_path: Path, data: bytes) -> None:
    written(tmp_path, data, "a.zip")
    rows = {reading.row.disposition: counted(reading) for reading in readings(written(tmp_path, day()))}

    assert rows[Disposition.READ]["events"] == "60"
    assert set(rows) - {Disposition.READ} <= {Disposition.UNREADABLE, Disposition.PARTLY_READ}
    assert len(rows) == 2


def test_a_time_that_is_none_is_rejected_where_it_stands(tmp_path: Path) -> None:
    lines = day()
    lines[20] = lines[20].replace('EventDateTime="2026', 'EventDateTime="soon')
    reading = readings(written(tmp_path, lines))[0]

    assert (counted(reading)["rejected"], counted(reading)["first_problem"]) == ("1", "line 21: time cannot be read")


@pytest.mark.parametrize("date", ["9999-12-31", "12026-10-23", "300000-01-01", "-0044-03-15", "0000-01-01"])
def test_a_date_of_no_calendar_is_rejected_and_ends_no_run(tmp_path: Path, date: str) -> None:
    lines = day()
    lines[20] = lines[20].replace('EventDateTime="2026-10-23', f'EventDateTime="{date}')
    told = counted(readings(written(tmp_path, lines))[0])

    assert (told["events"], told["rejected"], told["first_problem"]) == ("59", "1", "line 21: time cannot be read")


def test_records_out_of_order_by_days_are_counted_and_alarm_nobody(tmp_path: Path) -> None:
    lines = day(900)
    folder = written(tmp_path, [*lines[300:], *lines[:300]])
    facts = [dict(facts.values) for reading in readings(folder) for facts in reading.facts]

    assert counted(readings(folder)[0])["out_of_order"] == "300, first at line 601"
    assert [values["log_out_of_order"] for values in facts if "log_out_of_order" in values] == [300]
    assert not [values for values in facts if "kind" in values]


@pytest.mark.parametrize("numbered", [True, False])
def test_a_rotated_file_read_twice_counts_once_with_and_without_numbers(tmp_path: Path, numbered: bool) -> None:
    lines = day() if numbered else [line.replace("sequenceId", "origin") for line in day()]
    written(tmp_path, lines[:40], "ehr.log.1")
    folder = written(tmp_path, lines)

    assert [counted(reading).get("repeated") for reading in readings(folder)] == [None, "40, first at line 1"]
    assert len(events(folder, "ts")) == 60


def test_one_person_and_one_patient_in_any_spelling_are_one(tmp_path: Path) -> None:
    users = ("anna", "HOSP\\anna", "anna@hosp.example", "ANNA")
    patients = ("42", "0042", "00000042", "0042^^^HOSP&1.2&ISO")
    lines = [
        syslog(number, START + timedelta(minutes=number), user=user, patient=patient.replace("&", "&amp;"))
        for number, (user, patient) in enumerate(((u, p) for u in users for p in patients), 1)
    ]

    assert set(events(written(tmp_path, lines), "usr", "pat")) == {("anna", "42")}


def test_reads_without_a_patient_are_events_and_are_counted(tmp_path: Path) -> None:
    lines = day()
    lines[30] = syslog(31, START + timedelta(minutes=279), patient="")

    assert counted(readings(written(tmp_path, lines))[0])["reads_without_patient"] == "1, first at line 31"


def places(reading: Reading) -> dict[str, str]:
    """What the facts of a log say of its lines."""
    values = reading.facts[0].values
    told = [values["log_problems"], values["log_places"]]
    return {str(one["locator"]): str(one["reason"]) for records in told for one in cast(tuple[Record, ...], records)}


def test_each_oddity_of_a_log_is_told_with_its_line(tmp_path: Path) -> None:
    lines = day(300)
    written(tmp_path, lines[:20], "ehr.log.1")
    lines[100] = syslog(101, datetime(2090, 1, 1, tzinfo=UTC))
    lines[200] = syslog(201, START)
    lines[30] = lines[30].replace("+00:00", "")
    found = places(readings(written(tmp_path, lines))[1])

    assert found == {
        "line 101": "later than the run, the first of 1",
        "line 201": "earlier by more than an hour than one before it, the first of 1",
        "line 1": "stands in another log too, the first of 20",
        "line 31": "a time without a zone, the first of 1",
    }


def test_many_repairs_do_not_hide_where_the_one_reject_stands(tmp_path: Path) -> None:
    lines = [line.replace("anna", "åsa").encode("latin-1") for line in day(500)]
    lines[490] = lines[490][:250]

    assert places(readings(written(tmp_path, b"\n".join(lines)))[0])["line 491"] == "truncated message"


def test_a_log_of_which_another_holds_every_record_is_not_said_to_have_no_numbers(tmp_path: Path) -> None:
    written(tmp_path, day(), "ehr.log.1")
    folder = written(tmp_path, ["", *day()])

    assert [reading.facts[0].values["log_unnumbered"] for reading in readings(folder)] == [False, False]


def test_any_damage_at_all_leaves_a_tally_that_balances(tmp_path: Path) -> None:
    rnd = random.Random(5)  # noqa: S311 - made-up damage
    data = bytearray("\n".join(day(400)).encode())
    for _ in range(300):
        place = rnd.randrange(len(data))
        data[place : place + rnd.randrange(4)] = rnd.randbytes(rnd.randrange(4))
    told = counted(readings(written(tmp_path, bytes(data)))[0])

    assert int(told["events"]) > 100
    assert int(told["rejected"]) > 10
