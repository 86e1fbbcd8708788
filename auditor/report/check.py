"""Verifies and approves report files as `auditor.toml` says."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from auditor.config.settings import Configuration
from auditor.errors import SigningError, StoreError, TargetError, UsageError, VerificationError
from auditor.report.build import Report, folders, look_of, write_report
from auditor.report.explain import Help, explained
from auditor.report.keys import Prompt, open_key
from auditor.report.redraw import TABLE
from auditor.report.sign import approve
from auditor.report.source import ReportSource
from auditor.report.table import csv_bytes
from auditor.report.trust import load_certificates, load_crls
from auditor.report.verify import Verdict, Worth, verify, with_sentence

_LARGEST = 512_000_000


class Chain(Protocol):
    """A store as far as verification needs it."""

    def runs(self) -> Sequence[Any]:
        """The catalogue of runs, each with `id` and `sha256`."""

    def load(self, name: str) -> ReportSource:
        """A run that is kept, by its id; raises StoreError when there is none."""

    def verify_chain(self) -> Any:
        """The state of the chain: `whole`, `problems`."""


def verify_file(
    file: Path,
    configuration: Configuration,
    trust: Sequence[Path],
    now: datetime,
    store: Chain | None,
    *,
    quick: bool = False,
) -> Verdict:
    """Verify a report file against `[report] trust`, further certificates, and the chain of a store.

    Unless `quick`, the report is drawn again from the run data inside it, to say what was changed, or that its pages
    show that data.
    """
    pdf = _read(file)
    roots = load_certificates([*(configuration.path(item) for item in configuration.settings.report.trust), *trust])
    recorded = {entry.id: entry.sha256 for entry in store.runs()} if store else None
    verdict = verify(pdf, roots, now, recorded.get if recorded is not None else None)
    if not quick:
        original = partial(_original, store) if store else None
        verdict = explained(pdf, verdict, Help(look_of(configuration), now, original))
    if store is None or verdict.worth is Worth.BROKEN or not recorded or verdict.run not in recorded:
        return verdict
    report = store.verify_chain()
    if report.whole:
        return verdict
    return with_sentence(verdict, f"The store was changed: {report.problems[0]}", Worth.BROKEN)


def _original(store: Chain, run: str) -> Mapping[str, bytes] | None:
    """The files of a report of `run` as the store would attach them, or None when it does not keep that run."""
    try:
        stored = store.load(run)
    except (StoreError, UsageError):
        return None
    return {"run.json": stored.header, TABLE: csv_bytes(stored)}


def approve_file(file: Path, output: Path, configuration: Configuration, now: datetime, prompt: Prompt) -> str:
    """Add the second signature to a report and return the approver's name; a changed report is not approved."""
    key = open_key(configuration, prompt=prompt)
    if key is None:
        raise SigningError(
            "no key is configured to approve with",
            where="[report] signer",
            right="the approver's own key",
            next_step="auditor sign show",
        )
    pdf = _read(file)
    verdict = verify(pdf, [], now)
    if verdict.worth is Worth.BROKEN:
        raise VerificationError(
            f"the report cannot be approved: {verdict.sentences[-1]}",
            where=str(file),
            right="a report as it was signed",
            next_step=f"auditor verify {file}",
        )
    settings = configuration.settings.report
    lasting = None
    if settings.level in ("B-LT", "B-LTA"):
        roots = load_certificates([configuration.path(item) for item in settings.trust])
        lasting = roots, load_crls([configuration.path(item) for item in settings.crls])
    look = folders(look_of(configuration))
    signed = approve(pdf, key, now, reason="Approved", folders=look, lasting=lasting)
    write_report(Report(signed, "", "", ()), output)
    return key.name


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(_LARGEST)
    except OSError as error:
        raise TargetError(
            f"the report cannot be read: {error.strerror}",
            where=str(file),
            right="a PDF file",
            next_step="auditor report",
        ) from error
