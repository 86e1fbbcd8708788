"""What is more than elements of text: documents, overlays and pixels. Each is cleaned or the file is withheld."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from auditor.deid.documents import redact
from auditor.deid.picture import Pictures, Subject
from auditor.deid.profile import Profile
from auditor.deid.types import Types
from auditor.dicomio.edits import Edit, Remove, Replace
from auditor.dicomio.element import Element, locator
from auditor.dicomio.places import bulk_texts

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
    def of(cls, subject: Subject, profile: Profile, pictures: Pictures, types: Types) -> "Parts":
        """Look at every special part of one file."""
        seen = pictures.clean(subject)
        edits: list[Edit] = list(seen.edits)
        spared = set(seen.covered)
        withhold, risks = seen.withhold, seen.risks
        counts = dict(seen.counts)
        document = next((one for one in subject.walk.elements if one[0] == DOCUMENT and one[3].parent is None), None)
        if document is not None and document[5] > document[4] and not withhold:
            spared.add(DOCUMENT)
            found = _document(subject, document, profile, pictures)
            if isinstance(found, str) and types.of(0, DOCUMENT)[0] != "1":
                edits.append(Remove(document))
                counts["remove"] = counts.get("remove", 0) + 1
            elif isinstance(found, str):
                withhold = found
            else:
                edits += found
                counts["document"] = 1
        for element in _long_ones(subject):
            edits.append(Remove(element))
            spared.add(element[0])
            counts["remove"] = counts.get("remove", 0) + 1
        return cls(tuple(edits), frozenset(spared), counts, seen.has_pixels, seen.pixels_clean, risks, withhold)


def _long_ones(subject: Subject) -> Iterator[Element]:
    """Values too long to be loaded (not pixels, not the document) whose beginning gives someone away."""
    for bulk in subject.walk.bulk:
        element = bulk.element
        outer = element[0] >> 16 != 0x7FE0 and element[0] != DOCUMENT and element[3].parent is None
        if not outer:
            continue
        seen = subject.objection and subject.objection.names(locator(element))
        if seen or any(map(subject.cleaner.gives_away, bulk_texts(subject.file, bulk))):
            yield element


def _document(subject: Subject, element: Element, profile: Profile, pictures: Pictures) -> list[Edit] | str:
    if profile.documents == "withhold":
        return "the profile withholds encapsulated documents"
    content = element[2]
    if content is None:
        bulk = next((one for one in subject.walk.bulk if one.element is element), None)
        if bulk is None or bulk.length > _LARGEST_DOCUMENT:
            return "the encapsulated document is too large to be cleaned"
        content = subject.file.stream.pread(bulk.offset, bulk.length)
    kind = subject.top.get(MIME, b"").decode("latin-1").strip(" \0")
    doubted = bool(subject.objection) and subject.objection.names(locator(element))
    redacted = redact(kind, content, subject.cleaner, pictures.words if pictures.reads else None, doubted=doubted)
    if redacted.withhold:
        return redacted.withhold
    edits: list[Edit] = [Replace(element, redacted.content)]
    length = next((one for one in subject.walk.elements if one[0] == DOCUMENT_LENGTH and one[3].parent is None), None)
    if length is not None:
        order = "little" if subject.file.syntax.little else "big"
        edits.append(Replace(length, len(redacted.content).to_bytes(4, order)))  # type: ignore[arg-type]
    return edits
