"""Pixels, overlays and icons: burned-in text is blanked where it was read, in every frame; planes that show text go."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from auditor.deid import burned
from auditor.deid.clean import Cleaner
from auditor.deid.codes import Option
from auditor.deid.encoding import Syntax
from auditor.deid.icon import ICON, icon
from auditor.deid.native import stuffed
from auditor.deid.objection import Objection
from auditor.deid.pixeldata import Blanked, blanked
from auditor.deid.profile import Profile
from auditor.dicomio.edits import Edit, Remove, Replace
from auditor.dicomio.element import Element
from auditor.dicomio.places import bulk_texts
from auditor.dicomio.read import DicomFile
from auditor.dicomio.walked import Walk
from auditor.pixels.memory import Memory
from auditor.pixels.opened import opened
from auditor.pixels.region import Region

OVERLAY_DATA = 0x3000
PIXELS = "(7FE0,0010)"
_READERS = 4
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


@dataclass(frozen=True, slots=True)
class Subject:
    """One file whose pictures are looked at: what it holds, how its texts are judged, and what is asked for.

    `blank` are regions a recipe or a site wants blanked, `objection` what a verifying scan saw in an earlier copy.
    """

    file: DicomFile
    walk: Walk
    top: Mapping[int, bytes]
    cleaner: Cleaner
    blank: Sequence[Region]
    objection: Objection

    def planes(self) -> Mapping[int, list[Element]]:
        """Elements of every overlay plane (60xx) at the top level, by group."""
        groups: dict[int, list[Element]] = {}
        for element in self.walk.elements:
            if element[3].parent is None and element[0] & 0xFFE10000 == 0x60000000:
                groups.setdefault(element[0] >> 16, []).append(element)
        return groups

    def icon(self) -> Element | None:
        """The icon sequence of the data set itself."""
        return next((one for one in self.walk.elements if one[0] == ICON and one[3].parent is None), None)

    def hides(self) -> bool:
        """Whether something stands beside the pixels that is dropped when they are written anew.

        Comments within a compressed stream that give someone away, and bytes after the last frame.
        """
        pixels = self.walk.pixels
        if pixels is None:
            return False
        return stuffed(self.file, self.walk) or any(map(self.cleaner.gives_away, bulk_texts(self.file, pixels)))


class Pictures:
    """Looks at pictures; keep one a process, its readers remember what they read of a series."""

    def __init__(self, profile: Profile, ocr: bool, memory: Memory | None = None) -> None:
        self._profile = profile
        self._ocr = ocr
        self._memory = memory
        self._readers: dict[str, Any] = {}

    def forget(self) -> None:
        """Begin anew, so that what is read does not depend on which files came before."""
        self._readers.clear()

    @property
    def reads(self) -> bool:
        """Whether text in pictures can be read here, and is wanted."""
        from auditor.pixels.reader import missing

        return self._ocr and not missing()

    def words(self, picture: Any) -> list[Any]:
        """The lines of text in a grey picture of eight bits."""
        found: list[Any] = self._reader({}).words(picture)
        return found

    def clean(self, subject: Subject) -> Seen:
        """Clean the pictures of one file: what shows an identifier is blanked, what cannot be read is withheld."""
        has_pixels, planes = subject.walk.pixels is not None, subject.planes()
        wanted = self._profile.has(Option.CLEAN_PIXELS) and (has_pixels or bool(planes))
        asked = [*subject.blank, *burned.objected(subject.objection, PIXELS)]
        forced = has_pixels and (bool(asked) or subject.hides())
        if not wanted and not forced:
            edits, covered = _dropped(planes)
            return Seen(tuple(edits), covered, has_pixels, False, _count("overlay", len(planes)))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pydicom comments on values that are none of its business here
            dataset = opened(subject.file, subject.walk)
            if not wanted or not self._ocr:
                site = _site_regions(self._profile, subject.top) if wanted else []
                return self._applied(subject, dataset, [*site, *asked], set(planes), clean=False)
            return self._read(subject, dataset, asked)

    def _read(self, subject: Subject, dataset: Any, asked: Sequence[Region]) -> Seen:
        reading = self._reader(subject.top).read(dataset)
        if any(place.upper().startswith("(7FE0") for place in reading.not_evaluated):
            return Seen(has_pixels=True, withhold=_NOT_READ)
        found = list(burned.burned(reading, subject.cleaner, subject.objection))
        regions = [*_site_regions(self._profile, subject.top), *asked]
        regions += [region for place, region in found if place == PIXELS]
        shown = {place for place, _ in (*found, *subject.objection.boxes)} | set(reading.not_evaluated)
        bad = {group for group in subject.planes() if any(_is_plane(place, group) for place in shown)}
        return self._applied(subject, dataset, regions, bad, clean=True)

    def _applied(self, subject: Subject, dataset: Any, regions: list[Region], bad: set[int], *, clean: bool) -> Seen:
        planes, has_pixels = subject.planes(), subject.walk.pixels is not None
        none_kept = not self._profile.has(Option.CLEAN_GRAPHICS)
        gone = {group: planes[group] for group in planes if none_kept or group in bad}
        edits, covered = _dropped(gone)
        counts = _count("overlay", len(gone))
        again = has_pixels and (bool(regions) or subject.hides())
        whole = blanked(subject.file, subject.walk, dataset, regions) if again else Blanked(())
        if whole.withhold:
            return Seen(has_pixels=True, withhold=whole.withhold)
        if whole.edits:
            counts["pixels"] = 1
        if clean and has_pixels and (new := self._icon(subject, dataset, regions)) is not None:
            edits, covered, counts = [*edits, new], covered | {ICON}, counts | {"icon": 1}
        stay = {group << 16 | OVERLAY_DATA for group in planes.keys() - gone.keys()}
        kept = covered | whole.covered | frozenset(stay)
        return Seen((*edits, *whole.edits), kept, has_pixels, clean, counts, whole.notes)

    def _icon(self, subject: Subject, dataset: Any, regions: Sequence[Region]) -> Edit | None:
        """The icon made anew; where the scan saw text in one, or none can be made, it goes as the table says."""
        old = subject.icon()
        if old is None or any("(0088,0200)" in place for place, _ in subject.objection.boxes):
            return None
        made = icon(dataset, regions, Syntax(subject.file.syntax.explicit, subject.file.syntax.little))
        return Replace(old, made, "SQ") if made else None

    def _reader(self, top: Mapping[int, bytes]) -> Any:
        """One reader a series: the key is the series, the memory is bounded to a few."""
        from auditor.pixels.reader import Reader

        series = top.get(0x0020000E, b"").decode("latin-1")
        if series not in self._readers:
            if len(self._readers) >= _READERS:
                self._readers.clear()
            self._readers[series] = Reader(ocr=True, memory=self._memory)
        return self._readers[series]


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
