"""De-identifies one file after the other into a staging folder. One worker a process; it remembers decisions."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any

from auditor.deid.batch import Item, stamp_of
from auditor.deid.clean import Cleaner
from auditor.deid.codes import Option
from auditor.deid.copying import Copier
from auditor.deid.decide import Decider
from auditor.deid.dicomdir import FILE_ID, Renamed, divided, file_edits
from auditor.deid.edits import Edited, Editor, Memo, Step
from auditor.deid.finishing import Finish
from auditor.deid.groups import Trait
from auditor.deid.learn import identity_of, stated
from auditor.deid.mending import NOTE, mended
from auditor.deid.objection import NONE, Objection
from auditor.deid.parts import Parts
from auditor.deid.people import People, Person, Stated
from auditor.deid.picture import Pictures, Subject
from auditor.deid.plan import DeidPlan, Fate, Outcome
from auditor.deid.recipe_rules import FileRules, rules_from
from auditor.deid.sealed import Sealer, read_recipients
from auditor.deid.traits import trait_after
from auditor.deid.types import types_of
from auditor.deid.uids import UidMap
from auditor.deid.values import Values
from auditor.dicomio.find import Found
from auditor.dicomio.places import concept_names
from auditor.dicomio.read import DicomFile, read
from auditor.dicomio.source import Opener
from auditor.dicomio.walk import Walker
from auditor.dicomio.walked import Walk
from auditor.errors import ReadError
from auditor.identifiers.detectors import Detectors
from auditor.identifiers.identity import Identity
from auditor.identifiers.known import Known
from auditor.pixels.memory import Memory

SOP_CLASS, STUDY_DATE, CHARSET = 0x00080016, 0x00080020, 0x00080005
_MEMOS = 12
_IDENTITIES = 256


class Deidentifier:
    """Holds what files share: decisions, detectors, memos of values by person."""

    def __init__(self, plan: DeidPlan, readings: Path | None = None, trace: bool = False) -> None:
        self._plan = plan
        self._trace = trace or bool(plan.recipients)
        self._decider = Decider(plan.profile)
        self._uids = UidMap(plan.key)
        self._walker = Walker(plan.limits)
        self._detectors = Detectors()
        self._memos: OrderedDict[tuple[object, ...], Memo] = OrderedDict()
        self._pictures = Pictures(plan.profile, plan.ocr, Memory(readings) if readings else None)
        self._sealer: Sealer | None = (
            read_recipients([Path(path) for path in plan.recipients]) if plan.recipients else None
        )
        self._copier = Copier(plan.key, plan.limits)
        self._known: Mapping[str, frozenset[Known]] = {}
        self._identities: OrderedDict[frozenset[Known], Identity] = OrderedDict()
        named = plan.recipe
        self._recipe = rules_from(named.recipes, named.variables, named.functions)

    def begin(self, known: Mapping[str, frozenset[Known]]) -> None:
        """Take what is known of the persons of the next files; what was read of pictures before is forgotten."""
        self._known = known
        self._pictures.forget()

    def one(self, item: Item, opener: Opener, staging: Path) -> Outcome:
        """De-identify one file into `staging`; whatever is wrong with it is told in the outcome. Raises StoreError."""
        found = item.found
        try:
            before = _stamp(found)
            with read(opener.open(found.root, found.locator), self._plan.limits) as file:
                outcome = self._copied(item, file, staging)
            if _stamp(found) != before:
                (staging / outcome.path).unlink(missing_ok=True)
                return _withheld(found, "the file changed while it was read")
            return outcome
        except ReadError as error:
            return _withheld(found, error.what)
        except _Withheld as error:
            return _withheld(found, str(error))

    def directory(self, found: Found, opener: Opener, people: People, media: "Medium", staging: Path) -> Outcome:
        """The DICOMDIR of a medium whose files are done: the records of each patient are treated as that patient's."""
        try:
            with read(opener.open(found.root, found.locator), self._plan.limits) as file:
                file, walk = self._walked(file)
                whole = Edited()
                job: _Job | None = None
                for values, elements in divided(walk):
                    said = stated(values) if values else Stated("", "", "", found.locator)
                    job = self._job(found, file, walk, values, said, people.person(said), media.objection)
                    edited = job.editor.edit(elements, frozenset((FILE_ID,)))
                    whole.edits += edited.edits
                    whole.counts.update(edited.counts)
                if job is None:
                    raise _Withheld("it holds no records")
                renamed = Renamed(str(PurePosixPath(found.locator).parent), media.copies.get)
                whole.edits += file_edits(walk, renamed, len(media.path.parts) - 1)
                digest = self._copier.write(file, walk, whole.edits, f"{staging}/{media.path}")
                return self._outcome(found, job, whole, str(media.path), digest)
        except ReadError as error:
            return _withheld(found, error.what)
        except _Withheld as error:
            return _withheld(found, str(error))

    def steps(self, item: Item, opener: Opener) -> list[Step]:
        """What would be done to each element of one file; needs `trace`. Raises ReadError."""
        with read(opener.open(item.found.root, item.found.locator), self._plan.limits) as file:
            walk = self._walker.walk(file)
            job = self._job(item.found, file, walk, _top(walk), item.said, item.person, NONE)
            steps = job.editor.edit(walk.elements).steps
            return sorted(steps, key=lambda step: (step.element[0] >> 16 != 2, step.element[4]))

    def whole(self, staging: Path, outcome: Outcome) -> bool:
        """Whether a file staged earlier is still as it was written."""
        path = staging / outcome.path
        if not path.is_file():
            return False
        with path.open("rb") as stream:
            return self._copier.digest(stream) == outcome.copy_digest

    def _copied(self, item: Item, file: DicomFile, staging: Path) -> Outcome:
        whole, walk, found = *self._walked(file), item.found
        damaged, file = whole is not file, whole
        top = _top(walk)
        job = self._job(found, file, walk, top, item.said, item.person, item.objection)
        edited = job.editor.edit(walk.elements, job.parts.spared)
        edits = Finish(self._plan.profile, self._sealer, file, walk, job.parts, job.recipe).edits(edited)
        digest = self._copier.write(file, walk, edits, f"{staging}/{item.path}")
        outcome = self._outcome(found, job, edited, item.path, digest, trait_after(top, edits))
        return replace(outcome, risks=(*outcome.risks, NOTE)) if damaged else outcome

    def _walked(self, file: DicomFile) -> tuple[DicomFile, Walk]:
        """The file and the walk over it; a damaged one is made whole where that can be done."""
        walk = self._walker.walk(file)
        whole = mended(file, walk, self._walker, self._plan.limits)
        if whole is None:
            reason = walk.stop.reason if walk.stop else ""
            raise _Withheld(f"it can only be read in part: {reason}")
        return whole

    def _job(
        self,
        found: Found,
        file: DicomFile,
        walk: Walk,
        top: Mapping[int, bytes],
        said: Stated,
        person: Person,
        objection: Objection,
    ) -> "_Job":
        identity = identity_of(walk.elements).merge(self._identity(person))
        profile = self._plan.profile
        values = Values(self._uids, person, profile.has(Option.MODIFIED_DATES))
        cleaner = Cleaner(
            self._detectors, values, identity, profile.has(Option.FULL_DATES), not profile.has(Option.UIDS)
        )
        types = types_of(_text(top, SOP_CLASS))
        recipe = self._bound(file, walk, said)
        key = (person.key, identity, id(types), top.get(CHARSET, b""), file.syntax.little, said.patient_id)
        memo = Memo() if recipe is not None and recipe.rules.by_file else self._memo(key)
        editor = Editor(
            self._decider,
            types,
            values,
            cleaner,
            memo,
            _text(top, STUDY_DATE),
            self._trace,
            recipe,
            concept_names(walk),
            objection,
        )
        blank = recipe.regions(top) if recipe is not None else ()
        subject = Subject(file, walk, top, cleaner, blank, objection)
        parts = Parts.of(subject, profile, self._pictures, types)
        if parts.withhold:
            raise _Withheld(parts.withhold)
        return _Job(file, said, person, editor, parts, recipe)

    def _identity(self, person: Person) -> Identity:
        """What all files together say of a person."""
        known = self._known.get(person.key, frozenset())
        found = self._identities.get(known)
        if found is None:
            found = self._identities[known] = Identity.learn(known)
            if len(self._identities) > _IDENTITIES:
                self._identities.popitem(last=False)
        return found

    def _bound(self, file: DicomFile, walk: Walk, said: Stated) -> FileRules | None:
        if self._recipe is None:
            return None

        def dataset() -> Any:
            import pydicom

            return pydicom.dcmread(BytesIO(file.blob.pread(0, file.blob.size)), stop_before_pixels=True, force=True)

        return self._recipe.file(walk.elements, said.patient_id, dataset)

    def _memo(self, key: tuple[object, ...]) -> Memo:
        memo = self._memos.get(key)
        if memo is None:
            memo = self._memos[key] = Memo()
            if len(self._memos) > _MEMOS:
                self._memos.popitem(last=False)
        self._memos.move_to_end(key)
        return memo

    def _outcome(
        self, found: Found, job: "_Job", edited: Edited, path: str, digest: str, trait: Trait | None = None
    ) -> Outcome:
        asked = self._plan.crosswalk and trait is not None and job.said.patient_id
        return Outcome(
            locator=found.locator,
            size=found.size,
            fate=Fate.STAGED,
            path=path,
            patient=job.person.pseudonym,
            counts={**edited.counts, **job.parts.counts},
            source_digest=self._copier.source_digest(job.file),
            copy_digest=digest,
            trait=trait,
            risks=job.parts.risks,
            mapped=(("patient", job.said.patient_id, job.person.pseudonym),) if asked else (),
        )


@dataclass(frozen=True, slots=True)
class Medium:
    """One medium with a DICOMDIR: where that of the copy goes, and the paths of the copies by source locator."""

    path: PurePosixPath
    copies: Mapping[str, str]
    objection: Objection = NONE


@dataclass(frozen=True, slots=True)
class _Job:
    """One file in hand."""

    file: DicomFile
    said: Stated
    person: Person
    editor: Editor
    parts: Parts
    recipe: FileRules | None


class _Withheld(Exception):
    """This file must not be released; the text says why and holds no identifier."""


def _withheld(found: Found, why: str) -> Outcome:
    return Outcome(found.locator, found.size, Fate.WITHHELD, why)


def _top(walk: Walk) -> dict[int, bytes]:
    return {element[0]: element[2] or b"" for element in walk.elements if element[3].parent is None}


def _text(top: Mapping[int, bytes], tag: int) -> str:
    return top.get(tag, b"").decode("latin-1").strip(" \0")


def _stamp(found: Found) -> tuple[int, int]:
    stamp = stamp_of(found)
    if stamp is None:
        raise ReadError("the file vanished while it was read")
    return stamp
