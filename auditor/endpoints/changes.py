"""What is different from the run before: a new port, a suite or version that came back, another certificate."""

from collections.abc import Iterator, Mapping, Sequence

from auditor.endpoints.examine import Examined
from auditor.endpoints.inventory import Endpoint
from auditor.endpoints.reading import port_name, state
from auditor.model.facts import Record
from auditor.model.ports import Protector

Before = Mapping[str, Mapping[str, str]]


def changes(
    ports: Sequence[tuple[Endpoint, Examined]], before: Before, protector: Protector, estate: str
) -> tuple[Record, ...]:
    """Compare with `before`: the attributes of the last run's rows by digest; empty when there was none.

    Empty too when the last run knew neither the inventory called `estate` nor any of its ports: it was of
    something else, or its digests were made under another key, and calling every port new would be false.
    """
    names = (estate, *(port_name(endpoint) for endpoint, _ in ports))
    if not any(protector.digest(name) in before for name in names):
        return ()
    return tuple(record for endpoint, done in ports for record in _of_port(endpoint, done, before, protector))


def _of_port(endpoint: Endpoint, done: Examined, before: Before, protector: Protector) -> Iterator[Record]:
    name = port_name(endpoint)
    if not done.judged:
        return
    old = before.get(protector.digest(name))
    if old is None:
        yield {"locator": name, "value": name, "kind": "new-port"}
        return
    new = state(done)
    for key, kind in (("versions", "new-version"), ("suites", "new-suite")):
        for value in sorted(set(new[key].split(",")) - set(old.get(key, "").split(","))):
            if value and old.get(key):
                yield {"locator": name, "value": value, "kind": kind}
    if old.get("certificate") and new["certificate"] and old["certificate"] != new["certificate"]:
        yield {"locator": name, "value": new["certificate"], "kind": "certificate-changed"}
