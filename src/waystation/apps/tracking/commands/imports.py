"""``waystation import tracking.observations FILE...``: files into rounds, from the command line."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from waystation.apps.tracking.datasets.reference import take_reference
from waystation.apps.tracking.datasets.tidy import RoundTaken, TakenIn, take_in
from waystation.intake import Mapping
from waystation.kernel import scope
from waystation.kernel.commands import Answer
from waystation.kernel.datasets import Terms
from waystation.kernel.imports import importer
from waystation.kernel.models import Office
from waystation.kernel.refusals import Refused, require


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


def constants_of(said: list[str]) -> dict[str, Any]:
    """``NAME=VALUE`` words as a mapping. Raises Refused ``tracking.not_a_pair``."""
    for word in said:
        require("=" in word, "tracking.not_a_pair", word=word)
    return {name.strip(): value.strip() for name, _equals, value in (word.partition("=") for word in said)}


def _takes(parser: ArgumentParser) -> None:
    with_terms(parser)
    words = "what the file does not say: country=SSD round_number=11 ... (may be repeated)"
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", dest="said", help=words)
    parser.add_argument("--mapping", metavar="FILE", type=Path, help="a mapping kept as JSON")


def mapping_of(said: str | Path | None) -> Mapping | None:
    """A mapping kept as JSON, or None. Raises Refused ``tracking.no_mapping_file``, ``tracking.mapping_broken``."""
    if said is None:
        return None
    path = Path(said)
    require(path.is_file(), "tracking.no_mapping_file", path=path)
    try:
        return Mapping.from_json(json.loads(path.read_text(encoding="utf-8")), path.name)
    except (ValueError, KeyError, TypeError) as wrong:
        raise Refused("tracking.mapping_broken", path=path, detail=wrong) from wrong


def _observations(files: list[Path], args: Namespace) -> Answer:
    office, mapping, constants = office_of(args), mapping_of(args.mapping), constants_of(args.said)
    taken = take_in(files, office=office, terms=terms_of(args), mapping=mapping, constants=constants)
    return Answer(taken.as_dict(), said_of(taken))


def said_of(taken: TakenIn) -> str:
    """An outcome as a person reads it in a terminal."""
    lines = [_line(one) for one in taken.rounds]
    lines += [_("left out: {what}").format(what=one) for one in taken.skipped]
    lines += [_("note: {what}").format(what=one) for one in taken.problems]
    return "\n".join(lines)


def _line(one: RoundTaken) -> str:
    if one.unchanged:
        return _("{ref}: the same {rows} rows as version {version}; left alone").format(
            ref=one.ref, rows=one.rows, version=one.version
        )
    words = _("{ref}: {rows} rows, version {version}, {blocking} blocking findings, {warning} warnings")
    counted = {name: one.findings.get(name, 0) for name in ("blocking", "warning")}
    return words.format(ref=one.ref, rows=one.rows, version=one.version, **counted)


importer("tracking.observations", _observations, gettext_lazy("files of observations into their rounds"), _takes)


def _takes_edition(parser: ArgumentParser) -> None:
    with_terms(parser)
    parser.add_argument("--edition", required=True, help="which edition of the source, for example 2022")


def _reference(files: list[Path], args: Namespace) -> Answer:
    taken = take_reference(files, edition=args.edition, terms=terms_of(args), office=office_of(args))
    words = _("{ref}: {rows} values of {first_year} to {last_year}, version {version}")
    return Answer(taken.as_dict(), words.format(**taken.as_dict()))


importer("tracking.reference", _reference, gettext_lazy("other people's statistics, kept apart"), _takes_edition)
