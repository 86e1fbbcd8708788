"""A summary in Markdown for a pull request or a chat: the decision, the numbers, the worst first."""

import re
from collections.abc import Iterator

from auditor.report.source import ReportSource
from auditor.report.told import tell
from auditor.report.view import view
from auditor.report.words import clean

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|<>~@:/-])")
_DECISION = {
    "fail": "Action is needed",
    "incomplete": "No decision: the audit is incomplete",
    "attention": "Below the threshold; findings remain",
    "pass": "Everything that was checked is in order",
}
_ROWS = 25


def pieces(source: ReportSource) -> Iterator[str]:
    """Heading, numbers and a table; every value is escaped, so that none of it acts."""
    run = source.run
    made = view(run, source.sha256, tell(source, "markdown"))
    yield f"## {_DECISION[made.decision]}\n\n"
    yield f"{_escape(run.site)}, run `{clean(run.id)}`, {len(run.pack.rules)} rules\n\n"
    words = [f"**{made.totals['fail']}** failures"]
    words += [f"{count} {word}" for word, count in made.failed.items() if count]
    words += [f"{made.totals['waived']} waived", f"{made.totals['not_evaluated']} not evaluated"]
    yield " · ".join(words) + ("" if run.complete else " · **incomplete**") + "\n\n"
    groups = made.failures
    if groups:
        yield "| Severity | What was found | How many | Rule |\n| --- | --- | ---: | --- |\n"
    for group in groups[:_ROWS]:
        yield f"| {group.severity.word} | {_escape(group.title)} | {group.count} | {_escape(group.rule)} |\n"
    if len(groups) > _ROWS:
        yield f"\n{len(groups) - _ROWS} further kinds of findings are in the report.\n"
    for note in made.incomplete:
        yield f"\n> Not tested: {_escape(note.text)}\n"


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", clean(text, 200))
