"""Recall of the text detectors by kind and spelling, and decoys flagged by class, on material of its own.

python benchmarks/detectors_quality.py [--misses]
"""

import argparse
import datetime
import random
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from auditor.identifiers.detectors import Detectors
from auditor.identifiers.field import Field, Nature
from auditor.identifiers.identity import Identity
from auditor.identifiers.kind import Kind
from auditor.identifiers.known import Known

_BORN = datetime.date(1947, 11, 23)
_COLUMNS = ("last", "first", "town", "street", "phone", "national", "hospital", "relative", "doctor")
_DECOY_NATURES = (Nature.FREE_TEXT, Nature.DESCRIPTION, Nature.CODE)


def main() -> None:
    """Print one line a class: found, of, per cent."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", action="store_true", help="also print every miss and every decoy flagged")
    chosen = parser.parse_args()
    material = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
    detectors = Detectors()
    _table("known identity, recall", _known(material, detectors), misses=chosen.misses)
    _table("without identity, recall", _unknown(material, detectors), misses=chosen.misses)
    _table("decoys flagged", _decoys(material, detectors), misses=chosen.misses)
    _growth(detectors)


def _growth(detectors: Detectors) -> None:
    """CPU of a text sixteen times as long, as a ratio: 16 where cost is linear in length."""
    print("\ngrowth of cost for sixteen times the text")
    for piece in ("a ", "1 ", "Dr. ", "01.", "(", "Smith, ", "é", "19", "::", "1-"):
        detectors.find(piece * 2000)
        short, long = (_cpu(detectors, piece * times) for times in (2000, 32000))
        print(f"  {piece!r:<16}{long / max(short, 1e-6):7.1f}")


def _cpu(detectors: Detectors, text: str) -> float:
    begun = time.process_time()
    detectors.find(text)
    return time.process_time() - begun


def _known(material: Mapping[str, Any], detectors: Detectors) -> Iterator[tuple[str, bool, str]]:
    for values in _people(material):
        identity = _identity(values)
        for kind, templates in material["known"].items():
            for template in templates:
                text = template.format(**values)
                yield kind, _letter(detectors.find(text, identity, Field()), Kind(kind)), text


def _unknown(material: Mapping[str, Any], detectors: Detectors) -> Iterator[tuple[str, bool, str]]:
    for values in _people(material):
        for kind, templates in material["unknown"].items():
            for template in templates:
                text = template.format(**values)
                letters = {hit.letter for hit in detectors.find(text)}
                right = Kind(kind).letter in letters or (kind == "national_id" and bool(letters & set("GI")))
                yield kind, right, text


def _decoys(material: Mapping[str, Any], detectors: Detectors) -> Iterator[tuple[str, bool, str]]:
    identities = [_identity(values) for values in _people(material)]
    for kind, texts in material["decoys"].items():
        for number, text in enumerate(texts):
            for nature in _DECOY_NATURES:
                hits = detectors.find(str(text), identities[number % len(identities)], Field(nature))
                yield kind, not hits, f"{text} [{nature}] {[hit.detector for hit in hits]}"


def _letter(hits: tuple[Any, ...], kind: Kind) -> bool:
    return any(hit.letter == kind.letter for hit in hits)


def _identity(values: Mapping[str, str]) -> Identity:
    return Identity.learn(
        (
            Known(Kind.NAME, f"{values['last']}^{values['first']}"),
            Known(Kind.RECORD_NUMBER, values["id0"]),
            Known(Kind.DATE, _BORN.strftime("%Y%m%d")),
        )
    )


def _people(material: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    drawn = random.Random(20240229)  # noqa: S311 - a fixed draw, so that runs can be compared
    for row in material["people"]:
        values = dict(zip(_COLUMNS, row, strict=True))
        yield {**values, **_spellings(values), **_numbers(drawn), **_dates(_BORN)}


def _spellings(values: Mapping[str, str]) -> dict[str, str]:
    last, first = _plain(values["last"]), _plain(values["first"])
    return {
        "LAST": values["last"].upper(),
        "FIRST": values["first"].upper(),
        "L": last[0].upper(),
        "F": first[0].upper(),
        "ascii_last": last,
        "ascii_first": first,
        "lastfirst": (last + first).lower().replace(" ", ""),
        "flast": (first[0] + last).lower().replace(" ", ""),
    }


def _plain(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))


def _numbers(drawn: random.Random) -> dict[str, str]:
    core = str(drawn.randint(300_000, 9_999_999))
    letters = "".join(drawn.choices("BCDFGHKLMNPRSTVWX", k=3))
    padded = core.zfill(8)
    return {
        "id": padded,
        "id0": padded,
        "id1": core,
        "idsep": f"{padded[:2]}-{padded[2:5]}-{padded[5:]}",
        "idalnum": f"{letters}{drawn.randint(100_000, 99_999_999)}",
        "plate": f"{letters}-{drawn.randint(1000, 9999)}",
    }


def _dates(day: datetime.date) -> dict[str, str]:
    return {
        "d_iso": day.isoformat(),
        "d_dot": day.strftime("%d.%m.%Y"),
        "d_us": day.strftime("%m/%d/%Y"),
        "d_eu": day.strftime("%d/%m/%Y"),
        "d_text": day.strftime("%d November %Y"),
        "d_compact": day.strftime("%Y%m%d"),
        "d_short": day.strftime("%d-Nov-%y"),
    }


def _table(title: str, rows: Iterator[tuple[str, bool, str]], *, misses: bool) -> None:
    good: Counter[str] = Counter()
    total: Counter[str] = Counter()
    bad: list[str] = []
    for kind, right, text in rows:
        good[kind] += right
        total[kind] += 1
        if not right:
            bad.append(f"    {kind}: {text}")
    flagged = title.startswith("decoys")
    print(f"\n{title}")
    for kind in total:
        count = total[kind] - good[kind] if flagged else good[kind]
        print(f"  {kind:<16}{count:>5}/{total[kind]:<5}{100 * count / total[kind]:7.1f}%")
    whole = sum(total.values()) - sum(good.values()) if flagged else sum(good.values())
    print(f"  {'all':<16}{whole:>5}/{sum(total.values()):<5}{100 * whole / sum(total.values()):7.1f}%")
    if misses:
        print("\n".join(bad))


if __name__ == "__main__":
    main()
