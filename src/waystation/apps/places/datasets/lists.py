"""Lists of areas and of sites from tables: CSV, Excel, JSON. "NA" is Namibia: no text is taken for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from waystation.apps.places.shapes import AreaRow, SiteRow
from waystation.intake import Field, Layout, Source, Tally, looks_damaged, open_table, propose, rows
from waystation.intake.adminlevels import Roles, area_in, code_said, roles_of, said
from waystation.intake.numbers import Unread
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
    Field("status", hxl=("#status",), synonyms=("Site status", "Status")),
    Field("opened_on", "date", hxl=("#date+start",), synonyms=("Opened", "Open date", "Site open date")),
    Field("closed_on", "date", hxl=("#date+end",), synonyms=("Closed", "Close date", "Site close date")),
)  # fmt: skip


@dataclass
class Listed:
    """The rows of a list of areas, and what was noticed while reading."""

    rows: list[AreaRow] = field(default_factory=list)
    findings: list[Problem] = field(default_factory=list)


def read_areas(path: Path, sheet: str = "") -> Listed:
    """A list with a row for each area (as HDX publishes it), or a gazetteer with a column for each level (COD-AB, every sheet
    of a workbook). Raises Refused with every row that cannot be read."""
    source = open_table(path, name=path.name, sheet=sheet or None)
    if gazetteers := _gazetteers(source, sheet):
        return _of_levels(gazetteers)
    found, tally = Listed(findings=list(source.findings)), Tally()
    found.rows = [AreaRow(**row) for row in _typed(source, AREAS, tally)]
    found.findings += tally.findings
    return found


def _typed(source: Source, fields: Sequence[Field], tally: Tally) -> list[dict[str, Any]]:
    """The rows of a table as values that are there, ``row`` being the number a person sees. Raises Refused with all problems."""
    mapping = propose(source, fields).with_(totals="keep")
    kept, problems = [], list[Problem]()
    for row in rows(source, mapping, fields, tally):
        problems += row.problems
        kept.append({key: value for key, value in row.values.items() if value is not None} | {"row": row.origin})
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


def _of_levels(gazetteers: Sequence[tuple[Source, Roles]]) -> Listed:
    """Each area of each level once, from the finest sheet; its row is the first it stands in."""
    found = Listed(findings=list(gazetteers[0][0].findings))
    seen, problems = dict[tuple[int, str], AreaRow](), list[Problem]()
    for source, roles in gazetteers:
        headers = {column.index: column.header for column in source.columns}
        told = {"file": source.name, "sheet": source.layout.sheet}
        for number, cells in source.lines():
            row = {headers[i]: cell for i, cell in enumerate(cells) if i in headers}
            for level, column in sorted(roles.codes.items()):
                try:
                    code = code_said(row.get(column))
                    if code and (level, code) not in seen:
                        country, said_of = said(row.get(roles.country)), area_in(roles, level, row)
                        seen[level, code] = AreaRow(row=number, country=country, pcode=code, **said_of)
                        if looks_damaged(said_of["name"]):
                            column, value = roles.names[level], {"value": said_of["name"]}
                            found.findings.append(
                                Problem("intake.damaged_text", value, row=number, column=column, **told)
                            )
                except Unread as error:
                    problems.append(Problem(f"intake.{error.code}", error.params, row=number, column=column, **told))
    if problems:
        raise Refused(problems=problems)
    found.rows = list(seen.values())
    return found


def read_sites(path: Path, sheet: str = "") -> list[SiteRow]:
    """A list of sites, one in each row. Raises Refused with every row that cannot be read."""
    source = open_table(path, name=path.name, sheet=sheet or None)
    rows = _typed(source, SITES, Tally())
    return [SiteRow(**row | {key: float(row[key]) for key in ("longitude", "latitude") if key in row}) for row in rows]
