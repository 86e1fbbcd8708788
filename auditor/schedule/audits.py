"""Turns the audit of a whole site into the audit of one schedule: its name, and only its rooms."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from auditor.config.schedule import ScheduleSettings
from auditor.config.settings import Configuration
from auditor.errors import ConfigError
from auditor.store.stored import StoredRun


def audit_of(audit: Callable[..., StoredRun], configuration: Configuration) -> Callable[[ScheduleSettings], StoredRun]:
    """A function that audits what a schedule names, under the schedule's name."""

    def carry_out(schedule: ScheduleSettings) -> StoredRun:
        def adapt(plan: Any) -> Any:
            requests = tuple(item for item in plan.requests if not schedule.rooms or item.room in schedule.rooms)
            if not requests:
                raise ConfigError(
                    f"the schedule {schedule.name!r} names no room that is configured",
                    where="[[schedule]] rooms",
                    right="rooms such as headers, endpoints, trail, deid",
                    next_step="auditor config show",
                )
            return replace(plan, name=schedule.name, requests=requests)

        return audit(configuration=configuration, adapt=adapt)

    return carry_out
