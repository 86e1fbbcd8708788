"""What the trail costs: trail_speed.py [csv EVENTS] [context EVENTS] [xml MESSAGES]. Wall time in one run; two cores.

csv: a table of EVENTS rows from file to incidents, all detectors, no context, as a multiple of the time in which
duckdb counts the file's rows by user; with the peak memory of the process. context: the same with tables of staff,
patients, encounters, care teams and shifts that explain most accesses. xml: syslog lines with DICOM audit messages
from file to incidents, as a multiple of a bare `lxml` parse of the same lines in one process.

Every kind is followed by its number, from the project's folder; without words csv and xml are measured, not context:

    python -m benchmarks.trail_speed context 1000000
    python -m benchmarks.trail_speed csv 10000000 context 10000000
"""

import resource
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

TABLE = """COPY (SELECT
 strftime(TIMESTAMP '2026-01-01' + INTERVAL (i * {step}) SECOND, '%Y-%m-%dT%H:%M:%S.%gZ') AS event_time,
 CASE WHEN k < 5 THEN 'EHR' WHEN k < 9 THEN 'PACS' ELSE 'IDP' END AS source,
 CASE WHEN k < 5 THEN i // 10 * 5 + k WHEN k < 9 THEN i // 10 * 4 + k - 5 ELSE i // 10 END AS seq,
 CASE WHEN k < 5 THEN 110103 WHEN k < 6 THEN 110104 WHEN k < 9 THEN 110112 ELSE 110114 END AS event_code,
 CASE WHEN k < 9 THEN 0 ELSE 110122 END AS event_type, CASE WHEN k < 6 THEN 'R' ELSE 'E' END AS action,
 CASE WHEN k = 9 AND h2 % 40 = 0 THEN 4 ELSE 0 END AS outcome, 'user' || lpad((h % 3000)::VARCHAR, 5, '0') AS user_id,
 '10.' || (h % 3000) // 250 || '.' || (h % 3000) % 250 || '.7' AS ip,
 CASE WHEN k BETWEEN 5 AND 8 THEN 'WS' || h % 40 ELSE '' END AS ae_source,
 CASE WHEN k BETWEEN 5 AND 8 THEN 'PACS' ELSE '' END AS ae_dest,
 CASE WHEN k < 9 THEN lpad(((h % 3000) * 60 + h2 % 120)::VARCHAR, 8, '0') ELSE '' END AS patient_id,
 h2 % 100000 AS study, h2 % 900 AS instances, 0 AS break_glass,
 CASE WHEN k BETWEEN 6 AND 8 THEN 'STUDY PatientID=' || h2 % 120 ELSE '' END AS query, '' AS media
 FROM (SELECT i, i % 10 AS k, hash(i) AS h, hash(i + 1000000007) AS h2 FROM range(1, {count} + 1) t(i)) ORDER BY i)
 TO '{file}' (HEADER, QUOTE '"')"""
MESSAGE = (
    '<85>1 {at} host {source} 1 IHE+RFC-3881 [meta sequenceId="{seq}"] <AuditMessage><EventIdentification '
    'EventActionCode="R" EventDateTime="{at}" EventOutcomeIndicator="0"><EventID '
    'csd-code="110103" codeSystemName="DCM" '
    'originalText="DICOM Instances Accessed"/></EventIdentification><ActiveParticipant '
    'UserID="{user}" UserName="Name {user}" '
    'UserIsRequestor="true" NetworkAccessPointID="10.1.{host}.7" NetworkAccessPointTypeCode="2"/>'
    "<AuditSourceIdentification "
    'AuditSourceID="{source}"/><ParticipantObjectIdentification ParticipantObjectID="{patient}" '
    'ParticipantObjectTypeCode="1" '
    'ParticipantObjectTypeCodeRole="1"><ParticipantObjectIDTypeCode csd-code="2" codeSystemName="RFC-3881" '
    'originalText="Patient Number"/><ParticipantObjectName>Family^Given{patient}</ParticipantObjectName>'
    '</ParticipantObjectIdentification><ParticipantObjectIdentification ParticipantObjectID="1.2.3.{study}" '
    'ParticipantObjectTypeCode="2" ParticipantObjectTypeCodeRole="3"><ParticipantObjectIDTypeCode csd-code="110180" '
    'codeSystemName="DCM" originalText="Study Instance UID"/><ParticipantObjectDescription><Accession '
    'Number="A{study}"/>'
    '<SOPClass UID="1.2.840.10008.5.1.4.1.1.2" NumberOfInstances="{study}"/></ParticipantObjectDescription>'
    "</ParticipantObjectIdentification></AuditMessage>\n"
)


