"""The attributes that are listed are those of PS3.15 Table E.1-1."""

import csv
from importlib.resources import files

from pydicom.datadict import DicomDictionary

from auditor.headers.tables import attributes

# rows by which nobody can be told from anybody, as the head of attributes.csv says
LEFT_OUT = {
    0x00080106, 0x00080107, 0x00080201, 0x00102203, 0x0016004E, 0x0016004F, 0x00160050, 0x0040DB06, 0x0040DB07,
    0x04000565, 0x04000600,
}  # fmt: skip


def test_every_attribute_of_the_table_is_listed_but_for_sequences_and_what_tells_of_nobody():
    lines = (files("auditor.deid") / "data" / "table_e1_1.csv").read_text("utf-8").splitlines()
    rows = [row for row in csv.DictReader(line for line in lines if line[0] != "#") if row["tag"].isalnum()]
    tags = {int(row["tag"], 16): row["name"] for row in rows if "x" not in row["tag"] and row["tag"] != "PRIVATE"}
    sequences = {tag for tag, name in tags.items() if name.endswith("Sequence") or _vr(tag) == "SQ"}
    assert tags.keys() - sequences - LEFT_OUT - attributes().keys() == set()
    assert len(tags) > 600


def test_the_model_by_which_dose_was_computed_is_listed():
    assert attributes()[0x3004007F].group == "descriptions"


def _vr(tag: int) -> str:
    return DicomDictionary[tag][0] if tag in DicomDictionary else ""
