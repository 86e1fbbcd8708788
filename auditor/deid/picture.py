"""Pixels and overlays: burned-in text is blanked where it was read, in every frame; planes that show text go."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from auditor.deid.clean import Cleaner
from auditor.deid.profile import Profile
from auditor.dicomio.read import DicomFile
from auditor.dicomio.walk import Walk
from auditor.dicomio.writer import Edit, Remove

OVERLAY_DATA = 0x3000


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
    """Looks at pictures; keep one a process, it remembers what it read of a series."""

    def __init__(self, profile: Profile, ocr: bool) -> None:
        self._profile = profile
        self._ocr = ocr

    def clean(self, file: DicomFile, walk: Walk, top: Mapping[int, bytes], cleaner: Cleaner) -> Seen:
        """Clean the pictures of one file."""
        has_pixels = walk.pixels is not None
        edits, covered = self._overlays(walk)
        return Seen(tuple(edits), frozenset(covered), has_pixels, False, {"overlay": len(edits)} if edits else {})

    def _overlays(self, walk: Walk) -> tuple[list[Edit], set[int]]:
        groups = {
            element[0] >> 16
            for element in walk.elements
            if element[3].parent is None and element[0] & 0xFF01FFFF == 0x60003000
        }
        edits: list[Edit] = []
        covered: set[int] = set()
        for element in walk.elements:
            if element[3].parent is None and element[0] >> 16 in groups:
                edits.append(Remove(element))
                covered.add(element[0])
        return edits, covered
