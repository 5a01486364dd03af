"""Making a backup: rows as of one moment, then the files those rows name, then the list of what there should be.

Files of the house are whole before a row names them and are not edited after, so files read later than the rows hold all that
the rows speak of. Nothing is there under the backup's name until all of it is on disk.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

from waystation.kernel.models import ChainHead
from waystation.kernel.refusals import Refused
from waystation.kernel.values import fresh_id, now
from waystation.site import upgrading
from waystation.site.backups import rows
from waystation.site.backups.sealing import Sealer

PART = 5000  # rows a member of the archive
APART = ("run", "cache", "backups")  # folders of the data folder that are not kept: counts, drawings, other backups
Progress = Callable[[int, int, str], None]


def quiet(done: int, total: int, message: str) -> None:
    """Nobody watches."""


def make(path: Path, passphrase: str, progress: Progress = quiet) -> dict[str, Any]:
    """Back everything up into one file, while others go on working. Returns its manifest.

    Raises Refused ``site.weak_passphrase``, ``site.backup_unwritten``; then there is no file under that name.
    """
    path = path.absolute()
    try:
        with _whole(path) as stream:
            sealer = Sealer(stream, passphrase)
            with tarfile.open(fileobj=cast(BinaryIO, sealer), mode="w|", format=tarfile.PAX_FORMAT) as archive:
                manifest = _fill(archive, progress)
            sealer.close()
    except OSError as trouble:
        raise Refused("site.backup_unwritten", path=path, why=trouble.strerror or trouble) from trouble
    return manifest


@contextmanager
def _whole(path: Path) -> Iterator[BinaryIO]:
    """A file that is under its name only when everything was written and is on disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{fresh_id(4)}.part")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def _fill(archive: tarfile.TarFile, progress: Progress) -> dict[str, Any]:
    with rows.snapshot() as alias:
        migrations = sorted(MigrationRecorder(connections[alias]).applied_migrations())
        models = rows.tables(upgrading.registry_at(migrations))  # as the tables are, even when this code is newer
        heads = ChainHead.objects.using(alias).order_by("chain").values("chain", "length", "digest")
        manifest: dict[str, Any] = {
            "made_at": now().isoformat(), "version": edition(), "kind": connections[alias].vendor,
            "organisation": settings.ORGANISATION, "heads": [dict(one) for one in heads],
            "migrations": migrations, "last_keys": rows.last_keys(models, alias), "tables": {}, "files": {},
        }  # fmt: skip
        _add(archive, "begin.json", json.dumps(manifest).encode())
        for number, model in enumerate(models):
            progress(number, 2 * len(models), str(model._meta.label))
            manifest["tables"][model._meta.label_lower] = _add_rows(archive, model, alias)
    home = Path(settings.WAYSTATION_HOME)
    files = list(_files(home))  # after the rows: what a row names is there
    for number, path in enumerate(files):
        progress(len(files) + number, 2 * len(files), "")
        name = path.relative_to(home).as_posix()
        size = _add_file(archive, f"files/{name}", path)
        if size is not None:
            manifest["files"][name] = size
    _add(archive, "manifest.json", json.dumps(manifest).encode())
    return manifest


def edition() -> str:
    """The version of this code."""
    try:
        return version("waystation")
    except PackageNotFoundError:
        return "source"


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    about = tarfile.TarInfo(name)
    about.size = len(content)
    archive.addfile(about, io.BytesIO(content))


def _add_rows(archive: tarfile.TarFile, model: rows.Model, alias: str) -> dict[str, Any]:
    names = [one.attname for one in rows.fields_of(model)]
    label, count, taken = model._meta.label_lower, 0, hashlib.sha256()
    left = rows.read(model, alias)
    while part := list(islice(left, PART)):
        lines = b"".join(map(rows.line_of, part))
        taken.update(lines)
        _add(archive, f"rows/{label}/{count:012}.jsonl.gz", gzip.compress(rows.line_of(names) + lines, 6, mtime=0))
        count += len(part)
    return {"rows": count, "sha256": taken.hexdigest()}


def _files(home: Path) -> Iterator[Path]:
    """Everything the house keeps beside its database, whoever put it there."""
    for path in sorted(home.rglob("*")):
        inside = path.relative_to(home)
        kept = (
            inside.parts[0] not in APART
            and ".sqlite3" not in path.name
            and not path.name.endswith((".part", ".waystation"))
        )
        if kept and path.is_file() and not path.is_symlink():
            yield path


def _add_file(archive: tarfile.TarFile, name: str, path: Path) -> int | None:
    """Its size, or None when it went away meanwhile."""
    try:
        stream = path.open("rb")
    except FileNotFoundError:
        return None
    with stream:
        about = archive.gettarinfo(arcname=name, fileobj=stream)
        about.uname = about.gname = ""
        about.uid = about.gid = 0
        archive.addfile(about, stream)
        return about.size
