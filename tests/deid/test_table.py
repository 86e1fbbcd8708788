"""Table E.1-1 is whole, and every code and option of it is understood."""

from collections import Counter

import pytest

from auditor.deid import table
from auditor.deid.codes import Code, Option

LOADED = table.load()


def test_the_table_has_as_many_rows_as_the_edition_it_names():
    assert table.EDITION == "2026c"
    assert len(LOADED.rows) == 652
    assert sorted(LOADED.families) == ["50xxxxxx", "60xx3000", "60xx4000", "PRIVATE"]
    assert len(LOADED) == 656


def test_every_row_has_a_name_and_a_basic_action_of_the_standard():
    for row in (*LOADED.rows.values(), *LOADED.families.values()):
        assert row.name
        assert row.basic in Code
        assert row.basic not in (Code.KEEP, Code.CLEAN)


def test_the_options_change_as_many_rows_as_in_the_standard():
    counts = Counter(option for row in (*LOADED.rows.values(), *LOADED.families.values()) for option in row.options)
    assert counts[Option.FULL_DATES] == counts[Option.MODIFIED_DATES] == 169
    assert counts[Option.SAFE_PRIVATE] == 1
    assert counts[Option.UIDS] > 55
    assert counts[Option.DEVICE] > 55


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
