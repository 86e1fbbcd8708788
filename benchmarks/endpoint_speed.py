"""What a look at endpoints costs: an estate against sslyze in one run, and 500 simulated endpoints.

    python benchmarks/endpoint_speed.py [--crowd 500] [--limit 2] [--sslyze PYTHON]

The estate is that of the tests: good, faulty, slow and silent servers, every one on a port of its own. The product
looks at all of it by its own command; sslyze (AGPL, never a dependency) is put into an environment of its own by uv,
or is the one at PYTHON, and asks for versions, suites and certificates. Both run one after the other as processes of
their own while the servers stay in this one. Seconds hang on the machine; the ratio does not.

The crowd is a number of endpoints on loopback addresses, five to a host, one in six of them silent; memory is the
largest resident set of the product's process, and the servers count what each host saw at once.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fixtures.endpoints.crowd import Crowd
from fixtures.endpoints.dicomservers import secured
from fixtures.endpoints.estate import Estate, running
from fixtures.endpoints.pki import Authority

_SETTINGS = """[site]
networks = ["127.0.0.0/8"]
[audit]
executor = "serial"
[endpoints]
connections_per_host = {limit}
answer_seconds = {answer}
endpoint_seconds = {endpoint}
"""
_SSLYZE = """
from sslyze import *
import json, sys
names, ports = sys.argv[1], json.loads(sys.argv[2])
wanted = {ScanCommand.SSL_3_0_CIPHER_SUITES, ScanCommand.TLS_1_0_CIPHER_SUITES, ScanCommand.TLS_1_1_CIPHER_SUITES,
          ScanCommand.TLS_1_2_CIPHER_SUITES, ScanCommand.TLS_1_3_CIPHER_SUITES, ScanCommand.CERTIFICATE_INFO}
network = ServerNetworkConfiguration
scanner = Scanner()
scanner.queue_scans([ServerScanRequest(ServerNetworkLocation("127.0.0.1", port, "127.0.0.1"),
                     network_configuration=network(tls_server_name_indication=names), scan_commands=wanted)
                     for port in ports])
print(sum(1 for result in scanner.get_results() if result.scan_result))
"""


def main() -> None:
    """Measure and print."""
    parser = ArgumentParser()
    parser.add_argument("--crowd", type=int, default=500)
    parser.add_argument("--limit", type=int, default=2)
    parser.add_argument("--sslyze", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _estate(folder, given.sslyze or _sslyze(folder))
        _crowd(folder, given.crowd, given.limit)


def _estate(folder: Path, sslyze: Path | None) -> None:
    estate = Estate(folder / "pki")
    with running(estate) as ports:
        listed = folder / "estate.yaml"
        listed.write_text(json.dumps(estate.inventory(ports)))
        ours, memory = _audit(listed, folder, limit=64, answer=8.0, endpoint=36.0)
        print(f"estate of {len(ports)} targets: {ours:.1f} s, {memory:.0f} MB")
        if sslyze is None:
            print("sslyze: not measured, it could not be installed")
            return
        began = time.monotonic()
        done = subprocess.run(
            [sslyze, "-c", _SSLYZE, "pacs.audit.test", json.dumps(sorted(ports.values()))],
            capture_output=True, text=True, check=True)  # fmt: skip
        theirs = time.monotonic() - began
        judged = done.stdout.strip()
        print(f"sslyze on the same targets: {theirs:.1f} s, {judged} of them scanned (TLS only)")
        print(f"ours / sslyze: {ours / theirs:.2f}")


def _crowd(folder: Path, count: int, limit: int) -> None:
    authority = Authority(folder / "crowd")
    crowd = Crowd(count, secured(authority.leaf()))
    try:
        listed = folder / "crowd.yaml"
        endpoints = [{"host": each.host, "port": each.port, "kind": each.kind} for each in crowd.members]
        listed.write_text(json.dumps({"endpoints": endpoints}))
        seconds, memory = _audit(listed, folder, limit=limit, answer=5.0, endpoint=60.0)
        hosts = len({each.host for each in crowd.members})
        print(
            f"{count} simulated endpoints on {hosts} hosts: {seconds:.0f} s, {memory:.0f} MB, {crowd.met} connections"
        )
        print(f"connections of one host at once: at most {crowd.most}, allowed {limit}")
    finally:
        crowd.close()


def _audit(inventory: Path, folder: Path, **settings: Any) -> tuple[float, float]:
    """Run the command; seconds, and the largest resident set in megabytes."""
    (folder / "auditor.toml").write_text(_SETTINGS.format(**settings))
    command = [sys.executable, "-m", "auditor", "endpoints", str(inventory), "--config", str(folder / "auditor.toml"),
               "--store", str(folder / "store"), "--output", str(folder / "out.txt")]  # fmt: skip
    began = time.monotonic()
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1, 3):
        raise SystemExit("the audit did not run")
    return time.monotonic() - began, used.ru_maxrss / 1024


def _sslyze(folder: Path) -> Path | None:
    """An environment with sslyze alone, or None where it cannot be had."""
    uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    python = folder / "sslyze" / "bin" / "python"
    commands = [[uv, "venv", "-q", str(folder / "sslyze")],
                [uv, "pip", "install", "-q", "--python", str(python), "sslyze>=6"]]  # fmt: skip
    try:
        for command in commands:
            subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return python


if __name__ == "__main__":
    main()
