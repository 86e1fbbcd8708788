"""Finds the data that ships with the package: `rules/` and `reports/`, in a wheel or in a checkout."""

from importlib.resources import files
from pathlib import Path


def rules_folder() -> Path:
    """The shipped `rules/` folder."""
    return _folder("rules")


def reports_folder() -> Path:
    """The shipped `reports/` folder."""
    return _folder("reports")


def _folder(name: str) -> Path:
    package = Path(str(files("auditor")))
    shipped = package / "_data" / name
    return shipped if shipped.is_dir() else package.parent / name


def starter_folder() -> Path:
    """The files `auditor init` writes."""
    return Path(str(files("auditor"))) / "data" / "starter"
