"""Where each copy goes: one path a file, the same in every run, and never one path for two files."""

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from auditor.deid.naming import Names
from auditor.deid.people import Person
from auditor.dicomio.find import Found
from auditor.dicomio.form import Form

_STUDY, _SERIES, _SOP, _MODALITY = 0x0020000D, 0x0020000E, 0x00080018, 0x00080060


class Places:
    """Gives paths by the profile's template. Files below a folder with a DICOMDIR stay together below one token."""

    def __init__(self, names: Names, media_roots: Sequence[str]) -> None:
        self._names = names
        self._media = media_roots
        self._claimed: dict[str, str] = {}
        self._paths: dict[str, str] = {}

    def claim(self, found: Found, top: Mapping[int, bytes], person: Person) -> PurePosixPath | None:
        """The path for the copy of `found`, or None when another file of the source has it already."""
        root = self._media_root(found.locator)
        prefix = PurePosixPath(self._names.token("root", root)) if root not in ("", ".") else PurePosixPath()
        if found.form is Form.DICOMDIR:
            return prefix / "DICOMDIR"
        values = {
            "patient": person.token,
            "study": self._names.token("study", _text(top, _STUDY)),
            "series": self._names.token("series", _text(top, _SERIES)),
            "instance": self._names.token("instance", _text(top, _SOP) or found.locator),
            "modality": "".join(char for char in _text(top, _MODALITY) if char.isalnum())[:8] or "OT",
            "root": prefix.name,
        }
        path = prefix / self._names.path(values, "" if root else ".dcm")
        if self._claimed.setdefault(str(path), found.locator) != found.locator:
            return None
        self._paths[found.locator] = str(path)
        return path

    def take(self, locator: str, path: str) -> None:
        """Take note of a path given by an earlier attempt."""
        self._claimed[path] = locator
        self._paths[locator] = path

    def of(self, locator: str) -> str | None:
        """The path of the copy of a source file, or None when there is none."""
        return self._paths.get(locator)

    def _media_root(self, locator: str) -> str:
        parents = {str(parent) for parent in PurePosixPath(locator).parents}
        return next((root for root in self._media if root in parents), "")


def _text(top: Mapping[int, bytes], tag: int) -> str:
    return top.get(tag, b"").decode("latin-1").strip(" \0")
