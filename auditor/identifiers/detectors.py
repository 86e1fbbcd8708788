"""All detectors together: a text goes in, the identifiers in it come out."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import re2

from auditor.identifiers import dates, general, matcher, ocr, together
from auditor.identifiers.compiled import Compiled
from auditor.identifiers.field import FREE_TEXT, READS_DATES, Field, Nature
from auditor.identifiers.fold import fold, simple, words
from auditor.identifiers.hit import Explanation, Hit
from auditor.identifiers.identity import Identity
from auditor.identifiers.kind import Kind
from auditor.identifiers.labels import labels
from auditor.identifiers.overlap import settled
from auditor.identifiers.people import names
from auditor.identifiers.phrase import Phrase
from auditor.identifiers.quick import Glance, Glancer, knows, whole
from auditor.identifiers.resource import table
from auditor.identifiers.rostermatch import index
from auditor.identifiers.scripts import native_names
from auditor.identifiers.subject import levelled
from auditor.identifiers.uids import uid_hits

_NOBODY = Identity()
_TELLING = frozenset((Kind.SSN, Kind.NATIONAL_ID, Kind.HEALTH_PLAN))
_SPOKEN = frozenset((Nature.FREE_TEXT, Nature.DESCRIPTION))
_FULL = 8  # 05.06.89, with each number of two digits
WINDOW = 65_536  # characters looked at together
_OVERLAP = 512
_STEM = 4  # letters of a stem that others do not begin with by chance
_FEW = 4  # texts that are sooner looked at one by one than together
_HAN = re2.compile(r"\p{Han}")
_KANA = re2.compile(r"[\p{Hiragana}\p{Katakana}\p{Hangul}]")
_JAPANESE = re2.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_EASTERN = re2.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")


class Detectors:
    """Finds identifiers in text. Build one a process: it holds compiled patterns and word lists."""

    def __init__(self) -> None:
        self._glancer = Glancer()

    def find(self, text: str, identity: Identity = _NOBODY, field: Field = FREE_TEXT) -> tuple[Hit, ...]:
        """Every identifier in `text`, sorted by start, none overlapping another.

        Never raises for what the text holds; its cost grows linearly with the length of the text.
        """
        if len(text) <= WINDOW:
            return self._of_window(text, identity, field)
        return tuple(self._of_windows(text, identity, field))

    def telling(self, texts: Sequence[tuple[str, Nature]], identity: Identity) -> list[bool]:
        """Of each text and the nature of its field, whether `find` may find something; True wherever it does.

        All texts of a file are asked for at once, which costs far less than to search each.
        """
        if identity.roster is not None:
            return [True] * len(texts)
        target = matcher.compiled(identity)
        if len(texts) > _FEW:
            return together.telling(texts, target)
        return [self._tells(text, nature, target) for text, nature in texts]

    def explain(self, text: str, identity: Identity = _NOBODY, field: Field = FREE_TEXT) -> tuple[Explanation, ...]:
        """Every candidate that was considered, kept or left alone, with the reason, sorted by start."""
        notes: list[Explanation] = []
        kept = settled(text, _all(text, identity, field, notes))
        notes.extend(Explanation(hit.start, hit.end, hit.detector, True, hit.reason) for hit in kept)
        return tuple(sorted(notes, key=lambda note: (note.start, note.end, note.detector)))

    def _of_window(self, text: str, identity: Identity, field: Field) -> tuple[Hit, ...]:
        if not text:
            return ()
        if identity.roster is not None or field.nature is Nature.OCR or not text.isascii():
            return settled(text, _all(text, identity, field, None))
        glance, target = self._glancer.at(text, field.nature), matcher.compiled(identity)
        known = knows(glance, target)
        if not known and glance.quiet and not (glance.dated and target.dates):
            return ()
        if known and (hit := whole(text, field.nature, glance, target)):
            return (hit,)
        return settled(text, _all(text, identity, field, None, glance, known=known))

    def _tells(self, text: str, nature: Nature, target: Compiled) -> bool:
        """Whether the full search may find something in one text."""
        if nature is Nature.OCR or not text.isascii():
            return True
        glance = self._glancer.at(text, nature)
        return not glance.quiet or (glance.dated and bool(target.dates)) or knows(glance, target)

    def _of_windows(self, text: str, identity: Identity, field: Field) -> Iterator[Hit]:
        """Long texts part by part, so that memory stays flat; parts overlap, and begin at a blank if there is one."""
        begin = reached = 0
        while begin < len(text):
            end = begin + WINDOW
            for hit in self._of_window(text[begin : end + _OVERLAP], identity, field):
                moved = hit.moved(begin)
                if reached <= moved.start < end:
                    reached = moved.end
                    yield moved
            blank = text.rfind(" ", end - _OVERLAP, end)
            begin = max(blank + 1, min(end, reached)) if blank >= 0 and end < len(text) else end


def _all(
    text: str,
    identity: Identity,
    field: Field,
    notes: list[Explanation] | None,
    glance: Glance | None = None,
    *,
    known: bool = True,
) -> list[Hit]:
    """Every candidate; what the glance at the text did not show, or nobody `known`, is not sought."""
    if field.nature is Nature.UID and not known:
        return uid_hits(text, _dates(identity))
    folded = fold(text)
    prepared = matcher.Text.of(folded)
    hits = matcher.seek(prepared, identity, field, notes) if known else []
    if field.nature is Nature.UID:
        return hits + uid_hits(text, _dates(identity))
    plain = levelled(text)
    if glance is None or glance.dated:
        hits += _date_hits(plain, identity, field, notes)
    if field.nature is Nature.CODE:
        return hits + general.seek(plain, field, notes) if glance is None or glance.formed else hits
    if glance is None or glance.formed:
        found = general.seek(plain, field, notes)
        hits = [_by_form(hit, found) for hit in hits] + found
    refused: list[Explanation] = []
    if glance is None or glance.peopled:
        hits += names(Phrase(folded, prepared.tokens, field.nature), refused)
    hits += native_names(text, field)
    if field.nature is Nature.OCR:
        hits += ocr.seek(prepared, identity)
    if notes is not None:
        notes.extend(refused)
    return hits


def _by_form(hit: Hit, found: list[Hit]) -> Hit:
    """A known number whose form or label says more than that it is somebody's: it is that kind of number."""
    if hit.kind is not Kind.RECORD_NUMBER or not hit.detector.startswith("identity."):
        return hit
    for other in found:
        if other.kind in _TELLING and other.start <= hit.start + 1 and hit.end - 1 <= other.end:
            return Hit(hit.start, hit.end, other.kind, hit.detector, hit.confidence, hit.reason)
    return hit


