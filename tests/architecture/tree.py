"""The repository as the architecture tests read it: its files, its Python, what is declared and what is named."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "waystation"
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@cache
def files() -> tuple[Path, ...]:
    """Every file that is, or is about to be, in the repository; ignored files are not. Needs a git checkout."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    paths = {ROOT / name for name in listed.stdout.split("\0") if name}
    return tuple(sorted(path for path in paths if path.is_file()))


@cache
def text(path: Path) -> str | None:
    """A file's text, or None where it is not UTF-8 text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


@dataclass(frozen=True, eq=False)
class Module:
    """A Python file of the repository, parsed."""

    path: Path
    lines: int
    tree: ast.Module

    @property
    def name(self) -> str:
        """The path from the repository's root."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def is_migration(self) -> bool:
        """Written by Django's makemigrations, so not held to our sizes and names."""
        return self.path.parent.name == "migrations"

    @property
    def is_test(self) -> bool:
        """Under tests/ or in an app's own tests."""
        return "tests" in self.path.relative_to(ROOT).parts

    def definitions(self) -> Iterator[Definition]:
        """Every function and class of the file, at any depth."""
        for node in ast.walk(self.tree):
            if isinstance(node, Definition):
                yield node

    def strings(self) -> Iterator[str]:
        """Every string written in the file, docstrings included."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


@cache
def modules() -> tuple[Module, ...]:
    """Every Python file of the repository."""
    found = []
    for path in files():
        if path.suffix == ".py":
            source = text(path) or ""
            found.append(Module(path, source.count("\n"), ast.parse(source, filename=str(path))))
    return tuple(found)


def product() -> list[Module]:
    """The modules that make the product: under src/, tests and migrations apart."""
    return [m for m in modules() if m.path.is_relative_to(SOURCE) and not m.is_test and not m.is_migration]
