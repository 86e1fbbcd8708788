"""The files of one batch: all open at once, with the walks over them that are made before they are judged."""

from typing import NamedTuple

from auditor.dicomio import DicomFile, Opener, Walk, Walker, read
from auditor.headers.learn import PEEKED, Key, Top, key_of, top_of, values_of
from auditor.model.target import Target

_HELD = 16 << 20  # bytes of headers that are held from learning to judging


class Opened(NamedTuple):
    """A file of the batch; `key` tells whose it is and of which series, `number` which of the batch it is."""

    target: Target
    file: DicomFile
    top: Top
    key: Key
    number: int


class Opening:
    """Opens files and closes them together. Where each tells of somebody else, it walks them as it opens them."""

    def __init__(self, walker: Walker) -> None:
        self._walker = walker
        self._opener = Opener()
        self._files: list[DicomFile] = []
        self._walks: dict[int, Walk] = {}
        self._held = 0
        self._mixed = False
        self._last: Key = ()

    def __enter__(self) -> "Opening":
        return self

    def __exit__(self, *_: object) -> None:
        with self._opener:
            for file in self._files:
                file.close()

    def open(self, target: Target) -> Opened:
        """Open one file. Raises errors.ReadError when it cannot be read, or is not DICOM."""
        file = read(self._opener.open(target.root, target.locator), first=self._walker.first)
        self._files.append(file)
        walk = self._walker.walk(file) if self._mixed and self._held < _HELD else None
        top = top_of(file, self._walker) if walk is None or walk.stop else values_of(walk, PEEKED)
        key = key_of(top)
        opened = Opened(target, file, top, key, len(self._files))
        if walk is not None:
            self.hold(opened, walk)
        self._mixed, self._last = key != self._last, key
        return opened

    def hold(self, opened: Opened, walk: Walk) -> None:
        """Keep the walk over a file until it is judged, unless too many are held."""
        if self._held < _HELD and opened.number not in self._walks:
            self._walks[opened.number] = walk
            self._held += walk.read_bytes

    def walked(self, opened: Opened) -> Walk | None:
        """The walk over a file, if it is held."""
        return self._walks.get(opened.number)

    def release(self, opened: Opened) -> Walk | None:
        """The walk over a file, if it is held, which from now on it is not."""
        return self._walks.pop(opened.number, None)
