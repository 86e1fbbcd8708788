"""One run of the product over an inventory, as the adapters of the benchmarks make it."""

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from auditor.audit.rooms import catalogues
from auditor.config.endpoints import EndpointsSettings
from auditor.endpoints.room import ROOM
from auditor.engine.frameworks import load_frameworks
from auditor.engine.judge import Judge
from auditor.engine.load import load_rules
from auditor.engine.profiles import select
from auditor.identifiers.protector import SiteProtector
from auditor.model.outcome import Outcome
from auditor.model.ports import Context
from auditor.model.run import Request
from auditor.resources import rules_folder
from fixtures.endpoints.debian import Debian
from fixtures.endpoints.peers import Peers, missing
from fixtures.endpoints.site import Counted, Site

FOLDER = rules_folder()


@pytest.fixture(scope="session")
def judge() -> Callable[[], Judge]:
    rules = load_rules([FOLDER], catalogues(), load_frameworks(FOLDER / "frameworks"))
    selection = select(rules, "default", [FOLDER])
    return lambda: Judge(selection, ROOM.catalogue, datetime.now(UTC), SiteProtector(b"k" * 32))


@pytest.fixture(scope="session")
def fault_names() -> Mapping[str, str]:
    """Rule to the fault's neutral name."""
    path = Path(__file__).parents[2] / "benchmarks" / "endpoint_faults.csv"
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    return {row["rule"]: row["fault"] for row in csv.DictReader(lines)}


@pytest.fixture(scope="session")
def audit(judge: Callable[[], Judge], fault_names: Mapping[str, str]) -> Callable[..., dict[str, Any]]:
    """Audit an inventory: subject to the names of its faults, and the inventory row."""

    def run(inventory: Path, **options: Any) -> dict[str, Any]:
        settings = EndpointsSettings(
            connections_per_host=options.pop("connections", 64),
            answer_seconds=options.pop("answer", 5.0),
            endpoint_seconds=options.pop("endpoint", 30.0),
        )
        context = Context(
            now=datetime.now(UTC),
            protector=SiteProtector(b"k" * 32),
            settings=settings,
            base=inventory.parent,
            options={"networks": ("127.0.0.0/8", "::1/128"), **options},
        )
        judging, found = judge(), {}
        for chunk in ROOM.plan(Request("endpoints", (str(inventory),)), context):
            for reading in ROOM.read(chunk, judging.wanted, context):
                findings = [finding for facts in reading.facts for finding in judging.judge(facts)]
                failed = {each.rule for each in findings if each.outcome is Outcome.FAIL}
                names = {fault_names[rule] for rule in failed if rule in fault_names}
                found[reading.row.display] = {
                    "faults": names, "row": reading.row, "findings": findings, "rules": failed,
                    "facts": reading.facts[0],
                }  # fmt: skip
        return found

    return run


@pytest.fixture
def site(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Site:
    return Site(tmp_path, capsys)


@pytest.fixture
def counted() -> Iterator[Callable[..., Counted]]:
    made: list[Counted] = []

    def make(**options: float) -> Counted:
        made.append(Counted(**options))
        return made[-1]

    yield make
    for each in made:
        each.server.shutdown()


@pytest.fixture(scope="session")
def debian(
    audit: Callable[..., dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Future[dict[str, Any]]]:
    """Debian's own peers looked at, in a thread beside the other tests: it is mostly waiting for other processes."""
    folder = tmp_path_factory.mktemp("peers")
    programs = Peers(folder)

    def look() -> dict[str, Any]:
        peers = Debian(folder, programs)
        programs.ready()
        inventory = folder / "inventory.yaml"
        inventory.write_text(json.dumps(peers.inventory()))
        told = audit(inventory, try_defaults=True, answer=20.0, endpoint=90.0)
        return {name: told[f"127.0.0.1:{port}"] for name, (port, _, _) in peers.ports.items()}

    with ThreadPoolExecutor(1) as pool:
        looking = pool.submit(look)
        try:
            yield looking
        finally:
            wait([looking])
            programs.stop()


@pytest.fixture(scope="session", autouse=True)
def _early(request: pytest.FixtureRequest) -> None:
    """Begin with Debian's peers where their tests are among those asked for."""
    if not missing() and any("test_peers.py" in item.nodeid for item in request.session.items):
        request.getfixturevalue("debian")