def _dates(identity: Identity) -> frozenset[date]:
    known = matcher.compiled(identity).dates
    return known | index(identity.roster).dates if identity.roster else known


def _date_hits(plain: str, identity: Identity, field: Field, notes: list[Explanation] | None) -> Iterable[Hit]:
    hits = []
    for found in dates.find(plain):
        reason, sure = _date_verdict(plain, found, identity, field)
        if sure:
            hits.append(Hit(found.start, found.end, Kind.DATE, f"dates.{found.layout}", sure, reason))
        elif notes is not None:
            notes.append(Explanation(found.start, found.end, f"dates.{found.layout}", False, reason))
    return hits


def _date_verdict(plain: str, found: dates.DateFound, identity: Identity, field: Field) -> tuple[str, float]:
    known = "y" in {part.name for part in found.parts} | {"y"} and not _dates(identity).isdisjoint(found.candidates)
    if _versioned(plain, found) or field.label.endswith(("Version", "Versions")):
        return "a version, lot or part number by the word before it", 0.0
    if _inside_number(plain, found):
        return "part of a longer number or list of numbers", 0.0
    if known and found.layout in ("compact-short", "short-year-first") and field.nature not in READS_DATES:
        return "six digits that are a known date by chance", 0.0
    if known:
        return "a date known from this file, series or study", 0.98
    if field.nature not in READS_DATES:
        return "the form of a date, where codes and labels are to be expected", 0.0
    return _by_layout(plain, found, field)


def _by_layout(plain: str, found: dates.DateFound, field: Field) -> tuple[str, float]:
    """The verdict on a date that nobody knew, where dates are to be expected."""
    dotted = found.layout == "numeric-short" and "." in plain[found.start : found.end]
    if found.certain and (not dotted or (found.end - found.start == _FULL and _told(plain, found, field))):
        return "a written date", 0.9
    if found.layout == "short-year-first" and (_told(plain, found, field) or _east(plain)):
        return "a date that begins with its year", 0.8
    if found.layout == "republic-short" and _HAN.search(plain) and not _KANA.search(plain):
        return "a date by the years of the Republic of China, in Chinese", 0.8
    if found.layout == "era-short" and _JAPANESE.search(plain):
        return "a date by the reign of an emperor, in Japanese", 0.85
    if field.nature is Nature.DATE or _announced(plain[max(0, found.start - 24) : found.start]):
        return "a number that reads as a date, after a word that announces one", 0.85
    if field.nature in _SPOKEN and found.layout in ("compact-date", "month-year", "day-month", "month-day"):
        return _loose(plain, found)
    return "the form of a date, and nothing beside it says that it is one", 0.0


