"""Explains one file, place by place: what was looked at, what was recognised by what, and what was left alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from auditor.dicomio import DicomFile, Found, Opener, Walker, find, keyword_of, read
from auditor.dicomio.places import places
from auditor.errors import TargetError
from auditor.headers.learn import Learner, key_of, top_of
from auditor.headers.scan import detectors, settings_of
from auditor.headers.tables import placeholders
from auditor.headers.verdict import Assessor
from auditor.identifiers.identity import Identity
from auditor.model.ports import Context


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

    Raises TargetError when there is no DICOM file, ReadError when it cannot be opened.
    """
    found = next((met for met in find(path) if isinstance(met, Found)), None)
    if found is None:
        raise TargetError("this is no DICOM file", right="a DICOM file", next_step="auditor scan --explain FILE")
    blanks = placeholders(settings_of(context).pseudonyms)
    with Opener() as opener, read(opener.open(found.root, found.locator)) as file:
        yield from _explained(file, found.locator, Assessor(detectors(), blanks), context, start)


def _explained(
    file: DicomFile, locator: str, assessor: Assessor, context: Context, start: Identity
) -> Iterator[Explained]:
    walker = Walker()
    learner = Learner(walker, assessor.detectors, assessor.blanks, start)
    key = key_of(top_of(file, walker))
    learner.add(file, key)
    identity = learner.joined().of(key)
    mask = context.protector.mask
    for text in places(file, walker.walk(file), locator):
        field = assessor.field(text)
        verdict = assessor.judge(text.place, identity) if text.tag else None
        listed = next((find.fact for find in verdict.finds if find.detector == "listed"), "") if verdict else ""
        considered = tuple(
            Consideration(note.kept, note.detector, mask(text.text[note.start : note.end]), note.reason)
            for note in assessor.detectors.explain(text.text, identity, field)
        )
        known = keyword_of(text.tag) if text.tag else ""
        name = (text.creator or "private") if text.tag & 0x10000 else known
        shown = mask(text.text)
        yield Explained(text.locator, name, text.vr, str(text.origin), str(field.nature), shown, listed, considered)
