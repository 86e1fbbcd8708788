"""A sealed run as it lies in its folder: header, findings, inventory, and questions over them."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditor.errors import StoreError
from auditor.model import codec
from auditor.model.finding import Finding
from auditor.model.header import VersionError, read_header
from auditor.model.outcome import Outcome
from auditor.model.run import SCHEMA_VERSION, PartRecord, RuleTally, Run
from auditor.model.target import InventoryRow
from auditor.store.columns import finding_schema, inventory_schema
from auditor.store.files import hash_bytes, hash_file
from auditor.store.parts import (
    file_stem,
    findings_file,
    inventory_file,
    read_findings,
    read_inventory,
    read_record,
)

_LARGEST_HEADER = 256_000_000


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run read back. `header` is `run.json` as it lies on disk, `sha256` its hash."""

    folder: Path
    run: Run
    header: bytes
    sha256: str

    def findings(self) -> Iterator[Finding]:
        """Every finding of the run, part after part."""
        for part in self.run.parts:
            yield from read_findings(findings_file(self.folder, part.name))

    def first(self, most: int) -> Mapping[tuple[Outcome, str], list[Finding]]:
        """The first findings of each outcome and rule, `most` of each.

        Parts whose tallies hold nothing that is still wanted are not opened, so that millions cost little.
        """
        wanted = {key: min(count, most) for key, count in self.counts().items()}
        found: dict[tuple[Outcome, str], list[Finding]] = defaultdict(list)
        for part in self.run.parts:
            if not self._may_hold(part, wanted):
                continue
            for finding in read_findings(findings_file(self.folder, part.name)):
                key = finding.outcome, finding.rule
                if key in wanted:
                    found[key].append(finding)
                    if len(found[key]) == wanted[key]:
                        del wanted[key]
        return found

    def counts(self) -> Mapping[tuple[Outcome, str], int]:
        """How many findings there are of each outcome and rule; what passed or did not apply is no finding."""
        return _counted(self.run.tallies)

    def inventory(self, room: str = "") -> Iterator[InventoryRow]:
        """One row for every target that was met, by every room or by one: parts are named after their room."""
        for part in self.run.parts:
            if part.name.startswith(room):
                yield from read_inventory(inventory_file(self.folder, part.name))

    def query(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Answer an SQL question over the views `findings` and `inventory` (DuckDB, read only, no network)."""
        import duckdb

        with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as connection:
            connection.execute("SET threads = 1")
            connection.execute("SET memory_limit = '256MB'")
            for view, locate, schema in (
                ("findings", findings_file, finding_schema),
                ("inventory", inventory_file, inventory_schema),
            ):
                if self.run.parts:
                    files = [str(locate(self.folder, part.name)) for part in self.run.parts]
                    connection.read_parquet(files).create_view(view)
                else:
                    connection.register(view, schema().empty_table())
            return connection.execute(sql, list(parameters)).fetchall()

    def problems(self) -> list[str]:
        """What differs from what `run.json` says of its parts, in sentences; nothing when all is whole."""
        found = []
        for part in self.run.parts:
            for kind, file, expected in (
                ("findings", findings_file(self.folder, part.name), part.findings_sha256),
                ("inventory", inventory_file(self.folder, part.name), part.inventory_sha256),
            ):
                if not file.is_file():
                    found.append(f"Run {self.run.id}: the {kind} of part {part.name} are missing.")
                elif hash_file(file) != expected:
                    found.append(f"Run {self.run.id}: the {kind} of part {part.name} were changed.")
            found += self._record_problem(part)
        stems = {f"part-{file_stem(part.name)}.parquet" for part in self.run.parts}
        for kind in ("findings", "inventory"):
            for file in sorted((self.folder / kind).glob("part-*.parquet")):
                if file.name not in stems:
                    found.append(f"Run {self.run.id}: {kind}/{file.name} does not belong to the run.")
        return found

    def _may_hold(self, part: PartRecord, wanted: Mapping[tuple[Outcome, str], int]) -> bool:
        """Whether a part may hold something that is wanted; one that lost its record may hold anything."""
        try:
            return bool(wanted) and not wanted.keys().isdisjoint(_counted(read_record(self.folder, part.name).tallies))
        except (OSError, codec.CodecError):
            return True

    def _record_problem(self, part: PartRecord) -> list[str]:
        """What is wrong with the record that the part was written with, if it is still there."""
        try:
            whole = read_record(self.folder, part.name).record == part
        except FileNotFoundError:
            return []
        except (OSError, codec.CodecError):
            whole = False
        return [] if whole else [f"Run {self.run.id}: the record of part {part.name} was changed."]


def _counted(tallies: Sequence[RuleTally]) -> Counter[tuple[Outcome, str]]:
    counted: Counter[tuple[Outcome, str]] = Counter()
    for tally in tallies:
        for outcome, count in tally.counts.items():
            if count and outcome not in (Outcome.PASS, Outcome.NOT_APPLICABLE):
                counted[outcome, tally.rule] += count
    return counted


def load_folder(folder: Path) -> StoredRun:
    """Read the run in `folder`; needs no store. Raises StoreError for a missing, newer or broken header."""
    file = folder / "run.json"
    try:
        with file.open("rb") as stream:
            header = stream.read(_LARGEST_HEADER + 1)
    except OSError as error:
        raise StoreError(
            f"the run cannot be read: {error.strerror}",
            where=str(file),
            right="the folder of a sealed run",
            next_step="auditor runs list",
        ) from error
    return StoredRun(folder, decode_header(header, str(file)), header, hash_bytes(header))


def decode_header(header: bytes, where: str) -> Run:
    """The Run in the bytes of a `run.json`; raises StoreError when they are not one of this version."""
    try:
        return read_header(header)
    except VersionError as error:
        raise StoreError(
            str(error),
            where=where,
            right=f"schema_version {SCHEMA_VERSION} or older",
            next_step="read it with the version of the auditor that wrote it, or a newer one",
        ) from error
    except codec.CodecError as error:
        raise _broken(f"the run's header cannot be read: {error}", where) from error


def _broken(what: str, where: str) -> StoreError:
    return StoreError(what, where=where, right="run.json as the run wrote it", next_step="auditor runs verify")
