"""Texts in bytes that need not be text: private and unknown values, preambles, trailing bytes, padding."""

from __future__ import annotations

import re
from collections.abc import Iterator

from auditor.dicomio.charset import decode
from auditor.dicomio.derive import derived_texts, unpacked
from auditor.dicomio.escapes import is_surely_escaped
from auditor.dicomio.place import Text
from auditor.dicomio.printable import runs
from auditor.dicomio.within import Within
from auditor.dicomio.wording import looks_written, says

# letters of the scripts that UTF-16 is used for without a mark: Greek to Arabic, Thai, kana, Han, hangul
_LETTERS = r"\u0370-\u06ff\u0900-\u0963\u0e00-\u0e7f\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af"
_SCRIPTS = re.compile(rf"[{_LETTERS}][\s^=.,-]?[{_LETTERS}][{_LETTERS}\s^=.,-]*")
_DELIMITER = re.compile(r"[\s^=.,-]")
_LONGEST_GUESS = 4096
_BLOCKS, _FEWEST = b"\x03\x04\x05\x06\x09\x0e", 3  # Greek, Cyrillic, Hebrew, Arabic, Devanagari, Thai
_CONTROL = re.compile(rb"[\x01-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_EVEN_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def texts_in_bytes(data: bytes, within: Within, *, clean: bool = False, searched: bool = True) -> Iterator[Text]:
    """Yield what `data` says: packed contents first, else the whole as text, else the printable runs in it.

    `clean` says that the bytes are text by definition, so that even one character counts; `searched` is off for
    samples of a picture or a wave, in which printable runs come up by chance.
    """
    if not data.strip(b"\0 ") or not within.seen.enter(within.derived, len(data)):
        return
    inner = list(unpacked(data, within))
    yield from inner
    if inner:
        return
    whole = _whole(data, within.element[3].charset, clean)
    if whole is not None:
        codec, text = whole
        clean = clean or bool(_SCRIPTS.match(text))
        for raw, part in _parts(data, text, codec):
            if says(part, clean=clean):
                yield from _spoken(raw, part, within.by(*codec))
    elif searched:
        for run in runs(data, within.element[3].charset):
            yield from _spoken(run.raw, run.text, within.by("run", *([run.codec] if run.codec else [])))


def _parts(data: bytes, text: str, codec: tuple[str, ...]) -> Iterator[tuple[bytes, str]]:
    """The parts of a text between NUL, each with its bytes, or none where a codec other than the file's was used."""
    parts = re.split("\0+", text)
    raws = re.split(rb"\0+", data.rstrip(b"\0 ")) if not codec else []
    yield from zip(raws if len(raws) == len(parts) else [b""] * len(parts), parts, strict=True)


def _spoken(raw: bytes, text: str, within: Within) -> Iterator[Text]:
    """A text and what is wrapped up in it; alone what it says when undone, where nothing else can be meant."""
    derived = list(derived_texts(raw, text, within))
    if not derived or not is_surely_escaped(text):
        yield within.text(text.strip(" "))
    yield from derived


def _whole(data: bytes, charset: bytes, clean: bool) -> tuple[tuple[str, ...], str] | None:
    """(codec, text) when all of `data` reads as text, the codec empty when it is the file's own; or None."""
    if data[:2] in _EVEN_UTF16:
        try:
            return ("utf-16",), data.decode("utf-16").strip("\0")
        except UnicodeError:
            return None
    if wide := _utf16(data):
        return wide
    body = data.rstrip(b"\0 ")
    if _CONTROL.search(body) or (not clean and b"\0\0\0" in body):
        return _other_script(data)
    if body.isascii():
        return (), body.decode("ascii")
    if b"\0" in body and (wide := _other_script(data)):
        return wide
    try:
        return ("utf-8",), body.decode("utf-8")
    except UnicodeError:
        text = decode(body, charset)
    return _other_script(data) or (((), text) if clean or looks_written(text) else None)


def _utf16(data: bytes) -> tuple[tuple[str, ...], str] | None:
    """UTF-16 without a mark, known by every other byte being zero; letters beyond Latin by being letters."""
    for codec, body in (("utf-16-le", _even(data.rstrip(b"\0"))), ("utf-16-be", data[: len(data) & ~1].rstrip(b"\0"))):
        zeros = body[1::2] if codec == "utf-16-le" else body[::2]
        others = body[::2] if codec == "utf-16-le" else body[1::2]
        if len(body) < 6 or len(body) % 2 or zeros.count(0) < 0.7 * len(zeros) or others.count(0) > len(others) // 8:
            continue
        try:
            text = body.decode(codec)
        except UnicodeError:
            continue
        if len(set(text)) > 1 and all(char.isprintable() or char in "\0\r\n\t" for char in text):
            return (codec,), text
    return None


def _other_script(data: bytes) -> tuple[tuple[str, ...], str] | None:
    """UTF-16 without a mark in a script other than Latin: nothing but letters of these scripts."""
    if len(data) % 2 or not 4 <= len(data) <= _LONGEST_GUESS:
        return None
    if mixed := _one_block(data):
        return mixed
    readings = [((codec,), data.decode(codec, "replace").rstrip("\0")) for codec in ("utf-16-le", "utf-16-be")]
    fitting = [reading for reading in readings if _SCRIPTS.fullmatch(reading[1])]
    return max(fitting, key=lambda reading: len(_DELIMITER.findall(reading[1])), default=None)


def _one_block(data: bytes) -> tuple[tuple[str, ...], str] | None:
    """UTF-16 of one small script, Latin letters, digits and signs between: high bytes are one block or zero."""
    for codec, high in (("utf-16-le", data[1::2]), ("utf-16-be", data[::2])):
        block = max(_BLOCKS, key=high.count)
        if high.count(block) < _FEWEST or high.count(block) + high.count(0) < len(high):
            continue
        text = data.decode(codec, "replace").rstrip("\0")
        if all(char.isprintable() or char in "\0\r\n\t" for char in text) and _SCRIPTS.search(text):
            return (codec,), text
    return None


def _even(data: bytes) -> bytes:
    return data + b"\0" if len(data) % 2 else data
