"""Logs that PACS products write of themselves: who asked what of them, by patterns held against the real thing."""

import json
import shutil
import socket
import subprocess
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import pytest

from auditor.trail import classes
from auditor.trail.opening import find
from auditor.trail.reading import parse_part, parts, survey
from auditor.trail.schema import Tally
from fixtures.endpoints.peers import free_port

ORTHANC = """\
I1231 23:58:38.662601 CommandDispatcher.cpp:333] (dicom) Association Received from AET WS7 on IP 10.0.0.7
I1231 23:58:38.726662 main.cpp:352] Incoming Store request from AET WS7 on IP 10.0.0.7, calling AET ORTHANC
I1231 23:58:38.736537 ServerContext.cpp:637] New instance stored
I1231 23:58:38.918601 DICOM-2 main.cpp:352] Incoming Find request from AET VIEW on IP 10.0.0.9, calling AET ORTHANC
I1231 23:58:38.918782 DICOM-2 OrthancFindRequestHandler.cpp:653] (dicom) DICOM C-Find request at level: Study
I1231 23:58:38.918799 DICOM-2 OrthancFindRequestHandler.cpp:659] (dicom)   (0010,0010)  PatientName = T*
I0101 00:00:40.130840 main.cpp:352] Incoming Move request from AET VIEW on IP 10.0.0.9, calling AET ORTHANC
I0101 00:00:40.130938 OrthancMoveRequestHandler.cpp:326] (dicom) Move-SCU request received for AET "SINK"
I0101 00:00:40.371954 HttpServer.cpp:1244] (http) GET /studies/29cdadd2-fd6a8d5f
I0101 00:00:40.431881 HttpServer.cpp:1244] (http) GET /studies/29cdadd2-fd6a8d5f/archive
I0101 00:00:40.719773 HTTP-7 HttpServer.cpp:1244] (http) DELETE /studies/29cdadd2-fd6a8d5f
W0101 00:00:41.655936 CommandDispatcher.cpp:617] Rejected association for remote AET ROGUE on IP 10.9.9.9
"""
DCM4CHEE = """\
2026-04-06 17:49:11,101 INFO  [org.dcm4che3.net.Association] (EE-Executor-default-Thread-6) ARC<-MR_3T(4) >> A-ASSOCIATE-RQ
2026-04-06 17:49:12,434 INFO  [org.dcm4che3.net.Dimse] (EE-Executor-default-Thread-6) ARC<-MR_3T(4) >> 2:C-STORE-RQ[pcid=5, prior=0
  cuid=1.2.840.10008.5.1.4.1.1.4.1 - Enhanced MR Image Storage
  iuid=1.3.46.1 - ?
2026-04-06 17:49:12,500 INFO  [org.dcm4che3.net.Dimse] (EE-Executor-default-Thread-6) ARC<-MR_3T(4) << 2:C-STORE-RSP[pcid=5, status=0H
2026-04-06 17:49:13,434 INFO  [org.dcm4che3.net.Dimse] (EE-Executor-default-Thread-7) ARC<-VIEW(5) >> 1:C-FIND-RQ[pcid=1, prior=0
2026-04-06 17:49:14,434 INFO  [org.dcm4che3.net.Dimse] (EE-Executor-default-Thread-7) ARC<-VIEW(5) >> 2:C-MOVE-RQ[pcid=3, prior=0
2026-04-06 17:49:37,192 INFO  [org.dcm4chee.arc.qido.QidoRS] (default task-11) Process GET /dcm4chee-arc/aets/ARC/rs/patients?PatientName=T* from jdoe@172.18.0.1
2026-04-06 17:49:38,192 INFO  [org.dcm4chee.arc.wado.WadoRS] (default task-11) Process GET /dcm4chee-arc/aets/ARC/rs/studies/1.2.3/metadata from mailto:null@172.18.0.1
2026-04-06 17:49:39,192 INFO  [org.dcm4chee.arc.iocm.rs.IocmRS] (default task-12) Process DELETE /dcm4chee-arc/aets/ARC/rs/studies/1.2.3 from admin@172.18.0.2
2026-04-06 17:49:40,192 INFO  [org.dcm4che3.net.Association] (EE-Executor-default-Thread-8) ARC<-ROGUE(9) << A-ASSOCIATE-RJ[result: 1]
"""  # noqa: E501
CONQUEST = """\
[CONQUESTSRV1]
[CONQUESTSRV1] UPACS THREAD 12: STARTED AT: Wed Mar  4 08:15:01 2026
[CONQUESTSRV1] \tCalling Application Title : "VIEW            "
[CONQUESTSRV1] \tCalled Application Title : "CONQUESTSRV1    "
[CONQUESTSRV1] \tApplication Context : "1.2.840.10008.3.1.1.1", PDU length: 16384
[CONQUESTSRV1] C-Find (StudyRoot) located 3 records
[CONQUESTSRV1] \tC-Move Destination: "SINK            "
[CONQUESTSRV1] Sending file : D:\\data\\0004711\\1.v2
[CONQUESTSRV1] UPACS THREAD 12: ENDED AT: Wed Mar  4 08:15:03 2026
[CONQUESTSRV1] UPACS THREAD 13: STARTED AT: Wed Mar  4 08:16:00 2026
[CONQUESTSRV1] \tCalling Application Title : "CT1             "
[CONQUESTSRV1] Written file: D:\\data\\0004712\\1.v2
[CONQUESTSRV1] 20260304 08:17:00 Deleting patient: 0004711
"""
USER_LOG = '20260304 08:15:01 "C-Move ","VIEW            "\n20260304 08:16:00 "C-Store","CT1             "\n'


