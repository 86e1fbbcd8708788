"""What a site may change in its reports: templates with every documented variable, styles, a logo, a language."""

import io
import re

import pikepdf
import pytest

from auditor.cli.main import run
from auditor.model.part import Part
from auditor.report.build import KINDS, Look, draw
from auditor.report.view import contract
from auditor.resources import reports_folder
from auditor.store.folder import open_store
from tests.report.test_matrix import HOURS, TOP, estate_of
from tests.report.test_pdf import tags_of, text_of
from tests.store.runs import make_findings, make_rows, make_rules, make_run, seal_run, tally

TOLD = (reports_folder() / "README.md").read_text("utf-8")
ROWS = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", TOLD, re.MULTILINE))
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20"/></svg>'


@pytest.fixture(scope="module")
def rich(tmp_path_factory):
    """Two runs of one plan, with tables to draw, so that every list of the view holds something."""
    store = open_store(tmp_path_factory.mktemp("store"))
    for number in (7, 5):
        rules = make_rules()
        findings = make_findings(rules, number)
        log = store.begin()
        views = (estate_of(3, 3), HOURS, TOP)
        part = log.writer.write(Part("headers-1", findings, make_rows(6), tally(rules, findings), views))
        log.seal(make_run(log.run_id, rules, [part], complete=True))
    return store


@pytest.fixture
def house(tmp_path):
    """A folder for a site's own templates; `officer` writes the body of the officer's report."""

    def officer(body):
        (tmp_path / "house" / "officer").mkdir(parents=True, exist_ok=True)
        (tmp_path / "house" / "officer" / "body.html.j2").write_text(
            '{% extends "shared/base.html.j2" %}{% block title %}Ours{% endblock %}{% block body %}\n'
            f"<h1>Ours</h1>\n{body}\n{{% endblock %}}"
        )
        return tmp_path / "house"

    return officer


def drawn(rich, look):
    from auditor.report.past import Past

    stored = rich.load()
    past = Past.of(rich, stored.run)
    return text_of(draw(stored, look=look, past=past, signer="Ada")[0])


def test_every_documented_variable_can_be_used(rich, house, tmp_path):
    names = [*ROWS]
    assert set(names) == {*contract(), "logo", "site_styles", "language"}
    (tmp_path / "logo.svg").write_text(LOGO)
    body = "".join(f"<p>{name}: {{{{ {name}|string|length }}}} letters.</p>\n" for name in names)
    text = drawn(rich, Look("en", house(body), tmp_path / "logo.svg"))
    assert re.findall(r"(\w+): \d+ letters", text) == names


LISTS = [
    name for name, told in ROWS.items() if re.search(r"each: `|asked for: `|hand over: `|beside the report: `", told)
]


@pytest.mark.parametrize("name", LISTS)
def test_every_documented_part_of_a_list_is_there(rich, house, name):
    parts = re.findall(r"`(\w+)`", ROWS[name])
    assert parts
    inner = parts[parts.index("cells") + 1 : parts.index("row_sums")] if name == "grids" else []
    body = f"{{% set one = {name}[0] %}}" + "".join(
        f"<p>{part}: {{{{ one.{part}|string|length }}}} letters.</p>" for part in parts if part not in inner
    )
    text = drawn(rich, Look("en", house(body)))
    assert re.findall(r"(\w+): \d+ letters", text) == [part for part in parts if part not in inner]


def test_every_documented_filter_can_be_used(rich, house):
    (line,) = re.findall(r"^Filters: (.+?)\.", TOLD, re.MULTILINE)
    assert re.findall(r"`(\w+)", line) == ["day", "moment", "number", "short", "brief", "code", "translated", "typed"]
    body = (
        "<p>{{ run.finished|day }} {{ run.finished|moment }} {{ 12345|number }} {{ 12345|short }} {{ 2345678|short }} "
        "{{ 99|short }} {{ 'abcdef'|brief(3) }} {{ '0123456789'|code }} {{ 'Scope'|translated }} "
        "{{ 'run `auditor`'|typed }}</p>"
    )
    text = " ".join(drawn(rich, Look("en", house(body))).split())
    assert "2026-05-04 2026-05-04 09:34 UTC 12,345 12k 2M 99 abc… 0123456789 Scope run auditor" in text


