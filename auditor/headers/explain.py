"""Explains one file, place by place: what was looked at, what was recognised by what, and what was left alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from auditor.dicomio import DicomFile, Element, Found, Opener, Walk, Walker, find, keyword_of, read
from auditor.dicomio.origins import origin_of
from auditor.dicomio.place import Text
from auditor.dicomio.places import places
from auditor.errors import TargetError
from auditor.headers.finds import shown_creator
from auditor.headers.learn import Learner, key_of, top_of
from auditor.headers.pictures import Pictures
from auditor.headers.scan import detectors, settings_of
from auditor.headers.tables import placeholders
from auditor.headers.verdict import Assessor
from auditor.identifiers.identity import Identity
from auditor.model.ports import Context

_ICON, _OVERLAY = 0x00880200, 0x60


@dataclass(frozen=True, slots=True)
class Consideration:
    """One candidate in a text: kept as an identifier or left alone, and why. `shown` is masked."""

    kept: bool
    detector: str
    shown: str
    reason: str


@dataclass(frozen=True, slots=True)
class Explained:
    """One text of a file: where it stands, what it is for, its masked content, and what was made of it."""

    locator: str
    name: str
    vr: str
    origin: str
    nature: str
    shown: str
    listed: str
    considered: tuple[Consideration, ...]


def explain(path: Path, context: Context, start: Identity) -> Iterator[Explained]:
    """Explain every place of the DICOM file at `path`; in an archive, of its first member.

    Elements come with or without text, then the text of pictures. Raises TargetError when there is no DICOM file,
    ReadError when it cannot be opened.
    """
    found = next((met for met in find(path) if isinstance(met, Found)), None)
    if found is None:
        raise TargetError("this is no DICOM file", right="a DICOM file", next_step="auditor scan --explain FILE")
    with Opener() as opener, read(opener.open(found.root, found.locator)) as file:
        yield from _Explainer(file, context, start).all(found.locator)


class _Explainer:
    """Explains one open file."""

    def __init__(self, file: DicomFile, context: Context, start: Identity) -> None:
        self._file = file
        self._context = context
        self._mask = context.protector.mask
        self._assessor = Assessor(detectors(), placeholders(settings_of(context).pseudonyms))
        self._walker = Walker()
        learner = Learner(self._walker, self._assessor.detectors, self._assessor.blanks, start)
        key = key_of(top_of(file, self._walker))
        learner.add(file, key)
        self._identity = learner.joined().of(key)

    def all(self, locator: str) -> Iterator[Explained]:
        """What stands outside the elements, every element in file order, and every text in a picture."""
        walk = self._walker.walk(self._file)
        texts: dict[int, list[Text]] = {}
        for text in places(self._file, walk, locator):
            if text.tag:
                texts.setdefault(id(text.place), []).append(text)
            else:
                yield self._text(text)
        for element in walk.elements:
            found = texts.pop(id(element), ())
            yield from map(self._text, found)
            if not found:
                yield self._element(element)
        for left in texts.values():
            yield from map(self._text, left)
        yield from self._pictures(walk)

    def _text(self, text: Text) -> Explained:
        field = self._assessor.field(text)
        told = {find.value for find in self._assessor.finds(text, self._identity)}
        considered = []
        for note in self._assessor.detectors.explain(text.text, self._identity, field):
            value = text.text[note.start : note.end]
            kept = note.kept and value in told
            reason = note.reason if kept or not note.kept else "stands for nobody: a placeholder, or letters of a code"
            considered.append(Consideration(kept, note.detector, self._mask(value), reason))
        name = (shown_creator(text.creator) or "private") if text.tag & 0x10000 else text.keyword
        listed = self._listed(text.place) if text.tag else ""
        shown, nature = self._mask(text.text), str(field.nature)
        return Explained(text.locator, name, text.vr, str(text.origin), nature, shown, listed, tuple(considered))

    def _element(self, element: Element) -> Explained:
        """An element in which nothing can be read: a sequence, a number, bytes, or no value at all."""
        tag, vr, value, scope, start, end = element
        name = (shown_creator(scope.creator(tag)) or "private") if tag & 0x10000 else keyword_of(tag)
        locator = f"{scope.locator}({tag >> 16:04X},{tag & 0xFFFF:04X})"
        shown = "items" if vr == "SQ" else f"{len(value)} bytes" if value is not None else f"{end - start} bytes"
        return Explained(locator, name, vr, str(origin_of(element)), "no text", shown, self._listed(element), ())

    def _listed(self, element: Element) -> str:
        verdict = self._assessor.judge(element, self._identity)
        return next((find.fact for find in verdict.finds if find.detector == "listed"), "") if verdict else ""

    def _pictures(self, walk: Walk) -> Iterator[Explained]:
        """What was read in pixels, overlays and icons, or why they were not looked at."""
        if not walk.pixels and not any(tag == _ICON or tag >> 24 == _OVERLAY for tag, *_ in walk.elements):
            return
        pictures = Pictures(self._context, self._assessor)
        for locator, place, text, notes in pictures.explained(self._file, self._identity):
            considered = tuple(
                Consideration(note.kept, note.detector, self._mask(text[note.start : note.end]), note.reason)
                for note in notes
            )
            yield Explained(locator, "PixelData", "", place, "ocr", self._mask(text), "", considered)
        for locator, reason in pictures.unread:
            yield Explained(locator, "PixelData", "", "pixels", "not looked at", reason, "", ())
