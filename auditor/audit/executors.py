"""Where the work on chunks is done: here, in processes, or on a Dask cluster. All run the same function."""

import multiprocessing
import os
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from auditor.audit.hush import hush, start_worker
from auditor.errors import UsageError

Job = TypeVar("Job")
Result = TypeVar("Result")
Outcome = tuple[Job, Result | BaseException]
Done = Generator[Outcome[Job, Result], None, None]
_IN_FLIGHT = 2


def serial(function: Callable[[Job], Result], jobs: Iterator[Job], workers: int) -> Done[Job, Result]:
    """Do one job after the other in this process."""
    for job in jobs:
        try:
            yield job, function(job)
        except Exception as error:  # handed on as data, like any other executor's
            yield job, error


def process(function: Callable[[Job], Result], jobs: Iterator[Job], workers: int) -> Done[Job, Result]:
    """Do the jobs in `workers` processes (0: one a processor).

    A job whose worker dies (killed, out of memory) is tried once more, alone; if that worker dies too,
    the job's outcome is the error, and the others go on.
    """
    count = workers or os.cpu_count() or 1
    doubtful: list[Job] = []
    while True:
        with _pool(count) as pool:
            for job, result in _stream(pool, function, jobs, count * _IN_FLIGHT):
                if isinstance(result, BrokenProcessPool):
                    doubtful.append(job)
                else:
                    yield job, result
        if not doubtful:
            return
        for job in doubtful:
            with _pool(1) as pool:
                yield from _stream(pool, function, iter([job]), 1)
        doubtful = []


def dask(function: Callable[[Job], Result], jobs: Iterator[Job], workers: int) -> Done[Job, Result]:
    """Do the jobs on the Dask cluster at `DASK_SCHEDULER_ADDRESS`, or on a local one of `workers` processes.

    Raises UsageError when the extra `[cluster]` is not installed.
    """
    try:
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise UsageError(
            "the dask executor is not installed",
            right="the extra [cluster]",
            next_step="pip install 'imaging-auditor[cluster]'",
        ) from error
    address = os.environ.get("DASK_SCHEDULER_ADDRESS")
    count = workers or os.cpu_count() or 1
    if address:
        with Client(address, timeout=10) as client:  # type: ignore[no-untyped-call]
            yield from _stream(client.get_executor(), function, jobs, count * _IN_FLIGHT)
        return
    cluster = LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=count, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
    )
    with cluster, Client(cluster) as client:  # type: ignore[no-untyped-call]
        client.run(start_worker_quietly)
        yield from _stream(client.get_executor(), function, jobs, count * _IN_FLIGHT)


def start_worker_quietly() -> None:
    """Set up a Dask worker: quiet only, since Dask keeps its signals itself."""
    hush()


EXECUTORS: dict[str, Callable[..., Generator[Any, None, None]]] = {"serial": serial, "process": process, "dask": dask}


def _pool(workers: int) -> ProcessPoolExecutor:
    context = multiprocessing.get_context("forkserver" if os.name == "posix" else "spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=start_worker)


def _stream(
    pool: Executor, function: Callable[[Job], Result], jobs: Iterator[Job], most: int
) -> Iterator[Outcome[Job, Result]]:
    """Keep `most` jobs under way, so that a tree of ten million files is never listed at once."""
    waiting: dict[Future[Result], Job] = {}
    broken = False
    try:
        while True:
            while not broken and len(waiting) < most and (job := next(jobs, None)) is not None:
                try:
                    waiting[pool.submit(function, job)] = job
                except BrokenProcessPool as error:
                    broken = True
                    yield job, error
            if not waiting:
                return
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                job, failure = waiting.pop(future), future.exception()
                broken = broken or isinstance(failure, BrokenProcessPool)
                yield job, failure if failure is not None else future.result()
    finally:
        for future in waiting:
            future.cancel()
