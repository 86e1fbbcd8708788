"""Printable runs within bytes: ASCII and UTF-8, UTF-16 of Latin letters, and the character set that a file declares."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple
from unicodedata import category

from auditor.dicomio.charset import encodings
from auditor.dicomio.wording import is_wordy, says

# printable ASCII and well-formed UTF-8, at least four characters of it
_NARROW = re.compile(
    rb"(?:[\x20-\x7e\t\r\n]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}){4,}+"
)
# UTF-16 of Latin letters, those of Latin Extended-A (U+0102 on) two in a row at most
_WIDE = re.compile(rb"(?:[\x02-\x7e]\x01)?(?:(?:[\x20-\x7e\xc0-\xff]\x00)+(?:[\x02-\x7e]\x01){0,2}){2,}")
_WIDE_BIG = re.compile(rb"(?:\x01[\x02-\x7e])?(?:(?:\x00[\x20-\x7e\xc0-\xff])+(?:\x01[\x02-\x7e]){0,2}){2,}")
_ANY_NARROW = re.compile(
    rb"(?:[A-Za-z0-9]|[\xc2-\xf4][\x80-\xbf]{1,3}){3}|[\xc2-\xf4][\x80-\xbf]{1,3}[\xc2-\xf4][\x80-\xbf]"
)
_ANY_WIDE = re.compile(rb"[A-Za-z0-9\xc0-\xff]\x00[A-Za-z0-9\xc0-\xff]\x00[A-Za-z0-9\xc0-\xff]")
_LEAST, _LEAST_OF_MANY, _SHORT = 4, 6, 4096
_MOST = 2000
_LAST_LATIN = "\u024f"
_HIGH = bytes(range(0x80, 0x100))


class Run(NamedTuple):
    """One run: its bytes, its text, and the codec where that is neither UTF-8 nor the file's own."""

    raw: bytes
    text: str
    codec: str = ""


def runs(data: bytes, charset: bytes) -> Iterator[Run]:
    """Yield what reads as words in `data` of a file whose Specific Character Set has the raw value `charset`."""
    least = _LEAST if len(data) <= _SHORT else _LEAST_OF_MANY
    count = 0
    for run in _all(data, encodings(charset)[0]):
        text = run.text.strip()
        if len(text) >= least and says(text, clean=False) and is_wordy(text):
            yield run._replace(text=text)
            count += 1
            if count >= _MOST:
                return


def _all(data: bytes, codec: str) -> Iterator[Run]:
    declared = _declared(data, codec)
    for start, end in declared:
        yield Run(data[start:end], data[start:end].decode(codec, "ignore"))
    if _ANY_NARROW.search(data):
        for match in _NARROW.finditer(data):
            while declared and declared[0][1] <= match.start():
                declared.pop(0)
            if not (declared and declared[0][0] <= match.start() and match.end() <= declared[0][1]):
                yield Run(match.group(), match.group().decode("utf-8", "ignore"))
    if _ANY_WIDE.search(data):
        for pattern, wide in ((_WIDE, "utf-16-le"), (_WIDE_BIG, "utf-16-be")):
            for match in pattern.finditer(data):
                yield Run(match.group(), match.group().decode(wide, "ignore"), wide)


def _declared(data: bytes, codec: str) -> list[tuple[int, int]]:
    """Where runs stand in the 8-bit character set of the file that are no UTF-8, letters beyond ASCII among them."""
    pattern = None if data.isascii() else _letters(codec)
    if pattern is None:
        return []
    spans = []
    for match in pattern.finditer(data):
        raw = match.group()
        if not raw.isascii() and not _is_utf8(raw):
            spans.append(match.span())
            if len(spans) > _MOST:
                break
    return spans


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeError:
        return False
    return True


@lru_cache(maxsize=32)
def _letters(codec: str) -> re.Pattern[bytes] | None:
    """Runs in an 8-bit character set: Latin ones with two letters beyond ASCII in a row at most, others with many.

    None for ASCII, and for sets that write a letter in several bytes.
    """
    if (
        codec in ("ascii", "utf-8", "utf8")
        or len("é".encode(codec, "ignore")) > 1
        or len(_HIGH.decode(codec, "replace")) != len(_HIGH)
    ):
        return None
    said = zip(_HIGH, _HIGH.decode(codec, "replace"), strict=True)
    letters = {byte: char for byte, char in said if category(char)[0] in "LM"}
    high = b"".join(b"\\x%02x" % byte for byte in letters)
    if not letters:
        return None
    if sum(char <= _LAST_LATIN for char in letters.values()) * 2 > len(letters):
        return re.compile(rb"[%b]{0,2}(?:[\x20-\x7e\t\r\n]+[%b]{0,2}){2,}" % (high, high))
    return re.compile(rb"(?:[%b]{2,}[\x20-\x7e\t\r\n]{0,40})++" % high)
