"""Logs that are packed, in archives, in archives within archives: read as plain ones, damage said."""

import bz2
import gzip
import io
import lzma
import random
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from auditor.trail.opening import blocks, find
from auditor.trail.reading import Part, parse_part
from tests.trail.hospital import message

AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
ONE = message(AT, "EHR", "110103", "anna", patient="0042", ip="10.0.0.1", src="CT9", dst="PACS9")
HEAD = '<85>1 2026-03-04T05:06:07Z h EHR 1 IHE+RFC-3881 [m sequenceId="7"] '


def written(folder: Path, data: bytes | str, name: str) -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def parsed(path: Path) -> Any:
    return parse_part(Part(next(find(path)), 0, "syslog lines"))


def zstd(data: bytes) -> bytes:
    return bytes(pa.compress(data, "zstd", asbytes=True))


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstd, bytes])
def test_packed_logs_are_read_as_plain_ones(tmp_path: Path, pack: type[bytes]) -> None:
    assert parsed(written(tmp_path, pack((HEAD + ONE + "\n").encode()), "a.log.1"))[1].events == 1


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstd])
def test_of_a_packed_log_that_was_cut_off_all_is_read_that_is_there(tmp_path: Path, pack: type[bytes]) -> None:
    rnd, lines = random.Random(4), []  # noqa: S311
    for _ in range(3000):
        lines.append(HEAD + message(AT, "EHR", "110103", f"user{rnd.randrange(10**12)}", patient="1") + "\n")
    packed = pack("".join(lines).encode())
    path = written(tmp_path, packed[: len(packed) // 2], "a.log.gz")

    table, tally, _, problem = parsed(path)

    assert problem.startswith("damaged")
    assert 1000 < table.num_rows < 3000
    assert tally.balanced
    assert tally.rejections <= 1


def test_a_zip_within_a_zip_is_looked_into_and_one_that_is_none_is_told(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("audit.log.gz", gzip.compress(b"\n".join((HEAD + ONE).encode() for _ in range(3))))
    with zipfile.ZipFile(tmp_path / "year.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("month.zip", inner.getvalue())
        archive.writestr("broken.zip", b"no zip at all")

    logs = list(find(tmp_path))

    assert [log.name for log in logs] == ["year.zip!broken.zip", "year.zip!month.zip!audit.log.gz"]
    assert b"".join(blocks(logs[1])).count(b"</AuditMessage>") == 3


def test_zip_members_are_logs_and_rotated_sets_come_oldest_first(tmp_path: Path) -> None:
    for name in ("a.log", "a.log.1", "a.log.2.gz", "a.log.10"):
        written(tmp_path, "x", name)
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("in/c.log", HEAD + ONE)

    assert [log.name for log in find(tmp_path)] == ["a.log.10", "a.log.2.gz", "a.log.1", "a.log", "b.zip!in/c.log"]
