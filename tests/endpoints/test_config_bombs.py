"""Configuration files made to hurt: each ends in time, with a reason or with statements, and never with an error."""

import os
import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.endpoints.configs.read import read_config
from fixtures.endpoints.configgen import MAKERS, make

_SUFFIX = {"dcm4chee-json": "dcm4chee"}


def _read(path: Path, product: str = "") -> tuple[str, float]:
    """The problem told, and the seconds it took."""
    began = time.process_time()
    found = read_config(path, product)
    return found.problem, time.process_time() - began


_BOMBS = {
    "deep.json": b"[" * 4_000_000,
    "deep-objects.json": b'{"DicomAet":' * 600_000,
    "comments.json": b"/*" * 2_000_000,
    "slashes.json": b"//\n" * 2_000_000,
    "spaces.json": b'{"DicomAet"' + b" " * 6_000_000 + b":1",
    "quotes.json": b'{"DicomAet": "' + b"\\\\" * 3_000_000,
    "wide.json": b'{"DicomAet": [' + b"1," * 2_000_000 + b"1]}",
    "digits.json": b'{"DicomPort": ' + b"9" * 4_000_000 + b"}",
    "braces.conf": b"http {" * 500_000,
    "words.conf": b"server " * 900_000 + b";",
    "tokens.conf": b"server{}" * 900_000,
    "backslashes.conf": b"server { listen " + b"\\" * 3_000_000,
    "includes.conf": b"http { server { listen 80; } }\n" + b"include *.conf;\n" * 20_000,
    "folded.ldif": b"dn: cn=a\nobjectClass: dicomDevice\nx: " + b"\n a" * 1_500_000,
    "base64.ldif": b"dn:: " + b"QUJD" * 1_500_000,
    "objects.ldif": b"".join(b"dn: dicomDeviceName=%d\nobjectClass: dicomDevice\n\n" % n for n in range(20_000)),
    "rows.csv": b"aet;host\n" + b"CT1;h\n" * 900_000,
    "columns.csv": b"aet" + b";a" * 2_000_000,
    "aliases.yaml": b"a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\naet: [*c,*c]\n",
    "indent.yaml": b"".join(b" " * n + b"aet:\n" for n in range(2_000)),
    "tables.cfg": b"HostTable BEGIN\n" + b"a = (A, b, 1), " * 300_000,
    "parens.cfg": b"AETable BEGIN\nA /x RW (" + b"(" * 2_000_000,
    "sections.ini": b"[sscscp]\nMyACRNema = A\n" + b"[a]\n" * 900_000,
    "peers.map": b"A* b 1 un\n" * 500_000,
    "stars.map": b"/*" * 3_000_000,
    "services.conf": b"[a]\naccept = 1\nconnect = 2\n" * 30_000,
    "units.service": b"[Service]\n" + b"ExecStart=/usr/bin/storescp \\\n" * 150_000,
    "variables.service": b"[Service]\nEnvironment=A=$A$A\nExecStart=/usr/bin/storescp " + b"$A" * 900_000,
    "compose.yml": b"services:\n"
    + b"".join(b" s%d:\n  environment:\n   ORTHANC__A%d: 1\n" % (n, n) for n in range(9_000)),
}


@pytest.mark.parametrize("name", sorted(_BOMBS))
def test_a_bomb_is_read_or_refused_within_seconds(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(_BOMBS[name][:1_500_000])
    _, seconds = _read(path)
    assert seconds < 10


def test_a_file_of_a_hundred_megabytes_is_refused_without_reading_it_all(tmp_path: Path) -> None:
    path = tmp_path / "orthanc.json"
    with path.open("wb") as stream:
        stream.truncate(100_000_000)
    problem, seconds = _read(path)
    assert "larger" in problem
    assert seconds < 1


def test_includes_that_go_in_circles_or_without_end_are_refused(tmp_path: Path) -> None:
    for number in range(250):
        (tmp_path / f"{number}.conf").write_text(f"include {number + 1}.conf;\n")
    (tmp_path / "nginx.conf").write_text("events {}\ninclude 0.conf;\n")
    assert "include too many" in _read(tmp_path / "nginx.conf", "nginx")[0]
    (tmp_path / "0.conf").write_text("include nginx.conf;\n")
    assert "includes itself" in _read(tmp_path / "nginx.conf", "nginx")[0]


def test_a_folder_that_includes_itself_and_one_without_end_are_refused(tmp_path: Path) -> None:
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "conf.d" / "a.conf").write_text("include = conf.d\n")
    (tmp_path / "stunnel.conf").write_text("include = conf.d\n")
    assert "include too many" in _read(tmp_path / "stunnel.conf", "stunnel")[0]
    for number in range(250):
        (tmp_path / "conf.d" / f"{number}.conf").write_text("[a]\naccept = 1\nconnect = 2\n")
    (tmp_path / "conf.d" / "a.conf").unlink()
    assert "include too many" in _read(tmp_path / "stunnel.conf", "stunnel")[0]


def test_includes_outside_of_what_exists_bring_nothing(tmp_path: Path) -> None:
    (tmp_path / "nginx.conf").write_text("http { include /nowhere/*.conf; include **/[; server { listen 80 ssl; } }\n")
    problem, _ = _read(tmp_path / "nginx.conf", "nginx")
    assert not problem


def test_a_pipe_and_a_device_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "orthanc.json")
    problem, seconds = _read(tmp_path / "orthanc.json", "orthanc")
    assert problem
    assert seconds < 1


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(MAKERS)), st.integers(0, 500), st.randoms(use_true_random=False))
def test_a_damaged_file_is_read_or_refused_and_never_breaks_the_reader(
    tmp_path_factory: pytest.TempPathFactory, product: str, seed: int, chance: random.Random
) -> None:
    made = make(product, seed)
    raw = bytearray(made.raw)
    for _ in range(chance.randrange(1, 6)):
        at, size = chance.randrange(len(raw)), chance.randrange(1, 40)
        piece = raw[at : at + size]
        raw[at : at + size] = chance.choice([b"", bytes(piece) * 3, chance.randbytes(size), bytes(reversed(piece))])
        raw = raw or bytearray(b" ")
    path = tmp_path_factory.mktemp("damaged") / made.name
    path.write_bytes(bytes(raw))
    found = read_config(path, _SUFFIX.get(product, product))
    assert found.product


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([*sorted(set(MAKERS) - {"dcm4chee-json"}), "docker", ""]), st.text(max_size=300))
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, product: str, text: str) -> None:
    path = tmp_path_factory.mktemp("text") / "file.conf"
    path.write_text(text, "utf-8", "surrogatepass")
    found = read_config(path, product)
    assert found.product
