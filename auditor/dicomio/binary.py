"""Texts in bytes that need not be text: private and unknown values, preambles, trailing bytes, padding."""

from __future__ import annotations

import re
from collections.abc import Iterator

from auditor.dicomio.charset import decode
from auditor.dicomio.derive import derived_texts, unpacked
from auditor.dicomio.escapes import is_surely_escaped
from auditor.dicomio.place import Text
from auditor.dicomio.tokens import may_hold_tokens
from auditor.dicomio.within import Within

# printable ASCII and well-formed UTF-8, at least four characters of it
_RUN = re.compile(
    rb"(?:[\x20-\x7e\t\r\n]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}){4,}"
)
# UTF-16 of Latin letters, those of Latin Extended-A (U+0102 on) two in a row at most
_WIDE = re.compile(rb"(?:[\x02-\x7e]\x01)?(?:(?:[\x20-\x7e\xc0-\xff]\x00)+(?:[\x02-\x7e]\x01){0,2}){2,}")
_WIDE_BIG = re.compile(rb"(?:\x01[\x02-\x7e])?(?:(?:\x00[\x20-\x7e\xc0-\xff])+(?:\x01[\x02-\x7e]){0,2}){2,}")
# letters of the scripts that UTF-16 is used for without a mark: Greek to Arabic, Thai, kana, Han, hangul
_ANY_NARROW = re.compile(
    rb"(?:[A-Za-z0-9]|[\xc2-\xf4][\x80-\xbf]{1,3}){3}|[\xc2-\xf4][\x80-\xbf]{1,3}[\xc2-\xf4][\x80-\xbf]"
)
_ANY_WIDE = re.compile(rb"[A-Za-z0-9\xc0-\xff]\x00[A-Za-z0-9\xc0-\xff]\x00[A-Za-z0-9\xc0-\xff]")
_LETTERS = r"\u0370-\u06ff\u0900-\u0963\u0e00-\u0e7f\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af"
_SCRIPTS = re.compile(rf"[{_LETTERS}][\s^=.,-]?[{_LETTERS}][{_LETTERS}\s^=.,-]*")
_DELIMITER = re.compile(r"[\s^=.,-]")
_LONGEST_GUESS = 4096
_BLOCKS, _FEWEST = b"\x03\x04\x05\x06\x09\x0e", 3  # Greek, Cyrillic, Hebrew, Arabic, Devanagari, Thai
_CONTROL = re.compile(rb"[\x01-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_WORD = re.compile(r"[^\W_]{3}")
_SIGNS = r"\u0900-\u0dff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # blocks whose vowels are no letters to \w
_JUNK = re.compile(rf"[^\w\s^=.,:;/@()&'+{_SIGNS}-]")
# percent-encoding, quoted-printable, escapes of JSON and RTF, tags, JSON, HL7
_MARKUP = re.compile(r"[%=][0-9A-Fa-f]{2}|\\'[0-9A-Fa-f]{2}|\\\\?[A-Za-z\"/]|</?\w[^<>]*>|[\"|{}\[\];&~]")
_STRUCTURED = 12  # characters from which on marks like these are no chance
_ODD = re.compile(rf"[^\w ^.,:/@'=(){_SIGNS}-]|_")
_MANY = 2000
_EVEN_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def texts_in_bytes(data: bytes, within: Within, *, clean: bool = False, runs: bool = True) -> Iterator[Text]:
    """Yield what `data` says: packed contents first, else the whole as text, else the printable runs in it.

    `clean` says that the bytes are text by definition, so that even one character counts; `runs` is off for
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
        for part in re.split("\0+", text):
            if _says(part, clean):
                yield from _spoken(data, part, within.by(*codec))
    elif runs:
        yield from _runs(data, within)


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
    return _other_script(data) or (((), text) if clean or _looks_written(text) else None)


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


def _looks_written(text: str) -> bool:
    """Whether non-ASCII text is letters and not chance: nearly all of it letters, digits, and usual signs."""
    return bool(text) and sum(char.isalnum() or char in " ^=.,-/:\r\n\t\0" for char in text) >= 0.9 * len(text)


def _says(text: str, clean: bool) -> bool:
    """Whether a text can tell anything: a run of three letters or digits, and little that is neither."""
    if clean:
        return bool(text.strip())
    junk = len(_JUNK.findall(_unmarked(text)))
    return bool(_WORD.search(text) or may_hold_tokens(text)) and junk <= len(text) // 4 + (len(text) > 40)


def _runs(data: bytes, within: Within) -> Iterator[Text]:
    """Yield printable runs, narrow and wide, as far as they look like words rather than numbers by chance."""
    least = 4 if len(data) <= 4096 else 6
    count = 0
    narrow = ((_RUN, "utf-8"),) if _ANY_NARROW.search(data) else ()
    wide = ((_WIDE, "utf-16-le"), (_WIDE_BIG, "utf-16-be")) if _ANY_WIDE.search(data) else ()
    for pattern, codec in (*narrow, *wide):
        for match in pattern.finditer(data):
            text = match.group().decode(codec, "ignore").strip()
            if len(text) < least or not _says(text, False) or not _wordy(text):
                continue
            if count >= _MANY:
                return
            count += 1
            ways = ("run",) if codec == "utf-8" else ("run", codec)
            yield from _spoken(match.group(), text, within.by(*ways))


def _wordy(text: str) -> bool:
    return len(_ODD.findall(_unmarked(text))) <= 0.15 * len(text)


def _unmarked(text: str) -> str:
    """A text without the marks of structured text, which say nothing and are no junk."""
    return _MARKUP.sub(" ", text) if len(text) >= _STRUCTURED else text
