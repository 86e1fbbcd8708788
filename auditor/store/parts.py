"""Parts of a run: findings and inventory as Parquet, one pair for each chunk of work."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from auditor.errors import StoreError
from auditor.model import codec
from auditor.model.finding import Evidence, Finding
from auditor.model.header import read_written
from auditor.model.outcome import Disposition, Outcome
from auditor.model.part import Part, Written
from auditor.model.severity import Severity
from auditor.model.target import InventoryRow
from auditor.store.columns import finding_schema, finding_table, inventory_schema, inventory_table
from auditor.store.files import hash_bytes, hash_file, link_file, make_folder, write_bytes, write_file

_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_BATCH = 4096


def file_stem(name: str) -> str:
    """The file name a chunk's name becomes; names that are no plain word get a digest of themselves."""
    if _SAFE_NAME.fullmatch(name):
        return name
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", name).strip("._") or "chunk"
    return f"{plain[:80]}-{sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


@dataclass(frozen=True, slots=True)
class FolderWriter:
    """Implements model.ports.PartWriter over the folder of one run. Picklable."""

    folder: Path

    def exists(self, name: str) -> Written | None:
        """What is left to know of a part written whole earlier; one whose files changed since does not count."""
        try:
            written = read_record(self.folder, name)
            record = written.record
            whole = (
                record.name == name
                and hash_file(findings_file(self.folder, name)) == record.findings_sha256
                and hash_file(inventory_file(self.folder, name)) == record.inventory_sha256
            )
        except (OSError, codec.CodecError):
            return None
        return written if whole else None

    def write(self, part: Part) -> Written:
        """Write both files, then the record that makes them a part."""
        import pyarrow as pa

        for folder in ("findings", "inventory", "parts"):
            make_folder(self.folder / folder)
        findings, inventory = findings_file(self.folder, part.name), inventory_file(self.folder, part.name)
        tallies = codec.to_data(tuple(part.tallies))
        record = part.record(
            _write_table(findings, part.findings, finding_table, finding_schema()),
            _write_table(inventory, part.rows, inventory_table, inventory_schema()),
            hash_bytes(codec.compact(tallies)),
        )
        pa.default_memory_pool().release_unused()  # a worker reads for long before it writes again
        data = {"record": codec.to_data(record), "tallies": tallies}
        write_bytes(record_file(self.folder, part.name), codec.compact(data))
        return Written(record, tuple(part.tallies))

    def take(self, folder: Path, names: Iterable[str]) -> None:
        """Take up the parts called `names` from the folder of another run; files never change once they are written."""
        for name in names:
            for locate in (findings_file, inventory_file, record_file):
                made = locate(self.folder, name)
                make_folder(made.parent)
                link_file(locate(folder, name), made)

    def prune(self, names: Iterable[str]) -> None:
        """Remove what belongs to none of the parts called `names`: work that was cut short, or asked otherwise."""
        known = {locate(self.folder, name) for name in names for locate in (findings_file, inventory_file, record_file)}
        for kind in ("findings", "inventory", "parts"):
            for file in (self.folder / kind).glob("*"):
                if file not in known:
                    file.unlink()


def findings_file(folder: Path, name: str) -> Path:
    """Where the findings of the chunk `name` lie in the run's folder."""
    return folder / "findings" / f"part-{file_stem(name)}.parquet"


def inventory_file(folder: Path, name: str) -> Path:
    """Where the inventory of the chunk `name` lies in the run's folder."""
    return folder / "inventory" / f"part-{file_stem(name)}.parquet"


def record_file(folder: Path, name: str) -> Path:
    """Where the record of the chunk `name` lies in the run's folder."""
    return folder / "parts" / f"{file_stem(name)}.json"


def read_record(folder: Path, name: str) -> Written:
    """What is left to know of a part; raises OSError, and CodecError where its tallies are not those it was given."""
    written = read_written(record_file(folder, name).read_bytes())
    if hash_bytes(codec.compact(codec.to_data(written.tallies))) != written.record.tallies_sha256:
        raise codec.CodecError(f"the tallies of part {name} were changed")
    return written


def read_findings(file: Path) -> Iterator[Finding]:
    """All findings of one part, in the order they were written; raises StoreError for a broken file."""
    for row in _rows(file):
        evidence = tuple(
            Evidence(item["fact"], item["masked"], item["digest"], item["locator"], json.loads(item["details"]))
            for item in row.pop("evidence")
        )
        row["severity"] = Severity(row["severity"])
        row["outcome"] = Outcome(row["outcome"])
        yield Finding(**row, evidence=evidence)


def read_inventory(file: Path) -> Iterator[InventoryRow]:
    """All inventory rows of one part, in the order they were written."""
    for row in _rows(file):
        row["disposition"] = Disposition(row["disposition"])
        row["attributes"] = json.loads(row["attributes"])
        yield InventoryRow(**row)


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(file) as table:
            for batch in table.iter_batches(batch_size=_BATCH):
                yield from batch.to_pylist()
    except (OSError, pa.ArrowException) as error:
        raise StoreError(
            f"a part of the run cannot be read: {str(error).splitlines()[0]}",
            where=str(file),
            right="the Parquet file as the run wrote it",
            next_step="auditor runs verify",
        ) from error


def _write_table(file: Path, items: Sequence[Any], table: Callable[[Sequence[Any]], Any], schema: Any) -> str:
    import pyarrow.parquet as pq

    def put(stream: BinaryIO) -> None:
        with pq.ParquetWriter(stream, schema, compression="zstd") as writer:
            for start in range(0, len(items), _BATCH):
                writer.write_table(table(items[start : start + _BATCH]))

    return write_file(file, put)
