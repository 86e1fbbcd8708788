"""Deletes runs that are older than a schedule keeps them; the newest of a plan always stays."""

from datetime import datetime, timedelta

from auditor.config.schedule import ScheduleSettings
from auditor.store.folder import Store


def tidy(schedule: ScheduleSettings, store: Store, now: datetime) -> list[str]:
    """Delete what is too old and return the proof of each: run id and hash of its header, as logged."""
    if not schedule.keep_days:
        return []
    runs = [entry for entry in store.runs() if entry.plan == schedule.name and not entry.deleted]
    limit = now - timedelta(days=schedule.keep_days)
    proofs = []
    for entry in runs[:-1]:
        if datetime.fromisoformat(entry.finished) < limit:
            digest = store.delete(entry.id, f"older than {schedule.keep_days} days, schedule {schedule.name}")
            proofs.append(f"{entry.id} sha256:{digest}")
    return proofs
