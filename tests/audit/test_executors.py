"""Every executor does the same work; a worker that dies costs its own job only."""

import os
import signal

import pytest

from auditor.audit.executors import EXECUTORS


def double(number):
    if number < 0:
        raise ValueError("negative")
    return 2 * number


def die_at_seven(number):
    if number == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def endless():
    number = 0
    while True:
        yield number
        number += 1


@pytest.mark.parametrize("name", ["serial", "process", "dask"])
@pytest.mark.filterwarnings("ignore")
def test_every_executor_gives_every_result_and_hands_errors_on(name):
    outcomes = dict(EXECUTORS[name](double, iter([1, 2, -1, 3]), 2))
    failure = outcomes.pop(-1)
    assert isinstance(failure, ValueError)
    assert outcomes == {1: 2, 2: 4, 3: 6}


def test_a_worker_that_is_killed_costs_only_its_own_job():
    outcomes = dict(EXECUTORS["process"](die_at_seven, iter(range(20)), 2))
    assert isinstance(outcomes.pop(7), Exception)
    assert outcomes == {number: number for number in range(20) if number != 7}


def test_jobs_are_taken_as_they_are_needed():
    taken = []

    def jobs():
        for number in endless():
            taken.append(number)
            yield number

    stream = EXECUTORS["process"](double, jobs(), 1)
    for _ in range(3):
        next(stream)
    stream.close()
    assert len(taken) < 20
