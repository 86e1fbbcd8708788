"""The fast lane: whole blocks of lines that look alike give, row for row, what lxml gives line by line."""

import random
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.trail.formats import lines, octets
from auditor.trail.formats.lane import LEAST, Lane
from auditor.trail.formats.lines import LineReader
from auditor.trail.formats.message import Messages
from auditor.trail.opening import LogFile
from auditor.trail.reading import Part, as_table
from auditor.trail.schema import COLUMNS, Sink
from tests.trail.hospital import message

AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
HEADS = (
    '<85>1 2026-03-04T05:06:07Z h EHR 1 IHE+RFC-3881 [m sequenceId="{n}"] ',
    "<85>1 2026-03-04T05:06:07Z h - 1 IHE - ",
    "<85>Mar  4 05:06:0{n} h EHR[17]: ",
    "Årlig {n}: ",
    "",
)
VALUES = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=12) | st.sampled_from(
    ["", "anna", "O'Neil", "a&amp;b", "a<b", "&x;", "<!--", "]]>", " 7 ", "\ufeff", "é", '"', "AETITLES=A;B"]
)


def made(values: list[str], seed: int) -> list[str]:
    """Lines of two shapes whose values come from the list."""
    rnd = random.Random(seed)  # noqa: S311 - made-up data
    shapes = [{name for name in ("patient", "ip", "src", "query", "UserName") if rnd.random() < 0.7} for _ in range(2)]
    chosen = []
    for number in range(5 * LEAST):
        more = {name: rnd.choice(values) for name in rnd.choice(shapes)}
        name = more.pop("UserName", None)
        text = message(AT + timedelta(seconds=number), rnd.choice(values), "110103", rnd.choice(values), **more)
        if name is not None:
            text = text.replace("UserIsRequestor", f'UserName="{name}" UserIsRequestor', 1)
        chosen.append(HEADS[seed % len(HEADS)].format(n=number % 10) + text)
    return chosen


def rows_of(sink: Sink) -> list[dict[str, object]]:
    log = LogFile("a", "a")
    return as_table(sink, Part(log, 0)).to_pylist()


@given(st.lists(VALUES, min_size=1, max_size=5), st.integers(0, 1000), st.sampled_from(["\n", "\r\n"]))
@settings(max_examples=60, deadline=None)
def test_a_block_gives_what_its_lines_give_one_by_one(values: list[str], seed: int, end: str) -> None:
    data = end.join([*made(values, seed), ""]).encode()
    quick, slow = Sink(), Sink()
    lines.parse([data], quick)
    reader = LineReader(slow)
    for line in data[:-1].split(b"\n"):
        reader.line(line)
    reader.end()

    assert rows_of(quick) == rows_of(slow)
    assert (quick.tally, quick.physical) == (slow.tally, slow.physical)


def test_an_octet_counted_stream_gives_what_its_messages_give_as_lines() -> None:
    texts = [text.replace("\n", " ").encode() for text in made(["anna", "0042", "O'Neil"], 0)]
    broken = b"99 <85>1 h"
    stream = b"".join(b"%d %s" % (len(text), text) for text in texts[:60])
    stream += broken + b"".join(b"%d %s" % (len(text), text) for text in texts[60:])
    framed, plain = Sink(), Sink()
    octets.parse([stream[:5000], stream[5000:]], framed)
    lines.parse([b"\n".join([*texts, b""])], plain)

    assert [{**row, "line": 0} for row in rows_of(framed)] == [{**row, "line": 0} for row in rows_of(plain)]
    assert framed.tally.examples == [(61, "broken frame")]
    assert framed.tally.balanced


def test_lines_that_look_alike_do_go_through_the_fast_lane() -> None:
    data = "\n".join([*made(["anna", "bert", "0042"], 0), ""]).encode()

    taken, left = Lane(Messages()).take(data)

    assert sum(len(places) for places, _ in taken) + left.sum() == 5 * LEAST
    assert left.sum() < LEAST
    assert all(len(columns) == len(COLUMNS) for _, columns in taken)


def test_a_message_left_open_before_a_line_of_the_fast_lane_is_truncated_at_its_own_line() -> None:
    good = made(["anna"], 1)
    sink = Sink()
    lines.parse(["\n".join([*good[:40], good[0][:120], *good[40:], good[1][:90], ""]).encode()], sink)

    assert sink.tally.events == len(good)
    assert sink.tally.examples == [(41, "truncated message"), (len(good) + 2, "truncated message")]
    assert sink.tally.balanced
