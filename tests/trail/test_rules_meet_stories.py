"""Every story that the detectors tell is one finding of the shipped rules: none is lost, none is said twice."""

from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from auditor.config.trail import TrailSettings
from auditor.engine.frameworks import load_frameworks
from auditor.engine.judge import Judge
from auditor.engine.load import load_rule
from auditor.engine.profiles import choose, find_profile, load_profiles
from auditor.identifiers.protector import SiteProtector
from auditor.resources import rules_folder
from auditor.trail import investigate
from auditor.trail.facts import CATALOGUE
from auditor.trail.resources import table
from auditor.trail.telling import facts_of
from fixtures.makers.wards.estate import make
from fixtures.makers.wards.shape import shapes

NOW = datetime(2026, 12, 31, tzinfo=UTC)
PROTECTOR = SiteProtector(b"k" * 32)


def judge() -> Judge:
    frameworks = load_frameworks(rules_folder() / "frameworks")
    files = sorted((rules_folder() / "trail").glob("*.yaml"))
    rules = [load_rule(file, {"trail": CATALOGUE}, frameworks) for file in files]
    return Judge(choose(rules, find_profile("default", load_profiles([rules_folder()]))), CATALOGUE, NOW, PROTECTOR)


@pytest.mark.parametrize(("name", "context"), [("lane", True), ("small", False)])
def test_each_story_is_one_finding(tmp_path: Path, name: str, context: bool) -> None:
    make(tmp_path, shapes()[name])
    with ExitStack() as stack:
        logs = investigate.find_logs(["logs"], tmp_path)
        settings, tables = TrailSettings(zone=shapes()[name].zone), tmp_path / "context" if context else None
        found = investigate.open_investigation(stack, logs, settings, tables, NOW, workers=1)
        investigate.detect(found, NOW)
        whole = judge()
        fired = {
            incident.key: [
                (finding.rule, finding.fingerprint) for finding in whole.judge(facts_of(incident, found, PROTECTOR))
            ]
            for incident in found.incidents
        }

    assert len(fired) == len(found.incidents) > 30
    assert {key: rules for key, rules in fired.items() if len(rules) != 1} == {}
    prints = Counter(fingerprint for ((_, fingerprint),) in fired.values())
    assert max(prints.values()) == 1


def test_every_kind_has_a_sentence_on_what_would_explain_it_and_a_rule() -> None:
    text = "\n".join(file.read_text(encoding="utf-8") for file in (rules_folder() / "trail").glob("*.yaml"))

    assert [kind for kind in table("kinds") if kind not in text] == []
    assert all(sentences for sentences in table("kinds").values())
    told = [sentence for sentences in table("kinds").values() for sentence in sentences]
    assert [sentence for sentence in told if not (sentence[0].isupper() and sentence.endswith("."))] == []
