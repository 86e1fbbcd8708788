"""De-identification by PS3.15 Annex E: files in, files and what changed out; and the comparison of any pair of copies.

`table` and `types` are the standard as data, `profile` says what a site wants, `decide` turns both into one
decision an element, `rewriter` carries decisions out by edits, `pair` looks at a source and its copy together.

The package itself can be called, as the shortest way for a pipeline: ``auditor.deid(source, target, profile="tcia")``
is `auditor.api.deid`.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any


class _Callable(ModuleType):
    """This package, which can be called."""

    def __call__(self, *given: Any, **wanted: Any) -> Any:
        """See `auditor.api.deid`."""
        return import_module("auditor.api").deid(*given, **wanted)


sys.modules[__name__].__class__ = _Callable
