"""Seeks a known identity in a text, in every spelling."""

from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from auditor.identifiers.clusters import clusters
from auditor.identifiers.compiled import CUT, Compiled, Needle, compile_known
from auditor.identifiers.field import Field, Nature
from auditor.identifiers.fold import Folded, Token
from auditor.identifiers.hit import Explanation, Hit
from auditor.identifiers.identity import Identity
from auditor.identifiers.kind import Kind
from auditor.identifiers.rostermatch import roster_hits
from auditor.identifiers.scripts import stands_alone
from auditor.identifiers.vocabulary import is_ordinary

_INSIDE = 5  # a name of so many letters is also sought inside longer words, where words are not to be expected
_INSIDE_UID = 6
_STUDIES = 32  # made ready at a time: more than the studies of most batches; half a megabyte each at the worst
_SHORT_FIELDS = frozenset((Nature.CODE, Nature.DESCRIPTION))
_TIGHT = frozenset((Nature.FILE_NAME, Nature.BYTES, Nature.IDENTIFIER, Nature.OCR, Nature.UID))


class Text(NamedTuple):
    """A text prepared once for all detectors: folded, cut into tokens, and squeezed to letters and digits.

    `starts` are the places of the tokens in the squeezed text.
    """

    folded: Folded
    tokens: tuple[Token, ...]
    squeezed: str
    starts: tuple[int, ...]

    @classmethod
    def of(cls, folded: Folded) -> "Text":
        """Prepare a folded text."""
        tokens = folded.tokens()
        texts = [token.text for token in tokens]
        return cls(folded, tokens, "".join(texts), tuple(accumulate(map(len, texts), initial=0)))

    def place(self, squeezed: int) -> int:
        """The place in the folded text of a place in the squeezed one."""
        number = bisect_right(self.starts, squeezed) - 1
        return self.tokens[number].start + squeezed - self.starts[number]


@lru_cache(maxsize=_STUDIES)
def compiled(identity: Identity) -> Compiled:
    """The identity made ready, remembered, since all files of a series share one."""
    return compile_known(identity.known)


def seek(text: Text, identity: Identity, field: Field, notes: list[Explanation] | None = None) -> list[Hit]:
    """Every place where `identity` shows in `text`; what is left alone is told in `notes`."""
    target = compiled(identity)
    runs = target.runs.within(text.squeezed)
    hits: list[Hit] = []
    for place in sorted(target.order[run] for run in runs if run in target.order):
        hits += _numbers(text, target.needles[place], field)
    shown = {token.text for token in text.tokens}
    if not target.names.isdisjoint(shown) or not target.inflected.isdisjoint(shown):
        hits.extend(clusters(text.folded, text.tokens, target, field, notes))
    if runs:
        hits.extend(_run_together(text, target, field, runs))
    if not target.monograms.isdisjoint(shown):
        hits.extend(_initials(text, target))
    hits.extend(_native(text, target))
    if identity.roster is not None:
        hits.extend(roster_hits(text.folded, text.tokens, identity.roster))
    return hits


def _numbers(text: Text, needle: Needle, field: Field) -> Iterator[Hit]:
    place = text.squeezed.find(needle.text)
    while place >= 0:
        span = _span(text, place, place + len(needle.text))
        if span and _bounded(text.folded.text, *span, needle, field):
            start, end = _with_zeros(text.folded.text, *span, needle)
            first, last = text.folded.span(start, end)
            yield known_number(first, last, needle.kind)
        place = text.squeezed.find(needle.text, place + 1)


def known_number(start: int, end: int, kind: Kind) -> Hit:
    """The hit of a known number, place or other run of letters and digits."""
    return Hit(start, end, kind, f"identity.{kind}", 0.97, "known from this file, series or study")


def _span(text: Text, start: int, end: int) -> tuple[int, int] | None:
    """Span in the folded text of a span in the squeezed one; None if what stands between is no mere separator."""
    begin, finish = text.place(start), text.place(end - 1) + 1
    gaps = (finish - begin) - (end - start)
    between = text.folded.text[begin:finish]
    if gaps and (gaps > (end - start) or "\\" in between or "\n\n" in between):
        return None
    return begin, finish


