"""Opening the doors: a port that is taken, a folder that holds somebody's own house."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.personas import Personas
from waystation.site import cli

pytestmark = pytest.mark.django_db


def test_a_port_that_is_taken_is_named(personas: Personas, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        assert cli.main(["serve", "--port", str(port)]) == 1
    said = capsys.readouterr().err
    assert "site.port_taken" in said
    assert f"Port {port} on 127.0.0.1 is taken" in said


def test_a_demonstration_is_not_made_in_a_house_that_is_none(
    personas: Personas, home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAYSTATION_DEMO", "0")
    monkeypatch.setenv("WAYSTATION_HOME", str(home))
    assert cli.main(["demo", "--no-serve"]) == 1
    said = capsys.readouterr().err
    assert "site.not_demo" in said
    assert str(home) in said
    assert not (home / "demonstration").exists()
