"""What some of the house's own registers show on their sheets beside their fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from waystation.kernel import scope as scopes
from waystation.kernel import work
from waystation.kernel.acts import may
from waystation.kernel.models import Job, Release
from waystation.kernel.register import Register
from waystation.kernel.values import fresh_id
from waystation.kernel.work import jobs
from waystation.surfaces import wording
from waystation.surfaces.web.released import files_of, quoted_in

RUNNING = ("waiting", "running")


def beside(register: Register, record: Any) -> dict[str, Any]:
    """``{"template": ..., ...}`` for a register that has more to show, else an empty dict."""
    show = SHOWN.get(register.model)
    return show(record) if show else {}


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
        "made": _made(job),
    }


def _made(job: Job) -> tuple[str, str] | None:
    """What a job of ours made (its address, what it is called): a file to fetch, or what became of many records."""
    if "file" in job.result:
        rows = wording.number(job.result["rows"], get_language() or "en")
        kept = job.result.get("left_out")
        words = _("Fetch the file: {rows} records, without {columns}") if kept else _("Fetch the file: {rows} records")
        return reverse("file-made", args=[job.ref]), words.format(rows=rows, columns=", ".join(kept or ()))
    if "fates" in job.result:
        return reverse("many-done", args=[job.result["register"], job.ref]), _("What became of each record")
    return None


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


SHOWN: dict[type[Any], Callable[[Any], dict[str, Any]]] = {Release: _release, Job: progress}
