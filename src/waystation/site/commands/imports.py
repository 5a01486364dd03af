"""import: one command a register or dataset that knows how to take files in."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from waystation.kernel.commands import Answer, command
from waystation.kernel.imports import Importer, importers
from waystation.kernel.refusals import refusal, refusals, require

refusals("imports", no_file=refusal(_("There is no file {path}. Check the path."), "missing"))


def files_of(names: list[str]) -> list[Path]:
    """Paths of files that are there. Raises Refused ``imports.no_file``."""
    for name in names:
        require(Path(name).is_file(), "imports.no_file", path=name)
    return [Path(name) for name in names]


def _declare(one: Importer) -> None:
    def run(args: Namespace) -> Answer:
        return one.run(files_of(args.files), args)

    def takes(parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")
        one.takes(parser)

    example = f"waystation import {one.name} FILE... --as amina"
    command(f"import {one.name}", about=one.about, examples=[example], acts_as=True)(run).takes = takes


for _one in importers.values():
    _declare(_one)
