"""What the house does by itself: backups on the schedule of its settings, and putting away what has had its time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from waystation.hall.entry.models import Session
from waystation.kernel.models import Job, Mark
from waystation.kernel.refusals import require
from waystation.kernel.values import now
from waystation.kernel.work import Work, task, tasks
from waystation.site.backups.making import make

ENDED = ("done", "failed", "stopped")


def backup_folder() -> Path:
    """Where the house puts the backups it makes by itself."""
    return Path(settings.WAYSTATION_BACKUP_FOLDER or Path(settings.WAYSTATION_HOME) / "backups")


def fresh_name() -> str:
    """The name of a backup made now; names sort by their age."""
    return f"house-{now():%Y%m%dT%H%M%SZ}.waystation"


@task("house.backup", every=lambda: settings.WAYSTATION_BACKUP_EVERY, tries=3, backoff=timedelta(minutes=10))
def nightly_backup(work: Work) -> dict[str, Any]:
    """Make a backup into the folder of the settings, then remove the oldest beyond what is to be kept."""
    require(settings.WAYSTATION_BACKUP_PASSPHRASE, "site.no_passphrase")
    path = backup_folder() / fresh_name()
    manifest = make(path, settings.WAYSTATION_BACKUP_PASSPHRASE, work.progress)
    kept = sorted(backup_folder().glob("house-*.waystation"))
    old = kept[: max(0, len(kept) - max(1, settings.WAYSTATION_BACKUP_KEEP))]
    for one in old:
        one.unlink(missing_ok=True)
    rows = sum(one["rows"] for one in manifest["tables"].values())
    return {"file": path.name, "rows": rows, "files": len(manifest["files"]), "removed": [one.name for one in old]}


@task("house.put_away", every="day at 03:30")
def put_away(work: Work) -> dict[str, Any]:
    """Remove jobs that ended longer ago than their task keeps them (the trail keeps what was done), sessions that ran out and
    the marks of workers long gone."""
    moment, jobs = now(), 0
    for one in tasks.values():
        old = Job.everything.filter(task=one.name, state__in=ENDED, created_at__lt=moment - one.kept)
        jobs += old.delete()[0]
    sessions = Session.objects.filter(expire_date__lt=moment).delete()[0]
    Mark.objects.filter(name__startswith="worker ", at__lt=moment - timedelta(days=1)).delete()
    return {"jobs": jobs, "sessions": sessions}
