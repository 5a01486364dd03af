"""Reading a backup: proving that it is whole, and restoring it into an empty house on either kind of database.

Rows are written at the migrations the backup was made at, with the models of that day, and then brought forward: a backup of
an older version restores with a newer one. Rows go in in one transaction and files into a folder beside their place: what
fails leaves the house as empty as it was.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO, cast

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from waystation.kernel import keys
from waystation.kernel.models import Office
from waystation.kernel.refusals import Refused, require
from waystation.kernel.values import fresh_id
from waystation.site import upgrading
from waystation.site.backups import rows
from waystation.site.backups.sealing import Opener

Members = Iterator[tuple[str, tarfile.TarInfo, IO[bytes]]]


@dataclass
class Found:
    """What was found in a backup while it was read, to be held against its own list."""

    tables: dict[str, int] = field(default_factory=dict)
    digests: dict[str, Any] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)

    def rows(self, label: str, content: bytes) -> tuple[list[str], list[list[Any]]]:
        """(field names, rows) of one part of a table."""
        names, _end, lines = gzip.decompress(content).partition(b"\n")
        self.digests.setdefault(label, hashlib.sha256()).update(lines)
        read = [json.loads(line) for line in lines.splitlines()]
        self.tables[label] = self.tables.get(label, 0) + len(read)
        return json.loads(names), read

    def against(self, manifest: dict[str, Any], path: Path) -> None:
        """Refuse ``site.backup_incomplete`` when it is not what the manifest says."""
        for label, told in manifest["tables"].items():
            taken = self.digests.get(label, hashlib.sha256()).hexdigest()
            same = (self.tables.get(label, 0), taken) == (told["rows"], told["sha256"])
            require(same, "site.backup_incomplete", path=path, what=label)
        for name, size in manifest["files"].items():
            require(self.files.get(name) == size, "site.backup_incomplete", path=path, what=name)


@contextmanager
def _members(path: Path, passphrase: str) -> Iterator[Members]:
    """(name, about it, its bytes) of everything in the archive, in order; read to the end."""
    require(path.is_file(), "kernel.no_file", path=path)

    def members(archive: tarfile.TarFile) -> Members:
        for one in archive:
            name = PurePosixPath(one.name)
            content = archive.extractfile(one) if one.isfile() else None
            sound = content is not None and not name.is_absolute() and ".." not in name.parts
            require(sound, "site.backup_incomplete", path=path, what=one.name)
            yield one.name, one, cast(IO[bytes], content)

    with path.open("rb") as stream:
        opener = Opener(stream, passphrase, path)
        try:
            with tarfile.open(fileobj=cast(BinaryIO, opener), mode="r|") as archive:
                yield members(archive)
            opener.drain()
        except tarfile.TarError as broken:
            raise Refused("site.backup_incomplete", path=path, what=str(broken)) from broken


def verify(path: Path, passphrase: str) -> dict[str, Any]:
    """Read all of it, change nothing. Returns its manifest. Raises Refused: the file is not whole, not ours, not opened."""
    found, manifest = Found(), None
    with _members(path, passphrase) as members:
        for name, about, content in members:
            if name.startswith("rows/"):
                found.rows(name.split("/")[1], content.read())
            elif name.startswith("files/"):
                found.files[name.removeprefix("files/")] = about.size
            elif name == "manifest.json":
                manifest = json.load(content)
    return _checked(found, manifest, path)


def _checked(found: Found, manifest: dict[str, Any] | None, path: Path) -> dict[str, Any]:
    if manifest is None:
        raise Refused("site.backup_incomplete", path=path, what="manifest.json")
    found.against(manifest, path)
    return manifest


def restore(path: Path, passphrase: str) -> dict[str, Any]:
    """Put everything into the empty house of the settings in force. Returns the manifest.

    Raises Refused, with the house as empty as it was: ``site.not_empty``, ``site.backup_newer``, and as ``verify``.
    """
    home = Path(settings.WAYSTATION_HOME)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    require_empty(home)
    beside = home / f".restoring-{fresh_id(4)}"
    beside.mkdir(mode=0o700)
    try:
        with _members(path, passphrase) as members:
            begin = _begin(members, path)
            MigrationExecutor(connection).migrate(upgrading.ends(begin["migrations"]))
            then = upgrading.registry_at(begin["migrations"])
            models = {model._meta.label_lower: model for model in rows.tables(then)}
            with transaction.atomic():
                manifest = _take(members, path, models, beside)
                rows.set_last_keys(list(models.values()), begin["last_keys"])
                connection.check_constraints()
                _move(beside, home)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    for cached in (keys.secret, keys._fernet, keys._signer):  # made of keys that were there before
        cached.cache_clear()
    call_command("migrate", verbosity=0, interactive=False)
    return manifest


def require_empty(home: Path) -> None:
    """Refuse ``site.not_empty`` unless there is neither a house in the database nor a file in the folder."""
    try:
        opened = Office.everything.exists()
    except DatabaseError:
        opened = False
    require(not opened, "site.not_empty", place=connection.settings_dict["NAME"])
    mine = {"keys/django.key"}  # made by any start
    found = [one.relative_to(home) for one in home.rglob("*") if one.is_file() and ".sqlite3" not in one.name]
    kept = [one for one in found if one.as_posix() not in mine and one.parts[0] not in ("run", "cache")]
    require(not kept, "site.not_empty", place=home)


def _begin(members: Members, path: Path) -> dict[str, Any]:
    """What the backup says before anything else: the migrations its rows were written at. Refuses ``site.backup_newer``."""
    first = next(members, None)
    if first is None or first[0] != "begin.json":
        raise Refused("site.backup_incomplete", path=path, what="begin.json")
    begin: dict[str, Any] = json.load(first[2])
    begin["migrations"] = [(app, name) for app, name in begin["migrations"]]
    apps = {app for app, _name in upgrading.known()}
    beyond = [one for one in begin["migrations"] if one[0] in apps and one not in upgrading.known()]
    require(not beyond, "site.backup_newer", path=path, migration=".".join(beyond[-1]) if beyond else "")
    return begin


def _take(members: Members, path: Path, models: dict[str, Any], beside: Path) -> dict[str, Any]:
    found, manifest = Found(), None
    rows.empty(models.values())
    for name, about, content in members:
        kind, _slash, inside = name.partition("/")
        if kind == "rows":
            label = inside.split("/")[0]
            names, read = found.rows(label, content.read())
            rows.write(models[label], names, read)
        elif kind == "files":
            _put(beside / inside, content, about)
            found.files[inside] = about.size
        else:
            manifest = json.load(content)
    told = _checked(found, manifest, path)
    for label, model in models.items():
        count, wanted = model._base_manager.count(), told["tables"].get(label, {"rows": 0})["rows"]
        require(count == wanted, "site.backup_incomplete", path=path, what=label)
    return told


def _put(place: Path, content: IO[bytes], about: tarfile.TarInfo) -> None:
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if place.parent.name == "keys" else 0o755)
    with place.open("wb") as stream:
        shutil.copyfileobj(content, stream, 1024 * 1024)
    place.chmod(about.mode & 0o777)


def _move(beside: Path, home: Path) -> None:
    for one in sorted(beside.rglob("*")):
        if one.is_file():
            place = home / one.relative_to(beside)
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if place.parent.name == "keys" else 0o755)
            one.replace(place)
