"""Whether the tables are those of this code: migrations still to run, and migrations only a newer code knows."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

Names = frozenset[tuple[str, str]]


@lru_cache(maxsize=1)
def known() -> Names:
    """(app, migration) of everything this code knows; read once a process."""
    return frozenset(MigrationLoader(None).disk_migrations)


def applied() -> Names:
    """(app, migration) of everything that was run on the database. Raises DatabaseError."""
    return frozenset(MigrationRecorder(connection).applied_migrations())


def pending() -> list[tuple[str, str]]:
    """What is still to run."""
    return sorted(known() - applied())


def newer() -> list[tuple[str, str]]:
    """What was run by a code newer than this one."""
    apps = {app for app, _name in known()}
    return sorted((app, name) for app, name in applied() - known() if app in apps)


def ends(names: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The last migration of each app among these: what Django is told to migrate to."""
    among = set(names) & known()
    nodes = MigrationLoader(None).graph.node_map
    return [one for one in sorted(among)
            if not any(child.key in among and child.key[0] == one[0] for child in nodes[one].children)]  # fmt: skip


def registry_at(names: Iterable[tuple[str, str]]) -> Any:
    """The registry of models as they were when these migrations had been run."""
    return MigrationLoader(None).project_state(ends(names)).apps
