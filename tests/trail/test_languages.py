"""Tables in the languages of many houses: every heading is known, every event is of its kind, however it is written."""

import random
import unicodedata
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.trail import classes, tongues
from auditor.trail.context.loading import load
from auditor.trail.matching import propose
from auditor.trail.resources import table

KINDS = ("login", "login", "logout", "read", "query", "delete", "export", "override", "log_used")
PHRASES = yaml.safe_load((Path(__file__).parent / "data/phrases.yaml").read_text(encoding="utf-8"))
WRITTEN = {code: table for code, table in tongues.languages().items() if "columns" in table}
CLASS = {"transfer": "retrieve", "print": "export", "emergency": "override", "log": "log_used"}
PLAINLY = ("login", "logout", "read", "query", "transfer", "delete", "export", "print", "import", "emergency")
SPELLINGS = {
    "as written": str,
    "in capitals": str.upper,
    "without accents": lambda text: "".join(
        sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign)
    ),
    "in pieces": lambda text: unicodedata.normalize("NFD", text),
    "with underscores": lambda text: text.casefold().replace(" ", "_"),
}


def stem(word: str) -> str:
    return word.strip("-")


def test_every_language_has_its_phrases() -> None:
    assert set(PHRASES) == set(tongues.languages())
    assert len(WRITTEN) >= 36


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("code", PHRASES)
def test_phrases_are_of_their_kind_in_any_spelling(code: str, spelling: str) -> None:
    if spelling == "without accents" and code in ("th", "ja", "ko"):
        pytest.skip("signs of these scripts are no accents")
    told = [(text, classes.classify(SPELLINGS[spelling](text), "", "")[0]) for text in PHRASES[code]]

    assert told == list(zip(PHRASES[code], KINDS, strict=True))


@pytest.mark.parametrize("code", PHRASES)
def test_the_login_that_failed_is_the_only_phrase_of_a_failure(code: str) -> None:
    went = [classes.succeeded("", text, "") for text in PHRASES[code]]

    assert went == [place != 1 for place in range(len(went))]


@pytest.mark.parametrize("code", tongues.languages())
def test_every_word_of_a_language_is_of_its_sense_among_those_of_all_others(code: str) -> None:
    wrong = [
        (word, sense, sorted(tongues.done(stem(word))))
        for sense, words in tongues.languages()[code]["events"].items()
        for word in words
        if sense not in tongues.done(stem(word))
    ]

    assert not wrong


@pytest.mark.parametrize("code", tongues.languages())
def test_words_for_success_and_failure_are_told_apart(code: str) -> None:
    outcomes = tongues.languages()[code]["outcomes"]
    wrong = [
        word
        for went in ("ok", "failed")
        for word in outcomes.get(went, ())
        if classes.succeeded(stem(word), "", "") != (went == "ok")
    ]

    assert not wrong


@pytest.mark.parametrize("code", WRITTEN)
@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_a_table_in_the_language_maps_wholly(code: str, seed: int) -> None:
    rnd = random.Random(seed)  # noqa: S311 - made-up tables
    language = tongues.languages()[code]
    ours = ["time", "source", "seq", "code", "outcome", "user", "ip", "patient", "override", "query", "purpose"]
    rnd.shuffle(ours)
    heading = {name: rnd.choice(language["columns"][name]) for name in ours}
    if len(set(heading.values())) < len(heading):
        heading = {name: language["columns"][name][0] for name in ours}
    words = [stem(word) for sense in PLAINLY for word in language["events"][sense]]
    good, bad = (stem(rnd.choice(language["outcomes"][went])) for went in ("ok", "failed"))
    rows = [";".join(heading[name] for name in ours)]
    for number in range(60):
        word = rnd.choice(words)
        cells = {
            "time": f"2026-03-{number % 28 + 1:02d} 08:{number:02d}:00", "source": "KIS", "seq": str(400 + number),
            "code": rnd.choice((word, word.upper())), "outcome": bad if number % 9 == 4 else good,
            "user": rnd.choice(("ab12", "cd34", "ef56")), "ip": f"10.1.2.{number}", "patient": f"{number * 7919:07d}",
            "override": stem(language["flags"]["yes" if number % 20 == 3 else "no"][0]),
            "query": rnd.choice(("", "PatientName=A*")), "purpose": rnd.choice(("", "Lorem ipsum")),
        }  # fmt: skip
        rows.append(";".join(cells[name] for name in ours))

    mapping = propose("\n".join([*rows, ""]).encode())

    assert mapping is not None
    assert mapping.columns == heading
    assert mapping.strange == ()


CONTEXT = {code: words["context"] for code, words in tongues.languages().items() if "context" in words}


@pytest.mark.parametrize("code", sorted(CONTEXT))
def test_context_tables_in_a_language_are_known_by_their_file_and_column_names(tmp_path: Path, code: str) -> None:
    tables = table("context")
    words = CONTEXT[code]
    for name, spec in tables.items():
        header = [words["columns"][ours][0].title() for ours in spec["columns"] if ours in words["columns"]]
        row = ["1"] * len(header)
        text = "\n".join(";".join(cells) for cells in (header, row))
        (tmp_path / f"{words['files'][name][0]}.csv").write_text(text, encoding="utf-8")
    loaded = load(tmp_path, {})
    assert loaded.missing == ()
    for name, spec in tables.items():
        known = {ours for ours in spec["columns"] if ours in words["columns"]}
        lacking = known - set(loaded.frames[name].columns)
        assert len(lacking) <= len(known) // 5, (name, lacking)
