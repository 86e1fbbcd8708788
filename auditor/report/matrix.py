"""The tables that rooms hand over with a run (`model.views`), made ready to be drawn.

Numbers become shades, AE titles that talk to each other come to lie side by side, and what is too large for a page is
cut and said. No words: those stand in the templates.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from auditor.model.run import Run
from auditor.model.views import AE_STATES, Cell, Label, View, ViewKind

BLOCK = 12
GRAPH_AT_MOST = 40
TABLE_AT_MOST = 48


@dataclass(frozen=True, slots=True)
class Spot:
    """One cell of a drawn table; `shade` is its share of the largest number, from 0 to 1."""

    value: int
    marked: int
    state: str
    note: str
    shade: float


@dataclass(frozen=True, slots=True)
class Edge:
    """One way from a caller to a called AE in the graph, by their places in `Grid.callers` and `Grid.called`."""

    source: int
    target: int
    state: str
    marked: int


@dataclass(frozen=True, slots=True)
class Grid:
    """A table made ready: `cells[row][column]` is a `Spot` or none; sums by row, column and state.

    `blocks` divides the columns so that each block fits a page; `callers`, `called` and `edges` are the graph, empty
    when there are too many for one picture.
    """

    kind: str
    name: str
    rows: tuple[Label, ...]
    columns: tuple[Label, ...]
    cells: tuple[tuple[Spot | None, ...], ...]
    largest: int
    total: int
    marked: int
    states: Mapping[str, int]
    row_sums: tuple[tuple[int, int], ...]
    column_states: tuple[Mapping[str, int], ...]
    peak: tuple[int, int, int]
    worst: tuple[int, int, int]
    blocks: tuple[tuple[int, ...], ...]
    callers: tuple[Label, ...]
    called: tuple[Label, ...]
    edges: tuple[Edge, ...]
    left_out: int


def grids(run: Run) -> tuple[Grid, ...]:
    """All tables of a run, by kind, in the order of its parts."""
    order = list(ViewKind)
    found = [view for part in run.parts for view in part.views if view.rows and view.columns]
    return tuple(_grid(view) for view in sorted(found, key=lambda view: order.index(view.kind)))


def _grid(view: View) -> Grid:
    cells = [cell for cell in view.cells if cell.row < len(view.rows) and cell.column < len(view.columns)]
    largest = max((cell.value for cell in cells), default=0)
    spots = {(cell.row, cell.column): _spot(cell, largest) for cell in cells}
    lines = tuple(
        tuple(spots.get((row, column)) for column in range(len(view.columns))) for row in range(len(view.rows))
    )
    callers, called, edges = _graph(view, cells)
    return Grid(
        kind=view.kind.value,
        name=view.name,
        rows=view.rows,
        columns=view.columns,
        cells=lines,
        largest=largest,
        total=sum(cell.value for cell in cells),
        marked=sum(cell.marked for cell in cells),
        states=_states(spots.values()),
        row_sums=tuple(_sums([spot for spot in line if spot]) for line in lines),
        column_states=tuple(_states([line[column] for line in lines]) for column in range(len(view.columns))),
        peak=_peak([(cell.value, cell.row, cell.column) for cell in cells]),
        worst=_peak([(cell.marked, cell.row, cell.column) for cell in cells]),
        blocks=_blocks(view),
        callers=callers,
        called=called,
        edges=edges,
        left_out=view.left_out,
    )


def _spot(cell: Cell, largest: int) -> Spot:
    share = round(cell.value / largest, 3) if largest else 0.0
    return Spot(cell.value, cell.marked, cell.state, cell.note, share)


def _sums(spots: list[Spot]) -> tuple[int, int]:
    return sum(spot.value for spot in spots), sum(spot.marked for spot in spots)


def _states(spots: Iterable[Spot | None]) -> dict[str, int]:
    counts = Counter(spot.state for spot in spots if spot)
    return {state: counts[state] for state in AE_STATES}


def _peak(values: list[tuple[int, int, int]]) -> tuple[int, int, int]:
    """The largest number with its row and column, the first of several."""
    return max(values, key=lambda item: (item[0], -item[1], -item[2]), default=(0, 0, 0))


def _blocks(view: View) -> tuple[tuple[int, ...], ...]:
    """Columns of an AE matrix in blocks for tables; none when there are so many that a table says nothing."""
    count = len(view.columns)
    if view.kind is not ViewKind.AE_MATRIX or max(count, len(view.rows)) > TABLE_AT_MOST:
        return ()
    number = -(-count // BLOCK)
    size = -(-count // number)
    return tuple(tuple(range(start, min(start + size, count))) for start in range(0, count, size))


def _graph(view: View, cells: list[Cell]) -> tuple[tuple[Label, ...], tuple[Label, ...], tuple[Edge, ...]]:
    """Callers left, called right, each called one near those that call it, so that lines cross little."""
    drawn = [cell for cell in cells if cell.state in ("open", "accepted", "configured")]
    rows = sorted({cell.row for cell in drawn})
    columns = sorted({cell.column for cell in drawn})
    if view.kind is not ViewKind.AE_MATRIX or not drawn or max(len(rows), len(columns)) > GRAPH_AT_MOST:
        return (), (), ()
    for _ in range(4):
        columns = _near(columns, [(cell.column, rows.index(cell.row)) for cell in drawn])
        rows = _near(rows, [(cell.row, columns.index(cell.column)) for cell in drawn])
    edges = tuple(Edge(rows.index(cell.row), columns.index(cell.column), cell.state, cell.marked) for cell in drawn)
    weight = {"configured": 0, "accepted": 1, "open": 2}
    return (
        tuple(view.rows[row] for row in rows),
        tuple(view.columns[column] for column in columns),
        tuple(sorted(edges, key=lambda edge: (weight[edge.state], edge.source, edge.target))),
    )


def _near(items: list[int], links: list[tuple[int, int]]) -> list[int]:
    """Items in order of the mean place of what they are linked to (the barycentre of a layered graph)."""
    places: dict[int, list[int]] = {item: [] for item in items}
    for item, place in links:
        places[item].append(place)
    return sorted(items, key=lambda item: (sum(places[item]) / len(places[item]), item))
