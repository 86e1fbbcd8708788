"""Security and HIPAA compliance auditor for medical imaging.

The functions `scan`, `endpoints`, `trail`, `audit`, `deid`, `report` and `verify` are the subcommands of the
same names; each is imported when it is first asked for.
"""

import importlib
from typing import Any

__version__ = "0.1.0"

_PUBLIC = {
    "scan": "auditor.api",
    "endpoints": "auditor.api",
    "trail": "auditor.api",
    "audit": "auditor.api",
}

__all__ = ["__version__", *_PUBLIC]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(importlib.import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'auditor' has no attribute {name!r}")
