"""Where the content of attachments lies: one file for each content, whatever it is called and wherever it is attached."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import transaction

from waystation.hall.notes.models import Attachment
from waystation.hall.notes.shapes import CheckedFile
from waystation.kernel.files import put
from waystation.kernel.refusals import require

PART = 1024 * 1024
DAY = 24 * 3600


def folder() -> Path:
    """The folder of attachments in the data folder."""
    return Path(settings.WAYSTATION_HOME) / "attachments"


def path_of(digest: str) -> Path:
    """Where a content lies."""
    return folder() / digest[:2] / digest


def keep(file: CheckedFile) -> None:
    """Put the content in place, inside the transaction that attaches it. Raises Refused ``notes.file_changed``."""
    _lock(file.digest)
    path = path_of(file.digest)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    put(path, _whole(file), 0o600, anew=False)


def _whole(file: CheckedFile) -> Iterator[bytes]:
    """The bytes that were checked, and no others."""
    taken = hashlib.sha256()
    with file.path.open("rb") as stream:
        while part := stream.read(PART):
            taken.update(part)
            yield part
    require(taken.hexdigest() == file.digest, "notes.file_changed")


def _lock(digest: str) -> None:
    """Whoever attaches a content and whoever clears it away wait for each other (SQLite has one writer anyway)."""
    list(Attachment._base_manager.select_for_update().filter(digest=digest).order_by("pk").values_list("pk"))


def clear(digest: str) -> bool:
    """Delete a content that no attachment has any more."""
    with transaction.atomic():
        _lock(digest)
        idle = not Attachment._base_manager.filter(digest=digest, state="attached").exists()
        if idle:
            path_of(digest).unlink(missing_ok=True)
    return idle


def sweep() -> int:
    """Clear away what a lost process left behind: contents without an attachment, a day old. Returns how many."""
    old = [one for one in folder().glob("??/*") if one.stat().st_mtime < time.time() - DAY]
    held = set(Attachment._base_manager.filter(state="attached").values_list("digest", flat=True))
    left = [one for one in old if one.name not in held]
    for one in left:
        if one.suffix == ".part":
            one.unlink(missing_ok=True)
        else:
            clear(one.name)
    return len(left)
