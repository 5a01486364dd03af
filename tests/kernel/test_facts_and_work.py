"""Facts are told at least once and after failures; jobs survive their worker, can be stopped, and report their faults."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.personas import Personas
from waystation.kernel import facts, scope, values, work
from waystation.kernel.acts import Outcome, act, do
from waystation.kernel.models import AccessToken, Delivery, Job
from waystation.kernel.refusals import Refused
from waystation.kernel.rules import signed_in

Happened = facts.fact("trial.happened", number=int)


@act("new -> active", by=signed_in, name="trial.tell")
def tell(*, number: int) -> Outcome:
    """Make a key and tell of it."""
    from waystation.kernel import scope

    who = scope.current().actor
    assert who is not None
    key = AccessToken(holder=who, grants="", fingerprint=str(number), office=who.office)
    return Outcome(record=key, facts=[Happened(number=number)])


@pytest.fixture
def heard() -> Iterator[list[int]]:
    """What a reaction heard; it fails at the number 13 the first time."""
    told: list[int] = []

    def listen(fact: Any) -> None:
        told.append(fact.number)
        if fact.number == 13 and told.count(13) == 1:
            raise OSError("the line was busy")

    facts.reacts_to(Happened)(listen)
    yield told
    facts.reactions["trial.happened"].remove(listen)


def test_a_fact_is_told_once_when_all_is_well(personas: Personas, heard: list[int]) -> None:
    with personas.asking(personas.amina):
        do(tell, number=7)
    assert (facts.deliver(), facts.deliver(), heard) == (1, 0, [7])


def test_a_failed_reaction_is_tried_again_later(personas: Personas, heard: list[int]) -> None:
    with personas.asking(personas.amina):
        do(tell, number=13)
    assert facts.deliver() == 0
    owed = Delivery.objects.get()
    assert (owed.state, owed.error) == ("due", "OSError: the line was busy")
    assert facts.deliver() == 0, "not yet due"
    with values.clock(values.now() + timedelta(minutes=1)):
        assert facts.deliver() == 1
    assert heard == [13, 13]


def test_a_refused_act_tells_nothing(personas: Personas, heard: list[int]) -> None:
    with personas.asking(None), pytest.raises(Refused):
        do(tell, number=7)
    assert facts.deliver() == 0


def test_a_fact_of_another_shape_is_a_fault_of_ours() -> None:
    with pytest.raises(TypeError, match="number"):
        Happened(number="seven")


@work.task("trial.count")
def count(job: work.Work, *, to: int, fail: str = "") -> dict[str, Any]:
    """Count, as a job."""
    for done in range(to):
        job.progress(done, to, f"{done} of {to}")
    if fail == "refuse":
        raise Refused("kernel.not_found", ref="X")
    if fail == "break":
        raise ZeroDivisionError("broke")
    return {"counted": to}


def asked(personas: Personas, **arguments: Any) -> Job:
    with personas.asking(personas.amina):
        job: Job = do(work.ask, task="trial.count", office=personas.dakar, arguments=arguments).record
    return job


def fresh(job: Job) -> Job:
    return Job.everything.get(pk=job.pk)


def test_a_job_is_done_for_its_person(personas: Personas) -> None:
    job = asked(personas, to=3)
    assert work.run_next()
    assert not work.run_next()
    assert (fresh(job).state, fresh(job).result) == ("done", {"counted": 3})


@pytest.mark.parametrize("fault, says", [("refuse", "no record X"), ("break", "ZeroDivisionError: broke")])
def test_a_fault_is_written_on_the_job(personas: Personas, fault: str, says: str) -> None:
    job = asked(personas, to=1, fail=fault)
    work.run_next()
    assert fresh(job).state == "failed"
    assert says in fresh(job).message


def test_a_stopped_job_ends_at_its_next_step(personas: Personas) -> None:
    job = asked(personas, to=5)
    with personas.asking(personas.amina):
        do(work.stop, fresh(job))
    assert not work.run_next()
    assert fresh(job).state == "stopped"


def test_a_job_whose_worker_died_is_taken_up_again_but_not_for_ever(personas: Personas) -> None:
    job = asked(personas, to=1)
    for tries in range(1, work.MOST_TRIES + 1):
        Job.everything.filter(pk=job.pk).update(
            state="running", tries=tries, lease_until=values.now() - timedelta(seconds=1)
        )
        work._take_back_lost()
    assert fresh(job).state == "failed"
    assert "gave up after 5 tries" in fresh(job).message


def test_an_unknown_task_is_refused(personas: Personas) -> None:
    with personas.asking(personas.amina), pytest.raises(Refused, match="no task called"):
        do(work.ask, task="no.such", office=personas.dakar, arguments={})


def moment(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")


@pytest.mark.parametrize(
    "every, at, due",
    [
        ("5 minutes", "2026-11-25 11:23:10", "2026-11-25 11:20"),
        ("hour", "2026-11-25 11:23:10", "2026-11-25 11:00"),
        ("6 hours", "2026-11-25 11:23:10", "2026-11-25 06:00"),
        ("day at 06:30", "2026-11-25 06:30", "2026-11-25 06:30"),
        ("day at 06:30", "2026-11-25 06:29:59", "2026-11-24 06:30"),
        ("monday at 06:00", "2026-11-25 11:23", "2026-11-23 06:00"),  # the 25th is a Wednesday
        ("wednesday at 12:00", "2026-11-25 11:23", "2026-11-18 12:00"),
    ],
)
def test_a_schedule_names_its_last_moment(every: str, at: str, due: str) -> None:
    assert work.last_due(every, moment(at)) == moment(due)


@pytest.mark.parametrize("every", ["often", "day", "5 moons", "noday at 06:00", "day at noon", "day at 25:00"])
def test_a_schedule_that_says_no_time_is_a_fault_of_ours(every: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each kind of mistake has a message of its own
        work.task("trial.never", every=every)(count)
    work.tasks.pop("trial.never")


@pytest.fixture
def declared() -> Iterator[Callable[..., list[int]]]:
    """Declare the task ``trial.sweep``; the list grows by its job's tries whenever it runs."""

    def declare(faults: int = 0, **more: Any) -> list[int]:
        runs: list[int] = []

        def sweep(job: work.Work) -> dict[str, Any]:
            runs.append(job.job.tries)
            if len(runs) <= faults:
                raise OSError("the line was busy")
            return {}

        work.task("trial.sweep", **more)(sweep)
        return runs

    yield declare
    work.tasks.pop("trial.sweep", None)


