"""Loads context tables from a folder: which table a file is, and which of its columns is which."""

import csv
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd

from auditor.trail.context.recognising import Met, recognise
from auditor.trail.decoding import decode
from auditor.trail.mapping import plain
from auditor.trail.moments import time_format
from auditor.trail.resources import table
from auditor.trail.tongues import abroad
from auditor.trail.writing import tidied

LARGEST = 512 << 20
TABLES = tuple(table("context"))
_MOMENTS = {"start", "end", "hired", "left", "since", "deceased", "date", "dob", "suspended"}
_NUMERIC = r"^\s*(\d{1,2})[-/.](\d{1,2})[-/.]\d{2,4}\b"
_WITH_OFFSET = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)? ?(?:Z|UTC|[+-]\d\d:?\d\d)"


@dataclass(frozen=True, slots=True)
class Loaded:
    """The context that was found: a frame a table, with our names for its columns, and what became of each file.

    `files` maps a table to the name of its file, `missing` lists tables that no file was found for, `problems`
    tells of files that could not be used, without quoting them; `zoned` names (table, column) of moments that came with
    an offset and are held in UTC, where all others are local. `unplaced` counts files that are no table we know.
    """

    frames: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    zoned: frozenset[tuple[str, str]] = frozenset()
    unplaced: int = 0

    @property
    def missing(self) -> tuple[str, ...]:
        """Tables that were not given."""
        return tuple(name for name in TABLES if name not in self.frames)


def load(folder: Path | None, given: Mapping[str, Mapping[str, str]], known: Met | None = None) -> Loaded:
    """Load every table in the folder; `given` names their columns for ours, by table, where names alone do not tell.

    What the logs know (`known`, see `recognising.met`) tells the columns of users and patients under any name.
    """
    if folder is None or not folder.is_dir():
        return Loaded(problems=() if folder is None else ("the context folder cannot be read",))
    frames: dict[str, pd.DataFrame] = {}
    files: dict[str, str] = {}
    problems: list[str] = []
    zoned: set[tuple[str, str]] = set()
    tables = 0
    ranked: list[tuple[float, str, str, pd.DataFrame, dict[str, str]]] = []
    for number, path in enumerate(sorted(item for item in folder.iterdir() if item.is_file())):
        if path.suffix.lower() not in (".csv", ".tsv", ".txt"):
            continue
        frame, passed = _read(path)
        if passed:
            problems.append(f"{passed} rows of context file {number + 1} have more cells than it has columns")
        if frame is None or (frame.empty and not len(frame.columns)):
            problems.append(f"context file {number + 1} is no table")
            continue
        tables += 1
        ranked += [(*offer, frame, columns) for offer, columns in _offers(path, frame, given, known or {})]
    witness = _witness([frame[theirs] for *_, frame, columns in ranked for theirs in _dates(columns)])
    for score, name, file_name, frame, columns in sorted(ranked, key=lambda item: -item[0]):
        if name in frames or file_name in files.values() or score <= 0:
            continue
        chosen = frame.rename(columns={theirs: ours for ours, theirs in columns.items()})[list(columns)]
        frames[name], with_offset = _typed(chosen, witness)
        zoned |= {(name, column) for column in with_offset}
        files[name] = file_name
    return Loaded(frames, files, tuple(problems), frozenset(zoned), tables - len(files))


def _read(path: Path) -> tuple[pd.DataFrame | None, int]:
    """The table in a file, None where it is none, and how many of its rows hold more than there are columns for."""
    if path.stat().st_size > LARGEST:
        return None, 0
    text = decode(path.read_bytes().replace(b"\x00", b""))
    separator = max(",;\t|", key=text.split("\n", 1)[0].count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, skipinitialspace=True)
    try:
        filled = [row for row in reader if any(row)]
    except csv.Error:
        return None, 0
    header = filled[0] if filled else []
    width = len(header)
    rows = [row[:width] + [""] * (width - len(row)) for row in filled[1:] if not any(row[width:])]
    return pd.DataFrame(rows, columns=_unlike(header), dtype=str), len(filled[1:]) - len(rows)


def _unlike(header: list[str]) -> list[str]:
    """The names of the columns; one that comes again gets the number of its turn."""
    met: Counter[str] = Counter()
    names = []
    for name in header:
        names.append(f"{name}.{met[name]}" if met[name] else name)
        met[name] += 1
    return names


def _offers(
    path: Path, frame: pd.DataFrame, given: Mapping[str, Mapping[str, str]], known: Met
) -> list[tuple[tuple[float, str, str], dict[str, str]]]:
    stem = plain(path.stem)
    offers = []
    for name, spec in ((name, table("context")[name]) for name in TABLES):
        columns = match(list(frame.columns), known_columns(name), given.get(name, {}))
        recognise(frame, spec["columns"], spec["needs"], columns, known)
        if not set(spec["needs"]) <= columns.keys():
            continue
        named = _named(stem, name, spec["files"])
        share = len(columns) / max(1, len(frame.columns))
        cover = len(columns.keys() & spec["columns"].keys()) / len(spec["columns"])
        score = named + 3 * share + 2 * cover
        if named or (share > 0.7 and cover > 0.6):
            offers.append(((score, name, path.name), columns))
    return offers