def told(path: Path) -> tuple[list[dict[str, str]], Tally]:
    """Events of a log as the reader of logs gives them, and the tally."""
    item = survey([next(find(path))], ())[0]
    assert item.format == "PACS log"
    table, tally, _, problem = parse_part(parts([item])[0][0])
    assert (problem, tally.balanced) == ("", True)
    rows = [{name: str(value) for name, value in row.items() if value is not None} for row in table.to_pylist()]
    return rows, tally


def named(rows: list[dict[str, str]]) -> list[tuple[str, str]]:
    """(class, who asked) of each event."""
    get = [{**dict.fromkeys(("type", "action", "user", "src_ae"), ""), **row} for row in rows]
    return [(classes.classify(row["code"], row["type"], row["action"])[0], row["user"] or row["src_ae"]) for row in get]


def test_orthanc_tells_of_stores_queries_moves_and_rest_calls_and_the_year_is_found(tmp_path: Path) -> None:
    (tmp_path / "Orthanc.log").write_text(ORTHANC, encoding="utf-8")
    rows, tally = told(tmp_path / "Orthanc.log")
    year = datetime.now(UTC).year

    assert named(rows) == [
        ("other", "WS7"), ("store", "WS7"), ("query", "VIEW"), ("retrieve", "VIEW"), ("read", ""), ("export", ""),
        ("delete", ""), ("alert", "ROGUE"),
    ]  # fmt: skip
    assert (rows[2]["query"], rows[3]["dst_ae"], rows[3]["line"]) == ("Study;PatientName = T*", "SINK", "7")
    assert [row["time"][:10] for row in rows[2:4]] == [f"{year - 1}-12-31", f"{year}-01-01"]
    assert tally.not_audit == 4


def test_dcm4chee_tells_of_dimse_and_of_rest_calls_with_their_users(tmp_path: Path) -> None:
    (tmp_path / "server.log").write_text(DCM4CHEE, encoding="utf-8")
    rows, _ = told(tmp_path / "server.log")

    assert named(rows) == [
        ("store", "MR_3T"), ("query", "VIEW"), ("retrieve", "VIEW"), ("query", "jdoe"), ("read", ""),
        ("delete", "admin"), ("alert", "ROGUE"),
    ]  # fmt: skip
    assert (rows[3]["query"], rows[5]["study"], rows[5]["ip"]) == ("PatientName=T*", "1.2.3", "172.18.0.2")


