"""A run as text for a person: findings by rule, worst first, then what was not looked at."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from auditor.cli.summary import summarise
from auditor.model.finding import Evidence, Finding
from auditor.model.outcome import Outcome
from auditor.model.run import Run
from auditor.report.remedies import fitting, products
from auditor.store.stored import StoredRun

_EXAMPLES = 5
_EVIDENCE = 4
_UNREAD = 20
_FILES = ("file", "pair")  # subjects whose digest is of the path of one file
_DIGITS = 12
_NOT_READ = """
SELECT disposition, display, CASE WHEN room IN ('headers', 'deid') THEN digest ELSE '' END, reason
FROM inventory WHERE disposition NOT IN ('read', 'skipped') LIMIT ?
"""
_SKIPPED = """
SELECT reason, count(*)
FROM (SELECT reason, row_number() OVER () AS place FROM inventory WHERE disposition = 'skipped')
GROUP BY reason ORDER BY count(*) DESC, min(place)
"""
_MARKS = {"critical": "!!", "high": "! ", "medium": "* ", "low": "- ", "info": ". "}
Reveal = Callable[[Evidence], str]


def masked(evidence: Evidence) -> str:
    """What is shown of a value unless somebody asked for more."""
    return evidence.masked


def lines(stored: StoredRun, reveal: Reveal = masked, *, brief: bool = False) -> Iterator[str]:
    """Every line of the text form. Nothing in it is raw unless `reveal` makes it so.

    `brief` leaves out examples and remedies: one line a rule, for where a report says the rest.
    """
    rules, counts, named = {rule.id: rule for rule in stored.run.pack.rules}, stored.counts(), products(stored)
    for (outcome, rule_id), examples in _ordered(stored):
        rule = rules.get(rule_id)
        remedies = fitting(rule.remediation, named.get(rule_id, frozenset())) if rule else {}
        title = rule.title if rule else examples[0].message
        group = _group(title, examples, counts[outcome, rule_id], remedies, reveal)
        yield from islice(group, 1) if brief else group
    if not brief:
        yield from _matrix(stored)
    yield from _unread(stored)
    yield from _notes(stored.run)
    yield summarise(stored.run).line()


def _ordered(stored: StoredRun) -> list[tuple[tuple[Outcome, str], list[Finding]]]:
    """First examples by outcome and rule, worst first; memory and time stay flat for any number of findings."""
    order = (Outcome.FAIL, Outcome.WAIVED, Outcome.NOT_EVALUATED)
    return sorted(
        stored.first(_EXAMPLES).items(),
        key=lambda item: (order.index(item[0][0]), -item[1][0].severity, item[0][1]),
    )


def _group(
    title: str, examples: list[Finding], count: int, remedies: Mapping[str, str], reveal: Reveal
) -> Iterator[str]:
    first = examples[0]
    word = first.severity.word if first.outcome is Outcome.FAIL else first.outcome.value.replace("_", " ")
    yield f"{_MARKS.get(word, '? ')} {word.upper():<13} {first.rule}: {title} ({count})"
    for finding in examples:
        found_again = _handle(finding.subject_digest) if finding.subject_kind in _FILES else ""
        yield f"     {clean(finding.subject)}{found_again}" + (f": {clean(finding.reason)}" if finding.reason else "")
        for evidence in finding.evidence[:_EVIDENCE]:
            parts = (_where(evidence), clean(reveal(evidence)), _details(evidence.details))
            yield "       " + " ".join(part for part in parts if part)
        hidden = len(finding.evidence) - _EVIDENCE
        if hidden > 0:
            yield f"       and {hidden} more {'place' if hidden == 1 else 'places'}"
    if count > len(examples):
        yield f"     and {count - len(examples)} more"
    if first.outcome is Outcome.FAIL:
        for way, text in remedies.items():
            yield f"     fix ({way}): {text}"
    yield ""


def _matrix(stored: StoredRun) -> Iterator[str]:
    """Who may do what on whom, where endpoints were looked at."""
    from auditor.cli.matrix import matrix_lines

    yield from matrix_lines(stored)


def _where(evidence: Evidence) -> str:
    return clean(evidence.locator) or evidence.fact


def _handle(digest: str) -> str:
    """What `auditor locate` finds a file by: masked names can be all alike."""
    return f"  locate {digest[:_DIGITS]}" if digest else ""


def _details(details: Mapping[str, str]) -> str:
    shown = ", ".join(f"{name} {clean(value)}" for name, value in details.items() if value)
    return f"[{shown}]" if shown else ""


def _unread(stored: StoredRun) -> Iterator[str]:
    """What was met and not read, with the reason: nothing passes in silence."""
    for word, display, digest, reason in stored.query(_NOT_READ, [_UNREAD]):
        yield f"?? {word.replace('_', ' ').upper():<13} {clean(display)}{_handle(digest)}: {clean(reason)}"
    if (more := summarise(stored.run).unread - _UNREAD) > 0:
        yield f"   and {more} more"
    for reason, count in stored.query(_SKIPPED):
        yield f".. skipped       {count}: {clean(reason)}"


def _notes(run: Run) -> Iterator[str]:
    for note in run.notes:
        data = note.room == "deid-certificate"  # what a page is drawn of, and nothing to read on a terminal
        told = f"auditor report {run.id} --kind {note.room}" if data else clean(note.text)
        yield f".. note          {note.room}: {told}"


def clean(text: str) -> str:
    """Text that cannot steer a terminal: controls and bidirectional marks become spaces."""
    return "".join(char if char.isprintable() else " " for char in text)
