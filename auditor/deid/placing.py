"""Where each copy goes: one path a file, the same in every run, and never one path for two files."""

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from auditor.deid.naming import Names
from auditor.deid.people import Person
from auditor.dicomio.find import Found

STUDY, SERIES, SOP, MODALITY = 0x0020000D, 0x0020000E, 0x00080018, 0x00080060


class Places:
    """Gives paths by the profile's template. Files below a folder with a DICOMDIR stay together below one token."""

    def __init__(self, names: Names, media_roots: Sequence[str]) -> None:
        self._names = names
        self._media = media_roots
        self._claimed: set[str] = set()

    def claim(self, found: Found, top: Mapping[int, str], person: Person) -> PurePosixPath:
        """The path for the copy of `found`. A second file with the same SOP Instance UID gets one of its own."""
        root = self._media_root(found.locator)
        prefix = self.prefix(root)
        values = {
            "patient": person.token,
            "study": self._names.token("study", top.get(STUDY, "")),
            "series": self._names.token("series", top.get(SERIES, "")),
            "instance": self._names.token("instance", top.get(SOP, "") or found.locator),
            "modality": "".join(char for char in top.get(MODALITY, "") if char.isalnum())[:8] or "OT",
            "root": prefix.name,
        }
        path = prefix / self._names.path(values, "" if root else ".dcm")
        number = 0
        while str(path) in self._claimed:
            values["instance"] = self._names.token(f"instance {number}", found.locator)
            path, number = prefix / self._names.path(values, "" if root else ".dcm"), number + 1
        self._claimed.add(str(path))
        return path

    def directory(self, found: Found) -> PurePosixPath:
        """The path for the copy of a DICOMDIR."""
        root = self._media_root(found.locator)
        return self.prefix(root) / "DICOMDIR"

    def prefix(self, root: str) -> PurePosixPath:
        """The folder that stands for a folder with a DICOMDIR."""
        return PurePosixPath(self._names.token("root", root)) if root not in ("", ".") else PurePosixPath()

    def _media_root(self, locator: str) -> str:
        parents = {str(parent) for parent in PurePosixPath(locator).parents}
        return next((root for root in self._media if root in parents), "")
