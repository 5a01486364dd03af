"""Fixtures that every test may use: those under tests/ and the apps' own under src/."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


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
