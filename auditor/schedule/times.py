"""When a schedule is due: cron expressions in a time zone, with the hours that daylight saving skips and repeats.

As in Debian's cron: a job at a fixed time inside the skipped hour runs right after it; inside the repeated hour it
runs once. Jobs by steps (`*/30`) follow the clock on the wall.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from auditor.config.schedule import ScheduleSettings
from auditor.errors import ConfigError

_LONGEST_LOOK_BACK = timedelta(days=370)


def check(schedule: ScheduleSettings) -> None:
    """Raise ConfigError when the expression or the time zone cannot be used."""
    next(due_times(schedule, datetime(2026, 1, 1, tzinfo=UTC)))


def due_times(schedule: ScheduleSettings, after: datetime) -> Iterator[datetime]:
    """All times strictly after `after` at which the schedule is due, in its own zone, without end."""
    from cronsim import CronSim, CronSimError

    try:
        zone = ZoneInfo(schedule.timezone)
        times = CronSim(schedule.cron, after.astimezone(zone))
    except (CronSimError, KeyError, ValueError, OSError) as error:
        raise ConfigError(
            f"the schedule {schedule.name!r} cannot be understood: {error or type(error).__name__}",
            where="[[schedule]] in auditor.toml",
            right='cron = "0 6 * * 1" (minute hour day month weekday), timezone = "Europe/Berlin"',
            next_step="auditor schedule list",
        ) from error
    return iter(times)


def next_due(schedule: ScheduleSettings, after: datetime) -> datetime:
    """The first time after `after` at which the schedule is due."""
    return next(due_times(schedule, after))


def missed(schedule: ScheduleSettings, since: datetime, now: datetime) -> tuple[datetime, ...]:
    """All times after `since`, up to and including `now`; at most a year and a few days back."""
    found = []
    for moment in due_times(schedule, max(since, now - _LONGEST_LOOK_BACK)):
        if moment > now:
            break
        found.append(moment)
        if len(found) > 1000:
            found = found[-1:]
    return tuple(found)
