"""What is set at the end: markers, what a recipe adds, and the originals sealed for those who hold a key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auditor.deid import markers
from auditor.deid.edits import Edited
from auditor.deid.encoding import Syntax
from auditor.deid.parts import Parts
from auditor.deid.profile import Profile
from auditor.deid.recipe_rules import FileRules
from auditor.deid.sealed import ENCRYPTED_ATTRIBUTES, Sealer
from auditor.deid.values import LONGEST
from auditor.dicomio.edits import Edit, Insert, RemoveItem, Replace
from auditor.dicomio.element import Element
from auditor.dicomio.read import DicomFile
from auditor.dicomio.walked import Walk

_LONGEST_SEALED = 65536


@dataclass(frozen=True, slots=True)
class Finish:
    """Adds to the edits of one file."""

    profile: Profile
    sealer: Sealer | None
    file: DicomFile
    walk: Walk
    parts: Parts
    recipe: FileRules | None

    def edits(self, edited: Edited) -> list[Edit]:
        """All edits of the file; what is set here wins over what was decided before."""
        there = {element[0]: element for element in self.walk.elements if element[3].parent is None}
        there |= {element[0]: element for element in self.file.meta}
        syntax = Syntax(self.file.syntax.explicit, self.file.syntax.little)
        last = self._set(syntax, there)
        if self.sealer is not None:
            last += self._sealed(edited, syntax, there)
        settled = {id(edit.element) for edit in last if isinstance(edit, Replace)}
        before: list[Edit] = [*edited.edits, *self.parts.edits]
        if settled:
            before = [edit for edit in before if id(_element(edit)) not in settled]
        return before + last

    def _set(self, syntax: Syntax, there: Mapping[int, Element]) -> list[Edit]:
        wanted = [
            (marker.tag, marker.vr, marker.value)
            for marker in markers.markers(
                self.profile,
                syntax,
                pixels_clean=self.parts.pixels_clean,
                has_pixels=self.parts.has_pixels,
                document_clean=bool(self.parts.counts.get("document")),
            )
        ]
        for tag, vr, value in self.recipe.added() if self.recipe else ():
            if tag not in markers.TAGS:
                wanted.append((tag, vr, value.encode("utf-8")[: LONGEST.get(vr, 65534)]))
        edits: list[Edit] = []
        for tag, vr, raw in wanted:
            scope = self.file.meta_scope if tag >> 16 == 2 else self.walk.root
            edits.append(Replace(there[tag], raw, vr) if tag in there else Insert(scope, tag, vr, raw))
        return edits

    def _sealed(self, edited: Edited, syntax: Syntax, there: Mapping[int, Element]) -> list[Edit]:
        """Every top-level element that was changed, as it stood, in Encrypted Attributes Sequence."""
        raw = _as_they_stood(self.file, self.walk, edited)
        if not raw or self.sealer is None:
            return []
        value = self.sealer.value(raw, syntax)
        if ENCRYPTED_ATTRIBUTES in there:
            return [Replace(there[ENCRYPTED_ATTRIBUTES], value, "SQ")]
        return [Insert(self.walk.root, ENCRYPTED_ATTRIBUTES, "SQ", value)]


def _as_they_stood(file: DicomFile, walk: Walk, edited: Edited) -> Sequence[bytes]:
    changed = [step.element for step in edited.steps if step.act != "keep" and step.element[3] is walk.root]
    return [
        file.stream.pread(element[4], element[5] - element[4])
        for element in changed
        if element[5] - element[4] <= _LONGEST_SEALED
    ]


def _element(edit: Edit) -> Element | None:
    return None if isinstance(edit, Insert | RemoveItem) else edit.element
