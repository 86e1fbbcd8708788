"""What an event is: the class of a code, type and action, by the tables in `data/codes.yaml`."""

import re
from dataclasses import dataclass
from functools import lru_cache

from auditor.trail.mapping import plain
from auditor.trail.resources import table

_IDEOGRAPHS = "\u3040"
"""From here on, scripts write a word in two signs."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a combination of code, type, action, outcome and emergency flag means."""

    name: str
    ok: bool
    override: bool


@lru_cache(maxsize=65536)
def judge(code: str, kind: str, action: str, outcome: str, override: str) -> Judged:
    """The class of an event, whether it succeeded, and whether it was an emergency access."""
    name = classify(code, kind, action)[0]
    return Judged(name, succeeded(outcome, code, kind), yes(override) or name == "override")


@lru_cache(maxsize=65536)
def classify(code: str, kind: str, action: str) -> tuple[str, str, str]:
    """(class, code, type) of an event: words are turned into DICOM codes first; an unknown one is `other`."""
    if not code and not kind and (by_action := _meaning(action)):
        code, kind = by_action
    if code not in _codes():
        by_code, by_kind = _meaning(code), _meaning(kind)
        if by_code:
            code, kind = by_code[0], by_code[1] or (kind if kind.isdecimal() else (by_kind or ["", ""])[1])
        elif by_kind:
            code, kind = by_kind
    elif kind and not kind.isdecimal() and (by_kind := _meaning(kind)) and by_kind[0] == code:
        kind = by_kind[1]
    word = act(code) if len(code) > 1 else ""
    letter = act(action) or word
    for known, known_kind, known_action, name in table("codes")["classes"]:
        if known == code and known_kind in ("", kind) and known_action in ("", letter):
            return name, code, kind
    by_letter = {"R": "read", "D": "delete"}.get(letter, "other")
    return (by_letter if word or not code else "other"), code, kind


@lru_cache(maxsize=4096)
def act(action: str) -> str:
    """The action letter (C R U D E) of a word, or of the first or last of several; or an empty string."""
    apart = re.findall(r"[^\W\d_]{2,}", action)
    words = [plain(action), *(plain(word) for word in (*apart[:1], *apart[1:][-1:]))]
    found = (letter for word in words for letter, known in _listed("actions").items() if word in known)
    return next(found, "")


@lru_cache(maxsize=4096)
def succeeded(outcome: str, code: str, kind: str) -> bool:
    """Whether the outcome means success; a word for a failed log-in in place of a code counts as failure."""
    if any(word in text for word in _failures() for text in (plain(code), plain(kind))):
        return False
    word = plain(outcome)
    if not word:
        return True
    return word in _listed("outcomes")["0"] or (word.startswith("2") and len(word) == 3)


def is_outcome(word: str) -> bool:
    """Whether the word is one that says how an event went."""
    return any(plain(word) in words for words in _listed("outcomes").values())


@lru_cache(maxsize=65536)
def _meaning(text: str) -> list[str] | None:
    """Code and type of a word; of several, those of the first three, two or one that are known together, also where
    words for a failure stand among them, or the end of a compound is known (of ideographs, its beginning too)."""
    known, whole = _words(), plain(text)
    if whole in known or not text:
        return known.get(whole)
    apart = [plain(word) for word in re.findall(r"[^\W\d_]+", text)]
    joined = ["".join(apart[at : at + size]) for size in (3, 2, 1) for at in range(len(apart) - size + 1)
              if size == 1 or len(apart[at]) > 2]  # fmt: skip
    joined += [whole.replace(word, "") for word in _failures() if word in whole]
    found = next((known[word] for word in joined if word in known), None)
    ends = [word[at:] for word in apart for at in range(1, len(word) - (5 if word[-1] < _IDEOGRAPHS else 1))]
    ends += [word[:at] for word in apart if word[0] >= _IDEOGRAPHS for at in range(len(word) - 1, 1, -1)]
    return found or next((known[end] for end in ends if end in known), None)


@lru_cache(maxsize=1)
def _words() -> dict[str, list[str]]:
    return {plain(word): meaning for word, meaning in table("codes")["words"].items()}


@lru_cache(maxsize=1)
def _failures() -> tuple[str, ...]:
    """Words for a failure that tell so within another word too: long ones, and those of scripts without spaces."""
    words = _listed("outcomes")["4"] | {"denied", "failure"}
    return tuple(
        sorted(
            (word for word in words if len(word) > 4 or not (word.isascii() or len(word) < 2)), key=len, reverse=True
        )
    )


@lru_cache(maxsize=4)
def _listed(name: str) -> dict[str, frozenset[str]]:
    return {key: frozenset(map(plain, words)) for key, words in table("codes")[name].items()}


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    return frozenset(line[0] for line in table("codes")["classes"])


@lru_cache(maxsize=4096)
def yes(word: str) -> bool:
    """Whether a word in a yes-or-no column means yes; a text of its own (a reason) does too."""
    said = plain(word)
    return said in _listed_words("true_words") or (len(word.strip()) > 5 and said not in _listed_words("false_words"))


@lru_cache(maxsize=2)
def _listed_words(name: str) -> frozenset[str]:
    return frozenset(map(plain, table("codes")[name]))
