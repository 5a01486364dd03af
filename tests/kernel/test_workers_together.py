"""Several workers at once, each on a connection of its own: a job is done by one of them, a schedule's moment is run once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from tests.personas import move_in
from waystation.kernel import values, work
from waystation.kernel.acts import do
from waystation.kernel.models import Job, Mark

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def runs() -> Iterator[list[str]]:
    """References of the jobs that the task ``trial.note`` ran for, as often as it did."""
    done: list[str] = []

    def note(job: work.Work) -> dict[str, Any]:
        done.append(job.job.ref)
        job.progress(1, 1)
        return {}

    work.task("trial.note")(note)
    yield done
    work.tasks.pop("trial.note")


def together(workers: int, at: datetime | None = None) -> None:
    """So many workers, until there is nothing to do; what breaks in one breaks the test."""
    barrier, broken = threading.Barrier(workers), []

    def go() -> None:
        try:
            connection.ensure_connection()
            barrier.wait(20)
            with values.clock(at) if at else nullcontext():
                while work.run_next():
                    pass
        except Exception as trouble:  # noqa: BLE001 - told to the test's own thread
            broken.append(trouble)
        finally:
            connection.close()

    threads = [threading.Thread(target=go) for _ in range(workers)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(120)
    assert broken == []


def test_a_job_is_done_by_one_worker(runs: list[str]) -> None:
    people = move_in()
    with people.asking(people.amina):
        asked = {do(work.ask, task="trial.note", office=people.dakar, arguments={}).record.ref for _ in range(12)}
    together(4)
    assert sorted(runs) == sorted(asked)
    assert set(Job.everything.values_list("state", "tries")) == {("done", 1)}


def test_a_moment_of_a_schedule_is_run_once(runs: list[str]) -> None:
    move_in()
    work.task("trial.note", every="day at 06:00")(work.tasks["trial.note"].run)
    Mark.objects.create(name="every trial.note", at=datetime(2026, 11, 20, 6, tzinfo=UTC))
    together(4, datetime(2026, 11, 25, 11, 0, tzinfo=UTC))
    assert len(runs) == 1
