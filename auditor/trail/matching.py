"""Proposes a mapping for a table by a look at its first lines: by names first, by contents second."""

import csv
import io
import ipaddress
import re
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise

from auditor.trail import classes
from auditor.trail.mapping import Mapping, plain
from auditor.trail.moments import ISO, time_format
from auditor.trail.resources import table
from auditor.trail.writing import tidied

_SEPARATORS = ",;\t|"
_TITLE = re.compile(r"[A-Z][A-Z0-9_ -]{1,15}")
_STATION = re.compile(r"(?i)(?<![a-z])aet?(?:[ _-]?titles?)?(?![a-z])")
_KEYED = re.compile(r"(?:[A-Z]+ )?[A-Za-z]\w*=[^=]*(?:$|[;&])")
_UID = re.compile(r"[0-2](?:\.\d+){3,}")
_PREAMBLE = 20


def propose(sample: bytes, synonyms: str = "columns") -> Mapping | None:
    """Propose a mapping for the first bytes of a table; None if it is none.

    A table needs at least a header of two known columns, one of them a time, or it is not proposed. Lines of text
    above the header are passed over.
    """
    offers = [
        (_named(text, synonyms), -place, text, encoding) for place, (text, encoding) in enumerate(decoded(sample))
    ]
    _, _, text, encoding = max(offers)
    found = _table(text)
    if found is None:
        return None
    separator, header, body = found
    columns = _match(header, body, table(synonyms))
    if "time" not in columns and not {"date", "clock"} <= columns.keys():
        return None
    sample_times = [_moment_text(columns, header, row) for row in body]
    return Mapping(
        columns,
        separator,
        encoding,
        time_format([value for value in sample_times if value]),
        header=header,
        confidence=round(min(1.0, len(columns) / 8), 2),
    )


def decoded(data: bytes) -> list[tuple[str, str]]:
    """Texts that a sample may be, the likeliest first, each with its encoding."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return [(data[: len(data) & ~1].decode("utf-16", "replace"), "utf-16")]
    zeros = data[:2000:2].count(0), data[1:2000:2].count(0)
    if max(zeros) > 0.3 * min(1000, len(data) / 2):
        name = "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
        return [(data[: len(data) & ~1].decode(name, "replace"), name)]
    data = data.replace(b"\x00", b"")
    try:
        return [(data.decode("utf-8-sig"), "utf-8")]
    except UnicodeDecodeError as error:
        if error.start > len(data) - 4:
            return [(data.decode("utf-8-sig", "ignore"), "utf-8")]
    if _mostly_utf8(data):
        return [(data.decode("utf-8-sig", "replace"), "utf-8")]
    texts = []
    for name in table("encodings")["tried"]:
        try:
            texts.append((data[: data.rfind(b"\n") + 1].decode(name), name))
        except UnicodeDecodeError:
            continue
    return texts or [(data.decode("cp1252", "replace"), "cp1252")]


def _mostly_utf8(data: bytes) -> bool:
    """Whether most lines with letters beyond ASCII are UTF-8: then the others are the damage."""
    lines = [line for line in data.split(b"\n")[:2000] if not line.isascii()]
    good = sum(1 for line in lines if line.decode("utf-8", "ignore").encode() == line)
    return good > len(lines) / 2


def _table(text: str) -> tuple[str, tuple[str, ...], list[list[str]]] | None:
    """Separator, header and rows of a table, lines of text above the header left out; None when it is no table."""
    lines = [line for line in text.split("\n", 400)[:400] if line.strip()]  # a form feed ends no line
    if len(lines) < 2 or lines[0].lstrip().startswith(("<", "{")):
        return None
    separator = _separator(lines)
    rows = list(csv.reader(io.StringIO("\n".join(lines[:-1] if len(lines) > 2 else lines)), delimiter=separator))
    width = Counter(map(len, rows)).most_common(1)[0][0]
    rows = rows[next((place for place, row in enumerate(rows[:_PREAMBLE]) if len(row) == width), 0) :]
    header = tuple(name.strip().lstrip("\ufeff") for name in rows[0])
    body = [row for row in rows[1:] if len(row) == len(header)]
    return (separator, header, body) if len(header) >= 2 and body else None


def _named(text: str, synonyms: str) -> tuple[int, int]:
    """How many columns of the text's header bear a name that is known, and how many one that holds such a name."""
    found = _table(text)
    if not found:
        return -1, -1
    words = [plain(word) for listed in table(synonyms).values() for word in listed]
    ranks = [_rank(plain(name), words) for name in found[1]]
    return sum(1 for rank in ranks if rank >= 2), sum(1 for rank in ranks if rank > 0)


def _separator(lines: list[str]) -> str:
    def score(sign: str) -> tuple[int, int]:
        counts = Counter(line.count(sign) for line in lines[:50] if line.count(sign))
        return (counts.most_common(1)[0][1] * 4, counts.most_common(1)[0][0]) if counts else (0, 0)

    return max(_SEPARATORS, key=score)


