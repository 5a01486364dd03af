"""Lists of areas and of sites from tables: CSV, Excel, JSON. "NA" is Namibia: no text is taken for nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from waystation.apps.places.shapes import AreaRow, SiteRow
from waystation.intake import Field, Layout, Source, Tally, open_table, propose, rows
from waystation.intake.adminlevels import Roles, day_of, names_in, roles_of, said
from waystation.kernel.refusals import Problem, Refused

_ISO = "[A-Za-z]{2,3}|[0-9]{1,3}"
AREAS = (
    Field("country", "code", required=True, hxl=("#country+code",), pattern=_ISO,
          synonyms=("Location", "iso3", "country code", "adm0_pcode", "admin0Pcode", "country")),
    Field("level", "integer", required=True, minimum=0, hxl=("#geo+admin_level",), dimension=True,
          synonyms=("Admin Level", "level", "admin_level")),
    Field("pcode", "code", required=True, hxl=("#adm+code",), synonyms=("P-Code", "pcode", "code")),
    Field("name", required=True, hxl=("#adm+name",), synonyms=("Name",)),
    Field("parent", "code", hxl=("#adm+code+parent",), synonyms=("Parent P-Code", "parent")),
    Field("valid_from", "date", hxl=("#date+start",), synonyms=("Valid from date", "valid from", "valid_on")),
    Field("valid_until", "date", hxl=("#date+end",), synonyms=("Valid until date", "valid until", "valid_to")),
)  # fmt: skip
SITES = (
    Field("name", required=True, hxl=("#loc+name",), synonyms=("Site name", "Site", "Name", "locationName")),
    Field("kind", hxl=("#loc+type",), synonyms=("Site type", "Type", "Kind")),
    Field("country", "code", required=True, hxl=("#country+code",), pattern=_ISO,
          synonyms=("iso3", "Location", "country", "admin0Pcode", "countrycode")),
    Field("pcode", "code", hxl=("#adm+code",), synonyms=("P-Code", "pcode", "admin3Pcode", "admin2Pcode", "admin1Pcode")),
    Field("longitude", "decimal", hxl=("#geo+lon",), synonyms=("longitude", "lon", "long", "x"), dimension=True),
    Field("latitude", "decimal", hxl=("#geo+lat",), synonyms=("latitude", "lat", "y"), dimension=True),
    Field("code", "code", hxl=("#loc+code",), synonyms=("Site code", "Site ID", "SSID", "locationCode")),
    Field("opened_on", "date", hxl=("#date+start",), synonyms=("Opened", "Open date", "Site open date")),
)  # fmt: skip


@dataclass
class Listed:
    """The rows of a list of areas, and what was noticed while reading."""

    rows: list[AreaRow] = field(default_factory=list)
    findings: list[Problem] = field(default_factory=list)


def read_areas(path: Path, name: str = "", sheet: str = "") -> Listed:
    """A list with a row for each area (as HDX publishes it), or a gazetteer with a column for each level (COD-AB, every sheet
    of a workbook). Raises Refused with every row that cannot be read."""
    title = name or path.name
    source = open_table(path, name=title, sheet=sheet or None)
    gazetteers = _gazetteers(source, sheet)
    if gazetteers:
        every = [row for one, roles in gazetteers for row in _of_levels(one, roles)]
        once = {(row.country, row.level, row.pcode): row for row in reversed(every)}
        return Listed(list(reversed(once.values())), list(source.findings))
    found, tally = Listed(findings=list(source.findings)), Tally()
    for row in _typed(source, AREAS, tally):
        given = {key: value for key, value in row.items() if value is not None}
        found.rows.append(AreaRow(**given))
    found.findings += tally.findings
    return found


def _typed(source: Source, fields: Sequence[Field], tally: Tally) -> list[dict[str, Any]]:
    """The rows of a table as values, ``row`` being the number a person sees. Raises Refused with all problems."""
    mapping = propose(source, fields).with_(totals="keep")
    kept, problems = [], list[Problem]()
    for row in rows(source, mapping, fields, tally):
        problems += row.problems
        kept.append({**row.values, "row": row.origin})
    if problems:
        raise Refused(problems=problems)
    return kept


def _gazetteers(source: Source, sheet: str) -> list[tuple[Source, Roles]]:
    """The sheets that have a column of codes for each level, coarsest first."""
    names = [sheet] if sheet else [one.name for one in source.sheets()]
    found = []
    for name in names:
        layout: Layout = source.layout_of(name or None)
        one = source.with_layout(layout)
        roles = roles_of(column.header for column in one.columns if column.header)
        if roles.codes and roles.country:
            found.append((one, roles))
    return sorted(found, key=lambda pair: pair[1].deepest)


def _of_levels(source: Source, roles: Roles) -> list[AreaRow]:
    """Each area of each level once; its row is the first it stands in."""
    headers = {column.index: column.header for column in source.columns}
    seen: dict[tuple[int, str], AreaRow] = {}
    for number, cells in source.lines():
        row = {headers[i]: cell for i, cell in enumerate(cells) if i in headers}
        deepest = max((level for level, column in roles.codes.items() if said(row.get(column))), default=0)
        for level, column in sorted(roles.codes.items()):
            code = said(row.get(column))
            if code and (level, code) not in seen:
                seen[level, code] = _area(number, row, roles, level, deepest)
    return list(seen.values())


def _area(number: int, row: Mapping[str, Any], roles: Roles, level: int, deepest: int) -> AreaRow:
    own = level == deepest  # dates belong to the area the row is about, not to those above it
    return AreaRow(
        row=number, country=said(row.get(roles.country)), level=level, pcode=said(row.get(roles.codes[level])),
        name=said(row.get(roles.names.get(level, ""))), parent=said(row.get(roles.codes.get(level - 1, ""))),
        valid_from=day_of(row.get(roles.since)), valid_until=day_of(row.get(roles.until)) if own else None,
        names=names_in(roles, level, row),
    )  # fmt: skip


def read_sites(path: Path, name: str = "", sheet: str = "") -> list[SiteRow]:
    """A list of sites, one in each row. Raises Refused with every row that cannot be read."""
    source = open_table(path, name=name or path.name, sheet=sheet or None)
    return [
        SiteRow(
            row=row["row"],
            name=row["name"],
            kind=row.get("kind") or "",
            country=row["country"],
            pcode=row.get("pcode") or "",
            longitude=_degrees(row.get("longitude")),
            latitude=_degrees(row.get("latitude")),
            code=row.get("code") or "",
            opened_on=row.get("opened_on"),
        )
        for row in _typed(source, SITES, Tally())
    ]


def _degrees(value: Any) -> float | None:
    return None if value is None else float(value)
