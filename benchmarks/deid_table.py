"""Compares the project's Table E.1-1 with a part15.xml of the standard, row by row and column by column.

`deid_table.py PART15.XML`: the DocBook source of PS3.15, as NEMA publishes it with every edition
(docbook/part15/part15.xml). Prints the edition and every row that differs; ends with 1 when one does.
"""

import csv
import sys
import xml.etree.ElementTree as ElementTree
from importlib.resources import files
from pathlib import Path

_DOCBOOK = "{http://docbook.org/ns/docbook}"
_ID = "{http://www.w3.org/XML/1998/namespace}id"
_COLUMNS = {
    "Basic Prof.": "basic",
    "Rtn. Safe Priv. Opt.": "safe_private",
    "Rtn. UIDs Opt.": "uids",
    "Rtn. Dev. Id. Opt.": "device",
    "Rtn. Inst. Id. Opt.": "institution",
    "Rtn. Pat. Chars. Opt.": "patient",
    "Rtn. Long. Full Dates Opt.": "full_dates",
    "Rtn. Long. Modif. Dates Opt.": "modified_dates",
    "Clean Desc. Opt.": "descriptors",
    "Clean Struct. Cont. Opt.": "structured",
    "Clean Graph. Opt.": "graphics",
}


def main() -> None:
    """Read both and print what differs."""
    document = ElementTree.parse(sys.argv[1])  # noqa: S314 - a file of the standard that the caller names
    published, held = _published(document), _held()
    print(_text(document.find(f".//{_DOCBOOK}subtitle")), f"{len(published)} rows; held: {len(held)} rows")
    differing = 0
    for tag in sorted(published.keys() | held.keys()):
        if published.get(tag) != held.get(tag):
            differing += 1
            print(f"{tag}\n  published {published.get(tag)}\n  held      {held.get(tag)}")
    sys.exit(1 if differing else 0)


def _published(document: ElementTree.ElementTree) -> dict[str, dict[str, str]]:
    table = next(one for one in document.iter(f"{_DOCBOOK}table") if one.get(_ID) == "table_E.1-1")
    head = [_text(cell) for cell in table.find(f"{_DOCBOOK}thead")[0]]
    found = {}
    for row in table.find(f"{_DOCBOOK}tbody"):
        cells = dict(zip(head, map(_text, row), strict=True))
        codes = {ours: cells[theirs] for theirs, ours in _COLUMNS.items()}
        found[_tag(cells["Tag"])] = {"name": cells["Attribute Name"], **codes}
    return found


def _tag(cell: str) -> str:
    if "odd" in cell:
        return "PRIVATE"
    tag = cell.strip("()").replace(",", "")
    return tag if "x" in tag else tag.upper()


def _held() -> dict[str, dict[str, str]]:
    lines = Path(str(files("auditor.deid").joinpath("data/table_e1_1.csv"))).read_text("utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return {row.pop("tag"): row for row in rows}


def _text(element: ElementTree.Element | None) -> str:
    found = "".join(element.itertext()) if element is not None else ""
    return " ".join(found.replace("\u200b", "").split())  # zero-width spaces only help the page to break lines


if __name__ == "__main__":
    main()
