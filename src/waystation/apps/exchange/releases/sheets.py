"""The sheets of a release of rounds, each with the places of its counts, so that the gate can hide the small ones.

Sheets are made of rows of ``queries.levels``: nothing is hidden in them yet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import gettext_lazy as _

from waystation.apps.counting import api as counting
from waystation.apps.counting.shapes import DISPLACED, MEASURES, OperationLine
from waystation.apps.exchange.queries.dtm import dtm_table
from waystation.kernel.codelists import codelist
from waystation.kernel.formats import Header, Sheet
from waystation.kernel.release import Spot

Operations = Mapping[int, OperationLine]
Rows = list[dict[str, Any]]
TEXT, COUNT = pa.string(), pa.int64()
HDX = {  # the columns of what HDX publishes of the DTM API, with its HXL tags
    "id": "#id+code",
    "operation": "#operation+name",
    "admin0Name": "#country+name",
    "admin0Pcode": "#country+code",
    "admin1Name": "#adm1+name",
    "admin1Pcode": "#adm1+code",
    "admin2Name": "#adm2+name",
    "admin2Pcode": "#adm2+code",
    "adminLevel": "#adm+level",
    "numPresentIdpInd": "#affected+idps",
    "reportingDate": "#date+reported",
    "yearReportingDate": "#date+year+reported",
    "monthReportingDate": "#date+month+reported",
    "roundNumber": "#round+code",
    "displacementReason": "#cause+type",
    "numberMales": "#affected+idps+m",
    "numberFemales": "#affected+idps+f",
    "idpOriginAdmin1Name": "#adm1+name+origin",
    "idpOriginAdmin1Pcode": "#adm1+code+origin",
    "assessmentType": "#assessment+type",
    "operationStatus": "#operation+status",
}
COUNTED = dict(zip(MEASURES, ("numPresentIdpInd", "numberMales", "numberFemales"), strict=True))
PLACED: tuple[tuple[str, pa.DataType, str], ...] = (
    ("operation", TEXT, "#operation+name"),
    ("country_name", TEXT, "#country+name"),
    ("country_code", TEXT, "#country+code"),
    ("admin_level", COUNT, "#adm+level"),
    ("admin1_name", TEXT, "#adm1+name"),
    ("admin1_code", TEXT, "#adm1+code"),
    ("admin2_name", TEXT, "#adm2+name"),
    ("admin2_code", TEXT, "#adm2+code"),
    ("reporting_date", pa.date32(), "#date+reported"),
    ("round", COUNT, "#round+code"),
    ("assessment_type", TEXT, "#assessment+type"),
)


@dataclass(frozen=True)
class Part:
    """A sheet and the counts in it."""

    sheet: Sheet
    spots: list[Spot] = field(default_factory=list)


def idps(rows: pa.Table, operations: Operations) -> Part:
    """Displaced people by reason and origin at three levels: the table HDX makes of the API, with its HXL row."""
    kept = rows.filter(pc.and_(rows.column("detail"), pc.equal(rows.column("population_group"), DISPLACED)))
    countries = {code: number for number, code in enumerate(kept.column("country").unique().to_pylist())}
    rank = [countries[code] for code in kept.column("country").to_pylist()]
    order = pa.table({"country": pa.array(rank, pa.int32()), "level": kept.column("level")})
    kept = kept.take(pc.sort_indices(order, sort_keys=[("country", "ascending"), ("level", "ascending")]))
    table = dtm_table(kept, dict(operations)).select(list(HDX))
    unnamed = pc.if_else(pc.greater(table.column("adminLevel"), 0), table.column("id"), pa.scalar(None, COUNT))
    table = table.set_column(0, "id", unnamed)
    headers = tuple(Header(name, "public", tag) for name, tag in HDX.items())
    spots = [
        spot for place, row in enumerate(kept.to_pylist()) for spot in counting.spots_of(row, "idps", place, COUNTED)
    ]
    title = _("Displaced people by place, reason and origin")
    return Part(Sheet("idps", table, headers, title), spots)


def groups(rows: pa.Table, operations: Operations) -> Part | None:
    """Everyone who is not displaced (returned, relocated, host community...), by place; None when nobody was counted."""
    totals = pc.and_(pc.invert(rows.column("detail")), pc.not_equal(rows.column("population_group"), DISPLACED))
    kept = rows.filter(totals).to_pylist()
    if not kept:
        return None
    label = codelist("tracking.population_group").codes
    made = [
        _placed(row, operations) | {"population_group": row["population_group"],
                                    "population_group_label": label[row["population_group"]].label,
                                    "individuals": row["individuals"]}
        for row in kept
    ]  # fmt: skip
    more = (
        ("population_group", TEXT, ""),
        ("population_group_label", TEXT, ""),
        ("individuals", COUNT, "#affected+ind"),
    )
    spots = [
        spot
        for n, row in enumerate(kept)
        for spot in counting.spots_of(row, "groups", n, {"individuals": "individuals"})
    ]
    return Part(_sheet("groups", _("Other population groups by place"), made, (*PLACED, *more)), spots)


def areas(rows: pa.Table, operations: Operations, outlines: Mapping[str, Any]) -> Part:
    """All groups in the last round of each operation and component, a row (and a feature) an area of its lowest level."""
    totals = rows.filter(pc.invert(rows.column("detail"))).to_pylist()
    kept = _lowest(_last(totals))
    shown = [
        code for code in codelist("tracking.population_group").codes if any(r["population_group"] == code for r in kept)
    ]
    made: dict[Any, dict[str, Any]] = {}
    numbers: dict[Any, int] = {}
    spots: list[Spot] = []
    for row in kept:
        place = row[f"admin{row['level']}_code"] if row["level"] else row["country"]
        at = (row["key"], row["level"], *(row[f"admin{n}_{part}"] for n in (1, 2) for part in ("code", "name")))
        line = made.setdefault(at, _placed(row, operations) | {"pcode": place} | dict.fromkeys(shown))
        line[row["population_group"]] = row["individuals"]
        spots += counting.spots_of(
            row,
            "areas",
            numbers.setdefault(at, len(numbers)),
            {"individuals": row["population_group"]},
        )
    tags = codelist("tracking.population_group").codes
    more = [("pcode", TEXT, "#geo+code"), *((code, COUNT, tags[code].more.get("hxl", "")) for code in shown)]
    kinds = ("csv", "xlsx", "parquet", "geojson")
    title = _("Population groups by area in the last round")
    sheet = _sheet(
        "areas", title, list(made.values()), (*PLACED, *more), formats=kinds, place="pcode", geometry=outlines
    )
    return Part(sheet, spots)


def _last(rows: Rows) -> Rows:
    last: dict[Any, tuple[Any, ...]] = {}
    for row in rows:
        of = (row["operation"], row["assessment_type"])
        last[of] = max(last.get(of, ()), (row["reporting_date"], row["round_number"], row["key"]))
    return [row for row in rows if last[row["operation"], row["assessment_type"]][-1] == row["key"]]


def _lowest(rows: Rows) -> Rows:
    lowest: dict[str, int] = {}
    for row in rows:
        lowest[row["key"]] = max(lowest.get(row["key"], 0), row["level"])
    return [row for row in rows if row["level"] == lowest[row["key"]]]


def _placed(row: Mapping[str, Any], operations: Operations) -> dict[str, Any]:
    line = operations[row["operation"]]
    same = {name: row[name] for name in ("admin1_name", "admin1_code", "admin2_name", "admin2_code", "reporting_date")}
    return same | {
        "operation": line.name, "country_name": line.country_name, "country_code": row["country"],
        "admin_level": row["level"], "round": row["round_number"], "assessment_type": row["assessment_type"],
    }  # fmt: skip


def _sheet(name: str, title: Any, rows: Rows, columns: Sequence[tuple[str, pa.DataType, str]], **more: Any) -> Sheet:
    table = pa.Table.from_pylist(rows, schema=pa.schema([(name, kind) for name, kind, _tag in columns]))
    return Sheet(name, table, tuple(Header(name, "public", tag) for name, _kind, tag in columns), title, **more)
