"""``waystation places match FILE --country ISO3``: what the names in a file mean, row by row, with the reason."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from waystation.apps.naming.queries import gazetteers
from waystation.apps.naming.queries.rows import SITE
from waystation.apps.naming.queries.telling import why
from waystation.apps.naming.shapes import Found
from waystation.intake import Field, Source, open_table, propose, rows
from waystation.kernel.commands import Answer, command
from waystation.kernel.refusals import Refused

WORDS = {  # the headers that mean a level
    1: ("admin1Name", "admin1", "adm1_name", "ADM1_EN", "ADM1_FR", "ADM1_ES", "ADM1_AR", "state", "state_name", "province",
        "region", "departement", "governorate", "gouvernorat", "oblast", "wilaya", "provincia", "departamento", "estado"),
    2: ("admin2Name", "admin2", "adm2_name", "ADM2_EN", "ADM2_FR", "ADM2_ES", "ADM2_AR", "county", "county_name", "district",
        "commune", "raion", "municipality", "municipio", "locality"),
    3: ("admin3Name", "admin3", "adm3_name", "ADM3_EN", "ADM3_FR", "ADM3_ES", "payam", "payam_name", "ward", "sous-prefecture"),
    SITE: ("site name", "location", "location_name", "village", "nom du site", "village_idp_settlement_name"),
}  # fmt: skip
OPTIONS = {1: "admin1", 2: "admin2", 3: "admin3", SITE: "site"}


@command(
    "places match",
    about=gettext_lazy("Find the codes of the places that a file names, with the reason for each."),
    examples=[
        "waystation places match assessment.xlsx --country SSD --as amina",
        "waystation places match list.csv --country TCD --admin1 Province --admin2 Sous-préfecture --as amina --json",
    ],
    acts_as=True,
)
def match(args: Namespace) -> Answer:
    """Read the file's names and say what each means; nothing is kept."""
    source = open_table(args.file, name=args.file.name, sheet=args.sheet or None)
    given = {level: said for level, name in OPTIONS.items() if (said := getattr(args, name))}
    matcher = gazetteers.matcher(args.country.upper(), args.source, args.on)
    if not matcher.index.places:
        raise Refused("naming.no_places", country=args.country)
    told: list[dict[str, Any]] = []
    for row, names in _names(source, given):
        found = matcher.row(args.country.upper(), names)
        told += [{"row": row, **_plain(one)} for one in found.values()]
    return Answer({"rows": told, "summary": _summary(told)}, _text(told))


@match.arguments
def _takes(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="CSV, XLSX or JSON with a header")
    parser.add_argument("--country", required=True, help="ISO 3166-1 alpha-3 code of the country its places lie in")
    for name in OPTIONS.values():
        parser.add_argument(f"--{name}", default="", metavar="COLUMN", help=f"the column of {name} names")
    parser.add_argument("--sheet", default="", help="the sheet of a workbook")
    parser.add_argument("--source", default="", help="whose names they are: what was decided for it counts")
    parser.add_argument("--on", type=date.fromisoformat, default=None, help="the day the names are of (default: today)")


def _names(source: Source, given: Mapping[int, str]) -> list[tuple[int, dict[int, str]]]:
    """The names of each row, by level. Raises Refused ``naming.no_such_column`` and ``naming.no_name_column``."""
    wanted = tuple(
        Field(name, hxl=() if level in given else (f"#adm{level}+name",) if level != SITE else ("#loc+name",),
              synonyms=(given[level],) if level in given else WORDS[level])
        for level, name in OPTIONS.items()
    )  # fmt: skip
    mapping = propose(source, wanted)
    columns = ", ".join(one.name for one in source.columns)
    for level, column in given.items():
        if OPTIONS[level] not in mapping.takes:
            raise Refused("naming.no_such_column", column=column, columns=columns)
    if not mapping.takes:
        raise Refused("naming.no_name_column", columns=columns)
    found = []
    for row in rows(source, mapping, wanted):
        names = {level: str(row.values[name]) for level, name in OPTIONS.items() if row.values.get(name)}
        if names:
            found.append((row.origin, names))
    return found


def _plain(one: Found) -> dict[str, Any]:
    near = [{"code": c.place.code, "name": c.place.name, "score": c.score, "way": c.way} for c in one.candidates]
    return {
        "level": one.level, "name": one.text, "standing": one.standing, "code": one.code or None, "score": one.score,
        "way": one.way, "why": why(one), "candidates": near if one.standing == "uncertain" else near[:1],
    }  # fmt: skip


def _summary(told: list[dict[str, Any]]) -> dict[str, Any]:
    """How many names of each level, and how many of them are decided: distinct ones, with their place above."""
    counted = Counter((one["level"], one["standing"]) for one in told)
    levels = sorted({one["level"] for one in told})
    return {
        "names": len(told),
        "decided": sum(one["standing"] == "decided" for one in told),
        "levels": {OPTIONS[n]: {standing: c for (m, standing), c in sorted(counted.items()) if m == n} for n in levels},
    }


def _text(told: list[dict[str, Any]]) -> str:
    lines = [
        f"{one['row']:>6}  {OPTIONS[one['level']]:<7} {one['code'] or '?':<12} {one['name']}: {one['why']}"
        for one in told
    ]
    summary = _summary(told)
    words = _("{decided} of {names} names decided").format(**summary)
    return "\n".join([*lines, words])
