"""Pictures of what a room saw, as plain tables of numbers: drawn by reports, kept in the parts of a run.

A room makes them while it reads and hands them over with a `Reading`. They hold nothing that was not protected: a
label is a masked display (or a word that can identify nobody: a weekday, a day, an AE title), with its digest under
the site key where it stands for somebody, so that `auditor locate` and the site key can find who it is.
"""

from dataclasses import dataclass
from enum import StrEnum


class ViewKind(StrEnum):
    """The tables a report knows how to draw.

    `AE_MATRIX`: rows call, columns are called; each cell's `state` is one of `AE_STATES`, `value` counts ways in.
    Its `note` has a place for echo, find, get, move, store, private: a capital letter was carried out, a small one
    offered and accepted but never used, `·` was refused, `?` is not known.
    `ACCESS_HOURS`: seven rows, Monday to Sunday, 24 columns `00` to `23`; accesses, `marked` unexplained.
    `USERS_BY_DAY`, `DEPARTMENTS_BY_DAY`: columns are ISO days or ISO weeks (`2026-05-04`, `2026-W19`), in order.
    `TOP_UNEXPLAINED`: one column; `value` accesses, `marked` those that nothing explains, worst first.
    """

    AE_MATRIX = "ae-matrix"
    ACCESS_HOURS = "access-hours"
    USERS_BY_DAY = "users-by-day"
    DEPARTMENTS_BY_DAY = "departments-by-day"
    TOP_UNEXPLAINED = "top-unexplained"


AE_STATES = ("open", "accepted", "configured", "refused", "unanswered")


@dataclass(frozen=True, slots=True)
class Label:
    """The name of a row or column: what may be shown, and its digest where it stands for a person or a place."""

    text: str
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One number: `row` and `column` count from 0; `marked` is the part of `value` that needs a look.

    `note` is shown in place of the number: a short word of the room's own, at most 24 letters, that identifies nobody.
    """

    row: int
    column: int
    value: int
    marked: int = 0
    state: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """A sparse table: cells in order of row and column, none twice; `name` says what of (an inventory, a time zone).

    `left_out` counts rows that the room did not put in, because there would have been too many.
    """

    kind: ViewKind
    name: str
    rows: tuple[Label, ...]
    columns: tuple[Label, ...]
    cells: tuple[Cell, ...]
    left_out: int = 0