def _bounded(folded: str, start: int, end: int, needle: Needle, field: Field) -> bool:
    """Whether the run stands for itself and is no part of a longer number or word."""
    if field.nature is Nature.UID:
        if "." in folded[start:end] and folded[start - 1 : start] not in (".", ""):
            return False  # the end of one component and the next
        return len(needle.text) >= _INSIDE_UID or _dotted(folded, start, end)
    before = folded[start - 1 : start]
    after = folded[end : end + 1]
    if needle.text[-1].isdecimal() and after.isdecimal():
        return False
    if needle.text[-1].isalpha() and after.isalpha() and after.isascii():
        return False
    if needle.text[0].isdecimal() and before.isdecimal():
        return needle.core and _only_zeros_before(folded, start, needle)
    return not (needle.text[0].isalpha() and before.isalpha() and before.isascii())


def _dotted(folded: str, start: int, end: int) -> bool:
    return folded[start - 1 : start] in (".", "") and folded[end : end + 1] in (".", "")


def _only_zeros_before(folded: str, start: int, needle: Needle) -> bool:
    if needle.kind in (Kind.PHONE, Kind.FAX):
        return True
    place = start
    while place > 0 and folded[place - 1] == "0":
        place -= 1
    return not folded[place - 1 : place].isdecimal()


def _with_zeros(folded: str, start: int, end: int, needle: Needle) -> tuple[int, int]:
    """The span with the zeros, country code or prefix that belong to the same number."""
    if not needle.core:
        return start, end
    allowed = "0123456789+()" if needle.kind in (Kind.PHONE, Kind.FAX) else "0"
    while start > 0 and (
        folded[start - 1] in allowed
        or (
            folded[start - 1] in " -./"
            and start > 1
            and folded[start - 2] in allowed
            and needle.kind in (Kind.PHONE, Kind.FAX)
        )
    ):
        start -= 1
    return start, end


def _run_together(text: Text, target: Compiled, field: Field, shown: frozenset[str]) -> Iterator[Hit]:
    """Names written without spaces, the longest first; `shown` are the runs that stand in the squeezed text."""
    inner = shown & target.alone if field.nature in _TIGHT else frozenset()
    longer = sorted((name for name in inner if len(name) >= _INSIDE), key=_longest_first)
    whole = sorted(shown & target.run_together, key=_longest_first)
    runs = [run for run in whole if run[1:] not in target.names and run[:-1] not in target.names]
    short = field.nature in _TIGHT or field.nature in _SHORT_FIELDS
    cut = [name for run in shown for name in target.cut.get(run, ())] if short else []
    if not longer and not whole and not cut:
        return
    for token in text.tokens:
        if token.text.isdecimal() or token.text in target.names:
            continue
        found = token.text if token.text in whole and (token.text in runs or not _marked(text.folded, token)) else ""
        found = found or next((run for run in runs if len(run) > _INSIDE and run in token.text), "")
        inside = found or ("" if is_ordinary(token.text) else next((name for name in longer if name in token.text), ""))
        if not inside and len(token.text) >= CUT and any(name.startswith(token.text) for name in cut):
            inside = token.text
        if inside:
            start = token.start + token.text.index(inside)
            first, last = text.folded.span(start, start + len(inside))
            if stands_alone(text.folded.original, first, last):
                yield Hit(first, last, Kind.NAME, "identity.name", 0.9, "known name, written without spaces")


def _marked(folded: Folded, token: Token) -> bool:
    """Whether a word in small letters bears marks: initial and family name in one are no syllable (`choáng`)."""
    start, end = folded.span(token.start, token.end)
    return folded.original[start:end].islower() and not folded.original[start:end].isascii()


def _longest_first(run: str) -> tuple[int, str]:
    return -len(run), run


def _initials(text: Text, target: Compiled) -> Iterator[Hit]:
    """Initials written on to the year of a known date (JD53, JD1953), as home-made codes are."""
    years = {f"{day.year}" for day in target.dates}
    years |= {year[2:] for year in years}
    for token, following in pairwise(text.tokens):
        if token.text in target.monograms and token.end == following.start and following.text in years:
            first, last = text.folded.span(token.start, following.end)
            if text.folded.original[first : first + 2].istitle():
                continue  # as names of kernels are written (Br59)
            yield Hit(first, last, Kind.NAME, "identity.initials", 0.8, "initials of a known name and a known year")


def _native(text: Text, target: Compiled) -> Iterator[Hit]:
    """Names in scripts without spaces, wherever they stand in the text."""
    for name in target.native:
        place = text.folded.text.find(name)
        while place >= 0:
            first, last = text.folded.span(place, place + len(name))
            yield Hit(first, last, Kind.NAME, "identity.name", 0.95, "known name, in its own script")
            place = text.folded.text.find(name, place + len(name))
