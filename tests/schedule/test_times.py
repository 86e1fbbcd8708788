"""Schedules are due when the clock on the wall says so, also when the clock is changed."""

from datetime import UTC, datetime
from itertools import islice

import pytest

from auditor.config.schedule import ScheduleSettings
from auditor.errors import ConfigError
from auditor.schedule.times import check, due_times, missed, next_due


def schedule(cron, timezone="Europe/Berlin"):
    return ScheduleSettings(name="weekly", cron=cron, timezone=timezone)


def firsts(item, after, count):
    return [f"{moment:%m-%d %H:%M %z}" for moment in islice(due_times(item, after), count)]


def test_it_keeps_its_hour_over_summer_and_winter():
    found = firsts(schedule("0 6 1 * *"), datetime(2026, 2, 10, tzinfo=UTC), 3)
    assert found == ["03-01 06:00 +0100", "04-01 06:00 +0200", "05-01 06:00 +0200"]


def test_a_time_in_the_skipped_hour_runs_right_after_it_once():
    found = firsts(schedule("30 2 * * *"), datetime(2026, 3, 28, 12, tzinfo=UTC), 2)
    assert found == ["03-29 03:00 +0200", "03-30 02:30 +0200"]


def test_a_time_in_the_repeated_hour_runs_once():
    found = firsts(schedule("30 2 * * *"), datetime(2026, 10, 24, 12, tzinfo=UTC), 2)
    assert found == ["10-25 02:30 +0200", "10-26 02:30 +0100"]


def test_steps_follow_the_clock_on_the_wall_through_the_repeated_hour():
    found = firsts(schedule("*/30 * * * *"), datetime(2026, 10, 24, 23, 50, tzinfo=UTC), 4)
    assert found == ["10-25 02:00 +0200", "10-25 02:30 +0200", "10-25 02:00 +0100", "10-25 02:30 +0100"]


def test_missed_times_are_counted_up_to_now():
    item = schedule("0 6 * * *", "UTC")
    since, now = datetime(2026, 5, 1, 6, tzinfo=UTC), datetime(2026, 5, 4, 6, tzinfo=UTC)
    assert [moment.day for moment in missed(item, since, now)] == [2, 3, 4]
    assert missed(item, now, now) == ()
    assert len(missed(schedule("* * * * *", "UTC"), since, now)) <= 1000
    assert next_due(item, now).day == 5


@pytest.mark.parametrize(
    ("cron", "zone"), [("61 * * * *", "UTC"), ("nonsense", "UTC"), ("0 6 * * *", "Mars/Base"), ("", "UTC")]
)
def test_what_cannot_be_understood_is_said(cron, zone):
    with pytest.raises(ConfigError, match="cannot be understood"):
        check(schedule(cron, zone))