def _match(header: tuple[str, ...], body: list[list[str]], synonyms: dict[str, list[str]]) -> dict[str, str]:
    """Give each of our columns the best of theirs: name rank first, contents decide between equals and fill gaps.

    Columns of AE titles whose direction no name tells are the calling and the called one, in this order.
    """
    offers: list[tuple[float, str, int]] = []
    contents = [[row[place].strip() for row in body] for place in range(len(header))]
    names = _bare([plain(name) for name in header])
    for place, name in enumerate(names):
        for column, words in synonyms.items():
            rank = max(_rank(spelt, [plain(word) for word in words]) for spelt in {name, plain(header[place])})
            fits, alone = _fits(column, [value for value in contents[place] if value][:60])
            if fits >= 0 and (rank > 0 or (alone and fits >= 0.9)):
                offers.append((rank + fits, column, place))
    chosen: dict[str, str] = {}
    used: set[int] = set()
    for _, column, place in sorted(offers, key=lambda offer: (-offer[0], offer[2])):
        if column not in chosen and place not in used and not (column in ("date", "clock") and "time" in chosen):
            chosen[column] = header[place]
            used.add(place)
    stations = [name for place, name in enumerate(header) if place not in used and _STATION.search(name)]
    open_ = [name for name in ("src_ae", "dst_ae") if name in synonyms and name not in chosen]
    return chosen | dict(zip(open_, stations, strict=False))


def _bare(names: list[str]) -> list[str]:
    """The names without the letters that all of them begin with (`LOG_`, `evt`), when that leaves something."""
    size = 0
    while all(len(name) > size + 1 for name in names) and len({name[: size + 1] for name in names}) == 1:
        size += 1
    return [name[size:] for name in names] if size > 1 else names


def _rank(name: str, words: list[str]) -> float:
    """How well a name fits: 3 for the first of the words, less for later ones, below 2 where one is in the other."""
    if name in words:
        return 3.0 - words.index(name) / len(words)
    inside = [len(word) / len(name) for word in words if len(word) > 4 and word in name]
    ends = [
        len(word) / len(name) for word in words if len(word) >= 3 and (name.endswith(word) or name.startswith(word))
    ]
    around = [len(name) / len(word) for word in words if len(name) > 4 and name in word]
    shares = [*inside, *(share for share in ends if share >= 0.5), *(share for share in around if share >= 0.65)]
    return 0.4 + max(shares) if shares else 0.0


def _fits(column: str, values: list[str]) -> tuple[float, bool]:
    """How well contents suit a column, -1 when they cannot be it, 0 when they say nothing, up to 1; and whether that
    is enough where no name tells."""
    test = _TESTS.get(column)
    if test is None or not values:
        return 0.0, False
    share = sum(1 for value in values if test(value)) / len(values)
    if column == "seq":
        return (share, _counts(values)) if share > 0.6 else (-1.0, False)
    if column in _MUST:
        return (share, column in _ALONE) if share > 0.6 else (-1.0, False)
    return share if column in _ALONE else share * 0.5, column in _ALONE and _tells(column, values)


def _counts(values: list[str]) -> bool:
    """Whether numbers rise by one from row to row, mostly."""
    steps = [int(two) - int(one) for one, two in pairwise(values) if one.isdecimal() and two.isdecimal()]
    return len(steps) > 3 and sum(1 for step in steps if step == 1) > 0.7 * len(steps)


def _tells(column: str, values: list[str]) -> bool:
    """Whether the contents are more than what any column of small numbers or letters could hold."""
    kinds = set(values)
    if column == "outcome":
        return any(not value.isdecimal() for value in kinds) or bool(kinds & {"4", "8", "12"})
    return column != "action" or len(kinds) > 1


@lru_cache(maxsize=4096)
def _is_time(value: str) -> bool:
    tidy = tidied(value)
    if ISO.match(tidy):
        return len(tidy) > 10
    return bool(_TIMELIKE.match(tidy)) and bool(time_format([tidy]))


def _is_address(value: str) -> bool:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True


def _is_code(value: str) -> bool:
    name, code, _ = classes.classify(value, "", "")
    return name != "other" and bool(code)


def _moment_text(columns: dict[str, str], header: tuple[str, ...], row: list[str]) -> str:
    if "time" in columns:
        return row[header.index(columns["time"])].strip()
    return f"{row[header.index(columns['date'])].strip()} {row[header.index(columns['clock'])].strip()}"


_TIMELIKE = re.compile(
    r"\d[\w./, +-]{4,12}\d{1,2}[:.]\d\d|(?:9|1[0-9])\d{8}(?:\.\d+)?$|(?:9|1[0-9])\d{11}$|1\d{15}$|1\d{18}$"
    r"|(?:19|20)\d{2}[01]\d[0-3]\d[T ]?[0-2]\d[0-5]\d[0-5]\d"
)
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{1,2}[ /-][A-Z][a-z]{2}[ /-]\d{2,4}|(?:19|20)\d{6}")
_CLOCK = re.compile(r"\d{1,2}[:.]\d\d(?:[:.]\d\d(?:[.,]\d+)?)?(?: ?[AaPp][Mm])?|[0-2]\d[0-5]\d[0-5]\d")
_TESTS: dict[str, Callable[[str], bool]] = {
    "time": _is_time,
    "date": lambda value: bool(_DATE.fullmatch(tidied(value))),
    "clock": lambda value: bool(_CLOCK.fullmatch(tidied(value))),
    "ip": _is_address,
    "seq": str.isdecimal,
    "instances": lambda value: value.lstrip("-").isdecimal(),
    "src_ae": lambda value: bool(_TITLE.fullmatch(value)),
    "dst_ae": lambda value: bool(_TITLE.fullmatch(value)),
    "study": lambda value: bool(_UID.fullmatch(value)),
    "query": lambda value: bool(_KEYED.match(value)),
    "code": _is_code,
    "action": lambda value: value in ("C", "R", "U", "D", "E"),
    "outcome": classes.is_outcome,
}
_MUST = {"time", "date", "clock", "instances"}
_ALONE = {"time", "ip", "study", "query", "code", "action", "outcome"}
