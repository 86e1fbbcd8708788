"""What kind of place an element is, by its tag and what encloses it."""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib.resources import files

from auditor.dicomio.dictionary import is_private, vr_of
from auditor.dicomio.element import Element, Scope
from auditor.dicomio.place import Origin


def origin_of(element: Element) -> Origin:
    """The kind of place `element` is. Private wins over where it stands; then the innermost named sequence."""
    tag, vr, _, scope, _, _ = element
    origin, settled = _own(tag, vr)
    if settled or scope.parent is None:
        return origin
    within = _within(scope)
    return origin if within is Origin.ELEMENT else within


@lru_cache(maxsize=16384)
def _own(tag: int, vr: str) -> tuple[Origin, bool]:
    """The kind that tag and VR tell, and whether it holds wherever the element stands."""
    if is_private(tag):
        return Origin.PRIVATE, True
    origin = by_tag(tag)
    if origin is not Origin.ELEMENT:
        return origin, True
    if vr != vr_of(tag) and is_wrong(tag, vr):
        return Origin.WRONG_VR, False
    return (Origin.UID if vr == "UI" else Origin.ELEMENT), False


def _within(scope: Scope) -> Origin:
    for each in scope:
        if each.sequence is not None:
            if is_private(each.sequence.tag):
                return Origin.PRIVATE
            origin = by_tag(each.sequence.tag)
            if origin is not Origin.ELEMENT:
                return origin
    return Origin.ELEMENT


@lru_cache(maxsize=8192)
def is_wrong(tag: int, vr: str) -> bool:
    """Whether `vr` is none that PS3.6 gives for the standard attribute `tag`."""
    known = vr_of(tag)
    if known in ("UN", vr) or is_private(tag):
        return False
    return {known, vr} - _ALIKE != set()


_ALIKE = frozenset({"US", "SS", "OB", "OW", "UN"})


@lru_cache(maxsize=8192)
def by_tag(tag: int) -> Origin:
    """The kind that the tag alone tells, or ELEMENT."""
    exact, masks = _table()
    if tag in exact:
        return exact[tag]
    text = f"{tag:08X}"
    for mask, origin in masks:
        if _matches(mask, text):
            return origin
    return Origin.ELEMENT


@lru_cache(maxsize=8192)
def are_samples(tag: int) -> bool:
    """Whether values of `tag` are samples of a picture or a wave, or coordinates."""
    return any(_matches(row["tag"], f"{tag:08X}") for row in _rows("samples.csv"))


def _matches(mask: str, digits: str) -> bool:
    return all(wanted in ("x", digit) for wanted, digit in zip(mask, digits, strict=True))


@lru_cache(maxsize=4)
def _rows(name: str) -> tuple[dict[str, str], ...]:
    text = files("auditor.dicomio").joinpath(f"data/{name}").read_text("utf-8")
    return tuple(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


@lru_cache(maxsize=1)
def _table() -> tuple[dict[int, Origin], tuple[tuple[str, Origin], ...]]:
    rows = _rows("origins.csv")
    exact = {int(row["tag"], 16): Origin(row["origin"]) for row in rows if "x" not in row["tag"]}
    return exact, tuple((row["tag"], Origin(row["origin"])) for row in rows if "x" in row["tag"])
