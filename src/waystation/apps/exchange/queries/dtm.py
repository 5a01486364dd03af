"""Rows in the words of the DTM API: its column names, in its order, its dates and its way of saying unknown.

Version 3 has reasons, sexes and origins and an id from admin 1 down; version 2 has none of the former and an id everywhere.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from waystation.apps.counting.shapes import DISPLACED, OperationLine
from waystation.kernel.codelists import codelist
from waystation.kernel.engines import mapped

UNKNOWN = "Not available"
ONLY_V3 = ("displacementReason", "numberMales", "numberFemales", "idpOriginAdmin1Name", "idpOriginAdmin1Pcode")


def columns(level: int, version: int) -> list[str]:
    """The names of an answer's columns, in the API's order."""
    names = ["id"] if level or version == 2 else []
    names += ["operation", "admin0Name", "admin0Pcode"]
    names += [f"admin{n}{part}" for n in range(1, level + 1) for part in ("Name", "Pcode")]
    names += ["numPresentIdpInd", "reportingDate", "yearReportingDate", "monthReportingDate", "roundNumber"]
    return [*names, *(ONLY_V3 if version == 3 else ()), "assessmentType"]


def of_level(table: pa.Table, level: int, *, detail: bool = True) -> pa.Table:
    """The displaced people's rows of one level, by reason and origin or over all."""
    wanted = pc.and_(pc.equal(table.column("level"), level), pc.equal(table.column("detail"), detail))
    return table.filter(pc.and_(wanted, pc.equal(table.column("population_group"), DISPLACED)))


def dtm_table(rows: pa.Table, operations: dict[int, OperationLine]) -> pa.Table:
    """Rows (``published.released_rows``) with every column the API knows; ``operations`` by primary key."""
    lines = rows.column("operation")
    dates = rows.column("reporting_date")
    made: dict[str, Any] = {
        "id": rows.column("id"),
        "operation": mapped(lines, lambda pk: operations[pk].name),
        "operationStatus": mapped(lines, lambda pk: operations[pk].status),
        "admin0Name": mapped(lines, lambda pk: operations[pk].country_name),
        "admin0Pcode": rows.column("country"),
        "adminLevel": pc.cast(rows.column("level"), pa.int64()),
        "numPresentIdpInd": rows.column("individuals"),
        "reportingDate": mapped(dates, lambda day: f"{day.isoformat()}T00:00:00"),
        "yearReportingDate": pc.year(dates),
        "monthReportingDate": pc.month(dates),
        "roundNumber": pc.cast(rows.column("round_number"), pa.int64()),
        "displacementReason": _reasons(rows),
        "numberMales": rows.column("males"),
        "numberFemales": rows.column("females"),
        "idpOriginAdmin1Name": _or_unknown(rows.column("origin_admin1_name")),
        "idpOriginAdmin1Pcode": _or_unknown(rows.column("origin_admin1_code")),
        "assessmentType": rows.column("assessment_type"),
    }
    for level in (1, 2):
        made[f"admin{level}Name"] = rows.column(f"admin{level}_name")
        made[f"admin{level}Pcode"] = rows.column(f"admin{level}_code")
    return pa.table(made)


def _or_unknown(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.fill_null(column, UNKNOWN)


def _reasons(rows: pa.Table) -> pa.Array:
    said = mapped(rows.column("reason"), reason_text)
    return pc.coalesce(said, rows.column("reason_said"), pa.scalar(UNKNOWN))


def reason_text(code: str | None) -> str | None:
    """A reason, or several joined by ``+``, in the API's words; None when none of them has any."""
    known = codelist("tracking.reason").codes
    names = [known[one].more.get("dtm", "").split("|")[0] for one in (code or "").split("+") if one in known]
    return "; ".join(name for name in names if name) or None
