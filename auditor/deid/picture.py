"""Pixels and overlays: burned-in text is blanked where it was read, in every frame; planes that show text go."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from auditor.deid.clean import Cleaner
from auditor.deid.codes import Option
from auditor.deid.pixeldata import Blanked, blanked
from auditor.deid.profile import Profile
from auditor.dicomio.edits import Edit, Remove
from auditor.dicomio.element import Element
from auditor.dicomio.places import bulk_texts
from auditor.dicomio.read import DicomFile
from auditor.dicomio.walked import Walk
from auditor.identifiers.field import Field, Nature
from auditor.pixels.region import Box, Region

OVERLAY_DATA = 0x3000
_LARGEST_WHOLE = 128 << 20
_SAMPLED = 24
_MARGIN = 3
_NOT_READ = "its pixels could not be read for burned-in text"


@dataclass(frozen=True, slots=True)
class Seen:
    """What was done about the pictures of one file. `covered` are tags that need no further edits."""

    edits: tuple[Edit, ...] = ()
    covered: frozenset[int] = frozenset()
    has_pixels: bool = False
    pixels_clean: bool = False
    counts: Mapping[str, int] = field(default_factory=dict)
    risks: tuple[str, ...] = ()
    withhold: str = ""


class Pictures:
    """Looks at pictures; keep one a process, its reader remembers what it read of a series."""

    def __init__(self, profile: Profile, ocr: bool) -> None:
        self._profile = profile
        self._ocr = ocr
        self._readers: dict[str, Any] = {}

    def clean(
        self, file: DicomFile, walk: Walk, top: Mapping[int, bytes], cleaner: Cleaner, blank: Sequence[Region] = ()
    ) -> Seen:
        """Clean the pictures of one file: what shows an identifier is blanked, what cannot be read is withheld."""
        has_pixels = walk.pixels is not None
        planes = _planes(walk)
        wanted = self._profile.has(Option.CLEAN_PIXELS) and has_pixels
        forced = has_pixels and (bool(blank) or _commented(file, walk, cleaner))
        if not wanted and not forced:
            edits, covered = _dropped(planes)
            return Seen(tuple(edits), covered, has_pixels, False, _count("overlay", len(planes)))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pydicom comments on values that are none of its business here
            dataset = _dataset(file, walk)
            if not wanted:
                return self._applied(file, walk, dataset, planes, list(blank), set(planes), cleaner, clean=False)
            return self._read(file, walk, top, cleaner, dataset, planes, blank)

    def _read(
        self,
        file: DicomFile,
        walk: Walk,
        top: Mapping[int, bytes],
        cleaner: Cleaner,
        dataset: Any,
        planes: Mapping[int, list[Element]],
        blank: Sequence[Region],
    ) -> Seen:
        site = [*_site_regions(self._profile, top), *blank]
        if not self._ocr:
            return self._applied(file, walk, dataset, planes, site, set(planes), cleaner, clean=False)
        reading = self._reader(top).read(dataset)
        if any(place.upper().startswith("(7FE0") for place in reading.not_evaluated):
            return Seen(has_pixels=True, withhold=_NOT_READ)
        found = list(_found(reading, cleaner))
        regions = [*site, *(region for place, region in found if place == "pixels")]
        bad = {group for group in planes if any(_is_plane(place, group) for place, _ in found)}
        bad |= {group for group in planes if any(_is_plane(place, group) for place in reading.not_evaluated)}
        return self._applied(file, walk, dataset, planes, regions, bad, cleaner, clean=True)

    def _applied(
        self,
        file: DicomFile,
        walk: Walk,
        dataset: Any,
        planes: Mapping[int, list[Element]],
        regions: list[Region],
        bad: set[int],
        cleaner: Cleaner,
        *,
        clean: bool,
    ) -> Seen:
        kept = not self._profile.has(Option.CLEAN_GRAPHICS)
        gone = {group: planes[group] for group in planes if kept or group in bad}
        edits, covered = _dropped(gone)
        counts = _count("overlay", len(gone))
        again = bool(regions) or _commented(file, walk, cleaner)
        whole: Blanked = blanked(file, walk, dataset, regions) if again else Blanked(())
        if whole.withhold:
            return Seen(has_pixels=True, withhold=whole.withhold)
        if whole.edits:
            counts["pixels"] = 1
        stay = {group << 16 | OVERLAY_DATA for group in planes.keys() - gone.keys()}
        return Seen((*edits, *whole.edits), covered | whole.covered | frozenset(stay), True, clean, counts, whole.notes)

    def _reader(self, top: Mapping[int, bytes]) -> Any:
        """One reader a series: the key is the series, the memory is bounded to a few."""
        from auditor.pixels.reader import Reader

        series = top.get(0x0020000E, b"").decode("latin-1")
        if series not in self._readers:
            if len(self._readers) >= 4:
                self._readers.clear()
            self._readers[series] = Reader(ocr=True)
        return self._readers[series]


def _commented(file: DicomFile, walk: Walk, cleaner: Cleaner) -> bool:
    """Whether comments within the compressed stream give someone away; encoding again drops them."""
    return walk.pixels is not None and any(map(cleaner.gives_away, bulk_texts(file, walk.pixels)))


def _found(reading: Any, cleaner: Cleaner) -> Iterator[tuple[str, Region]]:
    """Text boxes to blank: those that identify someone, and the lines of the block they stand in.

    A reader tears names and dates apart, and a block of lines is about one person, so the block goes whole.
    """
    boxes = list(reading.boxes)
    waiting = [box for box in boxes if cleaner.identifies(box.text, Field(Nature.OCR))]
    taken = {id(box) for box in waiting}
    while waiting:
        current = waiting.pop()
        x0, y0, x1, y1 = current.box
        grown = (max(0, x0 - _MARGIN), max(0, y0 - _MARGIN), x1 + _MARGIN, y1 + _MARGIN)
        yield (current.place if current.place == "pixels" else current.locator or current.place), Region(grown, 0, -1)
        for box in boxes:
            if id(box) not in taken and box.locator == current.locator and _next_line(current.box, box.box):
                taken.add(id(box))
                waiting.append(box)


def _next_line(one: Box, other: Box) -> bool:
    """Whether two boxes are lines of one block: close above each other, aligned or overlapping for the most part."""
    height = min(one[3] - one[1], other[3] - other[1])
    gap = max(one[1], other[1]) - min(one[3], other[3])
    overlap = min(one[2], other[2]) - max(one[0], other[0])
    narrow = min(one[2] - one[0], other[2] - other[0])
    return gap <= 0.6 * height and (overlap > 0.5 * narrow or (overlap > 0 and abs(one[0] - other[0]) <= height))


def _planes(walk: Walk) -> Mapping[int, list[Element]]:
    """Elements of every overlay plane (60xx) at the top level, by group."""
    groups: dict[int, list[Element]] = {}
    for element in walk.elements:
        if element[3].parent is None and element[0] & 0xFFE10000 == 0x60000000:
            groups.setdefault(element[0] >> 16, []).append(element)
    return groups


def _is_plane(place: str, group: int) -> bool:
    return f"({group:04X},3000)" in place.upper()


def _dropped(planes: Mapping[int, list[Element]]) -> tuple[list[Edit], frozenset[int]]:
    elements = [element for group in planes.values() for element in group]
    return [Remove(element) for element in elements], frozenset(element[0] for element in elements)


def _count(name: str, number: int) -> dict[str, int]:
    return {name: number} if number else {}


def _site_regions(profile: Profile, top: Mapping[int, bytes]) -> list[Region]:
    """The site's own regions for this equipment."""

    def says(tag: int, wanted: str) -> bool:
        return not wanted or wanted.casefold() in top.get(tag, b"").decode("latin-1").casefold()

    return [
        Region(entry.box, 0, -1)
        for entry in profile.regions
        if says(0x00080060, entry.modality) and says(0x00080070, entry.manufacturer) and says(0x00081090, entry.model)
    ]


def _dataset(file: DicomFile, walk: Walk) -> Any:
    """The file as pydicom sees it; of very large native pixel data only frames spread over the whole."""
    import pydicom

    if file.blob.size <= _LARGEST_WHOLE or walk.pixels is None or walk.pixels.encapsulated:
        return pydicom.dcmread(BytesIO(file.blob.pread(0, file.blob.size)), force=True)
    head = file.blob.pread(0, walk.pixels.element[4])
    dataset = pydicom.dcmread(BytesIO(head), stop_before_pixels=True, force=True)
    frames = int(dataset.get("NumberOfFrames", 1) or 1)
    size = walk.pixels.length // max(1, frames)
    chosen = sorted({round(index * (frames - 1) / (_SAMPLED - 1)) for index in range(_SAMPLED)})
    dataset.NumberOfFrames = len(chosen)
    dataset.PixelData = b"".join(file.stream.pread(walk.pixels.offset + index * size, size) for index in chosen)
    dataset["PixelData"].VR = "OW" if int(dataset.BitsAllocated) > 8 else "OB"
    return dataset
