"""Grids for the AE matrix and the access heat map, from the plain details of evidence.

A room asks for a cell by three plain details of its evidence: `grid` (the grid's title), `row` and
`column`. The numbers are findings; nothing else of the evidence is shown.
"""

from dataclasses import dataclass

from auditor.report.source import ReportSource

_LIMIT = 31
_SQL = """
SELECT grid, row_, column_, count(*) FROM (
    SELECT json_extract_string(e.details, '$.grid') AS grid, json_extract_string(e.details, '$.row') AS row_,
           json_extract_string(e.details, '$.column') AS column_
    FROM (SELECT unnest(evidence) AS e FROM findings WHERE outcome = 'fail' AND room IN ('endpoints', 'trail'))
    WHERE contains(e.details, '"grid"')
) WHERE row_ IS NOT NULL AND column_ IS NOT NULL GROUP BY ALL ORDER BY 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of numbers drawn as a map: `cells[row][column]`, and the largest number in it."""

    title: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[int, ...], ...]
    largest: int
    cut: bool


def grids(source: ReportSource) -> tuple[Grid, ...]:
    """The grids that the evidence of a run names, in order of their titles."""
    found: dict[str, dict[tuple[str, str], int]] = {}
    for title, row, column, count in source.query(_SQL):
        found.setdefault(title, {})[(row, column)] = count
    return tuple(_grid(title, cells) for title, cells in found.items())


def _grid(title: str, cells: dict[tuple[str, str], int]) -> Grid:
    rows = sorted({row for row, _ in cells})
    columns = sorted({column for _, column in cells})
    shown_rows, shown_columns = rows[:_LIMIT], columns[:_LIMIT]
    return Grid(
        title,
        tuple(shown_rows),
        tuple(shown_columns),
        tuple(tuple(cells.get((row, column), 0) for column in shown_columns) for row in shown_rows),
        max(cells.values()),
        len(rows) > _LIMIT or len(columns) > _LIMIT,
    )
