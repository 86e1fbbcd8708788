"""Scans a corpus and writes neutral findings: one JSON object a line, without values.

Usage: python benchmarks/phi_scan.py CORPUS OUT.jsonl [--purpose export] [--no-ocr] [--roster FILE]

Fields: file (relative to CORPUS), tag_path, class (Safe Harbor letter), kind (`phi`: judged by content, `profile`: the
attribute is on a list), severity, rule, bbox for text in pictures. Everything is the product's own output, renamed.
"""

import argparse
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from auditor.audit.rooms import catalogues
from auditor.config.headers import HeadersSettings
from auditor.engine.frameworks import load_frameworks
from auditor.engine.judge import Judge
from auditor.engine.load import load_rules
from auditor.engine.profiles import select
from auditor.headers.facts import CATALOGUE
from auditor.headers.room import ROOM
from auditor.identifiers.protector import SiteProtector
from auditor.model.finding import Evidence, Finding
from auditor.model.outcome import Outcome
from auditor.model.ports import Context
from auditor.model.run import Request
from auditor.resources import rules_folder


def findings(corpus: Path, context: Context) -> Iterator[tuple[str, Finding]]:
    """Every finding with the path of its file."""
    folder = rules_folder()
    rules = load_rules((folder,), catalogues(), load_frameworks(folder / "frameworks"))
    judge = Judge(select(rules, "default", (folder,)), CATALOGUE, context.now, context.protector)
    for chunk in ROOM.plan(Request("headers", (str(corpus),)), context):
        for target, reading in zip(chunk.targets, ROOM.read(chunk, judge.wanted, context), strict=True):
            for facts in reading.facts:
                for finding in judge.judge(facts):
                    yield target.locator, finding


def neutral(file: str, finding: Finding, evidence: Evidence) -> dict[str, object]:
    """One piece of evidence under the names the benchmark uses."""
    details = evidence.details
    line: dict[str, object] = {
        "file": file,
        "tag_path": evidence.locator,
        "class": details["letter"],
        "kind": "profile" if details.get("detector") == "listed" else "phi",
        "severity": finding.severity.word,
        "rule": finding.rule,
    }
    if details.get("box"):
        line["bbox"] = [int(edge) for edge in details["box"].split(",")]
    return line


def main() -> None:
    """Scan and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--purpose", default="export")
    parser.add_argument("--no-ocr", action="store_true")
    parser.add_argument("--roster", default="")
    given = parser.parse_args()
    options = {"ocr": not given.no_ocr, "roster": given.roster}
    context = Context(
        datetime.now(UTC), SiteProtector(bytes(32)), given.purpose, HeadersSettings(), Path.cwd(), options
    )
    with given.out.open("w", encoding="utf-8") as stream:
        for file, finding in findings(given.corpus, context):
            if finding.outcome is Outcome.FAIL:
                for evidence in finding.evidence:
                    if "letter" in evidence.details:
                        stream.write(json.dumps(neutral(file, finding, evidence)) + "\n")


if __name__ == "__main__":
    main()