def run_at(text: str) -> int:
    """How many jobs there were to do at this moment."""
    with values.clock(moment(text)):
        return sum(iter(work.run_next, False))


def test_a_schedule_runs_once_a_moment_and_once_for_all_that_were_missed(
    personas: Personas, declared: Callable[..., list[int]]
) -> None:
    runs = declared(every="day at 06:00")
    assert run_at("2026-11-25 11:00") == 0, "a new schedule has missed nothing"
    assert run_at("2026-11-26 05:59") == 0
    assert run_at("2026-11-26 06:00") == 1
    assert run_at("2026-11-26 23:00") == 0
    assert run_at("2026-11-30 07:00") == 1, "four nights missed are made up for once"
    assert (runs, Job.everything.filter(author=None, state="done").count()) == ([1, 1], 2)


def test_a_schedule_waits_for_its_own_last_job_and_for_something_to_do(
    personas: Personas, declared: Callable[..., list[int]]
) -> None:
    due: list[int] = []
    declared(every="hour", wanted=lambda: bool(due))
    assert [run_at("2026-11-25 11:00"), run_at("2026-11-25 12:00")] == [0, 0], "nothing wanted"
    due.append(1)
    assert run_at("2026-11-25 13:00") == 1
    Job.everything.update(state="running", lease_until=moment("2026-11-26 00:00"))
    assert run_at("2026-11-25 14:00") == 0, "the last one still runs"
    Job.everything.update(state="done")
    assert run_at("2026-11-25 14:01") == 1


