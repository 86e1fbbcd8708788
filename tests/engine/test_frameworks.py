"""Frameworks list what the law and the standards list, and citations resolve to it."""

from collections import Counter
from pathlib import Path

import pytest

from auditor.engine.frameworks import load_frameworks, resolve
from auditor.errors import RuleError
from auditor.model.framework import Checkable, Framework, Obligation, Requirement
from auditor.resources import rules_folder

FRAMEWORKS = load_frameworks(rules_folder() / "frameworks")
BY_ID = {framework.id: framework for framework in FRAMEWORKS}
HIPAA = BY_ID["hipaa"]
SECTIONS = ("164.308", "164.310", "164.312", "164.314", "164.316")


def children(parent: str) -> list[Requirement]:
    return [each for each in HIPAA.requirements if each.parent == parent]


def test_the_frameworks_there_are() -> None:
    assert {each.id: each.status for each in FRAMEWORKS} == {
        "dicom": "standard",
        "gdpr": "in force",
        "hipaa": "in force",
        "hipaa-proposed-2025": "proposed",
        "iso27799": "standard",
        "nist-800-52r2": "guidance",
        "nist-800-66r2": "guidance",
        "rfc9325": "guidance",
    }


def test_hipaa_has_every_standard_of_the_security_rule() -> None:
    standards = {section: len(children(section)) for section in SECTIONS}
    assert standards == {"164.308": 9, "164.310": 4, "164.312": 5, "164.314": 2, "164.316": 2}
    assert all(each.obligation is Obligation.REQUIRED for section in SECTIONS for each in children(section))


def test_hipaa_has_every_specification_of_appendix_a_to_subpart_c() -> None:
    """The matrix has 42 lines: 20 required and 22 addressable. 164.308(b)(2) is no line of it."""
    lines = Counter(
        line.obligation
        for section in SECTIONS[:3]
        for standard in children(section)
        for line in ([each for each in children(standard.id) if each.id != "164.308(b)(2)"] or [standard])
    )
    assert lines == {Obligation.REQUIRED: 20, Obligation.ADDRESSABLE: 22}


def test_hipaa_has_the_organizational_and_documentation_specifications() -> None:
    assert len(children("164.314(a)(1)")) == 3
    assert len(children("164.314(b)(1)")) == 4
    assert [each.id[-6:] for each in children("164.316(b)(1)") if "(2)" in each.id] == ["(2)(i)", "2)(ii)", ")(iii)"]


def test_hipaa_has_every_letter_of_safe_harbor_and_every_identifier_of_a_limited_data_set() -> None:
    letters = [each.id[-2] for each in children("164.514(b)(2)(i)")]
    assert "".join(letters) == "ABCDEFGHIJKLMNOPQR"
    assert len(children("164.514(e)(2)")) == 16


def test_what_no_machine_can_check_names_what_a_person_would_sign() -> None:
    without = [
        f"{framework.id}:{each.id}"
        for framework in FRAMEWORKS
        for each in framework.requirements
        if each.obligation is not Obligation.INFORMATIVE
        and each.checkable is not Checkable.YES
        and not each.attestation
    ]
    assert without == []


def test_a_proposal_binds_nobody() -> None:
    proposal = BY_ID["hipaa-proposed-2025"]
    assert {each.obligation for each in proposal.requirements} == {Obligation.INFORMATIVE}


@pytest.mark.parametrize(
    ("reference", "title"),
    [
        ("hipaa:164.308(a)(1)(ii)(D)", "Information system activity review"),
        ("hipaa:164.312(b)", "Audit controls"),
        ("hipaa:164.514(b)(2)(i)(A)", "Names"),
        ("dicom:PS3.15:E.1-1:(0010,0010)", "Table E.1-1, attributes and actions"),
        ("dicom:PS3.15:E.1-1:(60xx,3000)", "Table E.1-1, attributes and actions"),
        ("dicom:PS3.15:B.1", "Basic TLS (retired)"),
        ("dicom:PS3.15:B.12", "BCP 195 RFC 8996, 9325 TLS"),
        ("dicom:PS3.15:E.3.10-1:(0019,xx0c)", "Table E.3.10-1, safe private attributes"),
        ("rfc9325:4.5", "Public key length"),
    ],
)
def test_a_citation_resolves(reference: str, title: str) -> None:
    found = resolve(reference, FRAMEWORKS)
    assert isinstance(found, Requirement)
    assert found.title == title


