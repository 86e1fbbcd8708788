"""What stands beside the elements of a file: preamble, trailing bytes, names of folders and file, very long values."""

from collections.abc import Iterator, Sequence

from auditor.dicomio import DicomFile, Walk
from auditor.dicomio.place import Text
from auditor.dicomio.places import bulk_texts, outside, path_texts
from auditor.headers.finds import Find
from auditor.headers.opening import Opened
from auditor.headers.verdict import Assessor
from auditor.identifiers.identity import Identity

_COUNTED = 3
_REMEMBERED, _SHORT = 4096, 512
_LISTED = Find("", "", "R", "", "listed")


class Around:
    """Judges what stands beside the elements; what a series has in common is judged once. One for each chunk."""

    def __init__(self, assessor: Assessor) -> None:
        self._finds = assessor.finds
        self._blanks = assessor.blanks
        self._preambles: dict[tuple[Identity, bytes], Sequence[tuple[str, Find]]] = {}
        self._beside: dict[bytes, Sequence[Text]] = {}
        self._folders: dict[tuple[Identity, str], Sequence[Find]] = {}
        self._remarks: dict[tuple[str, int, Identity], Sequence[Find]] = {}

    def records(self, opened: Opened, walk: Walk, identity: Identity) -> dict[str, list[dict[str, str]]]:
        """Records, by the name of their fact."""
        target, file, *_ = opened
        more: dict[str, list[dict[str, str]]] = {}
        for place, find in self._loose(file, walk, identity):
            more.setdefault(find.fact, []).append(_record(place, find))
        for find in self._named(target.locator, walk, identity):
            more.setdefault(find.fact, []).append(_record("filename", find))
        filled = file.preamble.strip(b"\0") and not _known(file.preamble)
        if filled and not any(name.startswith("preamble") for name in more):
            more["preamble_kept"] = [_record("preamble", _LISTED)]
        if walk.trailing[1] and not any(name.startswith("trailing") for name in more):
            more["trailing_kept"] = [_record("trailing", _LISTED)]
        for bulk in walk.bulk:
            for text in bulk_texts(file, bulk):
                for find in self._remarked(text, identity):
                    more.setdefault(find.fact, []).append(_record(text.locator, find))
        return more

    def _remarked(self, text: Text, identity: Identity) -> Sequence[Find]:
        """The finds in a text beside the elements; the frames of a series mostly carry the same remarks."""
        if len(text.text) > _SHORT:
            return self._finds(text, identity)
        key = (text.text, text.place[0], identity)
        if key not in self._remarks:
            if len(self._remarks) > _REMEMBERED:
                self._remarks.clear()
            self._remarks[key] = self._finds(text, identity)
        return self._remarks[key]

    def _loose(self, file: DicomFile, walk: Walk, identity: Identity) -> Sequence[tuple[str, Find]]:
        """What stands outside the elements; of equal preambles with nothing else beside them only the first is read."""
        alone = not walk.trailing[1] and not walk.gaps
        if alone and not file.preamble.strip(b"\0"):
            return ()
        key = (identity, file.preamble)
        if alone and key in self._preambles:
            return self._preambles[key]
        finds = self._finds
        texts = self._beside.get(file.preamble) if alone else None
        if texts is None:
            texts = outside(file, walk)
        found = [(text.where or str(text.origin), find) for text in texts for find in finds(text, identity)]
        if alone:
            if len(self._preambles) > _REMEMBERED:
                self._preambles.clear()
                self._beside.clear()
            self._preambles[key], self._beside[file.preamble] = found, texts
        return found

    def _named(self, locator: str, walk: Walk, identity: Identity) -> Iterator[Find]:
        """Identifiers in the names of folders and file; those of a folder are looked at once."""
        folder, _, name = locator.replace("!", "/").rpartition("/")
        key = (identity, folder)
        if key not in self._folders:
            if len(self._folders) > _REMEMBERED:
                self._folders.clear()
            texts = path_texts(f"{folder}/", walk.root) if folder else ()
            self._folders[key] = tuple(find for text in texts for find in self._finds(text, identity))
        yield from self._folders[key]
        number = self._blanks.running(name)
        if number is None or self._telling(number, identity):
            for text in path_texts(name, walk.root):
                yield from self._finds(text, identity)

    def _telling(self, number: str, identity: Identity) -> bool:
        """Whether a running number may be somebody's record number."""
        if len(number) <= _COUNTED:
            return False
        return identity.roster is not None or any(number in known.value for known in identity.known)


def _record(place: str, find: Find) -> dict[str, str]:
    told = {"locator": place, "value": find.value, "letter": find.letter}
    return told | {"attribute": find.attribute, "detector": find.detector}


def _known(preamble: bytes) -> bool:
    """Whether the preamble makes the file a TIFF as well (PS3.10 7.1), which is its one common use."""
    return preamble[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
