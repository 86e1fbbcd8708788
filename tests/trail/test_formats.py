"""Logs of every format, whole and damaged: nothing is dropped in silence, and the tally always balances."""

import json
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.trail import formats, tables
from auditor.trail.formats import lines
from auditor.trail.formats.message import Messages, NotAMessage
from auditor.trail.matching import propose
from auditor.trail.opening import LogFile, blocks, find, head
from auditor.trail.schema import INDEX, Sink
from tests.trail.hospital import message

AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
ONE = message(AT, "EHR", "110103", "anna", patient="0042", ip="10.0.0.1", src="CT9", dst="PACS9")
HEAD = '<85>1 2026-03-04T05:06:07Z h EHR 1 IHE+RFC-3881 [m sequenceId="7"] '
FHIR = {
    "resourceType": "AuditEvent",
    "recorded": "2026-03-04T05:06:07Z",
    "action": "R",
    "agent": [{"who": {"identifier": {"value": "anna"}}, "requestor": True}],
    "source": {"observer": {"display": "EHR"}},
    "entity": [{"what": {"reference": "Patient/0042"}, "role": {"code": "1"}}],
}
R4 = {**FHIR, "type": {"code": "110103"}, "outcome": "0"}
R5 = {**FHIR, "category": [{"coding": [{"code": "110103"}]}], "outcome": {"code": {"code": "success"}}}


def read(path: Path) -> Sink:
    log = next(find(path))
    start, sink = head(log), Sink()
    known = formats.of(start, log.name)
    if known:
        known.parse(blocks(log, by_line=known.by_line), sink)
    else:
        mapping = propose(start)
        assert mapping is not None
        tables.parse(blocks(log), sink, mapping)
    assert sink.tally.balanced
    return sink


def written(tmp_path: Path, data: str | bytes, name: str = "a.log") -> Path:
    path = tmp_path / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def field(sink: Sink, name: str, place: int = 0) -> str | None:
    return sink.rows[place][INDEX[name]]


def framed(*messages: str) -> bytes:
    return b"".join(str(len(m.encode())).encode() + b" " + m.encode() for m in messages)


@pytest.mark.parametrize(
    "data",
    [
        HEAD + ONE + "\n",
        "<85>Mar  4 05:06:07 h EHR: " + ONE + "\n",
        "<85>2026-03-04T05:06:07.1+01:00 h EHR: " + ONE + "\n",
        "Mar  4 05:06:07 h EHR[12]: " + ONE + "\nMar  4 05:06:08 h kernel: a disk\n",
        "Mar  4 05:06:06 h kernel: a disk\n2026-03-04T05:06:07.123456+01:00 h EHR[12]: " + ONE + "\n",
        HEAD + "\ufeff" + ONE,
        f"<AuditMessages>\n{ONE}\n</AuditMessages>\n",
        f'<?xml version="1.0"?><AuditMessages>{ONE}</AuditMessages>',
        ('<?xml version="1.0" encoding="UTF-16"?>' + ONE).encode("utf-16"),
        ONE,
        '<?xml version="1.0"?>\n' + ONE.replace("><", ">\n  <"),
        framed(HEAD + ONE),
        json.dumps(R4) + "\n",
        json.dumps(R5),
        json.dumps({"resourceType": "Bundle", "entry": [{"resource": R4}]}),
        json.dumps({"resourceType": "Bundle", "entry": [{"resource": R5}]}) + '\n{"resourceType": "Bundle"}\n',
        json.dumps({**R5, "recorded": None, "occurredDateTime": "2026-03-04T05:06:07Z"}),
        "Mar  4 05:06:07 h EHR: " + json.dumps(R4) + "\n",
    ],
)
def test_one_event_in_any_of_the_formats_is_the_same_event(tmp_path: Path, data: str | bytes) -> None:
    sink = read(written(tmp_path, data))

    assert sink.tally.events == 1
    got = {name: field(sink, name) for name in ("user", "patient", "code", "source", "action", "outcome")}
    assert got == {"user": "anna", "patient": "0042", "code": "110103", "source": "EHR", "action": "R", "outcome": "0"}


def test_audit_events_of_fhir_in_xml_are_rejected_and_not_passed_over(tmp_path: Path) -> None:
    sink = read(written(tmp_path, '<?xml version="1.0"?><AuditEvent xmlns="http://hl7.org/fhir"/>', "a.xml"))

    assert sink.tally.rejected == {"FHIR written as XML, which is not read": 1}


