"""Keeps the collector of cycles out of the way where thousands of objects are made that hold none."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def seldom(after: int = 0) -> Iterator[None]:
    """Let the collector look only after so many new objects, not at all for 0; afterwards as before."""
    before = gc.get_threshold()
    gc.set_threshold(after, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
