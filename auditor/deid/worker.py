"""De-identifies one file after the other into a staging folder. One worker a process; it remembers decisions."""

import os
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from auditor.deid.census import Census
from auditor.deid.clean import Cleaner
from auditor.deid.codes import Option
from auditor.deid.decide import Decider
from auditor.deid.dicomdir import FILE_ID, Renamed, divided, file_edits, rebuild
from auditor.deid.edits import Edited, Editor, Memo, Step
from auditor.deid.finishing import Finish
from auditor.deid.groups import Trait
from auditor.deid.learn import STUDY_UID, identity_of, stated
from auditor.deid.naming import Names
from auditor.deid.parts import Parts
from auditor.deid.people import Person, Stated
from auditor.deid.picture import Pictures
from auditor.deid.placing import Places
from auditor.deid.plan import DeidPlan, Fate, Outcome
from auditor.deid.recipe_rules import FileRules, rules_from
from auditor.deid.sealed import Sealer, read_recipients
from auditor.deid.traits import trait_after
from auditor.deid.types import types_of
from auditor.deid.uids import UidMap
from auditor.deid.values import Values
from auditor.dicomio.edits import Edit, RemoveItem
from auditor.dicomio.find import Found
from auditor.dicomio.form import Form
from auditor.dicomio.places import concept_names
from auditor.dicomio.read import DicomFile, read
from auditor.dicomio.source import Opener
from auditor.dicomio.walk import Walker
from auditor.dicomio.walked import Walk
from auditor.dicomio.writer import rewrite
from auditor.errors import AuditorError, ReadError
from auditor.identifiers.detectors import Detectors

SOP_CLASS = 0x00080016
_MEMOS = 12
_CHUNK = 1 << 20


