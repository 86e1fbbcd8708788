import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.dicomio import decode, encode

# PS3.5 Annexes H to K: Specific Character Set, the bytes given there, and what they say.
STANDARD = [
    (
        b"\\ISO 2022 IR 87",
        b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B",
        "Yamada^Tarou=山田^太郎=やまだ^たろう",
    ),
    (
        b"ISO 2022 IR 13\\ISO 2022 IR 87",
        b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J=\x1b$B$d$^$@\x1b(J^\x1b$B$?$m$&\x1b(J",
        "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう",
    ),
    (
        b"\\ISO 2022 IR 149",
        b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf",
        "Hong^Gildong=洪^吉洞=홍^길동",
    ),
    (b"\\ISO 2022 IR 58", b"Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab=", "Zhang^XiaoDong=张^小东="),
    (b"ISO_IR 192", "Wang^XiaoDong=王^小東=".encode(), "Wang^XiaoDong=王^小東="),
    (b"GB18030", "Wang^XiaoDong=王^小东=".encode("gb18030"), "Wang^XiaoDong=王^小东="),
    (b"GBK", "王^小东".encode("gbk"), "王^小东"),
    (b"ISO_IR 144", b"\xbb\xee\xda\xd5\xdc\xd1\xe3\xe0\xd3", "\u041b\u044e\u043a\u0435\u043c\u0431\u0443\u0440\u0433"),
    (b"ISO_IR 126", b"\xc4\xe9\xef\xed\xf5\xf3\xe9\xef\xf2", "Διονυσιος"),
    (b"ISO_IR 127", b"\xe2\xc8\xc7\xe6\xea^\xe4\xe6\xd2\xc7\xd1", "قباني^لنزار"),
    (b"ISO_IR 138", b"\xf9\xf8\xe5\xef^\xe3\xe1\xe5\xf8\xe4", "שרון^דבורה"),
    (b"ISO_IR 100", b"Buc^J\xe9r\xf4me", "Buc^Jérôme"),
    (b"ISO_IR 101", b"W\xb1\xb3\xeasa", "Wąłęsa"),
    (b"ISO_IR 109", b"\xe5i\xb6i", "ċiĥi"),
    (b"ISO_IR 110", b"\xa2ilgas", "ĸilgas"),
    (b"ISO_IR 148", b"\xc7avu\xfeo\xf0lu", "Çavuşoğlu"),
    (b"ISO_IR 166", b"\xb9\xd2\xc2\xca\xc1\xaa\xd2\xc2", "นายสมชาย"),
    (b"ISO_IR 13", b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3", "ﾔﾏﾀﾞ^ﾀﾛｳ"),
]


@pytest.mark.parametrize(("charset", "raw", "text"), STANDARD, ids=[str(row[0]) for row in STANDARD])
def test_every_character_set_of_the_standard_is_read(charset, raw, text):
    assert decode(raw, charset, "PN") == text


@pytest.mark.parametrize(("charset", "raw", "text"), STANDARD, ids=[str(row[0]) for row in STANDARD])
def test_what_was_read_can_be_written_again(charset, raw, text):
    assert decode(encode(text, charset, "PN"), charset, "PN") == text


@pytest.mark.parametrize("charset", [b"ISO-IR 192", b"ISO IR 192 ", b"iso_ir_192", b"UTF-8", b"utf8\0"])
def test_misspelt_character_sets_are_understood(charset):
    assert decode("Łukasz".encode(), charset) == "Łukasz"


def test_bytes_that_do_not_fit_their_character_set_are_still_readable():
    assert decode("Müller".encode(), b"") == "Müller"
    assert decode(b"M\xfcller", b"") == "Müller"
    assert "ller" in decode(b"M\xfcller", b"ISO_IR 192")


@pytest.mark.parametrize(
    ("charset", "codec", "text"), [(b"\\ISO 2022 IR 58", "gb2312", "左兰"), (b"\\ISO 2022 IR 149", "euc_kr", "홍길동")]
)
def test_an_announced_character_set_is_read_without_its_escape_sequence(charset, codec, text):
    assert decode(text.encode(codec), charset) == text


def test_text_that_the_character_set_cannot_hold_is_refused():
    with pytest.raises(ValueError, match="cannot hold"):
        encode("山田", b"ISO_IR 100")


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x1b"), max_size=40))
def test_unicode_comes_back_whole(text):
    assert decode(encode(text, b"ISO_IR 192"), b"ISO_IR 192") == text


@given(st.text("ABc ^=éüñß", max_size=30))
def test_latin_comes_back_whole(text):
    assert decode(encode(text, b"ISO_IR 100", "PN"), b"ISO_IR 100", "PN") == text
