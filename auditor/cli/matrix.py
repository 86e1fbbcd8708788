"""The AE matrix of a run as a table of text: who may do what on whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from auditor.cli.text import clean

if TYPE_CHECKING:
    from auditor.model.views import View
    from auditor.store.stored import StoredRun

_MOST = 60
_LEGEND = (
    "  E echo  F query  G get  M move  S store  P private class;"
    "  capital: carried out, small: offered and never used, ·: refused, ?: not known"
)


def matrix_lines(stored: StoredRun) -> Iterator[str]:
    """The lines of every AE matrix in a stored run; none for a run without one."""
    from auditor.model.views import ViewKind

    for part in stored.run.parts:
        for view in part.views:
            if view.kind is ViewKind.AE_MATRIX and view.cells:
                yield from lines(view)


def lines(view: View) -> Iterator[str]:
    """One row for each pair that is known of, by what is called; long tables are cut, and say so."""
    yield f"Who may do what on whom ({clean(view.name)})"
    cells = sorted(view.cells, key=lambda cell: (cell.column, cell.row))
    shown = cells[:_MOST]
    callers = [clean(view.rows[cell.row].text) for cell in shown]
    width = max(len(caller) for caller in callers)
    called = -1
    for cell, caller in zip(shown, callers, strict=True):
        if cell.column != called:
            called = cell.column
            yield f"  {clean(view.columns[called].text)}"
        plain = ", without TLS" if cell.marked else ""
        yield f"    {caller:<{width}}  {cell.note or '-':<6}  {cell.state}{plain}"
    hidden = len(cells) - len(shown)
    if hidden or view.left_out:
        yield f"    and {hidden} more pairs, {view.left_out} callers left out"
    yield _LEGEND
    yield ""
