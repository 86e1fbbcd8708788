"""A run that is rehearsed before it counts: its parts are kept aside, made again where files change, and replayed.

The scan that verifies a de-identified copy may object to files, which are then cleaned again and scanned again. What
the store keeps is one run over the copies as they are released, with nothing scanned twice for it.
"""

import pickle
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from shutil import rmtree

from auditor.config.private import replaced
from auditor.deid import markers
from auditor.deid.objection import Objection
from auditor.dicomio.dictionary import vr_of
from auditor.errors import StoreError
from auditor.headers.tables import claims
from auditor.model.finding import Finding
from auditor.model.outcome import Disposition
from auditor.model.outcome import Outcome as Verdict
from auditor.model.part import Part, Written
from auditor.model.ports import PartWriter, RunLog
from auditor.model.run import Run
from auditor.model.severity import Severity
from auditor.pixels.region import Box


@dataclass(frozen=True, slots=True)
class Bar:
    """What a finding must be to be an objection: above `tolerated`, and of no rule that must fire by what was asked."""

    tolerated: Severity
    expected: frozenset[str]

    def objects(self, finding: Finding) -> bool:
        """Whether a finding keeps a copy from being released."""
        told = finding.outcome in (Verdict.FAIL, Verdict.NOT_EVALUATED)
        return told and finding.severity > self.tolerated and finding.rule not in self.expected


@dataclass(frozen=True, slots=True)
class _Rehearsed:
    """One part as it was written, and what it objects to, by digest of the file."""

    part: Part
    digests: frozenset[str]
    objections: Mapping[str, Objection]
    expected: Mapping[str, int]


class Rehearsal:
    """Holds the parts of one rehearsed run in a folder of mode 0700, which is emptied first."""

    def __init__(self, folder: Path, bar: Bar) -> None:
        rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700, parents=True)
        self._folder = folder
        self._writer = _Writer(folder, bar)
        self._last: frozenset[str] = frozenset()

    def log(self) -> RunLog:
        """A log for the next rehearsal; parts that were kept are not made again."""
        return _Log(self._writer)

    def objections(self) -> Mapping[str, Objection]:
        """What the scan objects to, by digest of the file."""
        found: dict[str, Objection] = {}
        for rehearsed in self._parts():
            found |= rehearsed.objections
        return found

    def expected(self) -> Counter[str]:
        """How many files each rule that must fire has fired on."""
        found: Counter[str] = Counter()
        for rehearsed in self._parts():
            found.update(rehearsed.expected)
        return found

    def forget(self, digests: Iterable[str]) -> None:
        """Drop every part in which one of these files is told of."""
        wanted = frozenset(digests)
        for path in self._paths():
            if wanted & _load(path).digests:
                path.unlink(missing_ok=True)

    def replay(self, log: RunLog) -> RunLog:
        """`log`, in which parts that were rehearsed are entered as they are."""
        return _Replayed(log, self._folder)

    def done(self) -> None:
        """Remove everything."""
        rmtree(self._folder, ignore_errors=True)

    def _parts(self) -> Iterable[_Rehearsed]:
        return map(_load, self._paths())

    def _paths(self) -> list[Path]:
        return sorted(path for path in self._folder.iterdir() if not path.name.startswith("."))


@dataclass(frozen=True, slots=True)
class _Writer:
    """Keeps parts aside. Picklable."""

    folder: Path
    bar: Bar

    def exists(self, name: str) -> Written | None:
        path = self.folder / name
        return _written(_load(path).part) if path.is_file() else None

    def write(self, part: Part) -> Written:
        objections = {row.digest: Objection() for row in part.rows if row.disposition is not Disposition.READ}
        for finding in filter(self.bar.objects, part.findings):
            known = objections.get(finding.subject_digest, Objection())
            objections[finding.subject_digest] = _joined(known, finding)
        expected = Counter(finding.rule for finding in part.findings if finding.rule in self.bar.expected)
        digests = frozenset(row.digest for row in part.rows)
        _save(self.folder / part.name, _Rehearsed(part, digests, objections, dict(expected)))
        return _written(part)


@dataclass(frozen=True, slots=True)
class _Log:
    """The log of a rehearsal, of which nothing stays."""

    writer: PartWriter
    run_id: str = "rehearsal"

    def previous(self) -> str:
        return ""

    def seal(self, run: Run) -> None:
        """Nothing is sealed."""

    def abandon(self) -> None:
        """Nothing was begun."""


@dataclass(frozen=True, slots=True)
class _Player:
    """Writes through, and enters rehearsed parts when it is asked whether they exist."""

    inner: PartWriter
    folder: Path

    def exists(self, name: str) -> Written | None:
        known, path = self.inner.exists(name), self.folder / name
        if known is not None or not path.is_file():
            return known
        return self.inner.write(_load(path).part)

    def write(self, part: Part) -> Written:
        return self.inner.write(part)


@dataclass(frozen=True, slots=True)
class _Replayed:
    """A log whose writer plays parts back."""

    inner: RunLog
    folder: Path

    @property
    def run_id(self) -> str:
        return self.inner.run_id

    @property
    def writer(self) -> PartWriter:
        return _Player(self.inner.writer, self.folder)

    def previous(self) -> str:
        return self.inner.previous()

    def seal(self, run: Run) -> None:
        self.inner.seal(run)

    def abandon(self) -> None:
        self.inner.abandon()


def _joined(known: Objection, finding: Finding) -> Objection:
    places, boxes = set(known.places), set(known.boxes)
    for seen in finding.evidence:
        place = seen.locator.split("#")[0] or _attributes().get(seen.fact, "")
        if not place.startswith("("):
            continue
        box = _box(seen.details.get("box", ""))
        if box is None:
            places.add(place)
        else:
            boxes.add((place, box))
    return Objection(frozenset(places), frozenset(boxes))


@lru_cache(maxsize=1)
def _attributes() -> Mapping[str, str]:
    """Tag paths of the facts that are one attribute's text, and therefore have no place of their own."""
    return {
        fact: f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
        for tag, fact in claims().items()
        if vr_of(tag) in ("LO", "SH") and tag not in markers.TAGS
    }


def _box(text: str) -> Box | None:
    edges = text.split(",")
    if len(edges) != 4 or not all(edge.isdecimal() for edge in edges):
        return None
    x0, y0, x1, y1 = map(int, edges)
    return x0, y0, x1, y1


def _written(part: Part) -> Written:
    return Written(part.record(), tuple(part.tallies))


def _save(path: Path, rehearsed: _Rehearsed) -> None:
    try:
        with replaced(path) as stream:
            pickle.dump(rehearsed, stream)
    except OSError as error:
        raise StoreError(f"the verification cannot be kept: {error.strerror}", where=str(path.parent)) from error


def _load(path: Path) -> _Rehearsed:
    with path.open("rb") as stream:
        found: _Rehearsed = pickle.load(stream)  # noqa: S301 - written by this run, in a folder nobody else may enter
    return found