def _named(stem: str, name: str, listed: list[str]) -> float:
    """How much a file's name says for a table."""
    if stem in listed or stem in abroad("files", name):
        return 10.0
    return 5.0 if any(len(word) > 4 and word in stem for word in listed) else 0.0


def known_columns(name: str) -> dict[str, list[str]]:
    """The columns of a table and their names, those that few houses have among them."""
    return {**table("context")[name]["columns"], **table("context")[name].get("extra", {})}


def match(header: list[str], wanted: Mapping[str, list[str]], given: Mapping[str, str]) -> dict[str, str]:
    """Our column names to theirs: what the site says first, then the best name, each of theirs used once."""
    chosen = {ours: theirs for ours, theirs in given.items() if theirs in header}
    offers: list[tuple[float, str, str]] = []
    for theirs in header:
        name = _folded(plain(theirs))
        for ours, listed in wanted.items():
            words = list(dict.fromkeys(_folded(word) for word in (plain(ours), *listed)))
            if name in words:
                offers.append((2 - words.index(name) / len(words), ours, theirs))
            elif plain(theirs) in abroad("columns", ours):
                offers.append((1, ours, theirs))
            elif any(len(word) > 3 and (name.startswith(word) or name.endswith(word)) for word in words):
                offers.append((0.5, ours, theirs))
    for _, ours, theirs in sorted(offers, key=lambda offer: -offer[0]):
        if ours not in chosen and theirs not in chosen.values():
            chosen[ours] = theirs
    if "ward" in chosen and "department" not in chosen:
        chosen["department"] = chosen.pop("ward")
    return chosen


def _folded(name: str) -> str:
    """A plain name with umlauts as one letter, however they were written."""
    return name.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def _dates(columns: Mapping[str, str]) -> list[str]:
    return [theirs for ours, theirs in columns.items() if ours in _MOMENTS]


def _witness(columns: "list[pd.Series[Any]]") -> str:
    """A date that can be read in one way only, to read by it the columns of this folder that could be read in two.

    Empty when there is none, or when the tables contradict each other.
    """
    first, second = "", ""
    for column in columns:
        parts = column.str.extract(_NUMERIC)
        day_first = column[pd.to_numeric(parts[0], errors="coerce") > 12]
        month_first = column[pd.to_numeric(parts[1], errors="coerce") > 12]
        first = first or (str(day_first.iloc[0]).strip() if len(day_first) else "")
        second = second or (str(month_first.iloc[0]).strip() if len(month_first) else "")
    return "" if first and second else re.split("[ T]", first or second)[0]


def _typed(frame: pd.DataFrame, witness: str) -> tuple[pd.DataFrame, set[str]]:
    """Texts trimmed, moments as datetimes; and the columns whose moments carry an offset and are in UTC now."""
    typed = frame.apply(lambda column: column.str.strip())
    zoned = set()
    for name in _MOMENTS & set(typed.columns):
        given = typed[name][typed[name] != ""]
        if len(given) and given.str.fullmatch(_WITH_OFFSET).all():
            typed[name] = pd.to_datetime(typed[name], utc=True, errors="coerce", format="ISO8601").dt.tz_localize(None)
            zoned.add(name)
        else:
            typed[name] = _moments(typed[name], witness)
    return typed, zoned


def _moments(column: "pd.Series[Any]", witness: str) -> "pd.Series[Any]":
    column = column.map(tidied, na_action="ignore")
    given = [value for value in column[column != ""].head(400) if value]
    parts = column.str.extract(_NUMERIC).apply(pd.to_numeric, errors="coerce")
    unclear = parts.notna().all(axis=1).any() and not (parts > 12).any(axis=None)
    pattern = time_format([*given[:1], witness, *given[1:]] if unclear and witness else given)
    if not pattern and given and not any("-" in value for value in given):
        pattern = _date_only(given)
    if pattern in ("epoch", "epoch_ms"):
        return pd.to_datetime(
            pd.to_numeric(column, errors="coerce"), unit="s" if pattern == "epoch" else "ms", errors="coerce"
        )
    cleaned = column.str.replace(r"\s*(?:Z|UTC|[+-]\d\d:\d\d)$", "", regex=True)
    return pd.to_datetime(cleaned, format=pattern.replace("%z", "").strip() or "ISO8601", errors="coerce")


def _date_only(values: list[str]) -> str:
    patterns = ("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y%m%d", "%Y/%m/%d", "%d.%m.%y", "%d-%b-%Y")

    def reads(pattern: str) -> int:
        return int(pd.to_datetime(pd.Series(values), format=pattern, errors="coerce").notna().sum())

    return max(patterns, key=reads)
