"""Mends the tags of a drawn PDF where the drawing library leaves something to be said (ISO 14289-1).

The library tags the lines that run at the top and bottom of each page as content without a place in the tree of
tags. They are decoration: marked as artifacts, no screen reader stumbles over them on every page (7.8).
"""

import re
from typing import Any

_REFERENCE = re.compile(rb"(\d+) 0 R")


def scope_headers(pdf: Any) -> None:
    """Say of every header cell whether it heads a column or a row (7.5)."""

    def above(element: Any) -> Any:
        return pdf.objects[int(element["P"].split()[0])]

    for item in pdf.objects:
        if isinstance(item, dict) and item.get("S") == "/TH":
            section = above(above(item))
            item["A"]["Scope"] = "/Column" if section.get("S") == "/THead" else "/Row"


def free_running_lines(pdf: Any) -> None:
    """Mark running heads and feet as artifacts, and take their elements out of the tree's index (7.8)."""
    root = pdf.objects[_number(pdf.catalog["StructTreeRoot"])]
    index = pdf.objects[_number(root["ParentTree"])]["Nums"]
    reachable = _reachable(pdf, _number(root["K"][0]))
    pages = [pdf.objects[_number(reference)] for reference in pdf.page_references]
    for number, page in enumerate(pages):
        places = index[2 * number + 1]
        lost = {place for place, element in enumerate(places) if _number(element) not in reachable}
        for place in lost:
            pdf.objects[_number(places[place])].free = "f"
            places[place] = b"null"
        _mark(pdf.objects[_number(page["Contents"])].stream, lost)


def _mark(stream: list[Any], lost: set[int]) -> None:
    for place, item in enumerate(stream):
        if isinstance(item, dict) and item.get("MCID") in lost:
            del item["MCID"]
            item["Type"] = "/Pagination"
            stream[place - 1] = "/Artifact"


def _reachable(pdf: Any, start: int) -> set[int]:
    found: set[int] = set()
    waiting = [start]
    while waiting:
        number = waiting.pop()
        if number not in found:
            found.add(number)
            kids = pdf.objects[number].get("K", ())
            waiting += [_number(kid) for kid in kids if isinstance(kid, bytes)]
    return found


def _number(reference: bytes) -> int:
    found = _REFERENCE.fullmatch(reference)
    return int(found.group(1)) if found else 0
