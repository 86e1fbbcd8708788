"""What detectors are handed: the event tables, which context is there, and what earlier detectors claimed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from auditor.trail.warehouse import Warehouse


@dataclass(slots=True)
class Scene:
    """One investigation. `has` names context tables that were given; `claimed` holds ids of touches told already.

    `known` says whether context was there that says who treats whom. Users whose work neither it nor their circle
    explains are in the table `uncovered`: of them, searches by name stand in for accesses that nothing explains.
    `rejected` holds the lines of rejected records, by file, in order.
    """

    house: Warehouse
    now: datetime
    has: frozenset[str]
    known: bool
    first: datetime
    last: datetime
    rejected: Mapping[int, Sequence[int]] = field(default_factory=dict)
    claimed: set[int] = field(default_factory=set)

    def claim(self, touches: "list[int] | tuple[int, ...]") -> None:
        """Touches that belong to a story and are not told again."""
        self.claimed.update(touches)
        self.house.con.execute("INSERT INTO claimed SELECT unnest(?)", [[int(touch) for touch in touches]])
