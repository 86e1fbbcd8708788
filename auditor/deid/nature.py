"""What a text's field is for, as the detectors want to know it."""

import csv
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

from auditor.dicomio.place import Origin, Text
from auditor.identifiers.field import Field, Nature

_BY_VR = {
    "PN": Nature.PERSON_NAME,
    "CS": Nature.CODE,
    "AE": Nature.CODE,
    "DA": Nature.DATE,
    "DT": Nature.DATE,
    "TM": Nature.DATE,
    "UI": Nature.UID,
    "LO": Nature.DESCRIPTION,
    "SH": Nature.DESCRIPTION,
}
_BYTES = frozenset(("OB", "OW", "UN", "OF", "OD", "OL", "OV"))


def field_of(text: Text) -> Field:
    """The field a text stands in: its nature, and its label (an SR concept name, or the attribute's keyword)."""
    return Field(_nature(text), text.label or text.keyword)


def _nature(text: Text) -> Nature:
    special = _special().get(text.tag)
    if special is not None:
        return special
    if text.derived or text.vr in _BYTES:
        return Nature.BYTES
    if text.origin is Origin.WRONG_VR:
        return Nature.FREE_TEXT
    return _BY_VR.get(text.vr, Nature.FREE_TEXT)


@lru_cache(maxsize=1)
def _special() -> Mapping[int, Nature]:
    from pydicom.datadict import tag_for_keyword

    lines = files("auditor.deid").joinpath("data/natures.csv").read_text("utf-8").splitlines()
    found: dict[int, Nature] = {}
    for record in csv.DictReader(line for line in lines if not line.startswith("#")):
        tag = tag_for_keyword(record["keyword"])
        if tag is not None:
            found[tag] = Nature(record["nature"])
    return found
