"""Long work, done by a worker on behalf of a person: progress, stopping, retries, and nothing lost when a worker dies.

    @task("tracking.read")
    def read(work: Work, *, upload: int) -> dict: ...    # work.progress(done, total); may run twice: idempotent

A running job holds a lease that progress renews; when a worker is killed the lease runs out and another takes the job up
again, ``MOST_TRIES`` times at the most.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import close_old_connections, connection, transaction
from django.utils.translation import gettext_lazy as _

from waystation.kernel import facts
from waystation.kernel import scope as scopes
from waystation.kernel.acts import Outcome, act, do
from waystation.kernel.models import Job, Office
from waystation.kernel.refusals import Refused, require
from waystation.kernel.register import Lifecycle, Register, Section
from waystation.kernel.rules import NONE, Rule, author, duty, signed_in
from waystation.kernel.values import now, plain

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)
MOST_TRIES = 5
tasks: dict[str, Callable[..., dict[str, Any]]] = {}


class Stopped(Exception):
    """Raised inside a task when its person asked it to stop: what it did not commit is not done."""


class _HouseOnly(Rule):
    """Only the worker, in the house's own scope."""

    sentence = _("the worker does it")  # type: ignore[assignment]  # a constant in place of the property

    def allows(self, scope: scopes.Scope, record: Any) -> bool:
        return scope.is_house

    def q(self, scope: scopes.Scope, prefix: str = "") -> Any:
        return NONE


house_only = _HouseOnly()


def task(name: str) -> Callable[[Callable[..., dict[str, Any]]], Callable[..., dict[str, Any]]]:
    """Declare a task under a name that jobs keep."""

    def declare(run: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
        tasks[name] = run
        return run

    return declare


@act("new -> waiting", by=signed_in, said=_("asked for it"))
def ask(*, task: str, office: Office, arguments: dict[str, Any]) -> Outcome:
    """Ask the worker to do a piece of long work."""
    require(task in tasks, "kernel.unknown_name", what="task", name=task, known=", ".join(sorted(tasks)))
    return Outcome(record=Job(task=task, office=office, arguments=plain(arguments)))


@act("waiting -> running", by=house_only, said=_("began"))
def start(job: Job) -> Outcome:
    """Take the job up."""
    job.tries += 1
    job.lease_until = now() + LEASE
    return Outcome()


@act("running -> done", by=house_only, said=_("finished"))
def finish(job: Job, *, result: dict[str, Any]) -> Outcome:
    """The work is done."""
    job.result, job.lease_until = result, None
    return Outcome()


@act("running -> failed", by=house_only, said=_("could not do it"))
def fail(job: Job, *, message: str, result: dict[str, Any]) -> Outcome:
    """The work was refused or broke; nothing of it was kept."""
    job.message, job.result, job.lease_until = message[:300], result, None
    return Outcome()


@act("running -> waiting", by=house_only, said=_("was put back after its worker died"))
def take_back(job: Job) -> Outcome:
    """Put back a job whose worker is gone."""
    job.lease_until = None
    return Outcome()


@act("waiting | running -> stopped", by=author | duty("house.steward"), said=_("stopped it"))
def stop(job: Job) -> Outcome:
    """Stop the work; what it had not finished is as before."""
    job.stop_asked = True
    return Outcome()


jobs = Register(
    name="house.jobs",
    model=Job,
    word=(_("job"), _("jobs")),
    lifecycle=Lifecycle(
        {
            "waiting": _("waiting"),
            "running": _("running"),
            "done": _("done"),
            "failed": _("failed"),
            "stopped": _("stopped"),
        },
        (ask, start, finish, fail, take_back, stop),
        frozenset({"done", "failed", "stopped"}),
    ),
    sight=author | duty("house.steward"),
    columns=("ref", "task", "state", "message", "created_at"),
    filters=("state", "task"),
    sections=(Section(_("Work"), ("task", "message", "done", "total", "tries")),),
    personal=(),
    group="Direction",
)


class Work:
    """What a running task holds of its job."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._told = 0.0

    def progress(self, done: int, total: int, message: str = "") -> None:
        """Say how far it is and renew the lease, at most twice a second. Raises Stopped."""
        if done < total and time.monotonic() - self._told < 0.5:
            return
        self._told = time.monotonic()
        here = Job.everything.filter(pk=self.job.pk)
        here.update(done=done, total=total, message=str(message)[:300], lease_until=now() + LEASE)
        if here.values_list("state", flat=True).first() == "stopped":
            raise Stopped


def run_next() -> bool:
    """Take up the oldest waiting job and do it. Returns whether there was one."""
    _take_back_lost()
    with scopes.enter(scopes.house("worker")):
        for job in Job.everything.filter(state="waiting").order_by("pk")[:5]:
            try:
                job = do(start, job).record
            except Refused:  # another worker was quicker, or it was stopped
                continue
            _run(job)
            return True
    return False


def _take_back_lost() -> None:
    with scopes.enter(scopes.house("lease ran out")):
        for job in Job.everything.filter(state="running", lease_until__lt=now()):
            if job.tries >= MOST_TRIES:
                do(fail, job, message=f"gave up after {job.tries} tries", result={})
            else:
                do(take_back, job)


def _run(job: Job) -> None:
    work = Work(job)
    try:
        with scopes.enter(scopes.Scope(job.author) if job.author else scopes.house("job")):
            result = tasks[job.task](work, **job.arguments)
        _close(job, finish, result=plain(result or {}))
    except Stopped:
        log.info("job %s was stopped", job.ref)
    except Refused as refused:
        _close(job, fail, message=str(refused), result=refused.as_dict())
    except Exception as trouble:  # any fault of a task is written on its job, for the person who waits
        log.exception("job %s failed", job.ref)
        _close(job, fail, message=f"{type(trouble).__name__}: {trouble}", result={})


def _close(job: Job, how: Any, **said: Any) -> None:
    with transaction.atomic():
        fresh = Job.everything.get(pk=job.pk)
        if fresh.state == "running":
            do(how, fresh, **said)


class Worker(threading.Thread):
    """The thread that does background work beside the server on a laptop."""

    def __init__(self, pause: float = 0.5) -> None:
        super().__init__(name="waystation-worker", daemon=True)
        self.pause, self.ended = pause, threading.Event()

    def run(self) -> None:
        while not self.ended.is_set():
            close_old_connections()
            try:
                busy = bool(facts.deliver()) | run_next()
            except Exception:  # the worker outlives a database that is away for a while
                log.exception("the worker stumbled; it goes on")
                busy = False
            if not busy:
                self.ended.wait(self.pause)
        connection.close()

    def end(self) -> None:
        """Finish what is at hand and stop."""
        self.ended.set()
