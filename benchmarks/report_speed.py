"""How much a report costs beside a bare WeasyPrint render of a table, measured in one run.

    python -m benchmarks.report_speed [FINDINGS] [GROUPS]

Prints CPU ratios, peak memory and pages: a report of a run with many findings against a bare table of 1,000 rows
(to reach: 3x, 600 MB, 60 pages), our table of 1,000 rows against the bare one (1.3x), and a report of 1,000 findings
(2x). Each job runs in a process of its own.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROWS = 1000


def main(findings: int, groups: int) -> int:
    """Run every job in its own process and print the ratios."""
    with tempfile.TemporaryDirectory() as folder:
        _job("make", folder, findings, groups)
        bare = _job("bare", folder)
        ours = _job("table", folder)
        small = _job("report", folder, 0)
        large = _job("report", folder, 1)
    print(f"bare table of {ROWS} rows: {bare['cpu']:.2f} s CPU, {bare['pages']} pages")
    print(f"our table of {ROWS} rows: {ours['cpu'] / bare['cpu']:.2f}x (to reach 1.3x)")
    print(f"report of 1,000 findings: {small['cpu'] / bare['cpu']:.2f}x (to reach 2x), {small['pages']} pages")
    print(
        f"report of {findings:,} findings in {groups} groups: {large['cpu'] / bare['cpu']:.2f}x (to reach 3x), "
        f"{large['memory']:.0f} MB (to reach 600), {large['pages']} pages (to reach 60)"
    )
    return 0


def _job(*words: object) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.report_speed", "--job", *map(str, words)],
        check=True,
        capture_output=True,
        text=True,
    )
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def _carry_out(name: str, folder: Path, *numbers: int) -> dict[str, float]:
    jobs = {"make": _make, "bare": _bare, "table": _table, "report": _report}
    pages = jobs[name](folder, *numbers) or 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"cpu": time.process_time(), "memory": peak, "pages": pages}


def _make(folder: Path, findings: int, groups: int) -> None:
    from auditor.model.part import Part
    from auditor.store.folder import open_store
    from tests.store.runs import make_finding, make_rows, make_rule, make_run, tally

    store = open_store(folder / "store")
    for count, kinds in ((ROWS, 20), (findings, groups)):
        rules = [make_rule(number, ("headers", "endpoints", "trail", "deid")[number % 4]) for number in range(kinds)]
        log = store.begin()
        parts = []
        for start in range(0, count, 50_000):
            made = [make_finding(rules[n % kinds], n) for n in range(start, min(count, start + 50_000))]
            tallies = tally(rules, ()) if start else tally(rules[:1], ())
            parts.append(log.writer.write(Part(f"headers-{start:08}", made, make_rows(100), tallies)))
        log.seal(make_run(log.run_id, rules, parts))


def _rows() -> list[tuple[str, str, str, str]]:
    return [
        ("High", f"Check {n} finds something in a place", f"s•••••/I•••{n % 7}: D••^J•••", str(n)) for n in range(ROWS)
    ]


def _bare(folder: Path) -> int:
    from weasyprint import HTML

    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in _rows())
    html = f'<html lang="en"><title>t</title><table>{cells}</table></html>'
    content = HTML(string=html).write_pdf(pdf_variant="pdf/a-3a", pdf_tags=True)
    return _pages(content)


def _table(folder: Path) -> int:
    from datetime import UTC, datetime

    from auditor.report.build import Look, folders
    from auditor.report.pdf import make_pdf

    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in _rows())
    html = (
        '<html lang="en"><head><title>t</title><link rel="stylesheet" href="shared/style.css"></head>'
        f"<body><table>{cells}</table></body></html>"
    )
    return _pages(make_pdf(html, folders(Look()), [], datetime(2026, 1, 1, tzinfo=UTC)))


def _report(folder: Path, number: int) -> int:
    from auditor.report.build import draw
    from auditor.store.folder import open_store

    store = open_store(folder / "store")
    content, beside = draw(store.load(store.runs()[number].id))
    for item in beside:
        (folder / item.name).write_bytes(item.content)
    return _pages(content)


def _pages(content: bytes) -> int:
    import pypdfium2

    with pypdfium2.PdfDocument(content) as opened:
        return len(opened)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--job"]:
        print(json.dumps(_carry_out(sys.argv[2], Path(sys.argv[3]), *map(int, sys.argv[4:]))))
        raise SystemExit(0)
    arguments = [int(word) for word in sys.argv[1:3]]
    raise SystemExit(main(*(arguments + [1_000_000, 500][len(arguments) :])))
