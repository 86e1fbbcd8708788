"""What `auditor doctor` looks at, one function a check."""

import ctypes.util
import importlib.util
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from auditor.config.settings import Configuration
from auditor.errors import AuditorError

_NEEDED_BYTES = 500_000_000
_PANGO = ("gobject-2.0", "pango-1.0", "harfbuzz", "fontconfig", "pangoft2-1.0")
_EXTRAS = {"ocr": ("rapidocr", "onnxruntime"), "pixels": ("pylibjpeg", "gdcm"), "cluster": ("distributed",)}


class Grade(StrEnum):
    """How a check ended; only `missing` makes doctor fail."""

    GOOD = "ok"
    NOTE = "note"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: its name, how it stands, and what to do about it."""

    name: str
    grade: Grade
    text: str


def check_all(configuration: Configuration) -> Iterator[Check]:
    """Every check, in the order in which a person would mend things."""
    for check in _CHECKS:
        try:
            yield from check(configuration)
        except AuditorError as error:
            yield Check(
                check.__name__.removeprefix("_").replace("_", " "), Grade.MISSING, str(error).replace("\n", "; ")
            )


def _python(_: Configuration) -> Iterator[Check]:
    good = sys.version_info >= (3, 11)
    yield Check("python", Grade.GOOD if good else Grade.MISSING, f"{sys.version.split()[0]} (3.11 or newer)")


def _clock(_: Configuration) -> Iterator[Check]:
    now = datetime.now(UTC)
    built = datetime.fromtimestamp(Path(__file__).stat().st_mtime, UTC)
    good = now >= built
    text = now.isoformat(timespec="seconds")
    yield Check(
        "clock", Grade.GOOD if good else Grade.MISSING, text if good else f"{text} lies before the installation"
    )


def _pango(_: Configuration) -> Iterator[Check]:
    missing = [name for name in _PANGO if ctypes.util.find_library(name) is None]
    text = (
        "no PDF can be made: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 "
        f"(missing: {', '.join(missing)})"
    )
    yield Check(
        "pango", Grade.MISSING if missing else Grade.GOOD, text if missing else "found; PDF reports can be made"
    )


def _fonts(_: Configuration) -> Iterator[Check]:
    from auditor.resources import reports_folder

    fonts = sorted(file.stem for file in (reports_folder() / "shared" / "fonts").glob("*.woff"))
    yield Check(
        "fonts", Grade.GOOD if fonts else Grade.MISSING, ", ".join(fonts) or "the report's font is not installed"
    )


def _extras(_: Configuration) -> Iterator[Check]:
    for extra, modules in _EXTRAS.items():
        missing = [name for name in modules if importlib.util.find_spec(name) is None]
        text = f"without it: pip install 'imaging-auditor[{extra}]' (missing: {', '.join(missing)})"
        yield Check(f"extra [{extra}]", Grade.NOTE if missing else Grade.GOOD, text if missing else "installed")


def _site_key(configuration: Configuration) -> Iterator[Check]:
    from auditor.config.keyfile import read_key

    name = configuration.settings.site.key_file
    if not name:
        yield Check("site key", Grade.NOTE, "none set: digests cannot be compared between runs; auditor init makes one")
        return
    read_key(configuration.path(name))
    yield Check("site key", Grade.GOOD, "readable by this account only")


def _signer(configuration: Configuration) -> Iterator[Check]:
    from auditor.cli.storage import prompt
    from auditor.report.certificates import unfit
    from auditor.report.keys import open_key

    key = open_key(configuration, prompt=prompt)
    if key is None:
        yield Check("signer", Grade.NOTE, "none set: reports are not signed; auditor sign init-dev-ca makes one to try")
        return
    reason = unfit(key.certificate, datetime.now(UTC))
    until = f"{key.certificate.not_valid_after:%Y-%m-%d}"
    yield Check("signer", Grade.MISSING if reason else Grade.GOOD, reason or f"{key.name}, may sign until {until}")


def _rules(configuration: Configuration) -> Iterator[Check]:
    from auditor.audit.pack import prepare
    from auditor.audit.plan import configured_requests, plan_from

    plan = plan_from(configuration, configured_requests(configuration), name="doctor")
    pack = prepare(plan)
    yield Check("rules", Grade.GOOD, f"{len(pack.selection.rules)} rules of profile {plan.profile}, all load")


def _store(configuration: Configuration) -> Iterator[Check]:
    from auditor.api import site_store

    store = site_store(configuration)
    writable = os.access(store.folder, os.W_OK)
    free = shutil.disk_usage(store.folder).free
    runs = len(store.runs())
    yield Check("store", Grade.GOOD if writable else Grade.MISSING, f"{runs} runs" if writable else "not writable")
    enough = free >= _NEEDED_BYTES
    yield Check("disk", Grade.GOOD if enough else Grade.NOTE, f"{free // 1_000_000} MB free beside the store")


def _targets(configuration: Configuration) -> Iterator[Check]:
    from auditor.audit.plan import configured_requests

    requests = configured_requests(configuration)
    missing = [
        f"{request.room}: {target}"
        for request in requests
        for target in request.targets
        if "=" not in target and not configuration.path(target).exists()
    ]
    if missing:
        yield Check("targets", Grade.MISSING, "not there: " + ", ".join(missing))
    elif requests:
        yield Check(
            "targets", Grade.GOOD, ", ".join(f"{request.room} ({len(request.targets)})" for request in requests)
        )
    else:
        yield Check("targets", Grade.NOTE, "auditor.toml names nothing to audit yet")


_CHECKS: tuple[Callable[[Configuration], Iterator[Check]], ...] = (
    _python,
    _clock,
    _pango,
    _fonts,
    _extras,
    _site_key,
    _signer,
    _rules,
    _store,
    _targets,
)
