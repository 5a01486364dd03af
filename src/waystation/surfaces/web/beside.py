"""What some of the house's own registers show on their sheets beside their fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from waystation.hall.entry.rules import myself, steward
from waystation.hall.notes import api as notes
from waystation.kernel import scope as scopes
from waystation.kernel import work
from waystation.kernel.acts import may
from waystation.kernel.models import Actor, Job, Release
from waystation.kernel.register import Register
from waystation.kernel.rules import admits
from waystation.kernel.values import fresh_id
from waystation.kernel.work import jobs
from waystation.surfaces.web.released import files_of, quoted_in

RUNNING = ("waiting", "running")


def beside(register: Register, record: Any) -> dict[str, Any]:
    """``{"template": ..., ...}`` for a register that has more to show, else an empty dict."""
    show = SHOWN.get(register.model)
    if show is not None:
        return show(record)
    about = notes.about(record)
    return {"template": "web/beside/note.html", "about": about[1], "url": reverse("sheet", args=about)} if about else {}


def _release(release: Release) -> dict[str, Any]:
    return {"template": "web/beside/release.html", "files": files_of(release), "figures": quoted_in(release)}


def progress(job: Job) -> dict[str, Any]:
    """How far a job is; ``running`` while it has not come to an end."""
    share = job.done / job.total if job.total else None
    return {
        "template": "web/beside/job.html",
        "job": job,
        "share": share,
        "running": job.state in RUNNING,
    }


def under_way(ref: str) -> dict[str, Any]:
    """A job on another page, and whether this reader may stop it; ``job`` is None for one that only others may see."""
    job = jobs.model.objects.filter(ref=ref).first()
    if job is None:
        return {"job": None}
    running = job.state in RUNNING
    stop = (
        reverse("act", args=[jobs.name, ref, "stop"])
        if running and may(work.stop, scopes.current(), job) is None
        else ""
    )
    return {**progress(job), "stop": stop, "key": fresh_id()}


def _person(person: Actor) -> dict[str, Any]:
    scope = scopes.current()
    reach = reverse("person-access", args=[person.ref]) if admits(steward | myself, scope, person) else ""
    new_link = reverse("create", args=["entry.invitations", "send"]) if admits(steward, scope, person) else ""
    return {"template": "web/beside/person.html", "reach": reach, "new_link": new_link if person.is_active else ""}


SHOWN: dict[type[Any], Callable[[Any], dict[str, Any]]] = {Release: _release, Job: progress, Actor: _person}
