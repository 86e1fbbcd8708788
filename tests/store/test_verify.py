"""`auditor runs verify` finds every edit, gap and swap in a store."""

import json
import shutil
import sqlite3

import pytest

from auditor.errors import StoreError, UsageError
from auditor.store.folder import open_store
from tests.store.runs import seal_run


@pytest.fixture
def store(tmp_path):
    store = open_store(tmp_path / "store")
    for _ in range(3):
        seal_run(store)
    store.record("values shown", who="radadmin", subject="headers", details={"count": 2})
    assert store.verify_chain().problems == ()
    return store


def problems(store):
    return " ".join(store.verify_chain().problems)


def test_a_whole_store_counts_what_it_checked(store):
    report = store.verify_chain()
    assert report.whole
    assert (report.runs, report.entries) == (3, 4)
    assert [entry.action for entry in store.log()] == ["run sealed"] * 3 + ["values shown"]


def test_an_edited_header_is_found(store):
    file = store.folder / "runs" / store.runs()[1].id / "run.json"
    file.write_bytes(file.read_bytes().replace(b"radadmin", b"nobody!!"))
    assert "run.json was changed" in problems(store)
    with pytest.raises(StoreError, match="was changed after it was sealed"):
        store.load(store.runs()[1].id)


@pytest.mark.parametrize("kind", ["findings", "inventory"])
def test_an_edited_missing_or_added_part_is_found(store, kind):
    folder = store.folder / "runs" / store.runs()[0].id / kind
    part = folder / "part-headers-0001.parquet"
    shutil.copy(part, folder / "part-extra.parquet")
    assert "does not belong" in problems(store)
    (folder / "part-extra.parquet").unlink()
    content = bytearray(part.read_bytes())
    content[100] ^= 1
    part.write_bytes(content)
    assert "were changed" in problems(store)
    part.unlink()
    assert "are missing" in problems(store)


def test_two_swapped_runs_are_found(store):
    first, second = (store.folder / "runs" / entry.id for entry in store.runs()[:2])
    kept = first.with_name("kept")
    first.rename(kept)
    second.rename(first)
    kept.rename(second)
    assert "changed" in problems(store)


def test_a_run_taken_out_of_folder_and_catalogue_is_found(store):
    entry = store.runs()[-1]
    shutil.rmtree(store.folder / "runs" / entry.id)
    assert "cannot be read" in problems(store)
    with sqlite3.connect(store.folder / "catalogue.sqlite") as connection:
        connection.execute("DELETE FROM runs WHERE id = ?", (entry.id,))
    connection.close()
    assert "the catalogue does not know it" in problems(store)


def test_a_run_taken_out_of_the_middle_is_found(store):
    with sqlite3.connect(store.folder / "catalogue.sqlite") as connection:
        connection.execute("DELETE FROM runs WHERE sequence = 2")
    connection.close()
    found = problems(store)
    assert "does not follow the run before it" in found
    assert "is missing" in found
    assert "not in its catalogue" in found


def test_hashes_changed_in_the_catalogue_are_found(store):
    with sqlite3.connect(store.folder / "catalogue.sqlite") as connection:
        connection.execute("UPDATE runs SET sha256 = ? WHERE sequence = 3", ("0" * 64,))
    connection.close()
    assert "tell different hashes" in problems(store)


def edit(store, change):
    file = store.folder / "log.jsonl"
    lines = file.read_bytes().splitlines()
    change(lines)
    file.write_bytes(b"".join(line + b"\n" for line in lines))


def test_an_edited_line_of_the_log_is_found(store):
    edit(store, lambda lines: lines.__setitem__(1, lines[1].replace(b"radadmin", b"somebody")))
    assert "does not follow" in problems(store)


def test_a_removed_line_of_the_log_is_found(store):
    edit(store, lambda lines: lines.pop(1))
    found = problems(store)
    assert "says it is entry" in found
    assert "holds 3 entries" in found


def test_a_log_cut_at_its_end_is_found(store):
    edit(store, lambda lines: lines.pop())
    assert "the catalogue expects 4" in problems(store)


def test_a_last_line_rewritten_is_found(store):
    edit(store, lambda lines: lines.__setitem__(3, lines[3].replace(b"radadmin", b"somebody")))
    assert "another hash" in problems(store)


def test_a_line_that_is_no_entry_is_found_and_named(store):
    edit(store, lambda lines: lines.__setitem__(2, b"\x00garbage"))
    assert "line 3 is no entry" in problems(store)
    with pytest.raises(StoreError) as caught:
        list(store.log())
    assert caught.value.where.endswith("log.jsonl:3")


def test_a_seal_that_is_not_in_the_log_is_found(store):
    def forge(lines):
        data = json.loads(lines[2])
        data["subject"] = "20260101T000000Z-ffffff"
        lines[2] = json.dumps(data, sort_keys=True).encode()

    edit(store, forge)
    assert "its seal is not in the log" in problems(store)


def test_a_deleted_run_keeps_its_place_and_its_proof(store):
    entry = store.runs()[0]
    assert store.delete(entry.id, "older than 7 years") == entry.sha256
    assert not (store.folder / "runs" / entry.id).exists()
    assert store.verify_chain().problems == ()
    last = list(store.log())[-1]
    assert (last.action, last.details["sha256"], last.details["reason"]) == (
        "run deleted",
        entry.sha256,
        "older than 7 years",
    )
    with pytest.raises(UsageError, match="no run of the store"):
        store.load(entry.id)
    (store.folder / "runs" / entry.id).mkdir()
    assert "is marked deleted and lies in the store" in problems(store)


def test_an_entry_that_a_crash_left_unnoted_is_taken_in(store, monkeypatch):
    catalogue = type(store.catalogue)
    set_head = catalogue.set_head

    def crash(self, chain, head):
        if not chain.endswith(":next"):
            raise KeyboardInterrupt
        set_head(self, chain, head)

    with monkeypatch.context() as patch:
        patch.setattr(catalogue, "set_head", crash)
        with pytest.raises(KeyboardInterrupt):
            store.record("exported", who="radadmin")
    assert store.verify_chain().problems == ()
    store.record("exported", who="radadmin")
    assert (store.verify_chain().entries, store.verify_chain().problems) == (6, ())


def test_a_catalogue_of_another_version_or_of_garbage_is_refused(store):
    with sqlite3.connect(store.folder / "catalogue.sqlite") as connection:
        connection.execute("PRAGMA user_version = 9")
    connection.close()
    with pytest.raises(StoreError, match="newer version"):
        store.runs()
    (store.folder / "catalogue.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreError, match="cannot be used"):
        store.runs()