@lru_cache(maxsize=1)
def _date_word() -> Any:
    """A word that announces a date, at the end of a text."""
    ending, whole = ("|".join(str(table("dates")[group]).split()) for group in ("announcing", "announcing_alone"))
    return re2.compile(rf"(?i)(?:{ending}|(?:^|[^\pL])(?:{whole})|{labels('birth')})[\s:.=]*$")


@lru_cache(maxsize=1)
def _date_stems() -> tuple[str, ...]:
    stems = map(simple, str(table("dates")["announcing_stems"]).split())
    return tuple(stem for stem in stems if len(stem) >= _STEM or not stem.isascii())


def _announced(before: str) -> bool:
    """Whether a text ends with a word that announces a date."""
    spoken = words(simple(before))
    begun = bool(spoken) and spoken[-1].startswith(_date_stems())
    return begun or _date_word().search(before.rstrip()) is not None


def _east(plain: str) -> bool:
    """Whether words of Korea, Japan or China stand beside, where dates begin with the year."""
    return _EASTERN.search(plain) is not None


def _told(plain: str, found: dates.DateFound, field: Field) -> bool:
    """Whether 27.06.15 stands in a sentence: behind a blank and a word, and nothing goes on after it."""
    before = plain[max(0, found.start - 24) : found.start]
    spoken = words(before.lower())
    worded = bool(spoken) and spoken[-1].isalpha() and len(spoken[-1]) > 1 and before[-1:] == " "
    return field.nature in _SPOKEN and worded and plain[found.end : found.end + 1] not in ("-", "_", "/")


def _loose(plain: str, found: dates.DateFound) -> tuple[str, float]:
    if found.layout == "compact-date":
        if plain[max(0, found.start - 1) : found.start].isalpha() and plain[found.start - 1].isascii():
            return "part of a number that begins with a letter", 0.0
        return ("eight digits that read as a date", 0.6) if 1900 <= found.date.year <= 2035 else ("too far off", 0.0)
    month = next(part for part in found.parts if part.name == "mon")
    name = plain[month.start : month.end]
    if name[:1].islower() and name.isascii() and len(name) <= 4:
        return "a short word in lower case beside a number", 0.0
    return "a month and a day or year", 0.7


def _versioned(plain: str, found: dates.DateFound) -> bool:
    before = words(plain[max(0, found.start - 20) : found.start].lower())
    while len(before) > 1 and before[-1].isdecimal() and plain[found.start - 1] in "-._(":
        before.pop()  # VER 4.1-20190612, v3.2.1 (2019-06-12)
    listed = frozenset(str(table("dates")["versions"]).split())
    after = words(plain[found.end : found.end + 12].lower())
    if after and after[0] in ("build", "release", "version", "edition"):
        return True
    tight = plain[max(0, found.start - 1) : found.start]
    return (
        bool(before)
        and (
            before[-1] in listed
            or (len(before) > 1 and before[-2] in listed and before[-1] in ("no", "nr", "number", "is", "s"))
        )
        and (tight in (" ", ":", "#", "=", ".", "-", "v", "V", "(", "_", ""))
    )


def _inside_number(plain: str, found: dates.DateFound) -> bool:
    """Whether digits go on over a dot or a letter (1.2.840.20140121, 20140121A), or a list of decimals holds it."""
    before, after = plain[max(0, found.start - 2) : found.start], plain[found.end : found.end + 2]
    if found.layout in ("compact-date", "compact-reversed", "numeric", "numeric-short", "iso"):
        dotted = (before[-1:] == "." and before[:1].isdecimal()) or (after[:1] == "." and after[1:2].isdecimal())
        return (
            dotted
            or (after[:1].isalpha() and after[:1] not in "T年" and after[:1].isascii() and not _ended(after))
            or before[-1:] in ("\\",)
            or after[:1] == "\\"
        )
    return False


def _ended(after: str) -> bool:
    """Whether the letter behind a year stands for `year`, as in Polish (2024r.), Bulgarian (g.) or Lithuanian (m.)."""
    return after[:1] in "rgvm" and not after[1:2].isalnum()