def test_conquest_tells_who_called_before_it_tells_what_was_asked(tmp_path: Path) -> None:
    (tmp_path / "serverstatus.log").write_text(CONQUEST, encoding="utf-8")
    (tmp_path / "PACSUser.log").write_text(USER_LOG, encoding="utf-8")
    rows, _ = told(tmp_path / "serverstatus.log")

    assert named(rows) == [("query", "VIEW"), ("retrieve", "VIEW"), ("store", "CT1"), ("delete", "CT1")]
    assert [row["time"] for row in rows[1:3]] == ["2026-03-04 08:15:01", "2026-03-04 08:16:00"]
    assert (rows[1]["dst_ae"], rows[3]["patient"], rows[3]["time"]) == ("SINK", "0004711", "2026-03-04 08:17:00")
    assert named(told(tmp_path / "PACSUser.log")[0]) == [("retrieve", "VIEW"), ("store", "CT1")]


@pytest.mark.peers
def test_what_the_real_orthanc_writes_of_real_accesses_is_read_back(tmp_path: Path) -> None:
    for tool in ("Orthanc", "dump2dcm", "storescu", "findscu"):
        assert shutil.which(tool), f"{tool} is not installed"
    ports = [free_port() for _ in range(2)]
    settings = {"HttpPort": ports[0], "DicomPort": ports[1], "StorageDirectory": "db", "IndexDirectory": "db",
                "RemoteAccessAllowed": False, "AuthenticationEnabled": False, "DicomAlwaysAllowFind": True}  # fmt: skip
    (tmp_path / "o.json").write_text(json.dumps(settings), encoding="utf-8")
    tags = {"0008,0016": "UI =SecondaryCaptureImageStorage", "0008,0018": "UI [1.2.3.3]", "0010,0020": "LO [7]",
            "0020,000d": "UI [1.2.3.1]", "0020,000e": "UI [1.2.3.2]"}  # fmt: skip
    (tmp_path / "d.dump").write_text("".join(f"({tag}) {value}\n" for tag, value in tags.items()), encoding="utf-8")
    _run(tmp_path, "dump2dcm", "d.dump", "d.dcm")
    command = ["Orthanc", "--verbose", f"--logfile={tmp_path / 'o.log'}", "o.json"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as orthanc:
        _await(ports)
        _run(tmp_path, "storescu", "-aet", "WS7", "127.0.0.1", str(ports[1]), "d.dcm")
        _run(tmp_path, "findscu", "-S", "-aet", "VIEW", "-k", "QueryRetrieveLevel=STUDY", "-k", "PatientID=7",
             "127.0.0.1", str(ports[1]))  # fmt: skip
        base = f"http://127.0.0.1:{ports[0]}/studies"
        with urllib.request.urlopen(base, timeout=20) as answer:
            study = json.load(answer)[0]
        for method, address in (("GET", f"{base}/{study}"), ("DELETE", f"{base}/{study}")):
            with urllib.request.urlopen(urllib.request.Request(address, method=method), timeout=20):  # noqa: S310
                pass
        orthanc.terminate()
        orthanc.wait(timeout=30)

    rows, _ = told(tmp_path / "o.log")
    asked = [(name, who) for name, who in named(rows) if name not in ("other", "app_start", "app_stop")]
    assert asked == [("store", "WS7"), ("query", "VIEW"), ("query", ""), ("read", ""), ("delete", "")]
    assert {row["study"] for row in rows if "study" in row} == {study}
    assert {row["time"][:4] for row in rows} == {str(datetime.now(UTC).year)}


def _run(folder: Path, *command: str) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=60)


def _await(ports: list[int]) -> None:
    for port in ports:
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
