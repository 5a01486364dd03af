"""``waystation import tracking.observations FILE...``: files into rounds, from the command line."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from waystation.apps.sources.datasets.taking import RoundTaken, TakenIn, take_in
from waystation.intake import Mapping
from waystation.kernel.commands import Answer
from waystation.kernel.imports import importer, office_of, terms_of, with_terms
from waystation.kernel.refusals import Refused, require


def constants_of(said: list[str]) -> dict[str, Any]:
    """``NAME=VALUE`` words as a mapping. Raises Refused ``tracking.not_a_pair``."""
    for word in said:
        require("=" in word, "sources.not_a_pair", word=word)
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
    require(path.is_file(), "sources.no_mapping_file", path=path)
    try:
        return Mapping.from_json(json.loads(path.read_text(encoding="utf-8")), path.name)
    except (ValueError, KeyError, TypeError) as wrong:
        raise Refused("sources.mapping_broken", path=path, detail=wrong) from wrong


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
        return ngettext(
            "{ref}: the same {rows} row as version {version}; left alone",
            "{ref}: the same {rows} rows as version {version}; left alone",
            one.rows,
        ).format(ref=one.ref, rows=one.rows, version=one.version)
    blocking, warning = (one.findings.get(name, 0) for name in ("blocking", "warning"))
    said = (
        ngettext("{n} row", "{n} rows", one.rows).format(n=one.rows),
        _("version {version}").format(version=one.version),
        ngettext("{n} blocking finding", "{n} blocking findings", blocking).format(n=blocking),
        ngettext("{n} warning", "{n} warnings", warning).format(n=warning),
    )
    return f"{one.ref}: {', '.join(said)}"


importer("tracking.observations", _observations, gettext_lazy("files of observations into their rounds"), _takes)
