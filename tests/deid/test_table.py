"""Table E.1-1 is whole, and every code and option of it is understood."""

import csv
import hashlib
from collections import Counter
from importlib.resources import files

import pytest

from auditor.deid import table
from auditor.deid.codes import Code, Option

LOADED = table.load()


def test_the_table_has_as_many_rows_as_the_edition_it_names():
    assert table.EDITION == "2026d"
    assert len(LOADED.rows) == 653
    assert sorted(LOADED.families) == ["50xxxxxx", "60xx3000", "60xx4000", "PRIVATE"]
    assert len(LOADED) == 657


def test_every_row_has_a_name_and_a_basic_action_of_the_standard():
    for row in (*LOADED.rows.values(), *LOADED.families.values()):
        assert row.name
        assert row.basic in Code
        assert row.basic not in (Code.KEEP, Code.CLEAN)


def test_every_column_has_the_values_of_the_standard():
    """Counted in the text of the edition, code by code."""
    rows = (*LOADED.rows.values(), *LOADED.families.values())
    assert Counter(row.basic.value for row in rows) == {
        **{"X": 417, "D": 93, "U": 55, "Z": 42, "X/D": 23, "X/Z": 11, "X/Z/D": 8, "Z/D": 6, "X/Z/U*": 2}
    }
    found = Counter((option, code.value) for row in rows for option, code in row.options.items())
    assert found == {
        (Option.SAFE_PRIVATE, "C"): 1,
        (Option.UIDS, "K"): 60,
        (Option.DEVICE, "K"): 48,
        (Option.DEVICE, "C"): 11,
        (Option.INSTITUTION, "K"): 10,
        (Option.PATIENT, "K"): 14,
        (Option.PATIENT, "C"): 5,
        (Option.FULL_DATES, "K"): 169,
        (Option.MODIFIED_DATES, "C"): 169,
        (Option.CLEAN_DESCRIPTORS, "C"): 141,
        (Option.CLEAN_STRUCTURED, "C"): 4,
        (Option.CLEAN_GRAPHICS, "C"): 4,
    }


def test_no_cell_of_the_table_differs_from_the_standard():
    """The digest of tags and codes, sorted, one row a line with commas, as read from the text of 2026d."""
    lines = files("auditor.deid").joinpath("data/table_e1_1.csv").read_text("utf-8").splitlines()
    rows = sorted(row[:1] + row[2:] for row in csv.reader(line for line in lines if line[0] not in "#t"))
    digest = hashlib.sha256("\n".join(map(",".join, rows)).encode()).hexdigest()
    assert digest == "22f543c43fcc4864ad6a9c586a471bb6f1e32afae0de1c4160007eae6a9aeecc"


@pytest.mark.parametrize(
    ("tag", "options"),
    [
        (0x00100011, {}),
        (0x00100014, {}),
        (0x00100016, {Option.CLEAN_DESCRIPTORS: "C"}),
        (0x00100042, {Option.PATIENT: "C", Option.CLEAN_DESCRIPTORS: "C"}),
        (0x00100047, {Option.PATIENT: "K"}),
        (0x00321033, {Option.CLEAN_DESCRIPTORS: "C"}),
        (0x0040B020, {Option.CLEAN_STRUCTURED: "C"}),
        (0x00700006, {Option.CLEAN_DESCRIPTORS: "C"}),
        (0x3004007F, {Option.CLEAN_DESCRIPTORS: "C"}),
    ],
)
def test_rows_newer_than_2024_have_the_columns_of_the_text_and_not_those_of_their_kind(tag, options):
    assert LOADED.row(tag).options == options


@pytest.mark.parametrize("tag", [0x50000010, 0x501E3000, 0x60003000, 0x601E4000, 0x00091001])
def test_families_govern_every_group_they_stand_for(tag):
    assert LOADED.row(tag).basic is Code.REMOVE


@pytest.mark.parametrize("tag", [0x60203000, 0x60000010, 0x7FE00010, 0x00280010])
def test_what_the_table_does_not_name_has_no_row(tag):
    assert LOADED.row(tag) is None


@pytest.mark.parametrize(
    ("tag", "code"),
    [(0x00100010, "Z"), (0x00100020, "Z/D"), (0x00081140, "X/Z/U*"), (0x0040B020, "X/D"), (0x00100012, "X")],
)
def test_known_rows_carry_their_codes(tag, code):
    assert LOADED.row(tag).basic.value == code
