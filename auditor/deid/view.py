"""One DICOM file as the comparison sees it: its elements by place, and what it is recognised by."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from auditor.deid.decide import uids_kept
from auditor.deid.uids import STANDARD
from auditor.dicomio.element import Element, locator
from auditor.dicomio.find import Found
from auditor.dicomio.limits import Limits
from auditor.dicomio.read import DicomFile, read
from auditor.dicomio.source import Opener
from auditor.dicomio.walk import Walker
from auditor.dicomio.walked import Walk

SOP_CLASS, SOP_UID = 0x00080016, 0x00080018
PIXELS = frozenset((0x7FE00008, 0x7FE00009, 0x7FE00010))
_CONTENT = (SOP_CLASS, 0x00080060, 0x00200011, 0x00200013, 0x00280010, 0x00280011, 0x00200032, 0x00280008, 0x00080008)
_SAMPLE = 65536


@dataclass(frozen=True, slots=True)
class View:
    """Elements of one file by tag path (private ones by creator), all raw."""

    found: Found
    file: DicomFile
    walk: Walk
    elements: Mapping[str, Element]
    pixels: str

    def value(self, tag: int) -> bytes:
        """Raw top-level value without padding; empty when absent."""
        element = self.elements.get(f"({tag >> 16:04X},{tag & 0xFFFF:04X})")
        return (element[2] or b"").strip(b" \0") if element else b""

    def text(self, tag: int) -> str:
        """Top-level value as Latin-1 text."""
        return self.value(tag).decode("latin-1")

    @property
    def sop_uid(self) -> str:
        """SOP Instance UID."""
        return self.text(SOP_UID)


@dataclass(frozen=True, slots=True)
class Signature:
    """What a file can be paired by: UID, path, pixel digest, digest of technical attributes."""

    uid: str
    locator: str
    pixels: str
    content: str


def view(found: Found, opener: Opener, walker: Walker, limits: Limits) -> View:
    """Read one file whole but for its pixels; raises errors.ReadError."""
    file = read(opener.open(found.root, found.locator), limits)
    walk = walker.walk(file)
    return View(found, file, walk, {_place(element): element for element in walk.elements}, _pixels(file, walk))


def signature(seen: View) -> Signature:
    """The signature of a file; parts that it lacks are empty."""
    values = [seen.value(tag) for tag in _CONTENT]
    content = sha256(b"\0".join(values)).hexdigest() if sum(map(bool, values)) > 3 else ""
    return Signature(seen.sop_uid, seen.found.locator, seen.pixels, content)


def instance_uids(seen: View) -> Mapping[str, str]:
    """Every UID of an instance or its like, by tag path."""
    return {
        place: uid
        for place, (tag, vr, value, *_) in seen.elements.items()
        if vr == "UI" and value and tag not in uids_kept()
        for uid in [value.decode("latin-1").strip(" \0")]
        if uid and not uid.startswith(STANDARD)
    }


def _place(element: Element) -> str:
    tag, scope = element[0], element[3]
    if (tag >> 16) & 1 and tag & 0xFFFF >= 0x1000:
        return f"{scope.locator}({tag >> 16:04X},xx{tag & 0xFF:02X} {scope.creator(tag)})"
    return locator(element)


def _pixels(file: DicomFile, walk: Walk) -> str:
    digest, length = sha256(), 0
    for bulk in walk.bulk:
        if bulk.element[0] in PIXELS and bulk.element[3].parent is None:
            length += bulk.length
            digest.update(file.stream.pread(bulk.offset, min(bulk.length, _SAMPLE)))
            digest.update(file.stream.pread(bulk.offset + max(0, bulk.length - _SAMPLE), min(bulk.length, _SAMPLE)))
    return f"{length}-{digest.hexdigest()}" if length else ""
