"""Importers: what ``waystation import NAME FILE...`` knows how to take in; apps register theirs."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from waystation.kernel import scope
from waystation.kernel.commands import Answer
from waystation.kernel.datasets import Terms
from waystation.kernel.models import Office
from waystation.kernel.refusals import Refused

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


def with_terms(parser: ArgumentParser) -> None:
    """The arguments that say under what terms files came."""
    parser.add_argument("--source", required=True, help="who made the data")
    parser.add_argument("--licence", required=True, help="under which licence they gave it")
    parser.add_argument("--attribution", default="", help="how to credit it")
    parser.add_argument("--may-republish", action="store_true", help="the licence lets us publish it again")
    parser.add_argument("--office", metavar="CODE", help="the office it belongs to (default: yours)")


def terms_of(args: Namespace) -> Terms:
    """The terms that were said."""
    return Terms(args.source, args.licence, args.attribution, args.may_republish)


def office_of(args: Namespace) -> Office:
    """The office said, else the actor's own, else the head office. Raises Refused ``kernel.unknown_name``."""
    actor = scope.current().actor
    office: Office | None
    if args.office is None:
        office = actor.office if actor else Office.objects.order_by("path").first()
    else:
        office = Office.objects.filter(code=args.office).first()
    known = ", ".join(Office.objects.values_list("code", flat=True))
    if office is None:
        raise Refused("kernel.unknown_name", what="office", name=args.office or "", known=known)
    found: Office = office
    return found
