"""What judging costs: the facts of one file by 100 rules, as a share of a bare pydicom read of that file's header.

    python benchmarks/engine_speed.py

Files are pydicom's own bundled images. Facts are made of each file's header as a scan would make them: one
scalar for each of its text elements and one record for each identifier met. Both are measured in one run
and in turns, so that only the ratio counts. Judging is bound to 3 %; making a finding (masking, digests,
fingerprint) costs extra for each one, and is shown for files with a few and with everything left in them,
and for a series whose files give the same facts.
"""

import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import process_time

import pydicom
from pydicom.data import get_testdata_file

from auditor.engine.judge import Judge
from auditor.engine.load import load_rule
from auditor.engine.profilefile import Profile, Selector
from auditor.engine.profiles import choose
from auditor.identifiers.protector import SiteProtector
from auditor.model.facts import Catalogue, Facts, FactSpec, FactType, Subject
from auditor.model.severity import Severity

FILES = ("CT_small.dcm", "MR_small.dcm", "JPEG2000.dcm", "US1_J2KR.dcm", "ExplVR_BigEnd.dcm")
BOUND = 0.03
ROUNDS = 9
NOW = datetime(2026, 1, 31, tzinfo=UTC)
LETTERS = "ABCDEFGHIJKLMNOPQR"
_TEXT_VRS = ("PN", "LO", "SH", "DA", "TM", "CS", "UI", "ST")
EVERYTHING = Profile("all", "all", "all", (Selector("*", "", Severity.INFO, ("stable",)),), (), {}, "")
_FIELDS = tuple(
    FactSpec(name, FactType.TEXT, name, plain=name != "value") for name in ("locator", "value", "letter", "kind")
)
_SCALARS = tuple(FactSpec(f"f{number}", FactType.TEXT, "an element") for number in range(60))
CATALOGUE = Catalogue.of(
    "headers",
    (
        FactSpec("purpose", FactType.TEXT, "why the file is looked at", plain=True),
        FactSpec("identifiers", FactType.RECORDS, "identifiers met", fields=_FIELDS),
        *_SCALARS,
    ),
)
_RULE = """\
id: headers.rule-{number}
version: 1
status: stable
title: Rule {number}
severity: high
target: headers
applies_when: {{fact: purpose, in: [export, limited-data-set]}}
fires_when: {condition}
evidence: [{evidence}]
message: Something was found.
rationale: Something matters.
remediation: {{manual: Mend it.}}
tests:
  fires: [{{name: one}}]
  quiet: [{{name: two}}]
"""


def conditions() -> list[tuple[str, str]]:
    """A hundred conditions of the kinds that rules are made of, with the fact each shows."""
    found = [
        (
            f"{{some: {{fact: identifiers, where: {{all: [{{field: letter, equals: {LETTERS[number % 18]}}}, "
            f"{{field: kind, not_equals: k{number}}}]}}}}}}",
            "identifiers",
        )
        for number in range(40)
    ]
    found += [
        (
            f"{{all: [{{fact: f{number}, present: true}}, {{not: {{fact: f{number}, matches: '^SUBJ-[0-9]+$'}}}}]}}",
            f"f{number}",
        )
        for number in range(30, 60)
    ]
    found += [
        (f"{{any: [{{fact: f{number}, starts_with: Zz}}, {{fact: f{number + 1}, contains: zz}}]}}", f"f{number}")
        for number in range(30, 50)
    ]
    found += [
        (f"{{all: [{{fact: f{number}, equals: never}}, {{fact: f{number + 1}, absent: true}}]}}", f"f{number}")
        for number in range(10)
    ]
    return found


def make_judge(folder: Path) -> Judge:
    """A judge over the hundred rules, written to `folder` and loaded as any rule is."""
    rules = []
    (folder / "headers").mkdir(parents=True, exist_ok=True)
    for number, (condition, evidence) in enumerate(conditions()):
        file = folder / "headers" / f"rule-{number}.yaml"
        file.write_text(_RULE.format(number=number, condition=condition, evidence=evidence), "utf-8")
        rules.append(load_rule(file, {"headers": CATALOGUE}, ()))
    return Judge(choose(rules, EVERYTHING), CATALOGUE, NOW, SiteProtector(b"k" * 32))


def facts_of(path: Path, kept: int) -> Facts:
    """Facts such as a scan makes of the file: its texts, and `kept` of them as identifiers left in it."""
    dataset = pydicom.dcmread(path, stop_before_pixels=True)
    texts = [(str(element.tag), str(element.value)) for element in dataset if element.VR in _TEXT_VRS]
    values: dict[str, object] = {"purpose": "export"}
    values |= {f"f{number}": text for number, (_, text) in enumerate(texts[:30])}
    values |= {f"f{30 + number}": "SUBJ-0012" for number in range(4)}
    values |= {f"f{34 + number}": text for number, (_, text) in enumerate(texts[: min(kept, 8)])}
    values["identifiers"] = tuple(
        {
            "locator": tag,
            "value": text,
            "letter": LETTERS[number % 9] if number < kept else "none",
            "kind": f"k{number}",
        }
        for number, (tag, text) in enumerate(texts[: max(kept, 3)])
    )
    return Facts(Subject("file", path.name, path.name), values)  # type: ignore[arg-type]


def seconds(work: object, items: list[object]) -> float:
    """CPU seconds of `work` on one item, averaged over `items`."""
    begun = process_time()
    for item in items:
        work(item)  # type: ignore[operator]
    return (process_time() - begun) / len(items)


def main(folder: Path) -> int:
    """Print the ratios; 1 when the bound is missed for files in which nothing is found."""
    judge = make_judge(folder)
    paths = [Path(str(get_testdata_file(name))) for name in FILES]
    measured = {}
    for label, kept, again in (
        ("clean", 0, False),
        ("two left", 2, False),
        ("identified", 99, False),
        ("a series", 99, True),
    ):
        facts = [facts_of(path, kept) for path in paths]
        found = sum(len(judge.judge(each)) for each in facts) / len(paths)
        ratios = []
        for _ in range(ROUNDS):
            fresh = [each if again else replace(each, values=dict(each.values)) for each in facts * 40]
            read = seconds(lambda path: pydicom.dcmread(path, stop_before_pixels=True), paths * 4)
            ratios.append(seconds(judge.judge, fresh) / read)
        measured[label] = median(ratios)
        print(f"{label:<10}  {median(ratios):7.4f} of a bare read, {found:4.1f} findings a file")
    held = measured["clean"] <= BOUND
    print(f"bound       {BOUND:7.4f} where nothing is found: {'held' if held else 'MISSED'}")
    return int(not held)


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        sys.exit(main(Path(name)))