class Deidentifier:
    """Holds what files share: decisions, detectors, memos of values by person."""

    def __init__(self, plan: DeidPlan, census: Census, trace: bool = False) -> None:
        self._plan = plan
        self._census = census
        self._trace = trace or bool(plan.recipients)
        self._decider = Decider(plan.profile)
        self._uids = UidMap(plan.key)
        self._places = Places(Names(plan.profile.file_name, plan.key), census.media_roots())
        self._walker = Walker(plan.limits)
        self._detectors = Detectors()
        self._memos: OrderedDict[tuple[object, ...], Memo] = OrderedDict()
        self._pictures = Pictures(plan.profile, plan.ocr)
        self._sealer: Sealer | None = (
            read_recipients([Path(path) for path in plan.recipients]) if plan.recipients else None
        )
        self._folders: set[Path] = set()
        named = plan.recipe
        self._recipe = rules_from(named.recipes, named.variables, named.functions)

    def one(self, found: Found, opener: Opener, staging: Path) -> Outcome:
        """De-identify one file into `staging`; whatever is wrong with it is told in the outcome."""
        try:
            before = _stamp(found)
            blob = opener.open(found.root, found.locator)
            file = read(blob, self._plan.limits)
            outcome = self._copied(found, file, staging)
            if _stamp(found) != before:
                return self._withheld(found, "the file changed while it was read", staging, outcome.path)
            return outcome
        except ReadError as error:
            return self._withheld(found, error.what)
        except _Withheld as error:
            return self._withheld(found, str(error))

    def steps(self, found: Found, opener: Opener) -> list[Step]:
        """What would be done to each element of one file; needs `trace`. Raises ReadError."""
        file = read(opener.open(found.root, found.locator), self._plan.limits)
        walk = self._walker.walk(file)
        top = {element[0]: element[2] or b"" for element in walk.elements if element[3].parent is None}
        job = self._job(found, file, walk, top, self._said(found, top))
        return sorted(
            job.editor.edit(walk.elements).steps, key=lambda step: (step.element[0] >> 16 != 2, step.element[4])
        )

    def whole(self, staging: Path, outcome: Outcome) -> bool:
        """Whether a file staged earlier is still as it was written; its name is then taken."""
        path = staging / outcome.path
        if not path.is_file():
            return False
        with path.open("rb") as stream:
            if self._digest(stream) != outcome.copy_digest:
                return False
        self._places.take(outcome.locator, outcome.path)
        return True

    def _withheld(self, found: Found, why: str, staging: Path | None = None, path: str = "") -> Outcome:
        if staging is not None and path:
            (staging / path).unlink(missing_ok=True)
        return Outcome(found.locator, found.size, Fate.WITHHELD, why)

    def _copied(self, found: Found, file: DicomFile, staging: Path) -> Outcome:
        walk = self._walker.walk(file)
        if walk.stop is not None:
            raise _Withheld(f"it can only be read in part: {walk.stop.reason}")
        top = {element[0]: element[2] or b"" for element in walk.elements if element[3].parent is None}
        if found.form is Form.DICOMDIR:
            return self._directory(found, file, walk, staging)
        job = self._job(found, file, walk, top, self._said(found, top))
        edited = job.editor.edit(walk.elements, job.parts.spared)
        path = self._places.claim(found, top, job.person)
        if path is None:
            raise _Withheld("another file of the source has the same SOP Instance UID; see the certificate")
        edits = Finish(self._plan.profile, self._sealer, file, walk, job.parts, job.recipe).edits(edited)
        digest = self._written(job, edits, staging / path, found)
        return self._outcome(found, job, edited, path, digest, trait_after(top, edits))

    def _directory(self, found: Found, file: DicomFile, walk: Walk, staging: Path) -> Outcome:
        """A DICOMDIR names several patients: the records of each are treated as that patient's."""
        whole = Edited()
        for values, elements in divided(walk):
            said = stated(values) if values else Stated("", "", "", found.locator)
            job = self._job(found, file, walk, values, said)
            edited = job.editor.edit(elements, frozenset((FILE_ID,)))
            whole.edits += edited.edits
            whole.counts.update(edited.counts)
        path = self._places.claim(found, {}, job.person) or PurePosixPath("DICOMDIR")
        renamed = Renamed(str(PurePosixPath(found.locator).parent), self._places.of)
        whole.edits += file_edits(walk, renamed, len(path.parts) - 1)
        digest = self._written(job, whole.edits, staging / path, found)
        return self._outcome(found, job, whole, path, digest)

    def _said(self, found: Found, top: Mapping[int, bytes]) -> Stated:
        return self._census.stated.get(found.locator) or Stated("", "", "", _text(top, STUDY_UID) or found.locator)

    def _job(self, found: Found, file: DicomFile, walk: Walk, top: Mapping[int, bytes], said: Stated) -> "_Job":
        people = self._census.people
        assert people is not None  # noqa: S101 - take() always sets it
        person = people.person(said)
        identity = identity_of(walk.elements).merge(self._census.identity(person.key))
        profile = self._plan.profile
        values = Values(self._uids, person, profile.has(Option.MODIFIED_DATES))
        cleaner = Cleaner(
            self._detectors, values, identity, profile.has(Option.FULL_DATES), not profile.has(Option.UIDS)
        )
        types = types_of(_text(top, SOP_CLASS))
        recipe = self._bound(found, file, walk, said)
        memo: Memo = (
            {}
            if recipe is not None and recipe.rules.by_file
            else self._memo(
                (person.key, identity, id(types), top.get(0x00080005, b""), file.syntax.little, said.patient_id)
            )
        )
        editor = Editor(
            self._decider,
            types,
            values,
            cleaner,
            memo,
            _text(top, 0x00080020),
            self._trace,
            recipe,
            concept_names(walk),
        )
        blank = recipe.regions(top) if recipe is not None else ()
        parts = Parts.of(file, walk, top, profile, cleaner, self._pictures, types, blank)
        if parts.withhold:
            raise _Withheld(parts.withhold)
        return _Job(file, walk, person, values, editor, parts, recipe)

    def _bound(self, found: Found, file: DicomFile, walk: Walk, said: Stated) -> FileRules | None:
        if self._recipe is None:
            return None

        def dataset() -> Any:
            import pydicom

            return pydicom.dcmread(BytesIO(file.blob.pread(0, file.blob.size)), stop_before_pixels=True, force=True)

        return self._recipe.file(walk.elements, said.patient_id, dataset)

    def _memo(self, key: tuple[object, ...]) -> Memo:
        memo = self._memos.get(key)
        if memo is None:
            memo = self._memos[key] = {}
            if len(self._memos) > _MEMOS:
                self._memos.popitem(last=False)
        self._memos.move_to_end(key)
        return memo

    def _written(self, job: "_Job", edits: list[Edit], path: Path, found: Found) -> str:
        if path.parent not in self._folders:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._folders.add(path.parent)
        # an attempt that was stopped may have left a part of it
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        try:
            with os.fdopen(descriptor, "w+b") as target:
                rewrite(job.file, job.walk, edits, target, preamble=bytes(128), keep_trailing=False)
                if found.form is Form.DICOMDIR:
                    gone = frozenset(edit.scope.start for edit in edits if isinstance(edit, RemoveItem))
                    rebuild(target, job.walk, gone, self._plan.limits)
                return self._digest(target)
        except (OSError, AuditorError):
            path.unlink(missing_ok=True)
            raise

    def _digest(self, target: BinaryIO) -> str:
        target.seek(0)
        digest = blake2b(key=self._plan.key[:64], digest_size=32)
        while block := target.read(_CHUNK):
            digest.update(block)
        return digest.hexdigest()

    def _source_digest(self, file: DicomFile) -> str:
        digest, position = blake2b(key=self._plan.key[:64], digest_size=32), 0
        while block := file.blob.pread(position, _CHUNK):
            digest.update(block)
            position += len(block)
        return digest.hexdigest()

    def _outcome(
        self, found: Found, job: "_Job", edited: Edited, path: PurePosixPath, digest: str, trait: Trait | None = None
    ) -> Outcome:
        mapped: tuple[tuple[str, str, str], ...] = ()
        if self._plan.crosswalk:
            said = self._census.stated.get(found.locator)
            mapped = (("patient", said.patient_id if said else "", job.person.pseudonym),) if said else ()
        return Outcome(
            locator=found.locator,
            size=found.size,
            fate=Fate.STAGED,
            path=str(path),
            patient=job.person.pseudonym,
            counts={**edited.counts, **job.parts.counts},
            source_digest=self._source_digest(job.file),
            copy_digest=digest,
            trait=trait,
            risks=job.parts.risks,
            mapped=mapped,
        )


@dataclass(frozen=True, slots=True)
class _Job:
    """One file in hand."""

    file: DicomFile
    walk: Walk
    person: Person
    values: Values
    editor: Editor
    parts: Parts
    recipe: FileRules | None


class _Withheld(Exception):
    """This file must not be released; the text says why and holds no identifier."""


def _text(top: Mapping[int, bytes], tag: int) -> str:
    return top.get(tag, b"").decode("latin-1").strip(" \0")


def _stamp(found: Found) -> tuple[int, int]:
    path = Path(found.root) / found.locator.split("!")[0] if Path(found.root).is_dir() else Path(found.root)
    try:
        stat = path.stat()
    except OSError as error:
        raise ReadError("the file vanished while it was read") from error
    return stat.st_size, stat.st_mtime_ns
