"""The tables that rooms hand over are drawn at every size, with words, and the same each time."""

import itertools
import random
import re
import subprocess
from collections import Counter

import pytest

from auditor.model.part import Part
from auditor.model.views import AE_STATES, Cell, Label, View, ViewKind
from auditor.report.build import Look, draw
from auditor.report.matrix import GRAPH_AT_MOST, TABLE_AT_MOST, grids
from auditor.resources import reports_folder
from auditor.store.folder import open_store
from tests.report.test_pdf import text_of
from tests.store.runs import make_finding, make_rows, make_rules, make_run, tally


def estate_of(callers, called, density=0.5):
    dice = random.Random(callers * 1000 + called)  # noqa: S311 - a repeatable test
    cells = tuple(
        Cell(row, column, 3, dice.randrange(2), dice.choice(AE_STATES), dice.choice(("EF·ms·", "")))
        for row in range(callers)
        for column in range(called)
        if dice.random() < density
    )
    rows = tuple(Label(f"MODALITY{number:03}") for number in range(callers))
    columns = tuple(Label(f"ARCHIVE{number:03}") for number in range(called))
    return View(ViewKind.AE_MATRIX, "inventory.yaml", rows, columns, cells)


def hours_of(cells):
    week = tuple(Label(str(day)) for day in range(1, 8))
    return View(ViewKind.ACCESS_HOURS, "Europe/Berlin", week, tuple(Label(f"{hour:02}") for hour in range(24)), cells)


def people(kind, count=4, days=40):
    columns = tuple(Label(f"2026-{1 + day // 28:02}-{1 + day % 28:02}") for day in range(days))
    rows = tuple(Label(f"M••••• {number}", f"{number:064}") for number in range(count))
    cells = tuple(
        Cell(row, day, 5 + row, day % 2 if row == 0 else 0) for row in range(count) for day in range(0, days, 3)
    )
    return View(kind, "", rows, columns, cells, left_out=3)


TOP = View(ViewKind.TOP_UNEXPLAINED, "", (Label("M••••• 1", "ab" * 32),), (Label("accesses"),), (Cell(0, 0, 1234, 56),))
HOURS = hours_of((Cell(1, 10, 12_345), Cell(6, 2, 40, 9), Cell(0, 0, 1, 1)))


@pytest.fixture
def seal(tmp_path):
    def with_views(*views):
        store = open_store(tmp_path / "store")
        rules = make_rules()
        findings = [make_finding(rules[0], 1)]
        log = store.begin()
        part = log.writer.write(Part("trail", findings, make_rows(2), tally(rules, findings), views))
        log.seal(make_run(log.run_id, rules, [part]))
        return store.load()

    return with_views


def test_every_table_is_drawn_with_its_words_in_both_languages(seal):
    stored = seal(
        TOP,
        estate_of(5, 3),
        HOURS,
        people(ViewKind.USERS_BY_DAY),
        people(ViewKind.DEPARTMENTS_BY_DAY),
    )
    english = " ".join(text_of(draw(stored)[0]).split())
    for words in (
        "Who may call whom: inventory.yaml",
        "5 calling names and 3 called ones were met.",
        "12,386 accesses by weekday and hour. Times are in Europe/Berlin.",
        "Most on Tuesday from 10:00 (12,345). 10 need a look, most of them on Sunday from 02:00 (9).",
        "4 rows, those with most to be looked at first, from 2026-01-01 to 2026-02-12. 3 more are not drawn.",
        "1,234",
        "12k",
    ):
        assert words in english
    german = " ".join(text_of(draw(stored, look=Look("de"))[0]).split())
    assert "Dienstag" in german
    assert "12.386" in german


def test_tables_stand_in_one_order_and_empty_ones_are_left_out(seal):
    stored = seal(TOP, HOURS, View(ViewKind.AE_MATRIX, "", (), (), ()), estate_of(2, 2))
    assert [grid.kind for grid in grids(stored.run)] == ["ae-matrix", "access-hours", "top-unexplained"]


