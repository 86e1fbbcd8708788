"""Transfer syntaxes: how the data set of a file is written."""

from dataclasses import dataclass
from functools import lru_cache

_IMPLICIT_LITTLE = "1.2.840.10008.1.2"
_DEFLATED = frozenset({"1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.4.95", "1.2.840.10008.1.2.4.205"})
_NATIVE = frozenset({_IMPLICIT_LITTLE, "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2", "1.2.840.113619.5.2"})
_BIG = "1.2.840.10008.1.2.2"


@dataclass(frozen=True, slots=True)
class Syntax:
    """A transfer syntax (PS3.5 section 10). `uid` is empty when the file does not say and it was guessed."""

    uid: str
    explicit: bool
    little: bool
    deflated: bool
    encapsulated: bool


@lru_cache(maxsize=256)
def syntax_of(uid: str) -> Syntax:
    """The transfer syntax named by `uid`; an unknown one is explicit little endian with encapsulated pixels."""
    explicit = uid not in (_IMPLICIT_LITTLE, "1.2.840.113619.5.2")
    return Syntax(uid, explicit, uid != _BIG, uid in _DEFLATED, uid not in _NATIVE and uid not in _DEFLATED)


def guess_syntax(explicit: bool, little: bool) -> Syntax:
    """The syntax of a data set that came without file meta."""
    return Syntax("", explicit, little, False, False)
