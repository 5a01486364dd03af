"""What some of the house's own registers show on their sheets beside their fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from waystation.kernel.models import Job, Release
from waystation.kernel.register import Register
from waystation.surfaces.web.released import files_of, quoted_in


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
        "running": job.state in ("waiting", "running"),
    }


SHOWN: dict[type[Any], Callable[[Any], dict[str, Any]]] = {Release: _release, Job: progress}
