"""What `auditor scan --inventory` says of who made the files, and of series that are not whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from auditor.cli.text import clean

if TYPE_CHECKING:
    from auditor.headers.inventory import Summary
    from auditor.store.stored import StoredRun

_SHOWN = 8
_WORDS = {
    "manufacturer": "manufacturers",
    "model": "models",
    "software": "software versions",
    "modality": "modalities",
    "sop_class": "SOP classes",
    "body_part": "body parts",
    "station": "stations (masked)",
    "transfer_syntax": "transfer syntaxes",
    "private_creators": "private creators",
}


def inventory_lines(stored: StoredRun) -> Iterator[str]:
    """The inventory of a stored run, as lines of text."""
    from auditor.headers.inventory import summary

    yield from lines(summary(stored.inventory("headers")))


def lines(found: Summary) -> Iterator[str]:
    """The lines of one summary; long lists are cut, and say so."""
    yield "Inventory"
    for name, counted in found.counts.items():
        yield f"  {_WORDS[name]}"
        for word, count in counted[:_SHOWN]:
            yield f"    {count:>7}  {clean(word)}"
        if len(counted) > _SHOWN:
            yield f"             and {len(counted) - _SHOWN} more"
    yield f"  series: {found.series}, of which {len(found.gaps)} are not whole"
    for one in found.gaps[:_SHOWN]:
        kinds = {"SOP classes": len(one.classes), "studies": one.studies, "patients": one.patients}
        mixed = "".join(f", {count} {name} mixed" for name, count in kinds.items() if count > 1)
        again = f", {one.repeated} SOP instances again" if one.repeated else ""
        yield f"    {one.digest[:12]}  {one.files} files, {one.missing} missing, {one.doubled} doubled{again}{mixed}"
    yield ""
