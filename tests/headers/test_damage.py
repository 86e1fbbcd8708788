"""Damaged files: never a crash, never a hang, and every file is told as read, partly read or unreadable."""

import random
import warnings
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import pytest
from pydicom.data import get_testdata_file

from auditor.config.headers import HeadersSettings
from auditor.headers.room import ROOM
from auditor.identifiers.protector import SiteProtector
from auditor.model.outcome import Disposition
from auditor.model.ports import Context
from auditor.model.run import Request
from auditor.model.target import Reading
from tests.dicomio.oracle import files_of_pydicom

FILES = (
    "CT_small.dcm",
    "MR_small.dcm",
    "MR_small_bigendian.dcm",
    "JPEG2000.dcm",
    "image_dfl.dcm",
    "reportsi.dcm",
    "rtplan.dcm",
    "ExplVR_LitEndNoMeta.dcm",
    "nested_priv_SQ.dcm",
    "UN_sequence.dcm",
    "OT-PAL-8-face.dcm",
    "DICOMDIR",
)
MUTANTS = 12
SECONDS = 5.0


def mutants(raw: bytes, seed: int) -> Iterator[bytes]:
    """The file cut, with bytes turned, blown up, left out, doubled or made into other lengths."""
    chance = random.Random(seed)  # noqa: S311 - damage, no secret
    head = min(len(raw), 8192)
    for number in range(MUTANTS):
        data = bytearray(raw)
        place, length = chance.randrange(132 if head > 200 else 0, head), chance.randrange(1, 64)
        match number % 6:
            case 0:
                del data[place:]
            case 1:
                for _ in range(length):
                    data[chance.randrange(head)] ^= 1 << chance.randrange(8)
            case 2:
                data[place : place + 4] = b"\xff\xff\xff\xff"
            case 3:
                del data[place : place + length]
            case 4:
                data[place:place] = data[place : place + length * 16]
            case _:
                data[place : place + length] = chance.randbytes(length)
        yield bytes(data)


def readings(folder: Path) -> list[Reading]:
    settings = HeadersSettings(ocr=False)
    now = datetime(2026, 1, 31, tzinfo=UTC)
    context = Context(now, SiteProtector(b"k" * 32), settings=settings, base=folder, options={"ocr": False})
    wanted = frozenset(ROOM.catalogue.specs)
    chunks = ROOM.plan(Request("headers", (str(folder),)), context)
    return [reading for chunk in chunks for reading in ROOM.read(chunk, wanted, context)]


@pytest.mark.parametrize("name", FILES)
def test_damage_is_told_and_never_fatal(tmp_path: Path, name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom tells of its own files' oddities while it looks for them
        raw = Path(str(get_testdata_file(name))).read_bytes()
    for number, data in enumerate(mutants(raw, seed=len(raw))):
        (tmp_path / f"m{number:02}.dcm").write_bytes(data)
    begun = monotonic()
    found = readings(tmp_path)
    assert monotonic() - begun < SECONDS * MUTANTS
    rows = [reading.row for reading in found]
    assert sorted(row.digest for row in rows) == sorted({row.digest for row in rows})
    assert len(rows) == MUTANTS
    assert all(row.reason for row in rows if row.disposition is not Disposition.READ)


def test_a_whole_file_beside_damaged_ones_is_read(tmp_path: Path) -> None:
    raw = Path(str(get_testdata_file("CT_small.dcm"))).read_bytes()
    (tmp_path / "a-cut.dcm").write_bytes(raw[:300])
    (tmp_path / "b-empty.dcm").write_bytes(b"")
    (tmp_path / "c-picture.dcm").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    (tmp_path / "d-whole.dcm").write_bytes(raw)
    rows = [reading.row.disposition for reading in readings(tmp_path)]
    assert rows == [Disposition.PARTLY_READ, Disposition.SKIPPED, Disposition.SKIPPED, Disposition.READ]


def test_every_file_of_pydicom_ends_with_a_row(tmp_path: Path) -> None:
    """Its own test files and those of pydicom-data, some of them damaged on purpose."""
    sources = files_of_pydicom()
    for number, path in enumerate(sources):
        (tmp_path / f"{number:03d}").write_bytes(path.read_bytes())
    rows = [reading.row for reading in readings(tmp_path)]
    assert len(rows) == len(sources) > 200
    ended = Counter(row.disposition for row in rows)
    assert ended[Disposition.READ] > len(sources) // 2
    assert all(row.reason for row in rows if row.disposition is not Disposition.READ)
    assert not any("internal" in row.reason for row in rows)
