"""Configuration files as text: bounded, whatever the encoding, the byte order mark and the line ends."""

import re
from pathlib import Path

from auditor.endpoints.configs.statement import Unparseable

LARGEST = 8_000_000
_BREAKS = re.compile("[\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")


def read_text(path: Path) -> str:
    """The text of a file, lines ended by line feeds alone; raises Unparseable when it is none.

    UTF-8 is tried first, with or without a byte order mark, then Windows-1252 and Latin-1, which can read anything.
    """
    try:
        if not path.is_file():
            raise Unparseable("the file is not there")
        with path.open("rb") as stream:
            raw = stream.read(LARGEST + 1)
    except OSError as error:
        raise Unparseable(f"the file cannot be read: {error.strerror}") from error
    if len(raw) > LARGEST:
        raise Unparseable(f"the file is larger than {LARGEST} bytes")
    if not raw.strip():
        raise Unparseable("the file is empty")
    text = _decoded(raw).replace("\r\n", "\n").replace("\r", "\n")
    return _BREAKS.sub(" ", text)


def _decoded(raw: bytes) -> str:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", "replace")
    if b"\0" in raw:
        raise Unparseable("the file is binary")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")
