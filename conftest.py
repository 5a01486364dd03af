"""Fixtures that every test may use: those under tests/ and the apps' own under src/."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection

from tests.personas import Personas, move_in


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real inputs, which is never copied into the repository; the test is skipped where it is missing."""
    beside = Path(__file__).resolve().parents[1] / "shared" / "data"
    folder = Path(os.environ.get("WAYSTATION_SHARED_DATA") or beside)
    if not folder.is_dir():
        pytest.skip(
            f"shared data: there is no folder {folder}. Set WAYSTATION_SHARED_DATA to the folder of real inputs "
            "to run this test."
        )
    return folder


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """PostgreSQL drops a database only when nobody is in it; threads of test servers may still be leaving at the end."""
    if connection.vendor == "postgresql":
        creation: Any = connection.creation
        creation._destroy_test_db = _drop


def _drop(name: str, _verbosity: int) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE {connection.ops.quote_name(name)} WITH (FORCE)")


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Path:
    """A data folder of the test's own; what an earlier test left in memory is forgotten."""
    cache.clear()
    settings.WAYSTATION_HOME = tmp_path / "home"
    settings.WAYSTATION_HOME.mkdir()
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher"
    ]  # hashing well takes a second a person
    return Path(settings.WAYSTATION_HOME)


@pytest.fixture
def personas(db: None) -> Personas:
    """The people of two offices, each with a name and duties; nobody is asking yet."""
    return move_in()
