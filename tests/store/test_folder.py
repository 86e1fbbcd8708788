"""A store keeps runs whole, in order, and says what is wrong in four parts."""

import errno
import json
import multiprocessing
import os
import pickle
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from auditor.errors import StoreError, UsageError
from auditor.model.part import Part
from auditor.store import files
from auditor.store.folder import open_store
from auditor.store.parts import FolderWriter
from tests.store.runs import make_findings, make_rows, make_rules, make_run, seal_run, tally


def test_a_sealed_run_comes_back_as_it_was_written(tmp_path):
    store = open_store(tmp_path / "store")
    rules = make_rules()
    findings = make_findings(rules, 5)
    stored = seal_run(store, findings)
    assert list(stored.findings()) == findings
    assert list(stored.inventory()) == make_rows(6) + make_rows(3)
    parts = [FolderWriter(stored.folder).exists(part.name) for part in stored.run.parts]
    assert stored.run == make_run(stored.run.id, rules, parts)
    assert stored.run.parts[0].waived == tuple(sorted({f"{f.rule} SEC-7" for f in findings[:20] if f.waiver}))


def test_everything_is_readable_by_its_owner_only(tmp_path):
    stored = seal_run(open_store(tmp_path / "store"))
    for item in (tmp_path / "store").rglob("*"):
        mode = stat.S_IMODE(item.stat().st_mode)
        assert mode == (0o700 if item.is_dir() else 0o600), item
    assert stat.S_IMODE(stored.folder.stat().st_mode) == 0o700


def test_questions_are_answered_over_all_parts(tmp_path):
    stored = seal_run(open_store(tmp_path / "store"))
    rows = stored.query("SELECT outcome, count(*) FROM findings GROUP BY 1 ORDER BY 1")
    assert rows == [("fail", 24), ("not_evaluated", 8), ("waived", 8)]
    assert stored.query("SELECT count(*) FROM inventory WHERE disposition = ?", ["unreadable"]) == [(1,)]


def test_first_findings_are_had_without_opening_what_holds_none(tmp_path):
    stored = seal_run(open_store(tmp_path / "store"))
    first = stored.first(2)
    assert {key: len(found) for key, found in first.items()} == {key: min(n, 2) for key, n in stored.counts().items()}
    assert sum(stored.counts().values()) == 40
    everything = list(stored.findings())
    for (outcome, rule), found in first.items():
        assert found == [item for item in everything if (item.outcome, item.rule) == (outcome, rule)][:2]
    for file in (stored.folder / "parts").iterdir():
        file.unlink()
    assert stored.first(2) == first


def test_a_run_without_parts_answers_with_nothing(tmp_path):
    store = open_store(tmp_path / "store")
    log = store.begin()
    log.seal(make_run(log.run_id, [], []))
    assert store.load().query("SELECT rule, evidence FROM findings") == []
    assert list(store.load().findings()) == []


def test_runs_are_found_by_id_beginning_latest_and_previous(tmp_path):
    store = open_store(tmp_path / "store")
    with pytest.raises(UsageError, match="holds 0 runs"):
        store.load()
    first, second = seal_run(store), seal_run(store)
    assert store.load("latest").run.id == second.run.id
    assert store.load("previous").run.id == first.run.id
    assert store.load(first.run.id[:-1]).run.id == first.run.id
    with pytest.raises(UsageError, match="no run of the store begins"):
        store.load("1999")
    with pytest.raises(UsageError, match="several runs begin"):
        store.load("2")


def test_each_run_holds_the_hash_of_the_one_before(tmp_path):
    store = open_store(tmp_path / "store")
    first, second = seal_run(store), seal_run(store)
    assert first.run.previous == ""
    assert second.run.previous == first.sha256
    assert store.begin().previous() == second.sha256


def test_a_killed_run_is_resumed_at_its_first_missing_part(tmp_path):
    store = open_store(tmp_path / "store")
    rules = make_rules()
    findings = make_findings(rules, 2)
    log = store.begin()
    written = log.writer.write(Part("headers-0001", findings, make_rows(), tally(rules, findings)))
    log.close()  # as the end of the process does
    assert store.unfinished() == (log.run_id,)
    again = store.resume(log.run_id)
    assert again.writer.exists("headers-0001") == written
    assert again.writer.exists("headers-0002") is None
    (again.folder / "findings" / "part-headers-0001.parquet").write_bytes(b"cut")
    assert again.writer.exists("headers-0001") is None
    assert again.writer.write(Part("headers-0001", findings, make_rows(), tally(rules, findings))) == written
    record = again.folder / "parts" / "headers-0001.json"
    record.write_text(record.read_text().replace('"seconds":0.25', '"seconds":9.25'))
    assert again.writer.exists("headers-0001") is None
    stored = again.writer.exists("headers-0001") or again.writer.write(
        Part("headers-0001", findings, make_rows(), tally(rules, findings))
    )
    again.seal(make_run(again.run_id, rules, [stored], complete=True))
    with pytest.raises(StoreError, match="is complete"):
        store.resume(log.run_id)


