"""go.py sets up with nothing but Python, and says in a sentence why where it cannot."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import go
from tests.architecture import tree


def start(*args: str) -> subprocess.CompletedProcess[str]:
    """Run go.py as a person would."""
    command = [sys.executable, str(tree.ROOT / "go.py"), *args]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_help_names_every_command() -> None:
    shown = start("--help")
    assert shown.returncode == 0
    assert all(f"python3 go.py {verb}" in shown.stdout for verb in ("demo", "test", "spark", "run", "lock"))


def test_an_unknown_command_is_refused_with_what_is_known() -> None:
    refused = start("dmeo")
    assert refused.returncode == 2
    assert "'dmeo'" in refused.stderr
    assert "demo, test, spark, run and lock" in refused.stderr


def test_an_old_python_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    with pytest.raises(go.NotPossible, match=r"needs Python 3\.11 or newer; this is 3\.9\.2"):
        go.check_python()


def test_a_python_that_cannot_make_environments_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    # Debian keeps ensurepip in a package of its own.
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(go.NotPossible, match=r"sudo apt install python3\.\d+-venv"):
        go.check_python()


def environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> go.Environment:
    """An environment in a folder of the test's own, with the interpreter that runs the test."""
    (folder / "bin").mkdir()
    (folder / "bin" / "python").symlink_to(sys.executable)
    monkeypatch.setattr(go, "OURS", go.Environment(folder))
    return go.OURS


def test_an_environment_serves_until_its_lock_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = environment(tmp_path, monkeypatch)
    assert not go.serves("base")
    go.stamp(place, go.digest("dev"))
    assert go.serves("base")
    assert go.serves("dev")
    go.stamp(place, go.digest("base"))
    assert go.serves("base")
    assert not go.serves("dev")
    go.stamp(place, "")
    assert go.installed(place) == ""
    assert not go.serves("base")


def test_an_environment_of_another_python_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = environment(tmp_path, monkeypatch)
    go.stamp(place, go.digest("base"))
    monkeypatch.setattr(sys, "base_prefix", "/opt/another/python")
    assert go.installed(place) is None