CONTEXT = {
    "roster": """SELECT 'user' || lpad(i::VARCHAR, 5, '0') AS user_id, 'Name' || i AS family, 'Given' || i AS given,
 CASE WHEN i % 3 = 0 THEN 'physician' ELSE 'nurse' END AS role, 'D' || i % 40 AS department, 'Street ' || i AS street,
 i % 90 AS house, '' AS end_date FROM range(3000) t(i)""",
    "patients": """SELECT lpad(i::VARCHAR, 8, '0') AS patient_id, 'Family' || i AS family, 'First' || i AS given,
 'Road ' || i AS street, i % 90 AS house, '' AS vip FROM range(180000) t(i)""",
    "encounters": """SELECT lpad(i::VARCHAR, 8, '0') AS patient_id, 'D' || (i // 60) % 40 AS department,
 '2026-01-01T00:00:00' AS start, '2026-04-02T00:00:00' AS "end" FROM range(180000) t(i) WHERE i % 60 < 55""",
    "careteam": """SELECT lpad(i::VARCHAR, 8, '0') AS patient_id, 'user' || lpad((i // 60)::VARCHAR, 5, '0') AS user_id,
 'attending' AS role, '2026-01-01' AS start, '2026-04-02' AS "end" FROM range(180000) t(i) WHERE i % 60 < 30""",
    "shifts": """SELECT 'user' || lpad(i::VARCHAR, 5, '0') AS user_id, DATE '2026-01-01' + d::INTEGER AS date,
 CASE WHEN (i + d) % 2 = 0 THEN 'day' ELSE 'night' END AS shift, 'D' || i % 40 AS department
 FROM range(3000) t(i), range(91) s(d)""",
}


def whole(file: Path, context: Path | None = None) -> tuple[float, int]:
    """Seconds from file to incidents, and how many events were read."""
    from auditor.config.trail import TrailSettings
    from auditor.trail import investigate

    start, now = time.perf_counter(), datetime.now(UTC)
    with ExitStack() as stack:
        logs = investigate.find_logs([str(file)], file.parent)
        found = investigate.open_investigation(stack, logs, TrailSettings(), context, now)
        investigate.detect(found, now)
        if found.failed:
            raise SystemExit(f"detectors failed: {found.failed}")
        return time.perf_counter() - start, sum(item.tally.events for item in found.logs)


def csv(folder: Path, count: int, *, context: bool = False) -> None:
    """The table; the tables of context are always written, and read by the run only where `context` is asked for."""
    import duckdb

    file, tables = folder / "events.csv", folder / "context"
    with duckdb.connect() as base:
        base.execute("SET threads = 2; SET memory_limit = '2GB'")
        base.execute(TABLE.format(step=90 * 86400.0 / count, count=count, file=file))
        tables.mkdir(exist_ok=True)
        for name, sql in CONTEXT.items():
            base.execute(f"COPY ({sql}) TO '{tables / name}.csv' (HEADER)")
        start = time.perf_counter()
        base.execute("SELECT user_id, count(*) FROM read_csv(?) GROUP BY 1", [str(file)]).fetchall()
        counting = time.perf_counter() - start
    took, events = whole(file, tables if context else None)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    name = "context" if context else "csv"
    print(f"{name}: {events:,} events, counting by user {counting:.1f} s, whole run {took:.1f} s, peak {peak:.2f} GB")
    print(f"{name}: ratio {took / counting:.2f} (to reach: at most 8, at most 4 GB)")


def xml(folder: Path, count: int) -> None:
    """The messages."""
    from lxml import etree

    file = folder / "app.log"
    with file.open("w", encoding="utf-8") as stream:
        for seq in range(1, count + 1):
            second = seq * 7
            at = datetime.fromtimestamp(1_767_225_600 + second, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
            user = seq * 7919 % 800
            stream.write(
                MESSAGE.format(
                    at=at,
                    source="EHR",
                    seq=seq,
                    user=f"u{user:04d}",
                    host=user % 250,
                    patient=seq * 31 % 20000,
                    study=seq % 9000,
                )
            )
    lines = [line[line.index(b"<AuditMessage") :] for line in file.read_bytes().splitlines()]
    start = time.perf_counter()
    for line in lines:
        etree.fromstring(line)
    bare = time.perf_counter() - start
    took, events = whole(file)
    print(f"xml: {events:,} messages, bare lxml {bare:.1f} s, whole run {took:.1f} s")
    print(f"xml: ratio {took / bare:.2f} (to reach: at most 2)")


def main(words: list[str]) -> None:
    """Both, or those that are named, with their sizes."""
    sizes = dict(zip(words[::2], map(int, words[1::2]), strict=True)) or {"csv": 10_000_000, "xml": 500_000}
    with tempfile.TemporaryDirectory() as name:
        for kind, count in sizes.items():
            {"csv": csv, "context": partial(csv, context=True), "xml": xml}[kind](Path(name), count)


if __name__ == "__main__":
    main(sys.argv[1:])
