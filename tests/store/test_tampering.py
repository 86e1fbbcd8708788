"""Whatever is done to any file of a store shows: any byte, any entry taken out, doubled, moved or put in."""

import json
import shutil
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.store.chain import Head
from auditor.store.files import hash_bytes
from auditor.store.folder import open_store
from auditor.store.waivers import Proposal, approve, propose
from tests.store.runs import make_finding, make_rules, seal_run

TODAY = datetime.now(UTC).date()


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A store with three runs, one of them deleted, waivers, and a log of ten entries."""
    store = open_store(tmp_path_factory.mktemp("store"))
    for number in range(3):
        seal_run(store, [make_finding(make_rules()[0], number)])
    for number in range(3):
        store.record("exported", who="anna", subject=f"run {number}", details={"format": "csv"})
    propose(store, Proposal("a.b", "*", "because", "T-1", f"{TODAY}"), "anna", (), TODAY, None)
    approve(store, 1, "bernd", (), TODAY, None)
    store.delete(store.runs()[0].id, "tidy")
    assert store.verify_chain().whole
    return store


def files_of(store):
    kept = [file for file in store.folder.rglob("*") if file.is_file() and not file.name.startswith(".")]
    return sorted(file for file in kept if file.suffix in (".jsonl", ".json", ".parquet"))


def problems_after(store, file, content):
    before = file.read_bytes()
    file.write_bytes(content)
    try:
        return store.verify_chain().problems
    finally:
        file.write_bytes(before)


@given(st.data())
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_changed_byte_of_any_file_is_found(whole, data):
    file = data.draw(st.sampled_from(files_of(whole)))
    content = bytearray(file.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    said_otherwise = file.parent.name != "parts" or _means_something_else(file.read_bytes(), bytes(content))
    if said_otherwise:
        assert problems_after(whole, file, bytes(content))


def _means_something_else(before, after):
    """Records of parts are compared by what they say: a blank more or less is no change."""
    try:
        return json.loads(before) != json.loads(after)
    except ValueError:
        return True


@given(st.data())
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_entry_taken_out_doubled_moved_or_put_in_is_found(whole, data):
    file = whole.folder / f"{data.draw(st.sampled_from(['log', 'waivers']))}.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    here, there = data.draw(st.lists(st.integers(0, len(lines) - 1), min_size=2, max_size=2, unique=True))
    how = data.draw(st.sampled_from(["out", "twice", "swap", "in"]))
    changed = list(lines)
    if how == "out":
        del changed[here]
    elif how == "twice":
        changed.insert(there, lines[here])
    elif how == "swap":
        changed[here], changed[there] = changed[there], changed[here]
    else:
        changed.insert(here, lines[here].replace(b'"who": "', b'"who": "m'))
    assert problems_after(whole, file, b"".join(changed))


@given(st.data())
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_log_rewritten_with_fitting_hashes_does_not_fit_the_catalogue(whole, data):
    """The forger corrects every link behind the change; the end of the chain is kept elsewhere too."""
    file = whole.folder / "log.jsonl"
    lines = file.read_bytes().splitlines()
    place = data.draw(st.integers(0, len(lines) - 1))
    head, forged = Head(), []
    for number, line in enumerate(lines):
        entry = json.loads(line) | {"previous": head.sha256}
        if number == place:
            entry["who"] = "nobody"
        written = json.dumps(entry, sort_keys=True, ensure_ascii=True).encode("ascii")
        forged.append(written)
        head = Head(number + 1, hash_bytes(written))
    found = problems_after(whole, file, b"\n".join(forged) + b"\n")
    assert any("with another hash" in problem for problem in found)


def test_two_runs_that_changed_places_are_found(whole, tmp_path):
    shutil.copytree(whole.folder, tmp_path / "store")
    store = open_store(tmp_path / "store")
    first, second = (store.folder / "runs" / entry.id for entry in store.runs() if not entry.deleted)
    first.rename(tmp_path / "aside")
    second.rename(first)
    (tmp_path / "aside").rename(second)
    assert len(store.verify_chain().problems) >= 2
