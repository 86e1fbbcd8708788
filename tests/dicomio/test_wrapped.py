import base64
import gzip
import html
import json
import quopri
import zlib
from email.header import Header
from urllib.parse import quote

import pytest

from auditor.dicomio import Element, Scope, expand

SCOPE = Scope(None, None, 0, 0, 0, False)
PRIVATE = 0x00291010
NAME = "Őszi-Müller^Zoë"


def said(value: bytes, vr: str = "UN", tag: int = PRIVATE) -> list[tuple[str, str]]:
    element: Element = (tag, vr, value + b"\0" * (len(value) % 2), SCOPE, 0, len(value))
    return [(text.text, text.locator.partition("#")[2]) for text in expand(element)]


def said_in(charset: bytes, value: bytes) -> list[str]:
    """The texts of a private value in a file of this Specific Character Set."""
    scope = Scope(None, None, 0, 0, 0, False)
    scope.charset_value = charset
    return [text.text for text in expand((PRIVATE, "UN", value, scope, 0, len(value)))]


def ways_to(name: str, value: bytes, vr: str = "UN") -> set[str]:
    return {where for text, where in said(value, vr) if name in text}


def escaped(text: str) -> str:
    return json.dumps({"patient": {"name": text}, "n": 1})


def rtf(text: str, page: int = 1250) -> bytes:
    body = "".join(char if char.isascii() else f"\\'{char.encode(f'cp{page}')[0]:02x}" for char in text)
    fonts = r"{\fonttbl{\f0\fswiss Helena Black;}}"
    return (rf"{{\rtf1\ansi\ansicpg{page}\deff0{fonts}\pard\b Report\b0\par for " + body + r"\par}").encode("ascii")


WRAPPED = [
    (escaped(NAME).encode(), "escape"),
    (escaped(escaped(NAME)).encode(), "escape.escape"),
    (base64.b64encode(escaped(NAME).encode()), "base64.escape"),
    (gzip.compress(escaped(NAME).encode(), mtime=0), "gzip.escape"),
    (zlib.compress(escaped(NAME).encode()), "zlib.escape"),
    (f"name = '{NAME}'".encode("unicode_escape"), "escape"),
    ("".join(f"\\x{byte:02x}" for byte in NAME.encode()).encode(), "escape"),
    (NAME.encode().hex().encode(), "hex"),
    (NAME.encode().hex(" ").upper().encode(), "hex"),
    (escaped(NAME).encode().hex().encode(), "hex.escape"),
    (html.escape(NAME).encode("ascii", "xmlcharrefreplace"), "entity"),
    (quopri.encodestring(f"Report for {NAME} of today".encode()), "quoted-printable"),
    (Header(NAME, "utf-8").encode().encode(), "encoded-word"),
    (quote(NAME).encode(), "percent"),
    (quote(quote(f"{NAME} 2")).encode(), "percent.percent"),
    (f"name {NAME} 1970".encode("utf-16"), "utf-16"),
    (base64.b64encode(f"name {NAME}".encode("utf-16")), "base64.utf-16"),
    (base64.b64encode(escaped(base64.b64encode(f"for {NAME}".encode()).decode()).encode()), "base64.base64"),
    (
        base64.b64encode(gzip.compress(escaped(base64.b64encode(escaped(NAME).encode()).decode()).encode(), mtime=0)),
        "base64.gzip.base64.escape",
    ),
]


@pytest.mark.parametrize("vr", ["UN", "OB"])
@pytest.mark.parametrize(("value", "where"), WRAPPED)
def test_a_name_in_bytes_is_read_through_every_wrapping_and_the_locator_says_the_way(value, where, vr):
    assert where in ways_to(NAME, value, vr)


@pytest.mark.parametrize(("value", "where"), [(value, where) for value, where in WRAPPED if value.isascii()])
def test_a_name_in_text_is_read_through_every_wrapping_and_the_locator_says_the_way(value, where):
    assert where in ways_to(NAME, value, "UT")


def test_a_name_with_references_by_name_is_read():
    assert ways_to("Müller-Öz, José", b"Name: M&uuml;ller-&Ouml;z, Jos&eacute;") == {"entity"}


@pytest.mark.parametrize(
    ("text", "page"), [("Löfgren, Åsa", 1252), ("Žižka, Jiří", 1250), ("Иванова, Ольга", 1251), ("Παππάς, Νίκος", 1253)]
)
def test_rtf_is_read_in_its_code_page_and_without_its_fonts(text, page):
    found = said(rtf(text, page))
    assert ways_to(text, rtf(text, page)) == {"rtf"}
    assert not any("Helena Black" in each for each, _ in found)


def test_characters_of_rtf_by_number_are_read():
    assert ways_to(
        "Кузнецов, Łukasz", rb"{\rtf1\uc1 \u1050?\u1091?\u1079?\u1085?\u1077?\u1094?\u1086?\u1074?, \u321?ukasz}"
    )


