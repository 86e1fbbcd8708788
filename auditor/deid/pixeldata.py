"""Blanks regions: native pixel data are patched as they stream by, compressed ones decoded and encoded again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from auditor.deid import native, recode
from auditor.dicomio.edits import Edit, Insert, Remove, Replace, ReplaceBulk
from auditor.dicomio.element import Element
from auditor.dicomio.read import DicomFile
from auditor.dicomio.walked import Walk
from auditor.pixels.frames import Undecodable
from auditor.pixels.region import Region

EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"
_SYNTAX = 0x00020010
_PHOTOMETRIC, _PLANAR = 0x00280004, 0x00280006
_LOSSY, _RATIO, _METHOD = 0x00282110, 0x00282112, 0x00282114
_OFFSETS = frozenset((0x7FE00001, 0x7FE00002))
_LARGEST_FRAME = 256 << 20
_CANNOT = "burned-in text was found in pixels that cannot be rewritten"
_DECOMPRESSED = "Compressed pixels were decompressed to be cleaned; their lossy history is recorded."


@dataclass(frozen=True, slots=True)
class Blanked:
    """Edits that blank; `covered` tags are set by them, `notes` say what a recipient must know."""

    edits: tuple[Edit, ...]
    covered: frozenset[int] = frozenset()
    notes: tuple[str, ...] = ()
    withhold: str = ""


def blanked(file: DicomFile, walk: Walk, dataset: Any, regions: Sequence[Region]) -> Blanked:
    """Blank `regions` in every frame; the transfer syntax stays where a lossless encoder for it is at hand."""
    if walk.pixels is None:
        return Blanked((), withhold=_CANNOT)
    if file.syntax.encapsulated:
        try:
            return _encapsulated(file, walk, dataset, regions)
        except Undecodable:
            return Blanked((), withhold=_CANNOT)
    return _native(file, walk, regions)


def _native(file: DicomFile, walk: Walk, regions: Sequence[Region]) -> Blanked:
    pixels, shape = walk.pixels, native.shape_of(file, walk)
    chunks = native.chunks(file, pixels, shape, regions) if pixels is not None and shape is not None else None
    if pixels is None or chunks is None:
        return Blanked((), withhold=_CANNOT)
    return Blanked((ReplaceBulk(pixels.element, chunks, pixels.length),), frozenset((pixels.element[0],)))


def _encapsulated(file: DicomFile, walk: Walk, dataset: Any, regions: Sequence[Region]) -> Blanked:
    pixels = walk.pixels
    coded = recode.Recoder(dataset, regions)
    first = coded.first
    if pixels is None or first.nbytes > _LARGEST_FRAME:
        return Blanked((), withhold=_CANNOT)
    there = {element[0]: element for element in walk.elements if element[3].parent is None}
    there |= {element[0]: element for element in file.meta}
    edits: list[Edit] = [Remove(there[tag]) for tag in sorted(_OFFSETS & there.keys())]
    covered = {pixels.element[0], *_OFFSETS}
    changed = _Changes(file, walk, there)
    if coded.encodes:
        edits.append(ReplaceBulk(pixels.element, chain((b"",), coded.fragments()), encapsulated=True))
        changed.photometric(coded.photometric)
        return Blanked((*edits, *changed.edits), frozenset(covered | changed.tags))
    length = first.nbytes * coded.frames
    padding = (b"\0",) if length % 2 else ()
    order = "OB" if first.dtype.itemsize == 1 else "OW"
    edits.append(ReplaceBulk(pixels.element, chain(_raw(coded), padding), length + length % 2, order))
    changed.set(_SYNTAX, "UI", EXPLICIT_LITTLE.encode("ascii"))
    changed.photometric(coded.photometric)
    if first.ndim == 3:
        changed.set(_PLANAR, "US", b"\0\0")
    changed.lossy(recode.lossy_method(file.syntax.uid), length / max(1, pixels.length))
    return Blanked((*edits, *changed.edits), frozenset(covered | changed.tags), (_DECOMPRESSED,))


def _raw(coded: "recode.Recoder") -> Iterator[bytes]:
    for frame in coded.blanked():
        yield recode.little(frame)


class _Changes:
    """Edits of the elements that describe the pixels."""

    def __init__(self, file: DicomFile, walk: Walk, there: dict[int, Element]) -> None:
        self._file = file
        self._walk = walk
        self._there = there
        self.edits: list[Edit] = []
        self.tags: set[int] = set()

    def set(self, tag: int, vr: str, value: bytes) -> None:
        """Give one element a value, where it stands or anew."""
        scope = self._file.meta_scope if tag >> 16 == 2 else self._walk.root
        known = self._there.get(tag)
        self.edits.append(Replace(known, value) if known else Insert(scope, tag, vr, value))
        self.tags.add(tag)

    def photometric(self, value: str) -> None:
        """Set Photometric Interpretation, if it is another than before."""
        known = self._there.get(_PHOTOMETRIC)
        if known is None or (known[2] or b"").strip(b" \0") != value.encode("ascii"):
            self.set(_PHOTOMETRIC, "CS", value.encode("ascii"))

    def lossy(self, method: str, ratio: float) -> None:
        """Record a lossy history where the file does not (PS3.3 C.7.6.1.1.5)."""
        known = self._there.get(_LOSSY)
        if not method or (known is not None and (known[2] or b"").strip(b" \0") == b"01"):
            return
        self.set(_LOSSY, "CS", b"01")
        self.set(_RATIO, "DS", f"{ratio:.2f}".encode("ascii"))
        self.set(_METHOD, "CS", method.encode("ascii"))
