"""Model objects go to JSON and back without loss, and nothing else comes in."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.model import codec
from auditor.model.condition import All, Any, Each, Leaf, Not, ParameterRef, Some
from auditor.model.finding import Evidence, Finding
from auditor.model.framework import Framework
from auditor.model.header import VersionError, read_header, read_written
from auditor.model.outcome import Outcome
from auditor.model.part import Written
from auditor.model.rule import Example, Parameter, Rule
from auditor.model.run import PartRecord, RuleTally, Run
from auditor.model.severity import Severity
from auditor.model.views import Cell, Label, View, ViewKind
from auditor.model.waiver import Waiver
from tests.store.runs import make_finding, make_framework, make_rule, make_run

texts = st.text(max_size=12)
numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
scalars = texts | numbers | st.booleans()
moments = st.datetimes(timezones=st.just(UTC)) | st.dates()
operands = scalars | st.lists(texts | numbers, max_size=3).map(tuple) | st.builds(ParameterRef, texts)
leaves = st.builds(Leaf, texts, texts, operands)
conditions = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple).map(All)
        | st.lists(inner, max_size=3).map(tuple).map(Any)
        | inner.map(Not)
        | st.builds(Some, texts, inner)
        | st.builds(Each, texts, inner)
    ),
    max_leaves=6,
)
records = st.dictionaries(texts.filter(lambda name: name != codec.KIND), scalars | moments, max_size=3)
values = scalars | moments | st.lists(texts, max_size=3).map(tuple) | st.lists(records, max_size=3).map(tuple)


@given(conditions)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_conditions_round_trip(condition):
    rule = make_rule(1)
    changed = codec.from_data(Rule, codec.to_data(rule) | {"fires_when": codec._tagged(condition, Rule)})
    assert changed.fires_when == condition
    assert codec.load(Rule, codec.dump(changed)) == changed


@given(st.builds(Example, texts, st.dictionaries(texts, values, max_size=3), st.dictionaries(texts, texts, max_size=2)))
@settings(max_examples=60, deadline=None)
def test_examples_with_every_kind_of_value_round_trip(example):
    raw = codec.dump(example)
    assert codec.load(Example, raw) == example
    assert codec.dump(codec.load(Example, raw)) == raw


def test_a_whole_run_round_trips_to_the_same_bytes():
    run = make_run("20260504T093000Z-abcdef", [make_rule(1), make_rule(2)], [])
    raw = codec.dump(run)
    assert codec.load(Run, raw) == run
    assert codec.dump(codec.load(Run, raw)) == raw


@pytest.mark.parametrize(
    "value",
    [
        make_finding(make_rule(1), 3),
        make_framework(),
        RuleTally("a.b", Severity.LOW, {Outcome.FAIL: 2}, 1),
        Parameter(3, "why", None, 9.5),
        Evidence("F", "\udcff lone", "d"),
        Waiver("a.b", "*", "r", "p", "t", date(2026, 1, 1), date(2026, 2, 1)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_parts_of_the_model_round_trip(value):
    assert codec.load(type(value), codec.dump(value)) == value


def finding_data(**changes):
    return codec.to_data(make_finding(make_rule(1), 3)) | changes


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "Finding: expected an object"),
        (finding_data(colour="red"), "no key 'colour'"),
        ({"rule": "x"}, "the key 'evidence'"),
        (finding_data(rule=3), "Finding.rule: expected a str"),
        (finding_data(rule_version=True), "Finding.rule_version: expected a int"),
        (finding_data(severity="awful"), "'awful' is no Severity"),
        (finding_data(severity=2), "Finding.severity: expected a text"),
        (finding_data(outcome="maybe"), "'maybe' is no Outcome"),
        (finding_data(evidence={}), "Finding.evidence: expected a list"),
        (finding_data(evidence=[1]), r"Finding.evidence\[0\]: expected an object"),
        (finding_data(evidence=[codec.to_data(Evidence("a", "b", "c")) | {"details": []}]), "expected an object"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_path(data, message):
    with pytest.raises(codec.CodecError, match=message):
        codec.from_data(Finding, data)


@pytest.mark.parametrize(
    ("operand", "message"),
    [
        ({"$": "Finding"}, "expected a known kind"),
        ({"$": "ParameterRef"}, "the key 'name'"),
        (None, "expected a value of an allowed type"),
        ({"a": 1}, "expected no object"),
    ],
)
def test_operands_of_no_allowed_kind_are_refused(operand, message):
    data = {"fact": "F", "operator": "equals", "operand": operand}
    with pytest.raises(codec.CodecError, match=message):
        codec.from_data(Leaf, data)


def test_lists_and_objects_are_refused_where_a_union_has_none():
    data = codec.to_data(Parameter(3, "why")) | {"default": [1]}
    with pytest.raises(codec.CodecError, match="expected no list"):
        codec.from_data(Parameter, data)
    with pytest.raises(codec.CodecError, match="expected no object"):
        codec.from_data(Parameter, data | {"default": {"a": 1}})


def test_moments_in_a_union_are_checked():
    data = {"name": "n", "facts": {"F": {"$": "date", "value": "soon"}}, "unknown": {}}
    with pytest.raises(codec.CodecError, match="'soon' is no date"):
        codec.from_data(Example, data)


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe", b"[" * 200_000])
def test_bytes_that_are_no_json_are_refused(raw):
    with pytest.raises(codec.CodecError, match="not JSON"):
        codec.load(Framework, raw)


def test_numbers_that_json_does_not_know_are_not_written():
    with pytest.raises(codec.CodecError, match="nan"):
        codec.dump(RuleTally("a.b", Severity.LOW, {}, float("nan")))


@pytest.mark.parametrize("value", ["many", [], None])
def test_a_number_is_a_number(value):
    data = codec.to_data(RuleTally("a.b", Severity.LOW, {}, 1.0)) | {"seconds": value}
    with pytest.raises(codec.CodecError, match="expected a number"):
        codec.from_data(RuleTally, data)


@dataclass(frozen=True, slots=True)
class Odd:
    thing: object
    when: datetime


def test_what_has_no_json_is_not_written():
    with pytest.raises(codec.CodecError, match="a set cannot be written"):
        codec.dump(Odd({1}, datetime(2026, 1, 1, tzinfo=UTC)))


views = st.builds(
    View,
    st.sampled_from(ViewKind),
    texts,
    st.lists(st.builds(Label, texts, texts), max_size=3).map(tuple),
    st.lists(st.builds(Label, texts, texts), max_size=3).map(tuple),
    st.lists(st.builds(Cell, *[st.integers(0, 99)] * 4, texts, texts), max_size=3).map(tuple),
    st.integers(0, 9),
)


@given(st.lists(views, max_size=2).map(tuple))
def test_tables_for_the_report_survive_the_header_of_a_run(tables):
    part = PartRecord("trail", "0" * 64, "1" * 64, "2" * 64, 0, 0, {}, (), tables)
    raw = codec.dump(make_run("20260504T093000Z-abcdef", [], [Written(part, ())]))
    assert codec.dump(read_header(raw)) == raw
    assert read_header(raw).parts[0].views == tables


def part_of_version(version):
    """The data of a part as a run of that version held it, and the same part today."""
    tallies = (RuleTally("headers.check-001", Severity.HIGH, {Outcome.FAIL: 3}, 0.5),)
    record = PartRecord(
        "headers-0001", "0" * 64, "1" * 64, sha256(codec.compact(codec.to_data(tallies))).hexdigest(), 3, 4, {"read": 4}
    )
    old = codec.to_data(record) | {"tallies": codec.to_data(tallies)}
    del old["tallies_sha256"]
    if version == 1:
        del old["views"]
    return old, Written(record, tallies)


@pytest.mark.parametrize("version", [1, 2])
def test_a_run_of_an_earlier_version_is_still_read(version):
    old, part = part_of_version(version)
    data = codec.to_data(make_run("20260504T093000Z-abcdef", [], [part])) | {"parts": [old], "schema_version": version}
    run = read_header(json.dumps(data).encode())
    assert (run.parts, run.schema_version) == ((part.record,), 3)
    assert read_written(json.dumps(old).encode()) == part


@pytest.mark.parametrize("version", [0, 4, 99, "1", 1.0, None, True])
def test_a_run_of_any_other_version_is_refused_with_its_version(version):
    data = codec.to_data(make_run("20260504T093000Z-abcdef", [], [])) | {"schema_version": version}
    with pytest.raises(VersionError, match=f"schema version {version}, this auditor reads"):
        read_header(json.dumps(data).encode())


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"schema_version": 1}'])
def test_what_is_no_header_is_refused(raw):
    with pytest.raises(codec.CodecError):
        read_header(raw)
    with pytest.raises(codec.CodecError):
        read_written(raw)
