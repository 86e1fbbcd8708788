"""The quick look: whether a text can hold an identifier at all. Most texts cannot, and cost a microsecond or two."""

import re
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from auditor.identifiers import dates
from auditor.identifiers.compiled import Compiled
from auditor.identifiers.field import READS_DATES, Nature
from auditor.identifiers.general import may_hold
from auditor.identifiers.hit import Hit
from auditor.identifiers.marked import Marked
from auditor.identifiers.matcher import known_number
from auditor.identifiers.places import announcing as announcing_places
from auditor.identifiers.resource import wordlist
from auditor.identifiers.uids import layouts
from auditor.identifiers.vocabulary import is_given, is_surname, words_of

_DIALLED = 8  # digits; a telephone number beyond the land has more
_TOKEN = re.compile(r"[a-z]+|[0-9]+")
_UID_STAMP = r"(?:19|20)[0-9]{2}[01][0-9][0-3][0-9][0-2][0-9][0-5][0-9][0-5][0-9]|^2\.25\."
_DIGIT = re.compile(r"[0-9]")
_SHORT = 160  # longer texts are not remembered
_REMEMBERED = 8192
_TRIGGERS = ("titles", "labels", "relations", "roles", "suffixes")


class Glance(NamedTuple):
    """What a text shows whoever the person is: its words, all of it squeezed, and what else may be in it.

    `dated`: a layout of dates; `formed`: the form of some other identifier; `peopled`: a name that nobody
    announced, or a word that announces one; `quiet`: nothing of that matters where the text stands.
    """

    words: tuple[str, ...]
    squeezed: str
    dated: bool
    formed: bool
    peopled: bool
    quiet: bool


class Glancer:
    """Looks at ASCII texts one by one, and remembers what it saw of the short ones."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, Nature], Glance] = {}

    def at(self, text: str, nature: Nature) -> Glance:
        """What `text` shows in a place of this nature."""
        return self._seen.get((text, nature)) or self._keep(_glance(text, nature), text, nature)

    def _keep(self, glance: Glance, text: str, nature: Nature) -> Glance:
        if len(text) <= _SHORT:
            if len(self._seen) >= _REMEMBERED:
                self._seen.clear()
            self._seen[text, nature] = glance
        return glance


def knows(glance: Glance, target: Compiled) -> bool:
    """Whether anything that is known of the person may stand in the text that gave `glance`; never no wrongly."""
    return _named(glance, target) or target.parts.any_within(glance.squeezed)


def _named(glance: Glance, target: Compiled) -> bool:
    if glance.squeezed.isdecimal():
        return False
    return not (target.quick.isdisjoint(glance.words) and target.inflected.isdisjoint(glance.words))


def whole(text: str, nature: Nature, glance: Glance, target: Compiled) -> Hit | None:
    """The one hit in a text that is a known number or place from end to end, and shows nothing else."""
    place = target.order.get(glance.squeezed)
    if place is None or nature is Nature.UID or glance.dated or glance.formed or glance.peopled:
        return None
    spaced = len(text) > 2 * len(glance.squeezed) or "\n\n" in text or "\\" in text
    if spaced or not (text[0].isalnum() and text[-1].isalnum()):
        return None
    if _named(glance, target) or not target.monograms.isdisjoint(glance.words):
        return None
    return known_number(0, len(text), target.needles[place].kind)


def _glance(text: str, nature: Nature) -> Glance:
    words = tuple(_TOKEN.findall(text.lower()))
    squeezed = "".join(words)
    if nature is Nature.UID:
        return Glance(words, squeezed, False, False, False, not is_stamped(text))
    dated = may_be_dated(text)
    if nature is Nature.CODE:
        dialled = len(squeezed) > _DIALLED and may_hold(text, nature, digits=True)
        return Glance(words, squeezed, dated, dialled, False, not dialled)
    formed = may_hold(text, nature, digits=not squeezed.isalpha())
    peopled = bool(announcing().among(words)) or _initialled(text, words)
    quiet = not ((dated and nature in READS_DATES) or formed or peopled)
    return Glance(words, squeezed, dated, formed, peopled, quiet)


def may_be_dated(text: str) -> bool:
    """Whether a layout of dates may occur in an ASCII text."""
    return _DIGIT.search(text) is not None and dates.may_hold(text)


def is_stamped(uid: str) -> bool:
    """Whether a UID shows a time to the second, is made of a UUID, or names a device."""
    return _stamps().search(uid) is not None


@lru_cache(maxsize=1)
def _stamps() -> re.Pattern[str]:
    """What shows in a UID whoever the person is."""
    return re.compile("|".join((_UID_STAMP, *layouts())))


def may_have_initials(text: str) -> bool:
    """Whether a single letter in `text` may be an initial, for which a stop, a comma or a caret must be there."""
    return "." in text or "," in text or "^" in text


def _initialled(text: str, words: tuple[str, ...]) -> bool:
    return may_have_initials(text) and any(len(word) == 1 and word.isalpha() for word in words)


@lru_cache(maxsize=1)
def announcing() -> Marked:
    """Words of two letters or more that may be part of a name, or announce one."""
    lists = (wordlist("given"), wordlist("names_world"), words_of("eponyms"), _triggers(), announcing_places())
    return Marked(chain.from_iterable(lists), _announces)


def _announces(word: str) -> bool:
    if len(word) < 2 or not word.isascii():
        return False
    return word in _triggers() or word in announcing_places() or (_is_name(word) and not _is_medical(word))


def _is_name(word: str) -> bool:
    return is_given(word) or (word in words_of("eponyms") and is_surname(word))


def _is_medical(word: str) -> bool:
    return word in words_of("medicine") and word not in words_of("particles")


@lru_cache(maxsize=1)
def _triggers() -> frozenset[str]:
    return frozenset[str]().union(*map(words_of, _TRIGGERS))