def test_a_run_that_was_sealed_incomplete_lends_its_parts_to_the_one_that_goes_on(tmp_path):
    store = open_store(tmp_path / "store")
    rules = make_rules()
    findings = make_findings(rules, 2)
    log = store.begin()
    written = log.writer.write(Part("headers-0001", findings, make_rows(), tally(rules, findings)))
    log.writer.write(Part("headers-0002", findings, make_rows(), tally(rules, findings)))  # done, and never entered
    log.seal(make_run(log.run_id, rules, [written], complete=False))
    assert store.verify_chain().whole
    again = store.resume(log.run_id)
    assert again.run_id != log.run_id
    assert again.writer.exists("headers-0001") == written
    assert again.writer.exists("headers-0002") is None
    again.writer.write(Part("headers-0001", [], make_rows(), ()))  # what is written anew leaves the lender as it was
    assert store.load(log.run_id).problems() == []


def test_a_run_that_is_being_made_is_not_resumed_by_another(tmp_path):
    store = open_store(tmp_path / "store")
    log = store.begin()
    with pytest.raises(StoreError, match="another process"):
        store.resume(log.run_id)
    log.abandon()
    assert not log.folder.exists()
    with pytest.raises(StoreError, match="not known"):
        store.resume(log.run_id)
    with pytest.raises(UsageError):
        store.resume("../../etc")


def test_an_id_is_given_once_and_only_its_own_run_is_sealed(tmp_path):
    store = open_store(tmp_path / "store")
    log = store.begin("20260504T093000Z-abcdef")
    with pytest.raises(StoreError, match="there is a run"):
        store.begin("20260504T093000Z-abcdef")
    with pytest.raises(StoreError, match="does not belong"):
        log.seal(make_run("20260504T093000Z-000000", [], []))


def test_names_of_chunks_never_become_paths(tmp_path):
    store = open_store(tmp_path / "store")
    writer = store.begin().writer
    record = writer.write(Part("../../esc/Doe^Jane", rows=make_rows(1)))
    assert writer.exists("../../esc/Doe^Jane") == record
    assert all(tmp_path / "store" in path.parents for path in tmp_path.rglob("*.parquet"))
    assert pickle.loads(pickle.dumps(writer)) == writer  # noqa: S301 - our own object


def test_a_full_disk_is_said_and_loses_nothing(tmp_path, monkeypatch):
    store = open_store(tmp_path / "store")
    log = store.begin()
    kept = log.writer.write(Part("headers-0001", rows=make_rows()))

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(files.os, "fsync", full)
        with pytest.raises(StoreError) as caught:
            log.writer.write(Part("headers-0002", rows=make_rows()))
        with pytest.raises(StoreError, match="No space left"):
            store.record("exported")
    assert "No space left" in caught.value.what
    assert caught.value.where
    assert "free space" in caught.value.right
    assert caught.value.next_step.startswith("df -h")
    assert log.writer.exists("headers-0001") == kept
    assert not list(log.folder.rglob("*.new"))
    log.seal(make_run(log.run_id, [], [kept]))
    assert store.verify_chain().problems == ()


def test_a_read_only_store_is_said(tmp_path, monkeypatch):
    store = open_store(tmp_path / "store")

    def refuse(*arguments: object) -> int:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(files.os, "open", refuse)
    with pytest.raises(StoreError) as caught:
        store.begin()
    assert "may write to" in caught.value.right


def test_a_store_that_is_a_file_is_said(tmp_path):
    (tmp_path / "store").write_text("no folder")
    with pytest.raises(StoreError, match="folder cannot be made"):
        open_store(tmp_path / "store")


def _seal_some(folder: Path) -> None:
    store = open_store(folder)
    for _ in range(4):
        seal_run(store, [])


def test_two_processes_on_one_store_make_one_chain(tmp_path):
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_seal_some, args=(tmp_path / "store",)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    report = open_store(tmp_path / "store").verify_chain()
    assert (report.runs, report.problems) == (8, ())


def test_a_seal_cut_short_by_a_crash_is_finished_later(tmp_path, monkeypatch):
    store = open_store(tmp_path / "store")
    log = store.begin()
    with monkeypatch.context() as patch:
        patch.setattr(type(store), "enter", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            log.seal(make_run(log.run_id, [], []))
    log.close()
    assert store.runs() == ()
    assert store.verify_chain().problems == ()
    assert [entry.id for entry in store.runs()] == [log.run_id]


def test_a_run_of_a_newer_version_is_refused_with_its_version(tmp_path):
    store = open_store(tmp_path / "store")
    stored = seal_run(store)
    data = json.loads(stored.header)
    data["schema_version"] = 99
    (stored.folder / "run.json").write_text(json.dumps(data))
    with pytest.raises(StoreError, match="schema version 99"):
        store.load()


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"schema_version": 1}', b"\xff", b"[" * 100_000])
def test_a_broken_header_is_said(tmp_path, content):
    store = open_store(tmp_path / "store")
    stored = seal_run(store)
    (stored.folder / "run.json").write_bytes(content)
    with pytest.raises(StoreError):
        store.load()


def test_writing_and_reading_a_run_does_without_pandas(tmp_path):
    script = (
        "import sys; from pathlib import Path; from auditor.store.folder import open_store; "
        "from tests.store.runs import seal_run; run = seal_run(open_store(Path(sys.argv[1]) / 'store')); "
        "assert len(list(run.findings())) == 40 and run.first(1) and run.query('SELECT 1 FROM findings'); "
        "assert 'pandas' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True)


def test_texts_with_lone_surrogates_are_kept_as_escapes(tmp_path):
    findings = [make_findings(make_rules(), 1)[0]._replace(subject="a\udcff\u00e9.dcm", reason="")]
    (kept,) = seal_run(open_store(tmp_path / "store"), findings).findings()
    assert kept.subject == "a\\udcff\u00e9.dcm"