def test_a_schedule_may_be_a_setting(personas: Personas, declared: Callable[..., list[int]]) -> None:
    said = [""]
    declared(every=lambda: said[0])
    assert run_at("2026-11-25 11:00") == 0
    said[0] = "hour"
    assert [run_at("2026-11-25 12:00"), run_at("2026-11-25 13:00")] == [0, 1]


def test_nobody_asks_for_what_the_house_does_by_itself(personas: Personas, declared: Callable[..., list[int]]) -> None:
    declared(every="hour")
    with personas.asking(personas.amina), pytest.raises(Refused) as no:
        do(work.ask, task="trial.sweep", office=personas.dakar, arguments={})
    assert no.value.code == "kernel.not_allowed"


def test_a_task_that_breaks_is_tried_again_later_each_time(
    personas: Personas, declared: Callable[..., list[int]]
) -> None:
    runs = declared(faults=2, tries=3, backoff=timedelta(minutes=10))
    with personas.asking(personas.amina):
        job = do(work.ask, task="trial.sweep", office=personas.dakar, arguments={}).record
    assert run_at("2026-11-25 11:00") == 1
    assert (fresh(job).state, fresh(job).message) == ("waiting", "OSError: the line was busy")
    assert run_at("2026-11-25 11:09") == 0
    assert run_at("2026-11-25 11:10") == 1
    assert run_at("2026-11-25 11:29") == 0, "twenty minutes the second time"
    assert run_at("2026-11-25 11:30") == 1
    assert (fresh(job).state, runs) == ("done", [1, 2, 3])


def test_after_its_last_try_it_failed_and_its_person_may_ask_again(
    personas: Personas, declared: Callable[..., list[int]]
) -> None:
    runs = declared(faults=1)
    with personas.asking(personas.amina):
        job = do(work.ask, task="trial.sweep", office=personas.dakar, arguments={}).record
        assert work.run_next()
        assert fresh(job).state == "failed"
        do(work.try_again, fresh(job))
        assert work.run_next()
    assert (fresh(job).state, fresh(job).message, runs) == ("done", "", [1, 1])


def test_what_people_asked_for_goes_before_what_is_scheduled(
    personas: Personas, declared: Callable[..., list[int]]
) -> None:
    declared(every="hour")
    run_at("2026-11-25 11:00")
    with values.clock(moment("2026-11-25 12:00")):
        work._ask_scheduled()
    job = asked(personas, to=1)
    with values.clock(moment("2026-11-25 12:00")):
        work.run_next()
    assert fresh(job).state == "done"
    assert Job.everything.get(task="trial.sweep").state == "waiting"


def test_a_worker_that_lost_its_job_can_neither_go_on_nor_write_a_result(personas: Personas) -> None:
    job = asked(personas, to=1)
    with scope.enter(scope.house("worker")):
        slept = work.Work(work._taken_up())
    with values.clock(values.now() + work.LEASE * 2):
        assert work.run_next(), "another worker took it up"
    assert fresh(job).state == "done"
    with pytest.raises(work.Stopped):
        slept.progress(1, 1)
    with scope.enter(scope.house("worker")):
        work._close(slept.job, work.finish, result={"counted": 99})
    assert fresh(job).result == {"counted": 1}


def test_a_worker_that_leaves_gives_back_what_it_has_at_hand(personas: Personas) -> None:
    job, leaving = asked(personas, to=3), threading.Event()
    leaving.set()
    assert work.run_next(leaving)
    assert (fresh(job).state, fresh(job).tries, work.at_hand) == ("waiting", 0, [])
    assert work.run_next()
    assert fresh(job).state == "done"
