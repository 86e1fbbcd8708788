"""The quick look: whether a text can hold an identifier at all. Most texts cannot, and cost a microsecond or two."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from auditor.identifiers import dates
from auditor.identifiers.compiled import Compiled
from auditor.identifiers.field import READS_DATES, Nature
from auditor.identifiers.general import may_hold
from auditor.identifiers.hit import Hit
from auditor.identifiers.matcher import known_number
from auditor.identifiers.resource import wordlist
from auditor.identifiers.vocabulary import is_surname, words_of

_TOKEN = re.compile(r"[a-z]+|[0-9]+")
# what shows in a UID whoever the person is: a time stamp to the second, or a UUID
_UID_STAMP = re.compile(r"(?:19|20)[0-9]{2}[01][0-9][0-3][0-9][0-2][0-9][0-5][0-9][0-5][0-9]|^2\.25\.")
_NUMBERED = re.compile(r"[0-9]{2}|W")  # a date has a number of two digits, or is that of a week (2024-W3)
_SHORT = 160  # longer texts are not remembered
_REMEMBERED = 32768
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
    """Looks at ASCII texts, and remembers what it saw of the short ones."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, Nature], Glance] = {}

    def at(self, text: str, nature: Nature) -> Glance:
        """What `text` shows in a place of this nature."""
        return self._seen.get((text, nature)) or self._keep(_glance(text, nature), text, nature)

    def telling(self, texts: Sequence[tuple[str, Nature]], target: Compiled) -> list[bool]:
        """Of each text, whether the full search may find something; True wherever it does.

        What is known of the person is sought in all texts together, and so are forms in those not seen before.
        """
        told: list[bool] = []
        squeezed: list[str] = []
        dated, quick = bool(target.dates), target.quick
        for glance in self._all(texts):
            if glance is None:
                told.append(True)
                squeezed.append("")
                continue
            words, whole, has_date, _, _, quiet = glance
            told.append(not quiet or (dated and has_date) or not quick.isdisjoint(words))
            squeezed.append(whole)
        for place in target.parts.holders(squeezed):
            told[place] = True
        return told

    def _all(self, texts: Sequence[tuple[str, Nature]]) -> list[Glance | None]:
        """The glance at each text; None for pictures and what is not ASCII."""
        seen = self._seen
        found = [seen.get(key) for key in texts]
        fresh = [place for place, glance in enumerate(found) if glance is None and _is_plain(*texts[place])]
        if fresh:
            new = [texts[place] for place in fresh]
            formed, dated = _formed(new), _dated(new)
            for place in fresh:
                text, nature = texts[place]
                found[place] = self._keep(_glance(text, nature, dated=dated, formed=nature in formed), text, nature)
        return found

    def _keep(self, glance: Glance, text: str, nature: Nature) -> Glance:
        if len(text) <= _SHORT:
            if len(self._seen) >= _REMEMBERED:
                self._seen.clear()
            self._seen[text, nature] = glance
        return glance


def uid_tells(uid: str, target: Compiled) -> bool:
    """Whether the full search may find something in a UID of digits and dots."""
    components = uid.split(".")
    if not target.quick.isdisjoint(components) or target.parts.any_within("".join(components)):
        return True
    return _UID_STAMP.search(uid) is not None


def knows(glance: Glance, target: Compiled) -> bool:
    """Whether anything that is known of the person may stand in the text that gave `glance`; never no wrongly."""
    return not target.quick.isdisjoint(glance.words) or target.parts.any_within(glance.squeezed)


def whole(text: str, nature: Nature, glance: Glance, target: Compiled) -> Hit | None:
    """The one hit in a text that is a known number or place from end to end, and shows nothing else."""
    place = target.order.get(glance.squeezed)
    if place is None or nature is Nature.UID or glance.dated or glance.formed or glance.peopled:
        return None
    spaced = len(text) > 2 * len(glance.squeezed) or "\n\n" in text or "\\" in text
    if spaced or not (text[0].isalnum() and text[-1].isalnum()):
        return None
    if not (target.quick.isdisjoint(glance.words) and target.monograms.isdisjoint(glance.words)):
        return None
    return known_number(0, len(text), target.needles[place].kind)


def _is_plain(text: str, nature: Nature) -> bool:
    return nature is not Nature.OCR and text.isascii()


def _dated(texts: Sequence[tuple[str, Nature]]) -> bool:
    """Whether a layout of dates may occur in any of the texts."""
    return dates.may_hold("\n".join(text for text, nature in texts if nature is not Nature.UID))


def _formed(texts: Sequence[tuple[str, Nature]]) -> frozenset[Nature]:
    """The natures of which some text may have the form of an identifier."""
    lines: dict[Nature, list[str]] = {}
    for text, nature in texts:
        lines.setdefault(nature, []).append(text)
    return frozenset(nature for nature, found in lines.items() if may_hold("\n".join(found), nature, digits=True))


def _glance(text: str, nature: Nature, *, dated: bool = True, formed: bool = True) -> Glance:
    """Look at one text; what is known not to be in it, or in any beside it, is not looked for."""
    words = tuple(_TOKEN.findall(text.lower()))
    squeezed = "".join(words)
    if nature is Nature.UID:
        return Glance(words, squeezed, False, False, False, not _UID_STAMP.search(text))
    dated = dated and _NUMBERED.search(text) is not None and dates.may_hold(text)
    if nature is Nature.CODE:
        return Glance(words, squeezed, dated, False, False, True)
    formed = formed and may_hold(text, nature, digits=not squeezed.isalpha())
    peopled = not _announcing().isdisjoint(words) or _initialled(text, words)
    quiet = not ((dated and nature in READS_DATES) or formed or peopled)
    return Glance(words, squeezed, dated, formed, peopled, quiet)


def _initialled(text: str, words: tuple[str, ...]) -> bool:
    """Whether a single letter may be an initial, for which a stop, a comma or a caret must be there."""
    if "." not in text and "," not in text and "^" not in text:
        return False
    return any(len(word) == 1 and word.isalpha() for word in words)


@lru_cache(maxsize=1)
def _announcing() -> frozenset[str]:
    """Words of two letters or more that may be part of a name, or announce one."""
    triggers = frozenset[str]().union(*map(words_of, _TRIGGERS))
    names = {*wordlist("given"), *wordlist("names_world"), *filter(is_surname, words_of("eponyms"))}
    names -= words_of("medicine") - words_of("particles")
    return frozenset(word for word in triggers | names if len(word) > 1 and word.isascii())