BAD = {
    "truncated": (HEAD + ONE)[:200].encode(),
    "external entity": (
        HEAD + '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + ONE.replace("0042", "&e;")
    ).encode(),
    "laughs": (HEAD + '<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]>' + ONE.replace("0042", "&c;")).encode(),
    "ten megabytes": (HEAD + ONE.replace("0042", "9" * 10_000_000)).encode(),
    "half json": json.dumps(R4).encode()[:90],
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_line_is_counted_and_located_and_costs_no_other(tmp_path: Path, name: str) -> None:
    good = (HEAD + ONE).encode()
    sink = read(written(tmp_path, b"\n".join([good, BAD[name], good, b""])))

    assert (sink.tally.events, sink.tally.rejections) == (2, 1)
    assert sink.tally.examples[0][0] == 2


@pytest.mark.parametrize(
    "line",
    [
        (HEAD + ONE).encode().replace(b"Audit", b"Aud\x00it", 3),
        (HEAD + ONE.replace("anna", "ann\ufeffa")).encode(),
        (HEAD + ONE.replace("CT9", "CTÅ")).encode("latin-1"),
    ],
)
def test_nul_bytes_marks_and_latin_1_are_repaired_and_the_repair_is_told(tmp_path: Path, line: bytes) -> None:
    sink = read(written(tmp_path, (HEAD + ONE + "\n").encode() + line + b"\n"))

    assert sink.tally.events == 2
    assert sum(sink.tally.repaired.values()) == 1


def test_a_message_that_another_interrupts_is_mended(tmp_path: Path) -> None:
    other = HEAD.replace('"7"', '"8"') + ONE.replace("anna", "bert")
    cut = len(HEAD) + 90
    whole = HEAD + ONE
    sink = read(written(tmp_path, whole[:cut] + other + whole[cut:] + "\n"))

    assert sorted(str(field(sink, "user", place)) for place in (0, 1)) == ["anna", "bert"]


def test_a_wrong_octet_count_costs_one_message(tmp_path: Path) -> None:
    data = framed(HEAD + ONE) + b"99 " + (HEAD + ONE).encode() + framed(HEAD + ONE)
    sink = read(written(tmp_path, data))

    assert (sink.tally.events, sink.tally.rejections) == (2, 1)


SHAPES = {
    "a refused consent": ({"type": {"code": "110113"}, "subtype": [{"code": "AuthZ-Consent"}], "action": "E",
                           "outcome": "8"}, {"code": "110113", "outcome": "8", "user": "anna"}),
    "REST without a user": ({"type": {"code": "rest"}, "subtype": [{"code": "delete"}], "action": "D", "outcome": "0",
                             "agent": [{"type": {"coding": [{"code": "110153"}]}, "who": {"display": "gateway"},
                                        "requestor": False, "network": {"address": "2001:db8::7"}}]},
                            {"code": "rest", "type": "delete", "user": None, "ip": "2001:db8::7", "src_ae": "gateway"}),
    "REST with a search in base64": ({"type": {"code": "rest"}, "subtype": [{"code": "search-type"}], "action": "E",
                                      "entity": [{"role": {"code": "24"}, "query": "UGF0aWVudD9uYW1lPWE="}]},
                                     {"type": "search-type", "query": "Patient?name=a"}),
    "a disclosure for a purpose": ({"type": {"code": "110106"}, "action": "R",
                                    "purposeOfEvent": [{"coding": [{"code": "PATRQT"}]}]},
                                   {"code": "110106", "purpose": "PATRQT", "patient": "0042"}),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("indent", [None, 2])
def test_audit_events_of_ihe_are_read_in_a_line_and_over_many(tmp_path: Path, name: str, indent: int | None) -> None:
    given, wanted = SHAPES[name]
    sink = read(written(tmp_path, json.dumps({**FHIR, **given}, indent=indent), "a.json"))

    assert sink.tally.events == sink.tally.lines == 1
    assert {column: field(sink, column) for column in wanted} == wanted


PEOPLE = (
    '<AuditMessage xmlns="http://made.up"><EventIdentification EventActionCode="E" EventOutcomeIndicator="0"\n'
    '  EventDateTime="2026-03-04T06:06:07.3842263+01:00"><EventID csd-code="110112" codeSystemName="DCM"\n'
    '  originalText="Query"/><EventTypeCode csd-code="ITI-21" codeSystemName="IHE" originalText="PDQ"/>\n'
    '</EventIdentification><ActiveParticipant UserID="DESK|CONSUMER" AlternativeUserID="7" UserIsRequestor="true"\n'
    '  NetworkAccessPointID="10.0.0.1" NetworkAccessPointTypeCode="2"><RoleIDCode csd-code="110153"\n'
    '  codeSystemName="DCM" originalText="Source Role ID"/></ActiveParticipant>\n'
    '<AuditSourceIdentification AuditSourceID="MPI"/>\n<ParticipantObjectIdentification\n'
    '  ParticipantObjectID="24^^^MPI&amp;2.999.1&amp;ISO" ParticipantObjectTypeCode="1"\n'
    '  ParticipantObjectTypeCodeRole="1"><ParticipantObjectIDTypeCode csd-code="2" codeSystemName="RFC-3881"\n'
    '  originalText="Patient Number"/></ParticipantObjectIdentification><ParticipantObjectIdentification\n'
    '  ParticipantObjectID="q" ParticipantObjectTypeCode="2" ParticipantObjectTypeCodeRole="24">\n'
    '<ParticipantObjectIDTypeCode csd-code="ITI-21" codeSystemName="IHE" originalText="PDQ"/>\n'
    "<ParticipantObjectQuery>TVNIfF5+XCZ8QQ1RUER8QFBJRC41LjFebWVpZXI=</ParticipantObjectQuery>\n"
    "</ParticipantObjectIdentification></AuditMessage>"
)


@pytest.mark.parametrize("above", ["", '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n', "<!-- PDQ -->\n"])
def test_a_message_of_ihe_over_many_lines_is_one_event(tmp_path: Path, above: str) -> None:
    sink = read(written(tmp_path, above + PEOPLE, "a.xml"))

    assert (sink.tally.lines, sink.tally.events) == (1, 1)
    assert (field(sink, "type"), field(sink, "user"), field(sink, "source")) == ("ITI-21", "DESK|CONSUMER", "MPI")
    assert field(sink, "patient") == "24^^^MPI&2.999.1&ISO"
    assert field(sink, "query") == "MSH|^~\\&|A\rQPD|@PID.5.1^meier"


def test_a_count_that_takes_in_all_that_follows_costs_one_message(tmp_path: Path) -> None:
    data = framed(HEAD + ONE) + b"9999 " + (HEAD + ONE).encode() + framed(HEAD + ONE) * 3 + b"800 <85>1 cut"
    sink = read(written(tmp_path, data))

    assert (sink.tally.events, sink.tally.rejections) == (4, 2)


def test_shifted_columns_and_a_new_order_of_columns_are_noticed(tmp_path: Path) -> None:
    rows = [
        "time;user;patient;event",
        *["2026-03-04T05:06:07Z;anna;42;read"] * 5,
        "2026-03-04T05:06:08Z;anna;42;read;surplus",
        "patient;event;time;user",
        "43;read;2026-03-04T05:06:09Z;bert",
        "44;read;yesterday;bert",
    ]
    sink = read(written(tmp_path, "\n".join(rows) + "\n", "a.csv"))

    assert (field(sink, "user", 5), field(sink, "patient", 5)) == ("bert", "43")
    assert sink.tally.rejections == 2
    assert sink.tally.examples[0] == (7, "columns shifted or missing")


VALUES = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=20)


@given(VALUES, VALUES, st.booleans())
@settings(max_examples=150, deadline=None)
def test_the_remembered_shape_gives_what_lxml_gives(user: str, patient: str, twice: bool) -> None:
    text = message(AT, "EHR", "110103", user, patient=patient, query=patient)
    messages = Messages()

    def outcome(parse: object) -> object:
        try:
            return parse(text)  # type: ignore[operator]
        except NotAMessage as problem:
            return str(problem)

    if twice:
        outcome(messages.row)
    assert outcome(messages.row) == outcome(messages.row_by_tree)


@given(
    st.lists(
        st.binary(max_size=60)
        | st.sampled_from([ONE.encode(), HEAD.encode(), b"{", b"\n", b"<AuditMessage", b"</AuditMessage>"]),
        max_size=12,
    )
)
@settings(max_examples=150, deadline=None)
def test_no_bytes_break_the_reader_and_every_line_is_accounted_for(pieces: list[bytes]) -> None:
    sink = Sink()
    for known in formats.FORMATS:
        known.parse([b"".join(pieces)], sink)

    assert sink.tally.balanced


def test_lines_are_numbered_over_blocks(tmp_path: Path) -> None:
    sink = Sink()
    lines.parse([(HEAD + ONE + "\n").encode() * 3, (HEAD + ONE[:50] + "\n").encode()], sink)

    assert sink.lines == [1, 2, 3]
    assert sink.tally.examples == [(4, "truncated message")]


def test_a_range_of_a_file_begins_and_ends_at_lines(tmp_path: Path) -> None:
    path = written(tmp_path, b"".join(b"line %d\n" % number for number in range(100)))
    log = LogFile(str(path), str(path))
    edges = [0, 300, 301, path.stat().st_size]
    parts = [b"".join(blocks(log, a, b)) for a, b in pairwise(edges)]

    assert b"".join(parts) == path.read_bytes()
