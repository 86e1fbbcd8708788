"""Times as houses write them: words, months in many languages, halves of the day, zones by name, counts."""

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from auditor.config.trail import TrailSettings, TrailTable
from auditor.trail import investigate
from auditor.trail.context.loading import load
from auditor.trail.moments import reader, time_format
from auditor.trail.opening import find
from auditor.trail.reading import survey
from auditor.trail.writing import tidied

ZONE = ZoneInfo("Europe/Berlin")
GERMAN = ("Jan", "Feb", "März", "Apr", "Mai", "Juni", "Juli", "Aug", "Sept", "Okt", "Nov", "Dez")
FRENCH = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
WRITTEN: dict[str, Callable[[datetime], str]] = {
    "hours of an offset alone": lambda at: f"{at:%Y-%m-%d %H:%M:%S%z}"[:-2],
    "a blank before the offset": lambda at: f"{at:%Y-%m-%d %H:%M:%S %z}",
    "a zone by name": lambda at: f"{at:%Y-%m-%d %H:%M:%S} {at.tzname()}",
    "a German clock": lambda at: f"{at:%d.%m.%Y %H:%M} Uhr",
    "a dash between": lambda at: f"{at:%d.%m.%Y - %H:%M:%S}",
    "a German month": lambda at: f"{at.day}. {GERMAN[at.month - 1]} {at:%Y %H:%M:%S}",
    "a French month": lambda at: f"{at.day} {FRENCH[at.month - 1]} {at:%Y à %H:%M:%S}",
    "a French clock": lambda at: f"{at:%d/%m/%Y %Hh%M}",
    "halves with points": lambda at: f"{at:%d/%m/%Y %I:%M:%S} {'a.m.' if at.hour < 12 else 'p. m.'}",
    "Oracle": lambda at: f"{at:%d-%b-%y %I.%M.%S.%f000 %p}".upper(),
    "SQL Server": lambda at: f"{at:%b %d %Y %I:%M%p}",
    "a month in full, first": lambda at: f"{at:%B} {at.day}, {at:%Y %I:%M:%S %p}",
    "a web server": lambda at: f"{at:%d/%b/%Y:%H:%M:%S %z}",
    "ctime": lambda at: f"{at:%a %b %d %H:%M:%S %Y}",
    "a mail": lambda at: f"{at:%a, %d %b %Y %H:%M:%S %z}",
    "DB2": lambda at: f"{at:%Y-%m-%d-%H.%M.%S.%f}",
    "a colon before the fraction": lambda at: f"{at:%Y-%m-%d %H:%M:%S:}{at.microsecond // 1000:03d}",
    "Japanese": lambda at: f"{at.year}年{at.month}月{at.day}日 {at.hour}時{at.minute:02d}分{at.second:02d}秒",
    "Korean": lambda at: f"{at.year}. {at.month}. {at.day}. {'오전' if at.hour < 12 else '오후'} {at:%I:%M:%S}",
    "digits alone, day first": lambda at: f"{at:%d%m%Y %H:%M:%S}",
    "a DICOM DT": lambda at: f"{at:%Y%m%d%H%M%S.%f%z}",
    "microseconds since 1970": lambda at: str(int(at.timestamp() * 1e6)),
    "nanoseconds since 1970": lambda at: str(int(at.timestamp()) * 10**9),
}  # fmt: skip


@contextmanager
def investigated(path: Path, settings: TrailSettings) -> Iterator[investigate.Investigation]:
    logs = investigate.find_logs([str(path)], path.parent)
    with ExitStack() as stack:
        yield investigate.open_investigation(stack, logs, settings, None, datetime(2026, 12, 1, tzinfo=UTC), workers=1)


@pytest.mark.parametrize("name", WRITTEN)
def test_a_table_s_times_are_proposed_and_read(tmp_path: Path, name: str) -> None:
    rnd, at, moments = random.Random(5), datetime(2026, 2, 27, 21, 5, 9, 123000, tzinfo=ZONE), []  # noqa: S311
    for _ in range(50):
        at += timedelta(minutes=rnd.randrange(20, 300), seconds=rnd.randrange(60))
        moments.append(at)
    rows = [f"{WRITTEN[name](at)};EHR;{n};110103;anna;{n}" for n, at in enumerate(moments)]
    (tmp_path / "a.csv").write_text("\n".join(["EventTime;Source;Seq;Code;User;Patient", *rows, ""]), encoding="utf-8")

    with investigated(tmp_path / "a.csv", TrailSettings(zone="Europe/Berlin")) as found:
        read = found.house.query("SELECT ts FROM events ORDER BY seq")["ts"].dt.tz_localize("UTC")

    assert len(read) == 50
    assert max(abs((one - two).total_seconds()) for one, two in zip(read, moments, strict=True)) < 60


def test_months_and_days_of_the_week_that_begin_alike_are_told_apart() -> None:
    assert tidied("mardi 3 mars 2026 14:05") == "3 Mar 2026 14:05"
    assert tidied("Maanantai 3. marraskuuta 2026 klo 12.30") == "3 Nov 2026 12.30"
    assert tidied("12. července 2026") == "12 Jul 2026"
    assert tidied("12. června 2026") == "12 Jun 2026"


def test_what_is_no_time_stays_none() -> None:
    for pattern in ("", "%d.%m.%Y %H:%M:%S"):
        with pytest.raises(ValueError, match="no time"):
            reader(pattern)("noon")
    assert time_format(["yesterday", "today"]) == ""


def test_a_pattern_that_a_site_wrote_reads_its_own_words(tmp_path: Path) -> None:
    entry = TrailTable(files="*.csv", columns={"time": "Wann", "user": "Wer"}, separator=";", format="%d/%b/%Y %H:%M")
    (tmp_path / "a.csv").write_text("Wann;Wer\n03/Mar/2026 10:00;anna\n4/März/2026 10:00 Uhr;anna\n", encoding="utf-8")
    assert survey([next(find(tmp_path / "a.csv"))], [entry])[0].mapping is not None
    with investigated(tmp_path / "a.csv", TrailSettings(tables=(entry,), zone="UTC")) as found:
        assert found.house.value("SELECT count(*) FROM events WHERE hour(ts) = 10") == 2


def test_tables_of_context_have_dates_in_words_too(tmp_path: Path) -> None:
    rows = "user_id;date;shift\nanna;3. März 2026;day\nanna;4. März 2026;day\n"
    (tmp_path / "shifts.csv").write_text(rows, encoding="utf-8")
    assert list(load(tmp_path, {}).frames["shifts"]["date"]) == [pd.Timestamp(2026, 3, 3), pd.Timestamp(2026, 3, 4)]
