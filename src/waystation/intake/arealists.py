"""Lists of administrative areas from tables: a row for each area (HDX), or a column for each level (COD-AB gazetteers).

"NA" is Namibia: no text is taken for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

from waystation.intake.adminlevels import Roles, area_in, code_said, roles_of, said
from waystation.intake.cells import looks_damaged
from waystation.intake.fields import Field
from waystation.intake.layout import Layout
from waystation.intake.numbers import Unread
from waystation.intake.reading import Tally, all_values
from waystation.intake.source import Source, open_table
from waystation.kernel.refusals import Problem, Refused

COUNTRY_CODE = "[A-Za-z]{2,3}|[0-9]{1,3}"
AREAS = (
    Field("country", "code", required=True, hxl=("#country+code",), pattern=COUNTRY_CODE,
          synonyms=("Location", "iso3", "country code", "adm0_pcode", "admin0Pcode", "country")),
    Field("level", "integer", required=True, minimum=0, hxl=("#geo+admin_level",), dimension=True,
          synonyms=("Admin Level", "level", "admin_level")),
    Field("pcode", "code", required=True, hxl=("#adm+code",), synonyms=("P-Code", "pcode", "code")),
    Field("name", required=True, hxl=("#adm+name",), synonyms=("Name",)),
    Field("parent", "code", hxl=("#adm+code+parent",), synonyms=("Parent P-Code", "parent")),
    Field("valid_from", "date", hxl=("#date+start",), synonyms=("Valid from date", "valid from", "valid_on")),
    Field("valid_until", "date", hxl=("#date+end",), synonyms=("Valid until date", "valid until", "valid_to")),
)  # fmt: skip


class AreaRow(NamedTuple):
    """A line of a list of areas, before it is kept. ``row`` is the row a person sees in the file."""

    row: int
    country: str
    level: int
    pcode: str
    name: str
    parent: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    names: dict[str, str] = {}


@dataclass
class Listed:
    """The rows of a list of areas, and what was noticed while reading."""

    rows: list[AreaRow] = field(default_factory=list)
    findings: list[Problem] = field(default_factory=list)


def read_areas(path: Path, sheet: str = "", leave_out: bool = False) -> Listed:
    """A list with a row for each area (as HDX publishes it), or a gazetteer with a column for each level (COD-AB, every sheet
    of a workbook). Raises Refused with every row that cannot be read."""
    source = open_table(path, name=path.name, sheet=sheet or None)
    if gazetteers := _gazetteers(source, sheet):
        return _of_levels(gazetteers)
    found, tally = Listed(findings=list(source.findings)), Tally()
    found.rows = [AreaRow(**row) for row in all_values(source, AREAS, tally, leave_out)]
    found.findings += tally.findings
    return found


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
