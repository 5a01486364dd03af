"""Importers: what ``waystation import NAME FILE...`` knows how to take in; apps register theirs."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from waystation.kernel.commands import Answer

importers: dict[str, Importer] = {}


def _nothing(parser: ArgumentParser) -> None:
    """Takes no arguments of its own."""


@dataclass(frozen=True)
class Importer:
    """Takes files into a register or dataset, as the person who calls; ``takes`` adds its own arguments."""

    name: str
    about: Any
    run: Callable[[list[Path], Namespace], Answer]
    takes: Callable[[ArgumentParser], None] = _nothing


def importer(
    name: str,
    run: Callable[[list[Path], Namespace], Answer],
    about: Any,
    takes: Callable[[ArgumentParser], None] = _nothing,
) -> Importer:
    """Register an importer under the name of its register or dataset."""
    importers[name] = Importer(name, about, run, takes)
    return importers[name]
