"""The walls of the architecture stand, and they bite."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture import tree

LINT = "from importlinter.cli import lint_imports_command as lint; lint(['--no-cache', '--no-logo'])"

SMALL_STREET = """
[importlinter]
root_package = street
contract_types =
    doors: tests.architecture.doors.DoorsContract

[importlinter:contract:doors]
name = doors
type = doors
street = street.apps
doors =
    api
    facts
"""


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the package configured in ``folder``, in a process of its own."""
    paths = os.pathsep.join([str(folder), str(tree.ROOT / "src"), str(tree.ROOT)])
    return subprocess.run(
        [sys.executable, "-P", "-c", LINT],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": paths, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_wall_stands() -> None:
    result = lint(tree.ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


def test_no_module_stands_outside_the_walls() -> None:
    # import-linter does not see into a folder without __init__.py.
    known = {module.path for module in tree.product()}
    outside = {
        folder.relative_to(tree.ROOT).as_posix()
        for path in known
        for folder in path.parents
        if folder.is_relative_to(tree.SOURCE) and folder / "__init__.py" not in known
    }
    assert not outside, "add an __init__.py to:\n" + "\n".join(sorted(outside))


@pytest.mark.parametrize(
    "line,stands",
    [
        ("from street.apps.places.api import areas", True),
        ("from street.apps.places.facts import AreaMoved", True),
        ("from street.apps.places.models import Area", False),
        ("from street.apps.places import api", True),
        ("from street.apps import places", False),
        ("from street.apps.tracking import models", True),
    ],
)
def test_an_app_is_entered_by_its_doors_only(tmp_path: Path, line: str, stands: bool) -> None:
    rooms = {
        "places/api.py": "areas = []",
        "places/facts.py": "class AreaMoved: ...",
        "places/models.py": "class Area: ...",
        "tracking/models.py": "",
        "tracking/acts.py": line,
    }
    (tmp_path / ".importlinter").write_text(SMALL_STREET, encoding="utf-8")
    for name, content in rooms.items():
        room = tmp_path / "street" / "apps" / name
        room.parent.mkdir(parents=True, exist_ok=True)
        room.write_text(content, encoding="utf-8")
        (room.parent / "__init__.py").touch()
    for package in ("street", "street/apps"):
        (tmp_path / package / "__init__.py").touch()
    result = lint(tmp_path)
    assert (result.returncode == 0) is stands, result.stdout + result.stderr
    assert stands or "street.apps.tracking.acts, line 1" in result.stdout
