"""All detectors together: a text goes in, the identifiers in it come out."""

from auditor.identifiers.field import FREE_TEXT, Field
from auditor.identifiers.hit import Explanation, Hit
from auditor.identifiers.identity import Identity

_NOBODY = Identity()


class Detectors:
    """Finds identifiers in text. Build one a process: it holds compiled patterns and word lists."""

    def find(self, text: str, identity: Identity = _NOBODY, field: Field = FREE_TEXT) -> tuple[Hit, ...]:
        """Every identifier in `text`, sorted by start, none overlapping another."""
        return ()

    def explain(self, text: str, identity: Identity = _NOBODY, field: Field = FREE_TEXT) -> tuple[Explanation, ...]:
        """Every candidate that was considered, kept or left alone, with the reason."""
        return ()
