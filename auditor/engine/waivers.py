"""Waivers: what a site decided to live with, by whom, why, and until when."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fnmatch import fnmatchcase
from pathlib import Path

from auditor.config.strictmodel import Fault, faults, raise_faults
from auditor.config.strictyaml import Document, load, nearest
from auditor.engine.rulefile import WaiverShape, WaiversShape
from auditor.errors import ConfigError
from auditor.model.facts import Facts, Subject, Value
from auditor.model.finding import Finding
from auditor.model.outcome import Outcome
from auditor.model.ports import Protector
from auditor.model.waiver import Waiver

LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Waivers:
    """All waivers of a site, in the order they are written. Picklable."""

    waivers: tuple[Waiver, ...] = ()

    def apply(self, findings: Sequence[Finding], today: date) -> tuple[Finding, ...]:
        """Mark as waived every failed finding that a waiver in force covers; the first that does is named.

        A waiver is in force through the day it expires on (UTC). Nothing is left out or reordered.
        """
        by_rule: dict[str, list[Waiver]] = {}
        for waiver in self.waivers:
            if waiver.expires >= today:
                by_rule.setdefault(waiver.rule, []).append(waiver)
        if not by_rule:
            return tuple(findings)
        return tuple(_waived(finding, by_rule.get(finding.rule, ())) for finding in findings)

    def run_facts(
        self, used: Collection[str], today: date, protector: Protector, in_scope: Collection[str] | None = None
    ) -> tuple[Facts, ...]:
        """Facts about each waiver, for the rules of target `run`.

        `used` holds ``rule ticket`` of every waiver that waived something in the run, `in_scope` the ids of
        the rules that judged something (all, when left out).
        """
        return tuple(
            _facts(
                waiver,
                today,
                protector,
                used=f"{waiver.rule} {waiver.ticket}" in used,
                in_scope=in_scope is None or waiver.rule in in_scope,
            )
            for waiver in self.waivers
        )


def covers(waiver: Waiver, finding: Finding) -> bool:
    """Whether `waiver`, dates aside, is about `finding`: rule, displayed subject, and fingerprint if it names one."""
    return (
        waiver.rule == finding.rule
        and (waiver.subject == finding.subject or fnmatchcase(finding.subject, waiver.subject))
        and finding.fingerprint.startswith(waiver.fingerprint)
    )


def load_waivers(path: Path | None, rules: Collection[str] | None = None) -> Waivers:
    """Read `waivers.yaml` (no file: no waivers); `rules` are the ids there are, when they are known.

    Raises ConfigError for an unknown rule, an unknown key, a date that is none, or a waiver without an
    end or longer than a year. An expired waiver loads: it waives nothing, and is a finding of its own.
    """
    if path is None:
        return Waivers()
    document = load(path, error=ConfigError)
    if document.data is None:
        return Waivers()
    found: list[Fault] = faults(document, WaiversShape)
    if found:
        raise_faults(found, ConfigError)
    shapes = WaiversShape.model_validate(document.data).waivers
    items = [_waiver(shape, number, document, rules, found) for number, shape in enumerate(shapes)]
    if found:
        raise_faults(found, ConfigError)
    return Waivers(tuple(items))


def _waiver(
    shape: WaiverShape, number: int, document: Document, rules: Collection[str] | None, found: list[Fault]
) -> Waiver:
    place = ("waivers", number)
    if rules is not None and shape.rule not in rules:
        found.append(
            Fault(f"no rule is called {shape.rule!r}", document.where((*place, "rule")), nearest(shape.rule, rules))
        )
    created = _date(shape.created, document.where((*place, "created")), found)
    expires = _date(shape.expires, document.where((*place, "expires")), found)
    where = document.where((*place, "expires"))
    if expires < created:
        found.append(Fault("the waiver ends before it begins", where, f"a day from {created} on"))
    elif expires - created > LONGEST:
        found.append(Fault("the waiver lasts longer than a year", where, f"{created + LONGEST} at the latest"))
    line = document.where(place).rpartition(":")[2]
    return Waiver(
        rule=shape.rule,
        subject=shape.subject,
        reason=shape.reason.strip(),
        approver=shape.approver,
        ticket=shape.ticket,
        created=created,
        expires=expires,
        fingerprint=shape.fingerprint,
        source=f"{Path(document.source).name}:{line}",
    )


def _date(text: str, where: str, found: list[Fault]) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        found.append(Fault(f"{text!r} is no date", where, "a day such as 2026-01-31"))
        return date.min


def _waived(finding: Finding, waivers: Sequence[Waiver]) -> Finding:
    if finding.outcome is not Outcome.FAIL:
        return finding
    waiver = next((each for each in waivers if covers(each, finding)), None)
    return finding if waiver is None else finding._replace(outcome=Outcome.WAIVED, waiver=waiver.ticket)


def _facts(waiver: Waiver, today: date, protector: Protector, *, used: bool, in_scope: bool) -> Facts:
    key = "\x1f".join((waiver.ticket, waiver.rule, waiver.subject, waiver.fingerprint))
    display = f"waiver {waiver.ticket} of {waiver.rule} ({waiver.source})"
    values: dict[str, Value] = {
        "waiver_rule": waiver.rule,
        "waiver_ticket": waiver.ticket,
        "waiver_subject": waiver.subject,
        "waiver_source": waiver.source,
        "waiver_days_left": (waiver.expires - today).days,
        "waiver_used": used,
        "waiver_in_scope": in_scope,
    }
    return Facts(Subject("waiver", key, display, protector.digest(key)), values)
