"""How a table's columns become events: written by a site in `auditor.toml`, or proposed (see `matching`)."""

import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

_FOLD = str.maketrans(
    {"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i"}
)


@dataclass(frozen=True, slots=True)
class Mapping:
    """A table's shape: its columns by our names, and how its texts are to be read.

    `zone` is the IANA zone of times without offset; `format` is a strptime pattern, `epoch`, `epoch_ms` or empty for
    ISO 8601. `values` maps a column's own words to ours. Of a proposal, `strange` are words for events that nothing is
    known of, `undecided` those for outcomes that count as success for want of a meaning, and `confidence` says how
    sure it is, 0 to 1.
    """

    columns: dict[str, str]
    separator: str = ","
    encoding: str = "utf-8"
    format: str = ""
    zone: str = ""
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    header: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()
    confidence: float = 1.0

    @property
    def headless(self) -> bool:
        """Whether the table has no header, so that its columns are `c1`, `c2` and so on by their places."""
        return bool(self.header) and self.header == places(len(self.header))


def places(width: int) -> tuple[str, ...]:
    """Names of columns that have none."""
    return tuple(f"c{place}" for place in range(1, width + 1))


@lru_cache(maxsize=65536)
def plain(name: str) -> str:
    """A name in lower case without accents, spaces or signs, in any script: what synonyms are compared by."""
    return "".join(sign for sign in folded(name) if sign.isalnum())


def folded(text: str) -> str:
    """A text in lower case, letters and their accents apart."""
    return unicodedata.normalize("NFKD", text.casefold().translate(_FOLD))
