"""What computes: connections belong to a thread while it lives, and outlive it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Thread
from typing import Any

import pyarrow as pa

from waystation.kernel import engines


def in_a_thread() -> Any:
    """The connection a thread computed with, after the thread has ended."""
    found: list[Any] = []

    def compute() -> None:
        table = engines.scan([], pa.schema({"n": pa.int64()}))
        assert engines.fetch(table.count()).as_py() == 0
        found.append(engines.connection())

    thread = Thread(target=compute)
    thread.start()
    thread.join()
    return found.pop()


def free() -> set[int]:
    """Who waits for a thread, each by its identity: Ibis takes any two connections in memory for equal."""
    return {id(link) for link in engines._free}


def test_a_connection_outlives_its_thread_and_serves_the_next_one() -> None:
    first = in_a_thread()
    assert id(first) in free()
    before = len(free())
    in_a_thread()
    assert len(free()) == before
    assert first.raw_sql("SELECT 1").fetchall() == [(1,)]


def test_threads_at_work_at_once_have_connections_of_their_own() -> None:
    together = Barrier(4)

    def compute(_number: int) -> int:
        together.wait()
        return id(engines.connection())

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(compute, range(4)))) == 4
    assert id(engines.connection()) not in free()
