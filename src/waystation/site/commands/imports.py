"""import: one command a register or dataset that knows how to take files in."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from waystation.kernel.commands import Answer, command
from waystation.kernel.files import files_of
from waystation.kernel.imports import Importer, importers


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
