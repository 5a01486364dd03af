"""For tests: observations of one series, made without a house."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import ibis
import pyarrow as pa

from waystation.kernel.datasets import find

SPRING, SUMMER = date(2025, 3, 31), date(2025, 6, 30)
Row = dict[str, Any]


def table(rows: list[Row]) -> Any:
    """Rows of one series as an expression; ``n`` is the round's number."""
    return ibis.memtable(arrow(rows))


def arrow(rows: list[Row]) -> pa.Table:
    """Rows of one series with all columns of the dataset."""
    schema = find("tracking.observations").schema
    full = []
    for place, row in enumerate(rows):
        n = row["n"]
        said = {"_key": f"R{n}", "_version": 1, "_row": place, "round_number": n, "origin": "0" * 64, "origin_row": place,
                "operation": 1, "component": "area", "assessment_type": "BA", "country": "HTI", "round": n,
                "reporting_date": SPRING + timedelta(days=91 * (n - 1)), "population_group": "displaced"}  # fmt: skip
        full.append({name: (said | row).get(name) for name in schema.names})
    return pa.Table.from_pylist(full, schema=schema)


def spot(n: int, place: str, people: int | None, **more: Any) -> Row:
    """People at a place: ``A1x`` lies in admin 1 ``A`` and admin 2 ``A1``."""
    return {
        "n": n,
        "admin1_code": place[:1],
        "admin2_code": place[:2],
        "location_code": place,
        "individuals": people,
        **more,
    }
