"""``/worker/``: what runs, waits, failed, what is scheduled, and the facts that could not be told; for stewards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from waystation.kernel import scope as scopes
from waystation.kernel.acts import do
from waystation.kernel.models import Delivery, Job, Mark, Office
from waystation.kernel.pages import Asked, page
from waystation.kernel.refusals import require
from waystation.kernel.rules import duty
from waystation.kernel.screens import Block, Column, Form, Link, Notice, Number, Numbers, Progress, Screen, Table
from waystation.kernel.values import now
from waystation.kernel.work import Work, ask, jobs, task, tasks
from waystation.site.watching.state import OUTBOX_LATE, WORKER_LATE, outbox_lag, worker_ages

MOST = 50
LIVE = 3  # jobs whose progress is shown on the page itself
steward = duty("house.steward")


@task("house.tell_again", by=steward)
def tell_again(work: Work, *, deliveries: list[int]) -> dict[str, Any]:
    """Have facts that were given up told again, as if they had not been tried."""
    given_up = Delivery.objects.filter(pk__in=deliveries, state="given up")
    return {"due": given_up.update(state="due", tries=0, due_at=now())}


def _keeps_the_house() -> bool:
    """Whether the asking person is steward of the whole house: facts belong to no office."""
    root = Office.everything.filter(parent=None).first()
    return root is not None and root.pk in scopes.current().offices("house.steward")


def receive(asked: Asked) -> str:
    """Ask the worker to tell again what was given up."""
    require(_keeps_the_house(), "kernel.not_allowed", act=_("tell again"), rule=steward.sentence)
    given_up = list(Delivery.objects.filter(state="given up").order_by("pk").values_list("pk", flat=True)[:1000])
    root = Office.everything.get(parent=None)
    if given_up:
        do(ask, task="house.tell_again", office=root, arguments={"deliveries": given_up})
    return "/worker/"


@page("worker/", menu=gettext_lazy("Work of the house"), group="Direction", by=steward, receive=receive)
def work_page(asked: Asked) -> Screen:
    """Everything the worker does, did or could not do, as far as this steward may see it."""
    held = scopes.current().offices("house.steward")
    require(held, "kernel.not_allowed", act=_("see the work of the house"), rule=steward.sentence)
    shown = jobs.model.objects.select_related("author").order_by("-pk")
    running, waiting = shown.filter(state="running"), shown.filter(state="waiting")
    failed = shown.filter(state="failed")
    alive = sum(age <= WORKER_LATE for age in worker_ages())
    blocks: list[Block] = list(_troubles(alive))
    blocks.append(Numbers([
        Number(_("Running"), running.count()), Number(_("Waiting"), waiting.count()),
        Number(_("Failed"), failed.count()), Number(_("Workers alive"), alive),
    ]))  # fmt: skip
    blocks += [Progress(one.ref) for one in running[:LIVE]]
    blocks.append(_jobs(_("Running"), running, _("Nothing runs."), "stop", _("Stop")))
    blocks.append(_jobs(_("Waiting"), waiting, _("Nothing waits."), "stop", _("Stop")))
    blocks.append(_jobs(_("Failed"), failed, _("Nothing failed."), "try_again", _("Try again")))
    blocks.append(_schedules())
    if _keeps_the_house():
        blocks += _given_up()
    summary = _(
        "A job whose worker ends is begun again by another; what failed waits here until somebody tries it again."
    )
    return Screen(_("Work of the house"), blocks, summary, [Link(_("All jobs"), reverse("list", args=[jobs.name]))])


def _troubles(alive: int) -> Iterator[Notice]:
    if not alive:
        yield Notice(_("No worker gives a sign, so nothing of this is done. Start one: waystation work."), "attention")
    if outbox_lag() > OUTBOX_LATE:
        yield Notice(_("Facts have waited for more than five minutes to be told."), "attention")


def _jobs(title: str, found: Any, none: str, verb: str, says: str) -> Table:
    columns = [
        Column("ref", _("Job"), "link"), Column("task", _("Task")), Column("for", _("Asked by")),
        Column("since", _("Since")), Column("tries", _("Tries"), "number"), Column("message", _("Message")),
        Column("do", _("Do"), "link"),
    ]  # fmt: skip
    rows = [
        {
            "ref": Link(one.ref, reverse("sheet", args=[jobs.name, one.ref])), "task": one.task,
            "for": one.author.name if one.author else _("the house"), "since": _moment(one.due_at or one.created_at),
            "tries": one.tries, "message": one.message,
            "do": Link(says, reverse("act", args=[jobs.name, one.ref, verb])),
        }
        for one in found[:MOST]
    ]  # fmt: skip
    return Table(columns, rows, title, empty=none)


def _schedules() -> Table:
    marks = dict(Mark.objects.filter(name__startswith="every ").values_list("name", "at"))
    last = dict(Job.everything.filter(author=None).order_by().values_list("task").annotate(last=Max("pk")))
    states = dict(Job.everything.filter(pk__in=last.values()).values_list("task", "state"))
    columns = [
        Column("task", _("Task")), Column("every", _("Every (UTC)")), Column("at", _("Last due")),
        Column("state", _("Its last job"), "state"),
    ]  # fmt: skip
    rows = [
        {"task": name, "every": one.schedule, "at": _moment(marks.get(f"every {name}")),
         "state": jobs.lifecycle.states[states[name]] if name in states else None}
        for name, one in sorted(tasks.items()) if one.schedule
    ]  # fmt: skip
    return Table(columns, rows, _("Schedules"), empty=_("Nothing is scheduled."))


def _given_up() -> list[Block]:
    found = Delivery.objects.filter(state="given up").select_related("fact").order_by("-pk")
    columns = [
        Column("fact", _("Fact")), Column("at", _("When")), Column("reaction", _("Who was to be told")),
        Column("tries", _("Tries"), "number"), Column("error", _("What went wrong")),
    ]  # fmt: skip
    rows = [
        # the kind of error alone: what it says may quote a person
        {"fact": one.fact.name, "at": _moment(one.fact.at), "reaction": one.reaction, "tries": one.tries,
         "error": one.error.partition(":")[0]}
        for one in found[:MOST]
    ]  # fmt: skip
    blocks: list[Block] = [Table(columns, rows, _("Facts given up"), empty=_("Every fact was told, or will be."))]
    count = found.count()
    if count:
        blocks.append(Form(ngettext("Tell it again", "Tell all %(count)s again", count) % {"count": count}, []))
    return blocks


def _moment(at: Any) -> str | None:
    return f"{at:%Y-%m-%d %H:%M}" if at else None
