"""From settings and flags to a de-identification job, and the way back with its record."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from auditor.audit.plan import plan_from
from auditor.config.account import current_account
from auditor.config.keyfile import new_key, read_key
from auditor.config.settings import Configuration
from auditor.deid import crosswalk, reidentify, sealed
from auditor.deid.crosswalk import Entry
from auditor.deid.plan import DeidPlan, RecipeFiles
from auditor.deid.profile import load_profile
from auditor.deid.subjects import read_subjects
from auditor.model.run import Note

NO_PROJECT_KEY = (
    "No project key is set: pseudonyms, UIDs and date offsets were made with a key that is forgotten after this run, "
    "so a later copy of the same patients will not match. Set deid.key_file or --project-key."
)


def job_from(
    configuration: Configuration,
    source: Path,
    *,
    profile: str | None = None,
    recipes: Sequence[Path] = (),
    variables: Path | None = None,
    functions: Path | None = None,
    project_key: Path | None = None,
    subjects: Path | None = None,
    recipients: Sequence[Path] = (),
    crosswalk: bool = False,
    ocr: bool = True,
) -> tuple[DeidPlan, tuple[Note, ...]]:
    """The job, and what its reader must know. Raises RuleError and ConfigError before any file is read."""
    settings = configuration.settings.deid
    key_file = project_key or (configuration.path(settings.key_file) if settings.key_file else None)
    table = subjects or (configuration.path(settings.subjects) if settings.subjects else None)
    wanted = load_profile(profile or settings.profile)
    named = tuple(str(path) for path in recipes) or ((wanted.recipe,) if wanted.recipe else ())
    job = DeidPlan(
        source=str(source),
        profile=wanted,
        key=read_key(key_file) if key_file else new_key(),
        forgotten=not key_file,
        subjects=read_subjects(table) if table else (),
        recipients=tuple(str(path) for path in recipients),
        recipe=RecipeFiles(named, str(variables or ""), str(functions or "")),
        crosswalk=crosswalk,
        ocr=ocr,
    )
    return job, () if key_file else (Note("deid", NO_PROJECT_KEY),)


def look_up(
    configuration: Configuration,
    file: Path,
    *,
    pseudonym: str,
    reason: str,
    log: Path,
    passphrase: bytes | None = None,
    key_file: Path | None = None,
) -> tuple[Entry, ...]:
    """Entries of a crosswalk for one pseudonym (all, when it is empty); recorded first.

    Raises VerificationError when the passphrase or key does not open it, which is recorded too.
    """
    asked = reidentify.Asked(current_account(), datetime.now(UTC), reason)
    protector = plan_from(configuration, (), name="reidentify").protector
    what = {**reidentify.subject(protector, file), "pseudonym": pseudonym}
    reidentify.record(log, asked, what, "asked")
    key = sealed.read_key(key_file, passphrase) if key_file else None
    entries = crosswalk.read(file, None if key else passphrase, key)
    found = tuple(one for one in entries if one.kind == "patient" and pseudonym in ("", one.replacement))
    reidentify.record(log, asked, what, f"{len(found)} shown")
    return found


def restore(
    configuration: Configuration,
    file: Path,
    target: Path,
    *,
    certificate: Path,
    key_file: Path,
    reason: str,
    log: Path,
    passphrase: bytes | None = None,
) -> int:
    """Put the sealed attributes of one file back into `target`; recorded first. Returns how many there were."""
    asked = reidentify.Asked(current_account(), datetime.now(UTC), reason)
    protector = plan_from(configuration, (), name="reidentify").protector
    what = dict(reidentify.subject(protector, file))
    reidentify.record(log, asked, what, "asked")
    key = sealed.read_key(key_file, passphrase)
    count = reidentify.restore(file, target, sealed.read_certificate(certificate), key)
    reidentify.record(log, asked, what, f"{count} attributes restored")
    return count
