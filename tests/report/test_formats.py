"""Every export fits the official schema of its format, and hostile values stay data."""

import csv
import io
import json
from pathlib import Path

import pytest
from jsonschema.validators import validator_for
from lxml import etree

from auditor.errors import UsageError
from auditor.report.formats import FORMATS, render
from auditor.report.formats.json_run import read_export, write_export
from auditor.report.table import write_csv
from auditor.store.folder import open_store
from tests.report.test_pdf import HOSTILE
from tests.store.runs import make_finding, make_rules, make_run, seal_run

SCHEMAS = Path(__file__).parent / "schemas"


@pytest.fixture(autouse=True)
def long_cells():
    before = csv.field_size_limit(3_000_000)
    yield
    csv.field_size_limit(before)


def text(source, name):
    return "".join(render(source, name))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    rule = make_rules()[0]
    findings = [make_finding(rule, n, subject=value, message=value) for n, value in enumerate(HOSTILE)]
    return seal_run(open_store(tmp_path_factory.mktemp("hostile")), findings)


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    store = open_store(tmp_path_factory.mktemp("empty"))
    log = store.begin()
    log.seal(make_run(log.run_id, [], [], waivers=(), notes=(), frameworks=(), complete=True))
    return store.load()


@pytest.fixture(params=["stored", "hostile", "empty"])
def source(request):
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("sarif", "sarif-2.1.0.json"),
        ("oscal", "oscal-assessment-results.json"),
        ("hdf", "hdf-exec-json.json"),
        ("ocsf", "ocsf-compliance-finding-1.5.0.json"),
        ("json", "../../../reports/schema/run-export.schema.json"),
    ],
)
def test_json_formats_fit_their_schemas(name, schema, source):
    data = json.loads(text(source, name))
    rules = json.loads((SCHEMAS / schema).read_text("utf-8"))
    validator = validator_for(rules)(rules)
    for item in data if isinstance(data, list) else [data]:
        faults = [f"{list(fault.absolute_path)}: {fault.message[:200]}" for fault in validator.iter_errors(item)]
        assert faults == []


def test_junit_fits_its_schema(source):
    document = etree.fromstring(text(source, "junit").encode("utf-8"))
    schema = etree.XMLSchema(etree.parse(SCHEMAS / "junit.xsd"))
    assert schema.validate(document), schema.error_log
    assert not list(source.findings()) or document.xpath("//failure")


def test_json_goes_to_a_run_and_back_to_the_same_json(source):
    first = text(source, "json")
    export = read_export(first)
    assert export.run == source.run
    assert export.findings == tuple(source.findings())
    assert write_export(export, source.sha256) == first


@pytest.mark.parametrize("raw", ["", "[]", "{}", '{"schema_version": 99}', "{" * 50_000])
def test_what_is_no_export_is_refused(raw):
    with pytest.raises(UsageError):
        read_export(raw)


def test_json_lines_are_one_finding_each(stored):
    rows = [json.loads(line) for line in text(stored, "jsonl").splitlines()]
    assert len(rows) == len(list(stored.findings()))
    assert {row["run"] for row in rows} == {stored.run.id}


def test_no_cell_of_the_csv_is_a_formula_and_the_exact_one_is_exact(hostile, tmp_path):
    safe = list(csv.DictReader(io.StringIO(text(hostile, "csv"))))
    exact = list(csv.DictReader(io.StringIO(text(hostile, "csv-exact"))))
    assert len(safe) == len(exact) == len(HOSTILE)
    for row in safe:
        for cell in row.values():
            assert not cell.lstrip().startswith(("=", "+", "-", "@"))
            assert not any(mark in cell for mark in "\x00\x1b\u202e")
    assert safe[7]["subject"] == "'" + exact[7]["subject"]
    assert exact[7]["subject"] == HOSTILE[7]
    file = tmp_path / "it's.csv"
    assert write_csv(hostile, file) == len(HOSTILE)
    assert file.read_text("utf-8") == text(hostile, "csv")


def test_markdown_escapes_what_would_act(hostile, stored):
    assert "<script>" not in text(hostile, "markdown")
    told = text(stored, "markdown")
    assert told.startswith("## Action is needed")
    assert "**24** failures" in told
    assert "> Not tested" in told


def test_waived_findings_are_suppressed_and_named(stored):
    results = json.loads(text(stored, "sarif"))["runs"][0]["results"]
    suppressed = [item for item in results if "suppressions" in item]
    assert len(suppressed) == 8
    assert {item["suppressions"][0]["justification"] for item in suppressed} == {"SEC-7"}


def test_many_results_of_one_rule_are_counted_not_listed(tmp_path):
    rule = make_rules()[0]
    many = seal_run(open_store(tmp_path / "store"), [make_finding(rule, number) for number in range(230)])
    control = next(item for item in json.loads(text(many, "hdf"))["profiles"][0]["controls"] if item["id"] == rule.id)
    assert any("30 further findings" in result["code_desc"] for result in control["results"])


def test_a_format_that_is_not_there_is_said():
    with pytest.raises(UsageError, match="no format 'xls'") as caught:
        render(None, "xls")
    assert "sarif" in caught.value.right
    assert set(FORMATS) >= {"json", "jsonl", "csv", "sarif", "oscal", "junit", "ocsf", "hdf", "markdown"}


def test_the_published_schema_is_the_one_the_model_gives():
    from auditor.report.formats.json_schema import schema_text

    published = Path(__file__).parents[2] / "reports" / "schema" / "run-export.schema.json"
    assert published.read_text("utf-8") == schema_text()