def test_a_logo_is_shown_with_the_name_of_the_site(rich, tmp_path):
    (tmp_path / "logo.svg").write_text(LOGO)
    for kind in KINDS:
        content, _ = draw(rich.load(), kind, look=Look("en", None, tmp_path / "logo.svg"))
        with pikepdf.open(io.BytesIO(content)) as opened:
            words = [str(item.Alt) for item in tags_of(opened) if item.S == "/Figure"]
        assert words[0] == "Sample Hospital"


def test_an_error_in_a_template_is_told_by_the_command_with_file_and_line(house, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    seal_run(open_store(tmp_path / "store"))
    house("<p>{{ run.site }}</p>\n<p>{{ no_such_thing }}</p>")
    (tmp_path / "auditor.toml").write_text('[store]\npath = "store"\n[report]\ntemplates = "house"\n')
    assert run(["report", "--output", "r.pdf"]) == 2
    told = capsys.readouterr().err
    assert "'no_such_thing' is undefined" in told
    assert "house/officer/body.html.j2:4" in told
    assert "the variables that reports/README.md lists" in told
    assert not (tmp_path / "r.pdf").exists()


def test_a_logo_that_is_missing_is_told_by_the_command(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    seal_run(open_store(tmp_path / "store"))
    (tmp_path / "auditor.toml").write_text('[store]\npath = "store"\n[report]\nlogo = "none.svg"\n')
    assert run(["report", "--output", "r.pdf"]) == 2
    assert "none.svg, which is missing" in capsys.readouterr().err


def test_a_third_language_is_a_file(rich, house, tmp_path):
    folder = house("<p>{% trans %}Scope{% endtrans %}</p><p>{{ language }}</p>")
    (folder / "fr.po").write_text('msgid "Scope"\nmsgstr "Portée"\n')
    text = drawn(rich, Look("fr", folder))
    assert "Portée" in text
    assert "fr" in text


ENGLISH = frozenset(
    ("the", "of", "and", "is", "were", "which", "not", "that", "are", "for", "with", "from", "this", "have")
)


@pytest.mark.parametrize("kind", KINDS)
def test_no_english_word_stands_in_a_german_report(kind, tmp_path):
    """Words of rules, frameworks and rooms are data: they are replaced by numbers here, and what is left is German."""
    from dataclasses import replace

    store = open_store(tmp_path / "store")
    rules = [
        replace(rule, title=f"T{number}", message="M", remediation={"x": "R"})
        for number, rule in enumerate(make_rules())
    ]
    for count in (7, 5):
        findings = [one._replace(message="M", reason="R" if one.reason else "") for one in make_findings(rules, count)]
        rows = [replace(row, reason="R" if row.reason else "") for row in make_rows(6)]
        log = store.begin()
        part = log.writer.write(
            Part("headers-1", findings, rows, tally(rules, findings), (estate_of(3, 3), HOURS, TOP))
        )
        run_ = make_run(log.run_id, rules, [part])
        framework = run_.frameworks[0]
        numbered = [
            replace(item, title="T", text="T", attestation=item.attestation and "A") for item in framework.requirements
        ]
        log.seal(
            replace(
                run_,
                frameworks=(replace(framework, title="T", status="S", requirements=tuple(numbered)),),
                notes=tuple(replace(note, text="N") for note in run_.notes),
                pack=replace(run_.pack, disabled={"x": "R"}),
                waivers=tuple(replace(waiver, reason="R") for waiver in run_.waivers),
            )
        )
    from auditor.report.past import Past

    stored = store.load()
    past = Past.of(store, stored.run)
    text = text_of(draw(stored, kind, look=Look("de"), past=past, signer="Ada")[0])
    words = re.findall(r"[A-Za-zÄÖÜäöüß]+", text)
    assert len(words) > 300
    assert [word for word in words if word in ENGLISH] == []
