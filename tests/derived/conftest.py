"""One house for all derived tests of a module: a record of every register in every state, made through acts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from tests.derived import making
from tests.derived.making import World
from tests.personas import move_in

QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="module")
def built(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[World, Path]]:
    """The house and its data folder, built once; what each test does in it is rolled back after the test."""
    home = tmp_path_factory.mktemp("house")
    making.collect()
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(WAYSTATION_HOME=home, PASSWORD_HASHERS=QUICK):
            world = World(move_in())
            world.populate()
        yield world, home
        transaction.set_rollback(True)


@pytest.fixture
def world(built: tuple[World, Path], home: Path, settings: Any, db: None) -> World:
    """The house, for one test."""
    settings.WAYSTATION_HOME = built[1]
    return built[0]
