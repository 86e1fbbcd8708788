"""What the chunks of a room have in common crosses to a worker once, and no chunk counts for another."""

import pickle
from datetime import UTC, datetime

import pytest

from auditor.audit.pack import prepare
from auditor.audit.plan import plan_from
from auditor.audit.worker import Brief, Job
from auditor.config.load import load
from auditor.headers.room import ROOM
from auditor.model.facts import Facts, Subject
from auditor.model.ports import Context
from auditor.model.run import Request
from auditor.model.target import Chunk
from auditor.store.parts import FolderWriter

NOW = datetime(2026, 1, 31, tzinfo=UTC)
NAMED = {"purpose": "export", "patient_names": ({"locator": "(0010,0010)", "value": "Doe^Jane", "letter": "A"},)}


@pytest.fixture
def brief(tmp_path):
    plan = plan_from(load(None), [Request(ROOM.name, ())], name="scan")
    pack = prepare(plan)
    context = Context(NOW, plan.protector)
    return Brief(ROOM.name, pack.selection.slim(ROOM.name), pack.waivers, context, FolderWriter(tmp_path))


def told(brief):
    with brief.judge() as judge:
        judge.judge(Facts(Subject("file", "1.2.3", "I•••.dcm"), NAMED))
        return [(tally.rule, tally.counts) for tally in judge.tallies()]


def test_a_process_unpacks_what_chunks_have_in_common_once(brief):
    jobs = [pickle.loads(pickle.dumps(Job(Chunk(f"headers-{n}", ()), brief))) for n in range(2)]  # noqa: S301
    assert jobs[0].brief is jobs[1].brief
    assert [job.chunk.name for job in jobs] == ["headers-0", "headers-1"]
    assert told(jobs[0].brief) == told(brief)


def test_every_chunk_counts_from_nothing(brief):
    assert told(brief) == told(brief)


def test_threads_of_one_process_do_not_count_for_each_other(brief):
    alone = told(brief)
    with brief.judge() as judge:
        assert told(brief) == alone
        assert not any(tally.counts for tally in judge.tallies())
