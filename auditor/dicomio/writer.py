"""Writes a file back with some elements changed and every other byte as it was."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

from auditor.dicomio.edits import Edit, Insert, RemoveItem
from auditor.dicomio.element import Scope
from auditor.dicomio.form import Form
from auditor.dicomio.read import DicomFile
from auditor.dicomio.splice import Shift, Splice, Splicer
from auditor.dicomio.stream import Blob
from auditor.dicomio.syntax import syntax_of
from auditor.dicomio.walked import Walk
from auditor.errors import ReadError

_PIECE = 1 << 20
_AHEAD = 1 << 16
_EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"
# Offsets of directory records, which move with what stands before them (PS3.3 F.3.2.2).
_OFFSETS = frozenset({0x00041200, 0x00041202, 0x00041400, 0x00041420})


def rewrite(
    file: DicomFile,
    walk: Walk,
    edits: Iterable[Edit],
    target: BinaryIO,
    *,
    preamble: bytes | None = None,
    keep_trailing: bool = True,
) -> None:
    """Copy `file` to `target` with `edits` made. Without any, the copy is the file, byte for byte.

    `walk` must be whole and made without a memo. Lengths of enclosing items and sequences, group lengths
    and the offsets of a DICOMDIR are put right; undefined lengths stay undefined; the transfer syntax stays.
    `preamble` are 128 bytes to put in the place of the file's own. Values are streamed, never all in memory.
    Raises errors.ReadError when the walk stopped early, ValueError when a value does not fit or edits overlap.
    """
    if walk.stop:
        raise ReadError("a file that was only partly read cannot be rewritten", where=str(walk.stop))
    if walk.slots:
        raise ValueError("a walk with a memo does not know the whole file")
    if preamble is not None and len(preamble) != 128:
        raise ValueError("a preamble is 128 bytes long")
    meta = Splicer(file.blob, syntax_of(_EXPLICIT_LITTLE), file.meta, file.meta_scope)
    data = Splicer(file.stream, file.syntax, walk.elements[len(file.meta) :], walk.root)
    for edit in edits:
        (meta if _root(edit) is file.meta_scope else data).add(edit)
    of_meta, of_data = meta.splices(), data.splices()
    head_end = file.meta_scope.end if file.stream is not file.blob else file.data_start
    if preamble is not None and file.preamble:
        of_meta = [Splice(0, len(file.preamble), (preamble,), 128), *of_meta]
    _copy(file.blob, 0, head_end, of_meta, target)
    end = file.stream.size if keep_trailing else walk.end
    if file.form is Form.DICOMDIR:
        of_data = _with_offsets(walk, of_data, sum(splice.delta for splice in of_meta), file)
    if file.stream is file.blob:
        _copy(file.stream, file.data_start, end, of_data, target)
    elif of_data or end != file.stream.size:
        _deflate(spliced(file.stream, 0, end, of_data), target)
        if keep_trailing and file.rest:
            _copy(file.blob, file.rest + _padding(file), file.blob.size, (), target)
    else:
        _copy(file.blob, head_end, file.blob.size if keep_trailing or not file.rest else file.rest, (), target)


def spliced(stream: Blob, start: int, end: int, splices: Sequence[Splice]) -> Iterator[bytes]:
    """Yield the bytes of `stream` from `start` to `end` with the splices made, in pieces of a megabyte at most.

    Most splices stand close together in the header, so what lies between them is read at once.
    """
    held, base = b"", start
    for splice in splices:
        if splice.start > base + len(held) and splice.start - start <= _AHEAD:
            held, base = stream.pread(start, min(_AHEAD, end - start)), start
        if start >= base and splice.start <= base + len(held):
            yield held[start - base : splice.start - base]
        else:
            yield from _pieces(stream, start, splice.start)
        yield from splice.content
        start = splice.end
    yield from _pieces(stream, start, end)


def _pieces(stream: Blob, start: int, end: int) -> Iterator[bytes]:
    while start < end:
        piece = stream.pread(start, min(_PIECE, end - start))
        if not piece:
            raise ReadError("the file became shorter while it was read")
        start += len(piece)
        yield piece


def _copy(stream: Blob, start: int, end: int, splices: Sequence[Splice], target: BinaryIO) -> None:
    write = target.write
    for piece in spliced(stream, start, end, splices):
        write(piece)


def _deflate(pieces: Iterator[bytes], target: BinaryIO) -> None:
    """Raw deflate, padded to an even number of bytes (PS3.5 A.5)."""
    packer = zlib.compressobj(wbits=-15)
    size = 0
    for piece in pieces:
        packed = packer.compress(piece)
        size += len(packed)
        target.write(packed)
    packed = packer.flush()
    target.write(packed + b"\0" * ((size + len(packed)) % 2))


def _padding(file: DicomFile) -> int:
    """How many bytes after a deflated data set pad it to even length (PS3.5 A.5), as `_deflate` does itself."""
    return 1 if (file.rest - file.meta_scope.end) % 2 and file.blob.pread(file.rest, 1) == b"\0" else 0


def _root(edit: Edit) -> Scope:
    scope = edit.scope if isinstance(edit, (RemoveItem, Insert)) else edit.element[3]
    while scope.parent is not None:
        scope = scope.parent
    return scope


def _with_offsets(walk: Walk, splices: list[Splice], before: int, file: DicomFile) -> list[Splice]:
    """Add the offsets of directory records, moved as the records they point to move."""
    shift = Shift(splices, before)
    order = "little" if file.syntax.little else "big"
    moved = []
    for tag, _, value, _, _, end in walk.elements:
        if tag not in _OFFSETS or not value or len(value) != 4:
            continue
        old = int.from_bytes(value, order)  # type: ignore[arg-type]
        inside = any(splice.start <= end - 4 < splice.end for splice in splices)
        if old and shift(old) != old and not inside:
            moved.append(Splice(end - 4, end, (shift(old).to_bytes(4, order),), 4))  # type: ignore[arg-type]
    return sorted([*splices, *moved], key=lambda splice: (splice.start, splice.end > splice.start, splice.tag))
