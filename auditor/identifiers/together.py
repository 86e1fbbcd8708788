"""Many texts looked at together: in which of them the full search may find something.

Nearly always in none; so each thing that may be found is sought in all of them at once, and only where it shows is it
asked in which they are.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from string import ascii_lowercase

from auditor.identifiers import dates, general
from auditor.identifiers.compiled import Compiled
from auditor.identifiers.field import READS_DATES, Nature
from auditor.identifiers.quick import announcing, is_stamped, may_be_dated, may_have_initials

_WORD_OR_END = re.compile(r"[a-z]+|[0-9]+|\n")
_LETTERS = frozenset(ascii_lowercase)
_FORMLESS = frozenset((Nature.CODE, Nature.UID))
_ALNUM = b"0123456789abcdefghijklmnopqrstuvwxyz"
_SIGNS = bytes(set(range(256)) - {*_ALNUM, *b"\n"})

Told = tuple[str, Nature]


def telling(texts: Sequence[Told], target: Compiled) -> list[bool]:
    """Of each text and the nature of its field, whether the full search for `target` may find something.

    True wherever it does, and for pictures and all that is not ASCII.
    """
    plain = [place for place, (text, nature) in enumerate(texts) if text.isascii() and nature is not Nature.OCR]
    told = [True] * len(texts)
    for place in plain:
        told[place] = False
    for number in _found([texts[place] for place in plain], target):
        told[plain[number]] = True
    return told


def _found(texts: Sequence[Told], target: Compiled) -> set[int]:
    """The numbers of those of ASCII texts in which something may be."""
    lines = [text for text, _ in texts]
    sheet = "\n".join(lines).lower()
    if sheet.count("\n") >= len(lines):
        sheet = "\n".join([text.replace("\n", " ") for text in lines]).lower()
    kinds: dict[Nature, list[int]] = {}
    for number, (_, nature) in enumerate(texts):
        kinds.setdefault(nature, []).append(number)
    found = _worded(sheet, texts, target)
    found |= target.parts.holders(sheet.encode("ascii").translate(None, _SIGNS).decode("ascii"))
    dated = kinds.keys() - {Nature.UID} if target.dates else kinds.keys() & READS_DATES
    for number in _holding(lines, [each for kind in dated for each in kinds[kind]], dates.may_hold):
        if may_be_dated(lines[number]):
            found.add(number)
    found |= general.holders(texts)
    found.update(number for number in kinds.get(Nature.UID, ()) if is_stamped(lines[number]))
    return found


def _worded(sheet: str, texts: Sequence[Told], target: Compiled) -> set[int]:
    """The lines of `sheet` in which a word of a known name stands, or one that announces a name or may be one."""
    words = _WORD_OR_END.findall(sheet)
    shown = set(words)
    known, letters = (target.quick & shown) | target.inflected.among(shown), _LETTERS & shown
    sought = known | letters | announcing().among(shown)
    found: set[int] = set()
    number = 0
    for word in words if sought else ():
        if word == "\n":
            number += 1
        elif word in sought and number not in found:
            text, nature = texts[number]
            unknown = nature not in _FORMLESS and (word not in letters or may_have_initials(text))
            if word in known or unknown:
                found.add(number)
    return found


def _holding(lines: Sequence[str], numbers: Sequence[int], test: Callable[[str], bool]) -> Iterable[int]:
    """Those of `numbers` whose lines pass a test that lines under one another pass where any of them does."""
    if not numbers or not test("\n".join([lines[number] for number in numbers])):
        return ()
    if len(numbers) == 1:
        return numbers
    half = len(numbers) // 2
    return (*_holding(lines, numbers[:half], test), *_holding(lines, numbers[half:], test))