@pytest.mark.parametrize(
    ("reference", "right"),
    [
        ("hipaa:164.312(f)", "did you mean '164.312(d)'?"),
        ("dicom:PS3.15:E.1-1:(10,10)", "after 'PS3.15:E.1-1:' what matches"),
        ("hippa:164.312(b)", "did you mean 'hipaa'?"),
        ("164.312(b)", "<framework>:<citation>"),
    ],
)
def test_a_citation_that_does_not_resolve_says_what_would(reference: str, right: str) -> None:
    found = resolve(reference, FRAMEWORKS)
    assert isinstance(found, str)
    assert right.split("'")[0] in found


ONE = """\
id: {id}
title: A law
edition: of today
source: somewhere
status: in force
requirements:
  - {{id: '1', title: The first, text: what it asks, obligation: required, checkable: 'yes'{more}}}
"""


def load(tmp_path: Path, *texts: str) -> tuple[Framework, ...]:
    for number, text in enumerate(texts):
        (tmp_path / f"f{number}.yaml").write_text(text)
    return load_frameworks(tmp_path)


def test_a_framework_loads_and_finds_finer_citations(tmp_path: Path) -> None:
    framework = load(tmp_path, ONE.format(id="law", more=", finer: '[a-z]'"))[0]
    assert framework.find("1:b") is framework.find("1") is framework.requirements[0]
    assert framework.find("2") is None


def test_a_rule_counts_where_it_cites_and_where_others_draw_on_what_it_cites(tmp_path: Path) -> None:
    law = ONE.format(id="law", more=", finer: '[a-z]'")
    other = ONE.format(id="other", more=", draws_on: ['law:1']")
    third = ONE.format(id="third", more=", draws_on: ['law:1*']")
    frameworks = {each.id: each for each in load(tmp_path, law, other, third)}
    assert frameworks["law"].counts(["law:1:b", "other:1"]) == {"1"}
    assert frameworks["other"].counts(["law:1"]) == {"1"}
    assert frameworks["other"].counts(["law:1:b"]) == frozenset()
    assert frameworks["third"].counts(["law:1:b"]) == {"1"}
    assert frameworks["third"].counts(["law:9", "other:1"]) == frozenset()


def test_every_rule_on_transmission_counts_for_other_frameworks_too() -> None:
    drawn = {name: BY_ID[name].counts(["hipaa:164.312(e)(2)(ii)"]) for name in ("gdpr", "iso27799", "nist-800-66r2")}
    assert "32(1)(a)" in drawn["gdpr"]
    assert "8.24" in drawn["iso27799"]
    assert drawn["nist-800-66r2"] == {"5.3.5"}


@pytest.mark.parametrize(
    ("texts", "what"),
    [
        ([ONE.format(id="law", more=", draws_on: ['law:2']")], "law:1 draws on the unknown citation 'law:2'"),
        ([ONE.format(id="law", more=", draws_on: ['law:2*']")], "law:1 draws on the unknown citation 'law:2*'"),
        (["id: law"], "title is missing"),
        ([ONE.format(id="law", more=""), ONE.format(id="law", more="")], "the framework 'law' is there twice"),
        ([ONE.format(id="law", more=", finer: '['")], "'[' is no pattern: missing ]"),
        ([ONE.format(id="law", more=", parent: '0'")], "unknown parent '0'"),
        ([ONE.format(id="law", more="").replace("'yes'", "partly")], "no attestation is named"),
        ([ONE.format(id="law", more="") + ONE.format(id="law", more="").splitlines()[-1]], "'1' is there twice"),
    ],
)
def test_a_faulty_framework_is_told(tmp_path: Path, texts: list[str], what: str) -> None:
    with pytest.raises(RuleError) as caught:
        load(tmp_path, *texts)
    assert what in caught.value.what