@pytest.mark.parametrize(("callers", "called"), [(3, 1), (9, 7), (40, 30), (48, 48), (200, 200)])
def test_an_estate_of_any_size_is_drawn(seal, callers, called):
    stored = seal(estate_of(callers, called, 0.5 if callers < 50 else 0.05))
    content, _ = draw(stored, "technical")
    text = text_of(content)
    assert f"{callers} calling names and {called} called ones were met" in text
    assert text.count("ARCHIVE000") >= 1
    (grid,) = grids(stored.run)
    assert bool(grid.edges) == (max(len(grid.callers), len(grid.called)) > 0 and max(callers, called) <= GRAPH_AT_MOST)
    assert bool(grid.blocks) == (max(callers, called) <= TABLE_AT_MOST)
    assert len(re.findall("/Type /Page\\b", content.decode("latin-1"))) <= 30
    if grid.blocks:
        assert sorted(column for block in grid.blocks for column in block) == list(range(called))


def test_called_names_come_to_lie_beside_those_that_call_them():
    """A caller and what it alone calls stand at the same height, so that no lines cross."""
    rows, columns = tuple(map(Label, "abcd")), tuple(map(Label, "wxyz"))
    cells = tuple(Cell(row, 3 - row, 1, 0, "accepted") for row in range(4))
    run = make_run("20260504T093000Z-abcdef", [], [])
    part = type("Part", (), {"views": (View(ViewKind.AE_MATRIX, "", rows, columns, cells),)})
    (grid,) = grids(type("Run", (), {"parts": (part,), **{"id": run.id}}))
    assert all(edge.source == edge.target for edge in grid.edges)


def test_refused_callers_and_empty_estates_have_no_graph(seal):
    refused = View(ViewKind.AE_MATRIX, "", (Label("A"),), (Label("B"),), (Cell(0, 0, 1, 0, "refused"),))
    (grid,) = grids(seal(refused).run)
    assert (grid.edges, grid.states["refused"]) == ((), 1)


@pytest.mark.peers("pdftotext")
@pytest.mark.parametrize("days", [2, 8, 12, 25, 70])
def test_days_under_a_timeline_never_run_into_each_other(seal, days):
    pdf = draw(seal(people(ViewKind.USERS_BY_DAY, days=days)))[0]
    told = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    words = re.findall(r'<word xMin="([^"]+)" yMin="([^"]+)" xMax="([^"]+)"[^>]*>([^<]*)</word>', told)
    axes = Counter(top for _, top, _, word in words if re.fullmatch(r"2026-\d\d-\d\d", word))
    axis = max(axes, key=lambda top: (axes[top], float(top)))
    spans = sorted((float(left), float(right)) for left, top, right, _ in words if top == axis)
    assert spans
    assert all(right < left for (_, right), (left, _) in itertools.pairwise(spans))


def test_a_quiet_week_is_said_to_be_quiet(seal):
    told = " ".join(text_of(draw(seal(hours_of(())))[0]).split())
    assert "0 accesses by weekday and hour." in told
    assert "None of them needs a look." in told


def light(red, green, blue):
    """Relative luminance (WCAG 2.2) of a colour whose parts go from 0 to 255."""
    parts = [value / 255 for value in (red, green, blue)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    high, low = sorted((light(*one), light(*other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def parts_of(colour):
    return tuple(int(colour[place : place + 2], 16) for place in (1, 3, 5))


def test_numbers_in_figures_and_tables_have_a_contrast_of_four_and_a_half():
    views = (reports_folder() / "shared" / "views.html.j2").read_text("utf-8")
    ink = parts_of("#16202a")
    base, least, more = re.search(r'fill="(#\w{6})" fill-opacity="\{\{ \((0\.\d+) \+ (0\.\d+) \* spot', views).groups()
    for shade in range(11):
        share = float(least) + float(more) * shade / 10
        field = tuple(share * part + (1 - share) * 255 for part in parts_of(base))
        assert contrast(ink, field) >= 4.5
    assert contrast(parts_of("#ffffff"), parts_of("#9c1c28")) >= 4.5, "the plate with what needs a look"
    style = (reports_folder() / "shared" / "style.css").read_text("utf-8")
    for ground, letters in re.findall(r"background: (#\w{6});(?: color: (#\w{6});)?", style):
        assert contrast(parts_of(ground), parts_of(letters or "#16202a")) >= 4.5, ground
