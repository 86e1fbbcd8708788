"""Quasi-identifiers of a copy, known from what was there and what was changed, without reading the copy again."""

from collections.abc import Mapping, Sequence

from auditor.deid.groups import Trait
from auditor.dicomio.edits import Edit, Insert, RemoveItem, Replace

_PATIENT, _AGE, _SEX, _SITE, _DAY, _STUDY = 0x00100020, 0x00101010, 0x00100040, 0x00080080, 0x00080020, 0x00081030
_WANTED = frozenset((_PATIENT, _AGE, _SEX, _SITE, _DAY, _STUDY))


def trait_after(top: Mapping[int, bytes], edits: Sequence[Edit]) -> Trait:
    """The quasi-identifiers that the top level of a copy holds after `edits`."""
    values = {tag: top.get(tag, b"") for tag in _WANTED}
    for edit in edits:
        if isinstance(edit, Insert):
            if edit.tag in _WANTED and edit.scope.parent is None:
                values[edit.tag] = edit.value
        elif not isinstance(edit, RemoveItem) and edit.element[0] in _WANTED and edit.element[3].parent is None:
            values[edit.element[0]] = edit.value if isinstance(edit, Replace) else b""
    text = {tag: value.decode("latin-1").strip(" \0") for tag, value in values.items()}
    return Trait(text[_PATIENT], text[_AGE], text[_SEX], text[_SITE], text[_DAY][:6], text[_STUDY].casefold())