def test_base64_in_lines_within_a_letter_is_joined():
    body = base64.encodebytes(f"Dear colleague, we saw {NAME} on Monday in our clinic, and again on Friday.".encode())
    letter = b"Content-Transfer-Encoding: base64\n\n" + body + b"\n--end of it--\n"
    assert "base64" in ways_to(NAME, letter)


def test_words_cut_at_their_escapes_are_not_read_where_the_whole_text_is():
    assert [text for text, _ in said(escaped("doença").encode())] == ['{"patient": {"name": "doença"}, "n": 1}']


def test_what_may_be_meant_as_it_stands_is_read_both_ways():
    found = [text for text, _ in said(b"Rate 50%ABDOMEN")]
    assert "Rate 50%ABDOMEN" in found


@pytest.mark.parametrize(
    "words",
    [
        "1\\200\\300\\017",
        "C:\\users\\xray\\new",
        "speed=fast dose=20",
        "AT&T; Bell",
        "d\\'accord l\\'adresse",
        "2014 01 21 10 30 11 09",
        "00:1B:44:11:3A:B7",
        "9f86d081884c7d659a2feaa0c55ad015",
        "550e8400-e29b-41d4-a716-446655440000",
        "3C 00 FF 17 80 91 A0 22",
    ],
)
def test_what_only_looks_like_an_escape_is_left_alone(words):
    assert [where for _, where in said(words.encode(), "UT")] == [""]


@pytest.mark.parametrize(
    "bomb",
    [
        b'{"a":"' + b"\\u0041" * 300_000 + b'"}',
        b"\\" * 2_000_000,
        b"{" * 1_000_000 + b"\\rtf1" + b"\\'e9" * 200_000,
        b"&amp;" * 400_000,
        b"=?a?Q?" * 300_000,
        b"=C3=BC" * 300_000,
        b"41 " * 700_000,
        b"A" * 31 + b" " + (b"Ab1" * 20 + b"\n") * 30_000 + b"!",
        b'["' * 1_000_000,
        b"%25" * 500_000,
    ],
    ids=range(10),
)
def test_long_values_made_of_escapes_alone_are_read_within_bounds(bomb):
    found = said(bomb, "UT")
    assert found
    assert sum(len(text) for text, _ in found) < 64 << 20


def test_wrapping_without_end_is_followed_to_a_depth_only():
    value = b"Report for Ilaria Marchetti"
    for _ in range(12):
        value = base64.b64encode(gzip.compress(value, mtime=0))
    assert ways_to("Marchetti", value) == set()
    for _ in range(3):
        value = base64.b64decode(value)
        value = gzip.decompress(value)
    assert said(value) != []


NOISE = bytes((number * 167 + 13) % 256 for number in range(40)) + b"\0\x01"
DECLARED = [
    (b"ISO_IR 166", "iso8859_11", "สมหญิง วงศ์สวัสดิ์"),
    (b"ISO_IR 144", "iso8859_5", "Кузнецова Ольга"),
    (b"ISO_IR 126", "iso8859_7", "Παπαδόπουλος Νίκος"),
    (b"ISO_IR 127", "iso8859_6", "محمد الهاشمي"),
    (b"ISO_IR 138", "iso8859_8", "רחל אברהמי"),
    (b"ISO_IR 101", "iso8859_2", "Živković Đurđa"),
    (b"ISO_IR 100", "latin_1", "Åström Zoë"),
]


@pytest.mark.parametrize(("charset", "codec", "name"), DECLARED)
def test_private_bytes_are_read_in_the_character_set_that_the_file_declares(charset, codec, name):
    assert said_in(charset, name.encode(codec)) == [name]


@pytest.mark.parametrize(("charset", "codec", "name"), DECLARED)
def test_words_between_other_bytes_are_read_in_the_character_set_that_the_file_declares(charset, codec, name):
    assert any(name in text for text in said_in(charset, NOISE + name.encode(codec) + b"\0\x01\x02"))
    assert any(name in text for text in said_in(charset, NOISE + name.encode("utf-8") + b"\0\x01\x02"))


def test_a_data_set_in_a_private_value_inherits_the_character_set_of_the_file():
    name = "สมหญิง^วงศ์".encode("iso8859_11")
    inner = b"\x10\0\x10\0" + len(name).to_bytes(4, "little") + name + b"\x10\0\x40\0\x02\0\0\0F "
    assert "สมหญิง^วงศ์" in said_in(b"ISO_IR 166", b"\xfe\xff\0\xe0" + len(inner).to_bytes(4, "little") + inner)


def test_the_other_reading_of_a_part_is_that_of_its_own_bytes():
    # it was that of the whole value, once for each part
    texts = said_in(b"ISO_IR 100", "Zoë Brandt\0Weber Jörg\0Krüger Ida".encode())
    assert {"Zoë Brandt", "Weber Jörg", "Krüger Ida"} <= set(texts)
    assert not [text for text in texts if "\0" in text]
