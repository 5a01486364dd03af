"""Whether the house is ready, and the measures of its present state: database, disk, worker, outbox, jobs, backups."""

from __future__ import annotations

import hmac
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse, JsonResponse

from waystation.kernel.models import Delivery, Job, Mark
from waystation.kernel.values import now
from waystation.site.backups.making import edition
from waystation.site.backups.nightly import backup_folder
from waystation.site.upgrading import newer, pending
from waystation.site.watching import counts

WORKER_LATE = 90  # seconds without a sign of life
OUTBOX_LATE = 300  # seconds that a fact that is due has waited to be told
MEGABYTE = 1024 * 1024


def worker_ages() -> list[float]:
    """Seconds since each worker's last sign of life, the freshest first."""
    moment = now()
    return sorted((moment - at).total_seconds() for at in
                  Mark.objects.filter(name__startswith="worker ").values_list("at", flat=True))  # fmt: skip


def outbox_lag() -> float:
    """Seconds that the oldest due delivery has waited; 0 when nothing is due."""
    moment = now()
    oldest = Delivery.objects.filter(state="due", due_at__lte=moment).aggregate(at=Min("due_at"))["at"]
    return (moment - oldest).total_seconds() if oldest else 0.0


def checks() -> dict[str, str]:
    """Each check and what it found: ok, failed (the house cannot answer) or late (it answers, but somebody should look)."""
    free = shutil.disk_usage(settings.WAYSTATION_HOME).free >= settings.WAYSTATION_DISK_ROOM * MEGABYTE
    try:
        moved = "failed" if pending() or newer() else "ok"
        found = {"database": "ok", "migrations": moved, "disk": "ok" if free else "failed"}
        if moved == "ok":
            alive = [age for age in worker_ages() if age <= WORKER_LATE]
            found |= {"worker": "ok" if alive else "late", "outbox": "ok" if outbox_lag() <= OUTBOX_LATE else "late"}
    except DatabaseError:
        return {"database": "failed", "disk": "ok" if free else "failed"}
    return found


def ready(request: HttpRequest) -> HttpResponse:
    """``/ready/``: 200 when the house can answer, else 503; with ``?strict=1`` also 503 while the worker or the outbox is late.
    JSON, or lines of text for who accepts text/plain. It says no number and no name."""
    found = checks()
    bad = {"failed", "late"} if request.GET.get("strict") == "1" else {"failed"}
    good = not bad & set(found.values())
    if request.headers.get("Accept", "").startswith("text/plain"):
        text = "".join(f"{name} {state}\n" for name, state in {"ready": "ok" if good else "failed", **found}.items())
        response = HttpResponse(text, content_type="text/plain; charset=utf-8", status=200 if good else 503)
    else:
        response = JsonResponse({"ready": good, "checks": found}, status=200 if good else 503)
    response["Cache-Control"] = "no-store"
    return response


def metrics(request: HttpRequest) -> HttpResponse:
    """``/metrics``: for who holds the token (setting WAYSTATION_METRICS_TOKEN); without one, for this machine itself."""
    if not _may_read(request):
        return HttpResponse("Not for you: a token is needed, or to ask from the machine itself.\n", status=403,
                            content_type="text/plain; charset=utf-8")  # fmt: skip
    text = "\n".join([*counts.lines(), *_present()]) + "\n"
    return HttpResponse(text, content_type="text/plain; version=0.0.4; charset=utf-8")


def _may_read(request: HttpRequest) -> bool:
    token = settings.WAYSTATION_METRICS_TOKEN
    if token:
        return hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode())
    forwarded = {"HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP"} & set(request.META)
    return not forwarded and request.META.get("REMOTE_ADDR") in ("127.0.0.1", "::1")


def _present() -> Iterator[str]:
    """The state of the house at this moment; without a database what needs none."""
    yield from _one("waystation_up", "Which version answers.", 1, counts.labelled(version=edition()))
    yield from _one("waystation_disk_free_bytes", "Room left where the data folder is.",
                    shutil.disk_usage(settings.WAYSTATION_HOME).free)  # fmt: skip
    newest = max((p.stat().st_mtime for p in backup_folder().glob("*.waystation")), default=None)
    if newest is not None:
        yield from _one(
            "waystation_backup_age_seconds", "Since the newest backup the house made.", time.time() - newest
        )
    try:
        states = Job.everything.order_by().values_list("state").annotate(count=Count("pk"))
        rows = [("waystation_jobs", counts.labelled(state=state), float(count)) for state, count in states]
        yield from counts.family("waystation_jobs", "gauge", "Jobs by state.", rows)
        yield from _one("waystation_outbox_lag_seconds", "How long the oldest fact due has waited.", outbox_lag())
        given_up = Delivery.objects.filter(state="given up").count()
        yield from _one("waystation_outbox_given_up", "Deliveries given up.", given_up)
        yield from _one("waystation_database_bytes", "Size of the database.", database_size())
        ages = worker_ages()
        yield from _one("waystation_workers", "Workers that gave a sign.", sum(age <= WORKER_LATE for age in ages))
        if ages:
            yield from _one("waystation_worker_age_seconds", "Since a worker's last sign of life.", ages[0])
    except DatabaseError:
        yield from _one("waystation_database_up", "Whether the database answers.", 0)
    else:
        yield from _one("waystation_database_up", "Whether the database answers.", 1)


def _one(name: str, about: str, value: float, labels: str = "") -> Iterator[str]:
    return counts.family(name, "gauge", about, [(name, labels, value)])


def database_size() -> int:
    """Bytes the database takes on disk."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
    path = Path(connection.settings_dict["NAME"])
    return sum(one.stat().st_size for one in (path, path.with_name(f"{path.name}-wal")) if one.exists())
