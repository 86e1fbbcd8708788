"""What the last run read is known again by its content; what is gone or was rewritten is told, and rotation is not."""

import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.trail.test_bad_days import START, day, readings, syslog, written

LINES = day(600)
LOOSE = [line.replace("sequenceId", "origin") for line in LINES]
Step = Callable[[Path, list[str]], None]


def put(name: str, first: int, last: int) -> Step:
    def step(folder: Path, lines: list[str]) -> None:
        written(folder, lines[first:last], name)

    return step


def pack(how: Callable[[bytes], bytes], name: str, *spans: tuple[int, int]) -> Step:
    def step(folder: Path, lines: list[str]) -> None:
        kept = [line for first, last in spans for line in lines[first:last]]
        written(folder, how(("\n".join(kept) + "\n").encode()), name)

    return step


def gone(name: str) -> Step:
    return lambda folder, _: (folder / "logs" / name).unlink()


def rewritten(place: int) -> Step:
    def step(folder: Path, lines: list[str]) -> None:
        written(folder, [*lines[:place], lines[place].replace("anna", "bert"), *lines[place + 1 : 400]])

    return step


def told(folder: Path) -> tuple[int, int]:
    """(records gone, logs rewritten) by a run that remembers."""
    facts = [facts.values for reading in readings(folder, history="memory.json") for facts in reading.facts]
    vanished = sum(int(str(values.get("log_vanished", 0))) for values in facts)
    return vanished, sum(1 for values in facts if values.get("log_changed"))


def compared(folder: Path, lines: list[str], before: list[Step], after: list[Step]) -> tuple[int, int]:
    for step in before:
        step(folder, lines)
    assert told(folder) == (0, 0)
    for step in after:
        step(folder, lines)
    return told(folder)


@pytest.mark.parametrize("lines", [LINES, LOOSE], ids=["numbered", "without numbers"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([put("ehr.log", 0, 400)], []),
        ([put("ehr.log", 0, 400)], [put("ehr.log", 0, 600)]),
        ([put("ehr.log", 0, 400)], [put("ehr.log.1", 0, 400), put("ehr.log", 400, 600)]),
        ([put("ehr.log", 0, 400)], [pack(gzip.compress, "ehr.log.1.gz", (0, 450)), put("ehr.log", 450, 600)]),
        ([pack(gzip.compress, "a.gz", (0, 400))], [gone("a.gz"), pack(lzma.compress, "a.xz", (0, 400))]),
        (
            [put("ehr.log.1", 0, 200), put("ehr.log", 200, 400)],
            [put("ehr.log.1", 200, 400), put("ehr.log", 400, 600)],
        ),
    ],
    ids=["the same", "grown", "rotated", "rotated and packed", "packed otherwise", "the oldest ended its time"],
)
def test_logs_that_grow_and_rotate_alarm_nobody(
    tmp_path: Path, lines: list[str], before: list[Step], after: list[Step]
) -> None:
    assert compared(tmp_path, lines, before, after) == (0, 0)


@pytest.mark.parametrize(
    ("before", "after", "numbered", "loose"),
    [
        ([put("ehr.log", 0, 400)], [rewritten(380)], (0, 1), (0, 1)),
        ([put("ehr.log", 0, 400)], [put("ehr.log", 0, 380)], (20, 1), (0, 1)),
        (
            [pack(gzip.compress, "ehr.gz", (0, 400))],
            [pack(gzip.compress, "ehr.gz", (0, 300), (310, 400))],
            (10, 1),
            (0, 1),
        ),
        ([put("a.log", 0, 200), put("b.log", 200, 300)], [gone("b.log")], (100, 0), (100, 0)),
    ],
    ids=["one word far down", "the end", "the middle of a packed one", "a whole log"],
)
def test_what_was_rewritten_or_is_gone_is_told(
    tmp_path: Path, before: list[Step], after: list[Step], numbered: tuple[int, int], loose: tuple[int, int]
) -> None:
    (tmp_path / "n").mkdir()
    (tmp_path / "l").mkdir()

    assert compared(tmp_path / "n", LINES, before, after) == numbered
    assert compared(tmp_path / "l", LOOSE, before, after) == loose


def test_a_source_of_which_nothing_is_left_is_missed(tmp_path: Path) -> None:
    written(tmp_path, LINES[:200])
    written(tmp_path, [line.replace("EHR", "PACS") for line in LINES[:200]], "pacs.log")
    assert told(tmp_path) == (0, 0)
    (tmp_path / "logs" / "pacs.log").unlink()

    assert told(tmp_path) == (200, 0)


def test_a_log_that_cannot_be_read_today_is_not_forgotten(tmp_path: Path) -> None:
    written(tmp_path, LOOSE[:100])
    log = written(tmp_path, gzip.compress("\n".join(LOOSE[100:200]).encode()), "b.gz") / "logs" / "b.gz"
    whole = log.read_bytes()
    assert told(tmp_path) == (0, 0)
    log.write_bytes(whole[:5])
    assert told(tmp_path) == (0, 0)
    log.write_bytes(gzip.compress(syslog(1, START).encode()))

    assert told(tmp_path) == (0, 1)
