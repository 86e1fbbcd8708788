"""Strict YAML reads what is written, and nothing else."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.config.strictyaml import MAXIMUM_DEPTH, load, loads, nearest
from auditor.errors import AuditorError, ConfigError, RuleError


@pytest.mark.parametrize(
    "text",
    [
        "0010",
        "no",
        "yes",
        "on",
        "12:30",
        "2026-01-01",
        "1.2.3",
        "~",
        "0x10",
        "1_000",
        "1e5",
        "+1",
        ".5",
        "True",
        "NULL",
    ],
)
def test_what_yaml_1_1_would_guess_stays_text(text: str) -> None:
    assert loads(f"a: {text}", "f").data == {"a": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("false", False), ("null", None), ("", None), ("7", 7), ("-3", -3), ("0", 0), ("1.5", 1.5),
     ("-2.5e3", -2500.0), ("'7'", "7"), ('"true"', "true"), ("1234567890123456789012", "1234567890123456789012")],
)  # fmt: skip
def test_a_plain_scalar_is_what_it_says(text: str, value: object) -> None:
    data = loads(f"a: {text}", "f").data
    assert data == {"a": value}
    assert type(data["a"]) is type(value)


def test_sequences_are_tuples_and_block_texts_are_texts() -> None:
    assert loads("a: [1, [2]]\nb: |\n  x\n  y\n", "f").data == {"a": (1, (2,)), "b": "x\ny\n"}


def test_keys_are_always_text() -> None:
    assert loads("1: a\ntrue: b\nnull: c\n", "f").data == {"1": "a", "true": "b", "null": "c"}


def test_every_value_knows_its_line_and_the_nearest_one_around_it() -> None:
    document = loads("a:\n  - b: 1\n    c: 2\n", "f.yaml")
    assert document.where(("a", 0, "c")) == "f.yaml:3"
    assert document.where(("a", 0, "missing", "deeper")) == "f.yaml:2"
    assert document.where() == "f.yaml:1"


def test_an_empty_document_is_nothing() -> None:
    document = loads(b"\xef\xbb\xbf# only a comment\n", "f")
    assert (document.data, document.where(("a",))) == (None, "f:1")


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("a: 1\nb: 2\na: 3", 3, "the key 'a' is written twice"),
        ("a: &x 1", 1, "an anchor is not allowed"),
        ("a: 1\nb: *x", 2, "an alias is not allowed"),
        ("a: !!str 1", 1, "a tag is not allowed"),
        ("a: !x [1]", 1, "a tag is not allowed"),
        ("? [a]\n: b", 1, "a key is not plain text"),
        ("&a k: 1", 1, "a key is not plain text"),
        ("!t k: 1", 1, "a key is not plain text"),
        ("'': 1", 1, "a key is not plain text"),
        ("--- 1\n--- 2", 2, "a second document begins"),
        ("a: [1", 1, "this is not YAML"),
        ("a: b: c", 1, "this is not YAML"),
        ("\ta: b", 1, "this is not YAML"),
        ("a: \x07", 1, "the file holds characters that YAML does not allow"),
        ("[" * 23 + "[" * 2 + "]" * 25, 1, f"this is nested too deeply{''}"),
    ],
)
def test_what_is_refused_is_refused_with_its_line(text: str, line: int, what: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loads(text, "f.yaml")
    assert what in caught.value.what
    assert caught.value.where.startswith("f.yaml:")
    assert abs(int(caught.value.where.split(":")[1]) - line) <= 1
    assert caught.value.right


def test_nesting_is_bounded_and_up_to_the_bound_is_read() -> None:
    assert loads("[" * MAXIMUM_DEPTH + "]" * MAXIMUM_DEPTH, "f").data
    with pytest.raises(ConfigError, match="nested too deeply"):
        loads("[" * (MAXIMUM_DEPTH + 1) + "]" * (MAXIMUM_DEPTH + 1), "f")
    with pytest.raises(ConfigError):
        loads("[" * 100_000, "f")


def test_bytes_that_are_no_utf_8_are_located() -> None:
    with pytest.raises(RuleError) as caught:
        loads(b"a: 1\nb: \xff", "f", error=RuleError)
    assert caught.value.where == "f:2"


def test_surrogates_in_a_text_are_refused() -> None:
    with pytest.raises(ConfigError, match="characters that YAML does not allow"):
        loads("a: \ud800", "f")


def test_size_is_bounded(tmp_path: Path) -> None:
    file = tmp_path / "f.yaml"
    file.write_text("a: " + "x" * 100)
    with pytest.raises(ConfigError, match="too large"):
        load(file, maximum=50)
    assert load(file).data == {"a": "x" * 100}


def test_a_file_that_is_not_there_is_an_error_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read") as caught:
        load(tmp_path / "nowhere.yaml")
    assert caught.value.where.endswith("nowhere.yaml")


def test_without_the_c_loader_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(yaml, "CSafeLoader")
    with pytest.raises(ConfigError, match="without libyaml"):
        loads("a: 1", "f")


def test_nearest_means_what_was_probably_meant() -> None:
    assert nearest("tiltle", ["title", "text"]) == "did you mean 'title'?"
    assert nearest("zzz", ["title", "text"]) == "one of text, title"
    assert nearest("zzz", [f"w{number:02}" for number in range(20)]).endswith("w11, …")
    assert nearest("zzz", []) == "nothing here"


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200) | st.text(alphabet="{}[]:-?&*!|>'\"%@`#, \n\tab1", max_size=80))
def test_no_bytes_crash_it(raw: bytes | str) -> None:
    refusal = None
    try:
        loads(raw, "f")
    except AuditorError as error:
        refusal = error
    assert refusal is None or (refusal.what and refusal.where.startswith("f"))


@settings(max_examples=150, deadline=None)
@given(
    st.recursive(
        st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp")), max_size=8)
        | st.integers(-(10**17), 10**17)
        | st.booleans()
        | st.none(),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1, max_size=3), inner, max_size=3)
        ),
        max_leaves=8,
    )
)
def test_what_another_writer_wrote_is_read_back(value: object) -> None:
    def frozen(item: object) -> object:
        if isinstance(item, list):
            return tuple(frozen(each) for each in item)
        return {key: frozen(each) for key, each in item.items()} if isinstance(item, dict) else item

    text = yaml.safe_dump({"a": value}, allow_unicode=True, default_style=None)
    if "\ufeff" not in text and "&id" not in text:
        assert loads(text, "f").data == {"a": frozen(value)}
