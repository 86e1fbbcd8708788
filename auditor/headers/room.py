"""The headers room: DICOM files in, facts out."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import cast

from auditor.headers import pictures
from auditor.headers.facts import CATALOGUE
from auditor.headers.kin import Kin, Pairs
from auditor.headers.plan import BATCH, FILE, chunks
from auditor.headers.scan import Scanner, detectors, settings_of
from auditor.headers.tables import placeholders
from auditor.identifiers import roster
from auditor.identifiers.identity import Identity
from auditor.model.facts import Catalogue
from auditor.model.ports import Context
from auditor.model.run import Note, Request
from auditor.model.target import Chunk, Reading
from auditor.pixels.reader import missing


class HeadersRoom:
    """Implements model.ports.Room for DICOM files."""

    @property
    def name(self) -> str:
        """The word of the package."""
        return "headers"

    @property
    def catalogue(self) -> Catalogue:
        """Every fact this room can supply."""
        return CATALOGUE

    def plan(self, request: Request, context: Context) -> Iterator[Chunk]:
        """Chunks of the files below the paths of the request; raises TargetError where there is nothing."""
        starting(context)
        kin = Kin(detectors(), placeholders(settings_of(context).pseudonyms), FILE, BATCH)
        return chunks(request.targets, context.base, kin, context.protector.digest)

    def read(self, chunk: Chunk, wanted: frozenset[str], context: Context) -> Iterator[Reading]:
        """One reading for each file of the chunk; whom files are about is learnt from the chunk first."""
        return Scanner(context, starting(context)).scan(chunk.targets, cast(Pairs, chunk.about or ()))

    def notes(self, context: Context) -> Sequence[Note]:
        """What was left out of this run."""
        if not pictures.wanted(context):
            return (Note(self.name, "Pixels were left out on request: text burned into images was not sought."),)
        reason = missing()
        return (Note(self.name, f"Text burned into images was not sought: {reason}."),) if reason else ()


def starting(context: Context) -> Identity:
    """What is known before any file is read: the site's patient list, if it has one."""
    given = str(context.options.get("roster") or getattr(context.settings, "roster", "") or "")
    if not given:
        return Identity()
    path = Path(given).expanduser()
    return Identity().with_roster(_load(path if path.is_absolute() or path.exists() else context.base / path))


@lru_cache(maxsize=2)
def _load(path: Path) -> roster.Roster:
    return roster.load(path)


ROOM = HeadersRoom()
