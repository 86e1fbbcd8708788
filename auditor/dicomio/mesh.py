"""Texts of encapsulated 3D models: STL header and solid names, comments and names of OBJ and MTL."""

from __future__ import annotations

import re
from collections.abc import Iterator

from auditor.dicomio.limits import Limits

_HEADER, _FACET = 80, 50
_NUMBERS = re.compile(
    r"(?:v|vn|vt|vp|f|l|p|s|facet|vertex|outer|endloop|endfacet|K[ads]|N[si]|d|Tr|illum)\b"
    r"(?:[\s\d./eE+-]|normal|loop)*"
)
_TOLD = re.compile(r"(?m)^\s*(?:#|solid|endsolid|[ogv] |vn |vt |f |mtllib|usemtl|newmtl|map_|call)")


def is_binary_mesh(data: bytes) -> bool:
    """Whether `data` is a binary STL: 80 bytes, a count, and 50 bytes for each facet."""
    if len(data) < _HEADER + 4:
        return False
    size = _HEADER + 4 + _FACET * int.from_bytes(data[_HEADER : _HEADER + 4], "little")
    return size <= len(data) <= size + 1


def is_text_mesh(data: bytes) -> bool:
    """Whether `data` is an ASCII STL, an OBJ or an MTL file: most of its first lines begin as theirs do."""
    head = data[:4096]
    if b"\0" in head.rstrip(b"\0"):
        return False
    lines = [line for line in head.decode("latin-1").splitlines()[:-1] if line.strip()][:40]
    known = sum(bool(_TOLD.match(line) or _NUMBERS.fullmatch(line.strip())) for line in lines)
    return len(lines) >= 2 and known >= 0.8 * len(lines)


def _plain(data: bytes) -> str:
    """UTF-8, of which the last character may have been cut off, or else Latin-1."""
    text = data.decode("utf-8", "ignore")
    return text if len(text.encode("utf-8")) >= len(data) - 3 else data.decode("latin-1")


def mesh_texts(data: bytes, limits: Limits) -> Iterator[tuple[str, str, str]]:
    """Yield (text, where, label) of everything in a model that is no geometry."""
    if is_binary_mesh(data):
        header = _plain(data[:_HEADER]).replace("\0", " ").strip()
        yield header, "header", "header"
        count = int.from_bytes(data[_HEADER : _HEADER + 4], "little")
        tail = _plain(data[_HEADER + 4 + _FACET * count :]).strip("\0")
        yield tail, "tail", "tail"
        return
    told = 0
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        line = line.strip("\0 \t")
        if not line or _NUMBERS.fullmatch(line):
            continue
        told += 1
        if told > limits.texts:
            return
        label = "comment" if line.startswith("#") else line.split(maxsplit=1)[0]
        yield line.lstrip("# "), f"line[{number}]", label
