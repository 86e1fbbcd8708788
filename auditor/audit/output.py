"""Where a release goes, looked at before anything is read: nothing there may be taken for what this run made."""

from pathlib import Path

from auditor.deid.plan import DeidPlan
from auditor.errors import TargetError, UsageError


def check_places(source: Path, target: Path, job: DeidPlan) -> None:
    """Refuse a source that is not there, source and output within each other, and copies of unlike keys in one folder.

    Without a project key every run makes other pseudonyms, so what lies in the output already would be the same
    patients under other names.
    """
    inside, outside = source.resolve(), target.resolve()
    if not inside.exists():
        raise TargetError("the source does not exist", where=str(source), right="a file or folder with DICOM")
    if outside == inside or inside in outside.parents or outside in inside.parents:
        raise UsageError(
            "source and output lie within each other", where=str(target), right="an output folder elsewhere"
        )
    if job.forgotten and held(target):
        raise UsageError(
            "the output holds files already, and without a project key their patients would not match this run's",
            where=str(target),
            right="an empty folder, or --project-key (deid.key_file)",
        )


def held(target: Path) -> frozenset[str]:
    """The files in an output folder, relative to it; none where it is not there, or an archive that is replaced."""
    if not target.is_dir():
        return frozenset()
    return frozenset(file.relative_to(target).as_posix() for file in target.rglob("*") if not file.is_dir())
