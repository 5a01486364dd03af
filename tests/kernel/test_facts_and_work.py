"""Facts are told at least once and after failures; jobs survive their worker, can be stopped, and report their faults."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.personas import Personas
from waystation.kernel import facts, values, work
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
