"""Long work, done by a worker on behalf of a person: progress, stopping, retries, and nothing lost when a worker dies.

    @task("tracking.read", tries=3)
    def read(work: Work, *, upload: int) -> dict: ...    # work.progress(done, total); may run twice: idempotent

    @task("notices.digest", every="day at 06:00")        # or "5 minutes", "6 hours", "monday at 06:00"; UTC
    def digest(work: Work) -> dict: ...

A running job holds a lease that its worker and its progress renew; when a worker is killed the lease runs out and another
takes the job up again, ``MOST_TRIES`` times at the most. A schedule's moment is run once, however many workers there are;
moments missed while none ran are run once together. The version a job was started at is the proof of holding it: a worker
that slept through its lease can neither go on nor write a result.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.db.models.lookups import IsNull
from django.utils.translation import gettext_lazy as _

from waystation.kernel import scope as scopes
from waystation.kernel.acts import Outcome, act, do
from waystation.kernel.models import Job, Mark, Office
from waystation.kernel.refusals import Refused, require
from waystation.kernel.register import Lifecycle, Register, Section
from waystation.kernel.rules import NONE, Rule, admits, author, duty, signed_in
from waystation.kernel.values import now, plain

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)
MOST_TRIES = 5
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Run = Callable[..., dict[str, Any]]


class Stopped(Exception):
    """Raised inside a task when its person asked it to stop, or another has it: what it did not commit is not done."""


class Leaving(Exception):
    """Raised inside a task when its worker is to end: the job is given back, to be begun again by another."""


class _HouseOnly(Rule):
    """Only the worker, in the house's own scope."""

    sentence = _("the worker does it")  # type: ignore[assignment]  # a constant in place of the property

    def allows(self, scope: scopes.Scope, record: Any) -> bool:
        return scope.is_house

    def q(self, scope: scopes.Scope, prefix: str = "") -> Any:
        return NONE


house_only = _HouseOnly()


@dataclass(frozen=True)
class Task:
    """A declared task. What it raises is tried again up to ``tries`` times, after ``backoff``, then twice that, and so on;
    a refusal is final. ``every`` may be asked anew each time ("": not now); when ``wanted`` says no, a moment passes without
    a job. ``by``: who may ask for it (default: anyone signed in; of a schedule the house alone). Jobs that ended are
    ``kept`` so long."""

    name: str
    run: Run
    tries: int = 1
    backoff: timedelta = timedelta(minutes=1)
    every: str | Callable[[], str] = ""
    wanted: Callable[[], bool] = lambda: True
    by: Rule | None = None
    kept: timedelta = timedelta(days=90)

    @property
    def schedule(self) -> str:
        """When it runs by itself, as declared; "" when never."""
        return self.every() if callable(self.every) else self.every


tasks: dict[str, Task] = {}


def task(name: str, **more: Any) -> Callable[[Run], Run]:
    """Declare a task under a name that jobs keep; see ``Task``. Raises ValueError for a schedule that says no time."""

    def declare(run: Run) -> Run:
        tasks[name] = Task(name, run, **more)
        if isinstance(tasks[name].every, str) and tasks[name].every:
            last_due(tasks[name].schedule, now())
        return run

    return declare


def last_due(every: str, at: datetime) -> datetime:
    """The last moment until ``at`` that a schedule names: "5 minutes", "hour", "day at 06:00", "monday at 06:00" (UTC)."""
    what, _at, clock = every.partition(" at ")
    if not clock:
        count, _space, unit = what.rpartition(" ")
        if unit.removesuffix("s") not in ("minute", "hour"):
            raise ValueError(
                f"a schedule is “5 minutes”, “6 hours”, “day at 06:00” or “monday at 06:00”, not “{every}”"
            )
        return at - (at - datetime(2024, 1, 1, tzinfo=UTC)) % timedelta(
            **{f"{unit.removesuffix('s')}s": int(count or 1)}
        )
    hour, minute = clock.split(":")
    due = at.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
    due -= timedelta(days=due > at)
    return due if what == "day" else due - timedelta(days=(due.weekday() - DAYS.index(what)) % 7)


@act("new -> waiting", by=signed_in, said=_("asked for it"))
def ask(*, task: str, office: Office, arguments: dict[str, Any]) -> Outcome:
    """Ask the worker to do a piece of long work."""
    require(task in tasks, "kernel.unknown_name", what="task", name=task, known=", ".join(sorted(tasks)))
    job, by = Job(task=task, office=office, author=scopes.current().actor, arguments=plain(arguments)), tasks[task].by
    by = by or (house_only if tasks[task].every else signed_in)
    require(admits(by, scopes.current(), job), "kernel.not_allowed", act=task, rule=by.sentence)
    return Outcome(record=job)


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


@act("running -> waiting", by=house_only, said=_("put it off"))
def put_off(job: Job, *, message: str = "", due_at: datetime | None = None) -> Outcome:
    """Try again later; without a time at once, as if it had not been tried."""
    job.tries -= int(due_at is None)
    job.message, job.due_at, job.lease_until = message[:300], due_at, None
    return Outcome()


