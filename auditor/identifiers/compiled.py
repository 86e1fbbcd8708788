"""An identity made ready for matching: words, joined words, numbers, dates. Small, and quick to make."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from auditor.identifiers.cases import Cases
from auditor.identifiers.dates import parse, written
from auditor.identifiers.fold import simple, words
from auditor.identifiers.kind import Kind
from auditor.identifiers.known import Known
from auditor.identifiers.runs import Runs
from auditor.identifiers.spelling import NameParts, parts, respelt, sound, umlauts
from auditor.identifiers.vocabulary import is_ambiguous, is_ordinary, words_of

_SHORTEST_WORD = 3
_SHORTEST_NUMBER = 4
_SHORTEST_CORE = 5
_SHORTEST_TEXT = 6
CUT = 7  # letters left of a long name that was cut off to fit its field
_REMEMBERED = 1024  # values that many studies share: physicians, institutions
_LATIN = 0x2E7F  # scripts of East Asia lie beyond


@dataclass(frozen=True, slots=True)
class Needle:
    """A run of letters and digits sought with any separators between: `text` is squeezed, `kind` what it gives away."""

    text: str
    kind: Kind
    core: bool = False  # digits without leading zeros or prefix


@dataclass(frozen=True, eq=False)
class Compiled:
    """What the matcher looks for. Words are folded. Equal to itself alone, so that it is a key that costs nothing.

    What only the full search asks for is made when it first does.
    """

    _named: tuple[NameParts, ...]
    alone: frozenset[str]  # names that are proof by themselves
    names: frozenset[str]  # every word of a name
    inflected: Cases  # names that are proof by themselves, as sentences change them
    run_together: frozenset[str]  # smithjohn, jsmith
    monograms: frozenset[str]  # initials, both orders
    needles: tuple[Needle, ...]
    order: Mapping[str, int]  # the place of each needle among them, by its text
    dates: frozenset[date]
    quick: frozenset[str]  # words of which an ASCII text must hold one, or a form of one
    parts: Runs  # or runs of letters and digits
    runs: Runs  # needles, names written together and long names

    @cached_property
    def families(self) -> frozenset[str]:
        """Every word of a family name, as it is written."""
        return frozenset(word for name in self._named for word in name.family)

    @cached_property
    def joined_only(self) -> frozenset[str]:
        """Names that need another part beside them."""
        return self.names - self.alone

    @cached_property
    def initials(self) -> frozenset[str]:
        """First letters of names."""
        return frozenset(word[0] for word in _exact(self._named) if word.isascii())

    @cached_property
    def sounds(self) -> frozenset[str]:
        """How names sound."""
        return frozenset(sound(word) for word in _exact(self._named) if len(word) > _SHORTEST_WORD) - {""}

    @cached_property
    def cut(self) -> Mapping[str, Sequence[str]]:
        """Names that are proof by themselves, by their first letters where cut off."""
        begun: dict[str, list[str]] = {}
        for name in sorted(self.alone):
            if len(name) > CUT:
                begun.setdefault(name[:CUT], []).append(name)
        return begun

    @cached_property
    def native(self) -> tuple[str, ...]:
        """Names in scripts without spaces, longest first."""
        return _native(self._named)


def compile_known(known: Iterable[Known]) -> Compiled:
    """Make `known` ready for matching. Values that stand for nobody (ANONYMOUS, 0000) are left out."""
    names: list[NameParts] = []
    needles: dict[str, Needle] = {}
    dates: set[date] = set()
    for item in sorted(known, key=lambda item: (item.kind, item.value)):
        taught = _taught(item)
        names.extend(taught.names)
        dates.update(taught.dates)
        for needle in taught.needles:
            needles.setdefault(needle.text, needle)
    return _assemble(tuple(dict.fromkeys(names)), tuple(needles.values()), frozenset(dates))


@dataclass(frozen=True, slots=True)
class Taught:
    """What one known value teaches."""

    names: tuple[NameParts, ...] = ()
    needles: tuple[Needle, ...] = ()
    dates: tuple[date, ...] = ()


@lru_cache(maxsize=_REMEMBERED)
def _taught(item: Known) -> Taught:
    if item.kind is Kind.NAME:
        spelt = umlauts(item.value)
        again = tuple(parts(spelt)) if spelt != item.value else ()
        return Taught(names=(*parts(item.value), *again))
    if item.kind in (Kind.DATE, Kind.AGE):
        found = written(item.value) or parse(item.value)
        return Taught(dates=(found,) if found else ())
    return Taught(needles=tuple(_needles(item)))


def _assemble(names: tuple[NameParts, ...], needles: tuple[Needle, ...], dates: frozenset[date]) -> Compiled:
    spelt = frozenset([form for name in names for word in (*name.family, *name.given) for form in respelt(word)])
    alone = frozenset([word for word in spelt if _proves(word)])
    run = frozenset([form for name in names for form in _run_together(name)])
    monograms = frozenset([form for name in names for form in _monograms(name)])
    sought = {needle.text for needle in needles} | run | {name for name in alone if len(name) >= _SHORTEST_CORE}
    sought |= {name[:CUT] for name in alone if len(name) > CUT}
    return Compiled(
        names,
        alone=alone,
        names=spelt,
        inflected=Cases(alone, spelt),
        run_together=run,
        monograms=monograms,
        needles=needles,
        order={needle.text: place for place, needle in enumerate(needles)},
        dates=dates,
        quick=spelt,
        parts=Runs((*filter(str.isascii, sought), *_dated(dates, monograms))),
        runs=Runs(sought),
    )


def _exact(names: Iterable[NameParts]) -> set[str]:
    return {word for name in names for word in (*name.family, *name.given)}


def _native(names: Iterable[NameParts]) -> tuple[str, ...]:
    forms = {word for word in _exact(names) if len(word) > 1}
    for name in names:
        forms.update(("".join(name.family + name.given), "".join(name.given + name.family)))
    native = {form for form in forms if len(form) > 1 and form.isalpha() and all(ord(char) > _LATIN for char in form)}
    return tuple(sorted(native, key=lambda form: (-len(form), form)))


def _dated(dates: frozenset[date], monograms: frozenset[str]) -> Iterable[str]:
    """Dates as UIDs write them, with dots or without, and initials with the year of one."""
    for day in dates:
        yield day.strftime("%Y%m%d")
        yield f"{day.year}{day.month}{day.day}"
        yield f"{day.day}{day.month}{day.year}"
        for initials in filter(str.isascii, monograms):
            yield f"{initials}{day.year % 100:02d}"
            yield f"{initials}{day.year}"


def _proves(word: str) -> bool:
    if not word.isascii():
        return len(word) > 1
    return len(word) >= _SHORTEST_WORD and not is_ambiguous(word)


@lru_cache(maxsize=_REMEMBERED)
def _run_together(name: NameParts) -> tuple[str, ...]:
    return tuple(_joined(name))


def _joined(name: NameParts) -> Iterable[str]:
    family, given = "".join(name.family), "".join(name.given)
    firsts = {given, *name.given}
    for last in {family, *name.family}:
        for first in firsts:
            if not last or not first:
                continue
            yield from (form for form in (last + first, first + last) if len(form) >= _SHORTEST_CORE)
            short = (first[0] + last, last + first[0])
            yield from (form for form in short if len(form) >= _SHORTEST_CORE and not is_ordinary(form))
    if len(name.family) > 1 and len(family) >= _SHORTEST_CORE:
        yield family


def _monograms(name: NameParts) -> Iterable[str]:
    if name.family and name.given:
        last, first = name.family[0][0], name.given[0][0]
        yield from (last + first, first + last)


def _needles(item: Known) -> Iterable[Needle]:
    squeezed = "".join(words(simple(item.value)))
    if squeezed in words_of("placeholders") or len(set(squeezed)) < 2:
        return
    if item.kind in (Kind.ADDRESS, Kind.PLACE):
        yield from _address(item)
        return
    if (len(squeezed) >= _SHORTEST_NUMBER and not squeezed.isalpha()) or (
        squeezed.isalpha() and len(squeezed) >= _SHORTEST_CORE and not is_ordinary(squeezed)
    ):
        yield Needle(squeezed, item.kind)
    digits = "".join(char for char in squeezed if char.isdecimal())
    core = digits.lstrip("0")
    if item.kind in (Kind.PHONE, Kind.FAX):
        if len(core) > 9:
            yield Needle(core[-9:], item.kind, core=True)
        elif len(core) >= 7:
            yield Needle(core, item.kind, core=True)
    elif len(core) >= _SHORTEST_CORE and len(squeezed) - len(digits) <= 5 and item.kind not in (Kind.EMAIL, Kind.URL):
        yield Needle(core, item.kind, core=True)


def _address(item: Known) -> Iterable[Needle]:
    """The whole address, its lines, and its town; single ordinary words are left out."""
    for line in (item.value, *item.value.replace("\n", ",").replace("^", ",").replace("\\", ",").split(",")):
        found = words(simple(line))
        squeezed = "".join(found)
        telling = [word for word in found if not word.isdecimal() and not is_ordinary(word)]
        long_enough = len(squeezed) >= _SHORTEST_TEXT if squeezed.isascii() else len(squeezed) >= 2
        if long_enough and (telling or len(found) > 1):
            yield Needle(squeezed, item.kind)
        if len(found) > 1 and found[0].isdecimal() and telling and len("".join(found[1:])) > _SHORTEST_TEXT:
            yield Needle("".join(found[1:]), item.kind)
