"""Security and HIPAA compliance auditor for medical imaging. The public functions are in `auditor.api`."""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """``auditor.deid(source, target)`` works after ``import auditor`` alone; nothing else is imported before that."""
    if name == "deid":
        return import_module("auditor.deid")
    raise AttributeError(f"module 'auditor' has no attribute {name!r}")
