"""Detectors that need no identity: what shows by its own form, by its check digit, or by the words before it."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Any

import re2

from auditor.identifiers import checks, eastern, nationals, registers, wordchecks
from auditor.identifiers.field import Field, Nature
from auditor.identifiers.fold import words
from auditor.identifiers.gates import Gate, generous
from auditor.identifiers.hit import Explanation, Hit
from auditor.identifiers.kind import Kind
from auditor.identifiers.labels import kinds, labels, number
from auditor.identifiers.narrowed import narrowed
from auditor.identifiers.resource import table
from auditor.identifiers.subject import Encoded

_FREE = frozenset((Nature.FREE_TEXT, Nature.DESCRIPTION, Nature.OCR, Nature.BYTES))
_TEXT = _FREE | {Nature.FILE_NAME, Nature.PERSON_NAME, Nature.IDENTIFIER}
_WHERE = {
    "any": frozenset(Nature) - {Nature.CODE, Nature.UID, Nature.DATE},
    "text": _TEXT,
    "free": _FREE,
    "identifier": frozenset((Nature.IDENTIFIER,)),
    "code": frozenset((Nature.CODE,)),
}
_TAIL = (
    r"[\s:=#.]{0,3}"
    rf"(?:(?:(?:no|nr|n|num|number|nummer|numero|id|is|was|ist)\b|n°|nº|{number()})[\s.:=#]{{0,3}}|[:=#]\s{{0,2}})?"
)
_VALUE = (
    r"(?P<v>[A-Z\p{Greek}\p{Cyrillic}]{0,4}[-/ ]?\d[A-Z\d]{0,14}(?:[-/.]?[A-Z\d]{1,12}|[ ]\d{2,12}){0,4}"
    r"|[A-Z]{1,5}[-/]?[A-Z\d]{0,6}\d[A-Z\d-]{2,16})"
)
_SIGNS = r"[A-Z\p{Greek}\p{Cyrillic}\d]"
_PLATE = (
    rf"(?P<v>{_SIGNS}{{1,17}}(?:[- ]{_SIGNS}{{1,5}}){{0,3}}"
    r"|(?:\p{Arabic} ?){1,3}\d{1,4}|\d{1,4}(?: ?\p{Arabic}){1,3})"
)
_EXTENSION = r"[\s:.#]{0,3}(?:(?:no|nr|ext)\b[\s.:#]{0,3})?(?P<v>\d{4,6})(?:[^\d.,%]|[.,](?:\D|$)|$)"
_PHONE = (
    r"(?:nummer|nr|number|no|numero|szam|nro|ni|em|ed|s)?(?:[^\pL\d\n+][^\d\n+]{0,15})?"
    r"(?P<v>\+?\(?\d[\d ()./-]{5,20}\d)"
)
_DATED = re.compile(r"\d{1,2}([./-])\d{1,2}\1(?:\d\d|(?:19|20)\d\d)|(?:19|20)\d\d([./-])\d{1,2}\2\d{1,2}")
_YEAR = re.compile(r"(?:19|20)\d\d")
_COUNTED = re.compile(r"\{(\d+),\d*\}")
_ENDING = re.compile(r"[^\W\d_]{1,3}[\s:=#.]{1,3}")
_LABEL = 5  # letters of a label that may have an ending of its own: `polisy 4711`
_LEAST_DIGITS = 4
_VERSIONLIKE = frozenset((Kind.IP, Kind.PHONE, Kind.SSN, Kind.OTHER))
_PARTS = ("version", "artikel", "modell", "charge", "katalog", "teile", "bestell", "revision", "material", "lotn")
_NO_DIGITS = (
    *("email", "url", "ipv6", "mac", "quarter", "village", "name-doctor", "institution", "institution-before"),
    *("institution-letters", "institution-tail", "lives-in", "lives-cases", "lives-turkish", "lives-slavic"),
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """One row of `patterns.yaml` or `contexts.yaml`."""

    name: str
    kind: Kind
    where: frozenset[Nature]
    sure: float
    reason: str
    source: str
    check: Callable[[str, str], bool]

    def ready(self, *, ascii_only: bool) -> tuple[Any, int]:
        """The compiled pattern and the group of the value; made when first asked for, since few ever match."""
        return _compiled(self.source, ascii_only)


@lru_cache(maxsize=512)
def _compiled(source: str, ascii_only: bool) -> tuple[Any, int]:
    pattern = re2.compile(narrowed(source) if ascii_only else source, generous())
    return pattern, pattern.groupindex.get("v", 0)


def seek(plain: str, field: Field, notes: list[Explanation] | None = None) -> list[Hit]:
    """Every identifier in `plain` (a levelled text) that shows by its form; what fails its test goes to `notes`."""
    encoded = Encoded.of(plain)
    hits: list[Hit] = []
    for index in sorted(_matching(encoded.data, field.nature, ascii_only=encoded.starts is None)):
        _collect(encoded, _patterns()[index], hits, notes)
    return hits


def may_hold(text: str, nature: Nature, *, digits: bool) -> bool:
    """Whether any pattern for this nature matches in an ASCII text; without digits only those that need none."""
    found = _matching(text.encode("ascii"), nature, ascii_only=True)
    return any(digits or _patterns()[index].name in _NO_DIGITS for index in found)


def holders(texts: Sequence[tuple[str, Nature]]) -> set[int]:
    """The numbers of those of ASCII texts in which any pattern for their natures matches, or nearly does.

    Each pattern is sought in all texts together; where it matches there, it is asked of the texts it touched alone.
    """
    touched: set[int] = set()
    for where, _, gate in _gates(True):
        asked = [number for number, (_, nature) in enumerate(texts) if nature in where]
        if asked:
            lines = [texts[number][0] for number in asked]
            data, ends = "\n".join(lines).encode("ascii"), list(accumulate(len(line) + 1 for line in lines))
            for pattern in gate.matching(data):
                for start, end in gate.spans(pattern, data):
                    touched.update(asked[bisect_right(ends, start) : bisect_left(ends, end) + 1])
    return {number for number in touched if _holds(*texts[number])}


def _holds(text: str, nature: Nature) -> bool:
    return may_hold(text, nature, digits=not "".join(filter(str.isalnum, text)).isalpha())


def _matching(data: bytes, nature: Nature, *, ascii_only: bool) -> Iterator[int]:
    """The numbers of patterns for this nature that match in a line of `data`, or nearly do."""
    for where, numbers, gate in _gates(ascii_only):
        if nature in where:
            for place in gate.matching(data):
                yield numbers[place]


@lru_cache(maxsize=2)
def _gates(ascii_only: bool) -> tuple[tuple[frozenset[Nature], tuple[int, ...], Gate], ...]:
    """The patterns that are sought in the same natures: these, the numbers of the patterns, and their gate."""
    groups: dict[frozenset[Nature], list[int]] = {}
    for place, pattern in enumerate(_patterns()):
        groups.setdefault(pattern.where, []).append(place)
    sources = [narrowed(one.source) if ascii_only else one.source for one in _patterns()]
    return tuple(
        (where, tuple(numbers), Gate([_loosened(sources[number]) for number in numbers]))
        for where, numbers in groups.items()
    )


def _collect(text: Encoded, pattern: Pattern, hits: list[Hit], notes: list[Explanation] | None) -> None:
    position = 0
    compiled, group = pattern.ready(ascii_only=text.starts is None)
    while match := compiled.search(text.data, position):
        first, last = match.span(group)
        position = max(last, match.start() + 1)
        start, end = text.place(first), text.place(last)
        end = start + len(text.plain[start:end].rstrip(" .,;:-/"))
        value = text.plain[start:end]
        if value and _within_word(text.plain, start):
            ending = _ENDING.match(value) if first - match.start() > _LABEL else None
            start += ending.end() if ending else len(value)
            value = text.plain[start:end]
        if not value:
            continue
        if pattern.kind in _VERSIONLIKE and _versioned(text.plain[max(0, start - 24) : start]):
            continue
        detector = f"general.{pattern.name}"
        if pattern.check(value, text.plain[end : end + 24]):
            hits.append(Hit(start, end, pattern.kind, detector, pattern.sure, pattern.reason))
        elif notes is not None:
            notes.append(Explanation(start, end, detector, False, f"not {pattern.reason}: the check failed"))


@lru_cache(maxsize=1)
def _patterns() -> tuple[Pattern, ...]:
    streets = {
        key: "|".join(sorted(str(value).split(), key=len, reverse=True)) for key, value in table("streets").items()
    }
    shared = {"english": f"{streets['strong']}|{streets['weak']}", **streets}
    shared |= {"postcode": labels("postcode"), "ward": labels("ward"), "number": number()}
    rows = [_form(row, shared) for row in table("patterns")]
    rows += [_context(kind, str(labels)) for kind, labels in table("contexts").items()]
    return tuple(rows)


def _loosened(pattern: str) -> str:
    """A pattern that matches at least wherever `pattern` does, line by line.

    It is without counted repeats, which are dear to compile.
    """
    return "(?m)" + _COUNTED.sub(lambda found: "+" if int(found[1]) else "*", pattern)


def _form(row: dict[str, Any], words: dict[str, str]) -> Pattern:
    text = row["pattern"]
    for key, value in words.items():
        text = text.replace("{" + key + "}", value)
    name = row.get("check", "")
    by_words = getattr(wordchecks, name, None) if name else _anything
    check = by_words or _by_digits(_numbered(name))
    return Pattern(row["name"], Kind(row["kind"]), _WHERE[row["where"]], row["sure"], row["reason"], text, check)


def _numbered(name: str) -> Callable[[str], bool]:
    found: Callable[[str], bool] = next(
        getattr(module, name) for module in (nationals, registers, eastern, checks) if hasattr(module, name)
    )
    return found


def _context(kind: str, spoken: str) -> Pattern:
    phone = kind in ("phone", "fax", "extension")
    values = {"phone": _PHONE, "fax": _PHONE, "extension": _EXTENSION, "vehicle": _TAIL + _PLATE}
    announced = rf"(?:^|[^\pL\d]){spoken}"
    if kind in kinds():
        announced = f"(?:{labels(kind)}|{announced})"
    source = f"(?i){announced}" + values.get(kind, _TAIL + _VALUE)
    test = _anything if kind == "extension" else _phone if phone else _plate if kind == "vehicle" else _number
    reason = f"a number after words that announce {kind.replace('_', ' ')}"
    where = _FREE if kind == "extension" else _WHERE["text"] | ({Nature.DESCRIPTION} if not phone else frozenset())
    sure = {"fax": 0.97, "phone": 0.925}.get(kind, 0.88)  # a label weighs more than one check digit in eleven
    return Pattern(
        f"context-{kind}",
        Kind.PHONE if kind == "extension" else Kind(kind),
        where,
        sure,
        reason,
        source,
        test,
    )


def _within_word(plain: str, start: int) -> bool:
    """Whether a value would begin in the middle of a word of Latin letters: `SN` is no label in `SNOMED 4711`."""
    return plain[start].isalpha() and start > 0 and plain[start - 1].isalpha() and plain[start - 1].isascii()


def _versioned(before: str) -> bool:
    """Whether the word before numbers says that they are a version, a lot or a part: `lot 12`, `lot nr 12`."""
    found = words(before.lower())
    if len(found) > 1 and found[-1] in ("no", "nr", "number", "nummer", "num", "numero"):
        found.pop()
    if not found or found[-2:] == ["p", "n"]:
        return bool(found)
    return found[-1] in _versions() or found[-1].startswith(_PARTS)


@lru_cache(maxsize=1)
def _versions() -> frozenset[str]:
    return frozenset(str(table("dates")["versions"]).split())


def _anything(value: str, rest: str) -> bool:
    return True


def _by_digits(test: Callable[[str], bool]) -> Callable[[str, str], bool]:
    return lambda value, rest: test(value)


def _phone(value: str, rest: str) -> bool:
    """Six to fifteen digits that are not written as a date is."""
    return 6 <= len(checks.digits(value)) <= 15 and not _DATED.fullmatch(value)


def _plate(value: str, rest: str) -> bool:
    """Letters and at least two digits, five to twelve characters."""
    lettered = any(char.isupper() or (char.isalpha() and not char.isascii()) for char in value)
    return len(checks.digits(value)) > 1 and lettered and 5 <= len(value) <= 18


def _number(value: str, rest: str) -> bool:
    """At least four digits, no measure (`120 kV`), no date (its own detector), no year and no version."""
    found = checks.digits(value)
    return (
        len(found) >= _LEAST_DIGITS
        and not _YEAR.fullmatch(value)
        and not rest.lstrip().lower().startswith(("mm", "cm", "kv", "ma ", "ml", "%", "hz"))
    )
