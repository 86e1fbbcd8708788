"""A disk that does not take what is written is told in one way, whatever was to be written."""

from collections.abc import Iterator
from contextlib import contextmanager

from auditor.errors import StoreError


@contextmanager
def writing(what: str, where: str) -> Iterator[None]:
    """Raise StoreError for any OSError on the way: `what` cannot be written at `where`, and how the run goes on."""
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"{what} cannot be written: {error.strerror}",
            where=where,
            right="a disk with room for the copies",
            next_step="make room and run the same command again; what is done is not done again",
        ) from error
