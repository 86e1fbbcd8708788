"""What an event is: the class of a code, type and action, by the tables in `data/codes.yaml`."""

import re
from dataclasses import dataclass
from functools import lru_cache

from auditor.trail import tongues
from auditor.trail.mapping import plain
from auditor.trail.resources import table


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
    senses = tongues.done(action)
    return next(found, "") or next(
        (letter for sense, letter in table("codes")["letters"].items() if sense in senses), ""
    )


@lru_cache(maxsize=4096)
def succeeded(outcome: str, code: str, kind: str) -> bool:
    """Whether the outcome means success: codes for it and words that tell no failure.

    A word of no known sense counts as success, since a trail that is taken to consist of failures would be searched for
    guessed passwords only. A word for a failure in place of a code counts as one.
    """
    if any(tongues.went(text) == "failed" or plain(text) in _listed("outcomes")["4"] for text in (code, kind)):
        return False
    word = plain(outcome)
    if word.isdecimal():
        return word in _listed("outcomes")["0"] or (word[0] in "23" and len(word) == 3)
    if told := tongues.went(outcome):
        return told == "ok"
    return not any(word in _listed("outcomes")[bad] for bad in ("4", "8", "12")) and not _says("no", word)


def is_outcome(word: str) -> bool:
    """Whether the word is one that says how an event went."""
    return any(plain(word) in words for words in _listed("outcomes").values()) or bool(tongues.went(word))


@lru_cache(maxsize=65536)
def _meaning(text: str) -> list[str] | None:
    """Code and type of a text: as a whole, by what its words mean together, or by some of them that are known."""
    known, whole = _words(), plain(text)
    if whole in known or not text:
        return known.get(whole)
    senses = tongues.done(text)
    together = next(
        ([code, kind] for wanted, code, kind in table("codes")["senses"] if senses.issuperset(wanted)), None
    )
    if together:
        return together
    apart = [plain(word) for word in re.findall(r"[^\W_]+", text)]
    joined = ["".join(apart[at : at + size]) for size in (3, 2, 1) for at in range(len(apart) - size + 1)]
    return next((known[word] for word in joined if word in known), None)


@lru_cache(maxsize=1)
def _words() -> dict[str, list[str]]:
    return {plain(word): meaning for word, meaning in table("codes")["words"].items()}


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
    return _says("yes", said) or (len(word.strip()) > 5 and not _says("no", said))


def _says(answer: str, word: str) -> bool:
    return word in tongues.flagged(answer) or word in table("codes")[f"{answer}_words"]
