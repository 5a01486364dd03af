"""A house with the countries of ISO 3166-1, in which Amina keeps places."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.personas import Personas
from waystation.apps.places.commands import load_world
from waystation.apps.places.tests.making import Desk
from waystation.kernel import scope


@pytest.fixture
def keeping(personas: Personas, tmp_path: Path) -> Iterator[Desk]:
    """Amina at her desk, with the countries loaded; the block of the test is hers."""
    with scope.enter(scope.house("tests")):
        load_world()
    with personas.asking(personas.amina):
        yield Desk(tmp_path)
