"""What became of a schedule so far: one small JSON file each, beside the store."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from auditor.errors import StoreError
from auditor.store.files import make_folder, write_bytes


@dataclass(frozen=True, slots=True)
class State:
    """Times are ISO 8601, empty when there was none. `handled` is the last due time that was dealt with."""

    handled: str = ""
    last_run: str = ""
    last_result: str = ""
    last_good: str = ""
    skipped: int = 0
    undelivered: str = ""

    def handled_at(self) -> datetime | None:
        """The last due time that was dealt with."""
        return datetime.fromisoformat(self.handled) if self.handled else None

    def good_at(self) -> datetime | None:
        """When the last good run was finished."""
        return datetime.fromisoformat(self.last_good) if self.last_good else None

    def with_(self, **changes: object) -> "State":
        """The same state with some values changed."""
        return replace(self, **changes)  # type: ignore[arg-type]


def state_folder(store: Path) -> Path:
    """Where the states of a store's schedules lie, made where missing."""
    folder = store / "schedule"
    make_folder(folder)
    return folder


def read_state(store: Path, name: str) -> State:
    """The state of a schedule; an empty one when it never ran. Raises StoreError for a broken file."""
    file = state_folder(store) / f"{name}.json"
    try:
        return State(**json.loads(file.read_text("utf-8")))
    except FileNotFoundError:
        return State()
    except (OSError, ValueError, TypeError) as error:
        raise StoreError(
            "the state of a schedule cannot be read",
            where=str(file),
            right="the JSON file as it was written",
            next_step="remove the file; the schedule then starts afresh",
        ) from error


def write_state(store: Path, name: str, state: State) -> None:
    """Write the state of a schedule, whole or not at all."""
    write_bytes(state_folder(store) / f"{name}.json", json.dumps(asdict(state), indent=1).encode("utf-8"))
