"""What is printed from declarations and reviewed under docs/ is what the declarations say now."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture import tree
from waystation.kernel.figures import figures
from waystation.kernel.systems import systems
from waystation.site.cli import main
from waystation.site.commands.catalogue import catalogue

DOCS = tree.ROOT / "docs"


def pages(folder: Path) -> Iterator[tuple[str, str]]:
    """(name, text) of each page in a folder."""
    for path in sorted(folder.iterdir()):
        yield path.name, path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["systems", "figures", "settings"])
def test_the_tables_are_as_declared(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["docs", name]) == 0
    printed = capsys.readouterr().out
    assert printed == (DOCS / f"{name}.md").read_text(encoding="utf-8"), f"waystation docs {name} > docs/{name}.md"


def test_the_registers_are_as_declared(tmp_path: Path) -> None:
    printed = tmp_path / "registers"
    assert main(["explain", "everything", "--write", str(printed)]) == 0
    assert list(pages(printed)) == list(pages(DOCS / "registers")), (
        "waystation explain everything --write docs/registers"
    )


def test_what_is_said_to_be_answered_is_in_the_catalogue() -> None:
    known = {row["id"] for row in catalogue("figures")} | {row["id"] for row in catalogue("systems")}
    assert {one for figure in figures.values() for one in figure.answers} | set(systems) <= known
