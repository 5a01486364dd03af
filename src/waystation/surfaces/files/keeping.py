"""Large files: made by the worker, kept for a week for whoever asked for them, and for nobody else."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import FileResponse, QueryDict

from waystation.kernel import scope as scopes
from waystation.kernel import work
from waystation.kernel.acts import do
from waystation.kernel.models import Job
from waystation.kernel.refusals import Refused, require
from waystation.kernel.register import Register, find_register
from waystation.surfaces.asked import Question
from waystation.surfaces.files.leaving import Leaving, offered, write
from waystation.surfaces.files.sending import media, named

DAYS = 7
TASK = "files.make"


def leaving_of(question: Question) -> Leaving:
    """What a list's question shows, on its way out."""
    return Leaving(question.register, tuple(question.columns), question.ordered())


def later(register: Register, query: str, kind: str, *, key: str = "") -> Job:
    """Ask the worker for the file of a list's question (its query string). Raises Refused ``kernel.unknown_name``."""
    known, scope = offered(register), scopes.current()
    require(kind in known, "kernel.unknown_name", what="format", name=kind, known=", ".join(known))
    if scope.actor is None:
        raise Refused("kernel.not_allowed", act="export", rule=work.ask.by.sentence)
    arguments = {"register": register.name, "query": query, "kind": kind}
    made: Job = do(work.ask, key=key, task=TASK, office=scope.actor.office, arguments=arguments).record
    return made


@work.task(TASK)
def make(job: work.Work, *, register: str, query: str, kind: str) -> dict[str, Any]:
    """Make the file; when it is made twice the second takes the first's place."""
    found = find_register(register)
    leaving = leaving_of(Question(found, scopes.current(), QueryDict(query)))
    _tidy()
    folder = _folder(job.job.ref)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = folder / ".part"
    total = leaving.rows.count()
    rows = write(leaving, kind, unfinished, told=lambda done: job.progress(done, max(total, done)))
    unfinished.replace(folder / named(found.name, kind))
    job.progress(rows, rows)
    return {"file": named(found.name, kind), "kind": kind, "rows": rows, "left_out": leaving.kept_in}


def fetched(ref: str) -> FileResponse:
    """The file that a job made, for who asked for it. Raises Refused ``kernel.not_found``, ``files.gone``."""
    actor = scopes.current().actor
    job = Job.objects.filter(ref=ref, task=TASK, state="done", author=actor).first() if actor is not None else None
    if job is None:
        raise Refused("kernel.not_found", ref=ref)
    path = _folder(job.ref) / job.result["file"]
    require(path.is_file(), "files.gone", days=DAYS)
    headers = {"Cache-Control": "no-store", "Waystation-Rows": str(job.result["rows"])}
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=path.name, headers=headers, content_type=media(job.result["kind"])
    )


def _folder(ref: str) -> Path:
    return Path(settings.WAYSTATION_HOME) / "files" / ref


def _tidy() -> None:
    """Take away what was made more than a week ago."""
    for folder in (Path(settings.WAYSTATION_HOME) / "files").glob("*"):
        if time.time() - folder.stat().st_mtime > DAYS * 24 * 3600:
            shutil.rmtree(folder, ignore_errors=True)
