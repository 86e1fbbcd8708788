"""What judging costs: the facts of one file by 100 rules, as a share of a bare pydicom read of that file's header.

    python benchmarks/engine_speed.py

Files are pydicom's own bundled images. Facts are made of each file's header as a scan would make them: one
scalar for each of its text elements and one record for each identifier met. Both are measured in one run
and in turns, so that only the ratio counts. The bound is 3 %: issue 3, "Speed and size".
"""

import sys
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


def facts_of(path: Path, *, identified: bool) -> Facts:
    """Facts such as a scan makes of the file: of a clean one few records, of an identified one all it has."""
    dataset = pydicom.dcmread(path, stop_before_pixels=True)
    texts = [
        (str(element.tag), str(element.value))
        for element in dataset
        if element.VR in ("PN", "LO", "SH", "DA", "TM", "CS", "UI", "ST")
    ]
    values: dict[str, object] = {"purpose": "export"}
    values |= {f"f{number}": text for number, (_, text) in enumerate(texts[:30])}
    kept = texts if identified else texts[:3]
    values["identifiers"] = tuple(
        {
            "locator": tag,
            "value": text,
            "letter": LETTERS[number % 9 if identified else 17],
            "kind": f"k{number if identified else number % 1}",
        }
        for number, (tag, text) in enumerate(kept)
    )
    if identified:
        values |= {f"f{30 + number}": text for number, (_, text) in enumerate(texts[:8])}
    return Facts(Subject("file", path.name, path.name), values)  # type: ignore[arg-type]


def seconds(work: object, times: int) -> float:
    """CPU seconds of one call of `work`, averaged over `times`."""
    begun = process_time()
    for _ in range(times):
        work()  # type: ignore[operator]
    return (process_time() - begun) / times


def main(folder: Path) -> int:
    """Print the ratios; 1 when the bound for a clean header is missed."""
    judge = make_judge(folder)
    paths = [Path(str(get_testdata_file(name))) for name in FILES]
    worst = 0.0
    for label, identified in (("clean", False), ("identified", True)):
        facts = [facts_of(path, identified=identified) for path in paths]
        found = sum(len(judge.judge(each)) for each in facts)
        ratios = []
        for _ in range(ROUNDS):
            read = seconds(lambda: [pydicom.dcmread(path, stop_before_pixels=True) for path in paths], 4)
            judged = seconds(lambda each=facts: [judge.judge(one) for one in each], 40)
            ratios.append(judged / read)
        each = f"{judged / len(paths) * 1e6:.1f} µs of {read / len(paths) * 1e6:.0f} µs"
        print(f"{label:<10}  {median(ratios):7.4f} of a bare read  ({found / len(paths):.1f} findings a file; {each})")
        worst = max(worst, median(ratios)) if label == "clean" else worst
    print(f"bound       {BOUND:7.4f}: {'held' if worst <= BOUND else 'MISSED'}")
    return int(worst > BOUND)


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        sys.exit(main(Path(name)))