@act("failed | stopped -> waiting", by=author | duty("house.steward"), said=_("asked for it again"))
def try_again(job: Job) -> Outcome:
    """Have the worker try it again from the beginning."""
    job.tries, job.done, job.total, job.message, job.result = 0, 0, 0, "", {}
    job.stop_asked, job.due_at = False, None
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
        (ask, start, finish, fail, take_back, put_off, stop, try_again),
        frozenset({"done"}),
    ),
    sight=author | duty("house.steward"),
    columns=("ref", "task", "state", "message", "tries", "author", "created_at"),
    filters=("state", "task", "author"),
    sections=(Section(_("Work"), ("task", "author", "message", "done", "total", "tries", "due_at", "lease_until")),),
    personal=(),
    group="Direction",
)


class Work:
    """What a running task holds of its job."""

    def __init__(self, job: Job, leaving: threading.Event | None = None) -> None:
        self.job, self.leaving = job, leaving
        self._told = 0.0

    def hold(self, **told: Any) -> bool:
        """Renew the lease. Returns whether the job is still this worker's."""
        ours = Job.everything.filter(pk=self.job.pk, state="running", version=self.job.version)
        return bool(ours.update(lease_until=now() + LEASE, **told))

    def progress(self, done: int, total: int, message: str = "") -> None:
        """Say how far it is and renew the lease, at most twice a second. Raises Stopped, Leaving."""
        if self.leaving is not None and self.leaving.is_set():
            raise Leaving
        if done < total and time.monotonic() - self._told < 0.5:
            return
        self._told = time.monotonic()
        if not self.hold(done=done, total=total, message=str(message)[:300]):
            raise Stopped


at_hand: list[Work] = []  # what this process is doing; its workers hold the leases


def run_next(leaving: threading.Event | None = None) -> bool:
    """Do the next job that is due: the oldest that a person asked for, else the oldest. Returns whether there was one."""
    _take_back_lost()
    _ask_scheduled()
    with scopes.enter(scopes.house("worker")):
        job = _taken_up()
        if job is not None:
            _run(Work(job, leaving))
    return job is not None


def _taken_up() -> Job | None:
    due = Job.everything.filter(Q(due_at=None) | Q(due_at__lte=now()), state="waiting", task__in=tasks)
    if not due.exists():  # asked without a lock, for idle workers ask twice a second
        return None
    with transaction.atomic():
        rows = due.select_for_update(skip_locked=True, of=("self",)).order_by(IsNull(F("author"), True), "pk")
        job = rows.first()
        return None if job is None else do(start, job).record


def _take_back_lost() -> None:
    for job in Job.everything.filter(state="running", lease_until__lt=now()):
        with suppress(Refused), scopes.enter(scopes.house("lease ran out")):  # refused: another was quicker
            if job.tries >= MOST_TRIES:
                do(fail, job, message=f"gave up after {job.tries} tries", result={})
            else:
                do(take_back, job)


def _ask_scheduled() -> None:
    marks = dict(Mark.objects.filter(name__startswith="every ").values_list("name", "at"))
    for one in [one for one in tasks.values() if one.schedule]:
        name, due = f"every {one.name}", last_due(one.schedule, now())
        if name not in marks:  # a new schedule has missed nothing: it begins with its next moment
            Mark.objects.bulk_create([Mark(name=name, at=due)], ignore_conflicts=True)
        elif marks[name] < due and not Job.everything.filter(task=one.name, state__in=("waiting", "running")).exists():
            with transaction.atomic(), scopes.enter(scopes.house("schedule")):
                if Mark.objects.filter(name=name, at__lt=due).update(at=due) and one.wanted():
                    do(ask, task=one.name, office=Office.everything.filter(parent=None)[0], arguments={})


def _run(work: Work) -> None:
    job, declared = work.job, tasks[work.job.task]
    at_hand.append(work)
    try:
        with scopes.enter(scopes.Scope(job.author) if job.author else scopes.house("job")):
            result = declared.run(work, **job.arguments)
        _close(job, finish, result=plain(result or {}))
    except Stopped:
        log.info("job %s was stopped", job.ref)
    except Leaving:
        _close(job, put_off)
    except Refused as refused:
        _close(job, fail, message=str(refused), result=refused.as_dict())
    except Exception as trouble:  # any fault of a task is written on its job, for the person who waits
        log.exception("job %s failed", job.ref)
        message = f"{type(trouble).__name__}: {trouble}"
        if job.tries < declared.tries:
            _close(job, put_off, message=message, due_at=now() + declared.backoff * 2 ** (job.tries - 1))
        else:
            _close(job, fail, message=message, result={})
    finally:
        at_hand.remove(work)


def _close(job: Job, how: Any, **said: Any) -> None:
    try:
        do(how, job, **said)
    except Refused as late:
        if late.code not in ("kernel.wrong_state", "kernel.changed_meanwhile"):
            raise
        log.info("job %s was no longer ours to close", job.ref)  # stopped in its last moment, or another has it
