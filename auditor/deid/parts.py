"""What is more than elements of text: documents, overlays and pixels. Each is cleaned or the file is withheld."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from auditor.deid.clean import Cleaner
from auditor.deid.documents import redact
from auditor.deid.picture import Pictures
from auditor.deid.profile import Profile
from auditor.deid.types import Types
from auditor.dicomio.edits import Edit, Remove, Replace
from auditor.dicomio.element import Element
from auditor.dicomio.places import bulk_texts
from auditor.dicomio.read import DicomFile
from auditor.dicomio.walked import Walk
from auditor.pixels.region import Region

DOCUMENT = 0x00420011
MIME = 0x00420012
DOCUMENT_LENGTH = 0x00420015
_LARGEST_DOCUMENT = 256 << 20


@dataclass(frozen=True, slots=True)
class Parts:
    """Edits of the special parts; `spared` tags are not edited again; `withhold` says why the file stays in."""

    edits: tuple[Edit, ...]
    spared: frozenset[int]
    counts: Mapping[str, int]
    has_pixels: bool
    pixels_clean: bool
    risks: tuple[str, ...] = ()
    withhold: str = ""

    @classmethod
    def of(
        cls,
        file: DicomFile,
        walk: Walk,
        top: Mapping[int, bytes],
        profile: Profile,
        cleaner: Cleaner,
        pictures: Pictures,
        types: Types,
        blank: Sequence[Region] = (),
    ) -> "Parts":
        """Look at every special part of one file; `blank` are regions a recipe wants blanked."""
        seen = pictures.clean(file, walk, top, cleaner, blank)
        edits: list[Edit] = list(seen.edits)
        spared = set(seen.covered)
        withhold = seen.withhold
        counts = dict(seen.counts)
        document = next((one for one in walk.elements if one[0] == DOCUMENT and one[3].parent is None), None)
        if document is not None and document[5] > document[4] and not withhold:
            spared.add(DOCUMENT)
            found = _document(file, walk, document, top, profile, cleaner)
            if isinstance(found, str) and types.of(0, DOCUMENT)[0] != "1":
                edits.append(Remove(document))
                counts["remove"] = counts.get("remove", 0) + 1
            elif isinstance(found, str):
                withhold = found
            else:
                edits += found
                counts["document"] = 1
        for element in _long_ones(file, walk, cleaner):
            edits.append(Remove(element))
            spared.add(element[0])
            counts["remove"] = counts.get("remove", 0) + 1
        return cls(tuple(edits), frozenset(spared), counts, seen.has_pixels, seen.pixels_clean, seen.risks, withhold)


def _long_ones(file: DicomFile, walk: Walk, cleaner: Cleaner) -> Iterator[Element]:
    """Values too long to be loaded (not pixels, not the document) whose beginning gives someone away."""
    for bulk in walk.bulk:
        element = bulk.element
        outer = element[0] >> 16 != 0x7FE0 and element[0] != DOCUMENT and element[3].parent is None
        if outer and any(map(cleaner.gives_away, bulk_texts(file, bulk))):
            yield element


def _document(
    file: DicomFile, walk: Walk, element: Element, top: Mapping[int, bytes], profile: Profile, cleaner: Cleaner
) -> list[Edit] | str:
    if profile.documents == "withhold":
        return "the profile withholds encapsulated documents"
    content = element[2]
    if content is None:
        bulk = next((one for one in walk.bulk if one.element is element), None)
        if bulk is None or bulk.length > _LARGEST_DOCUMENT:
            return "the encapsulated document is too large to be cleaned"
        content = file.stream.pread(bulk.offset, bulk.length)
    redacted = redact(top.get(MIME, b"").decode("latin-1").strip(" \0"), content, cleaner)
    if redacted.withhold:
        return redacted.withhold
    edits: list[Edit] = [Replace(element, redacted.content)]
    length = next((one for one in walk.elements if one[0] == DOCUMENT_LENGTH and one[3].parent is None), None)
    if length is not None:
        order = "little" if file.syntax.little else "big"
        edits.append(Replace(length, len(redacted.content).to_bytes(4, order)))  # type: ignore[arg-type]
    return edits
