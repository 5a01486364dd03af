"""Rounds by administrative level: the rows of published tables, before anything is hidden.

One row is a population group in an area (country, admin 1 or admin 2) in one round: in ``detail`` by reason and origin
(displaced people only), else over all of them (and without men and women, whom no such table shows). A row's
numbers are sums of the observations in the area; unknown where no
observation knows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import ibis
import pyarrow as pa

from waystation.apps.counting.shapes import DISPLACED, MEASURES, OutRound
from waystation.kernel import engines
from waystation.kernel.datasets import find

PLACES = ("admin1_code", "admin1_name", "admin2_code", "admin2_name")
CAUSES = ("reason", "reason_said", "origin_admin1_code", "origin_admin1_name")
LEVELS = pa.schema(
    [
        ("key", pa.string()),
        ("operation", pa.int64()),
        ("country", pa.string()),
        ("assessment_type", pa.string()),
        ("round_number", pa.int32()),
        ("reporting_date", pa.date32()),
        ("population_group", pa.string()),
        ("level", pa.int8()),
        ("detail", pa.bool_()),
        *((name, pa.string()) for name in (*PLACES, *CAUSES)),
        *((name, pa.int64()) for name in MEASURES),
        ("source_id", pa.int64()),
        ("origin", pa.string()),
        ("position", pa.int64()),
    ]
)
ROUND = ("key", "operation", "country", "assessment_type", "round_number", "reporting_date", "population_group")


def level_rows(rounds: Sequence[OutRound]) -> pa.Table:
    """The rows of some rounds (schema ``LEVELS``), by round and in the source's order; one question to the engine.

    ``source_id`` is the id the source gave the row, null when several were added or it gave none; ``origin`` and
    ``position`` say where the row stands at the source.
    """
    if not rounds:
        return LEVELS.empty_table()
    strict = [one.key for one in rounds if one.operation.min_cell > 1]
    rows = _grains(find("tracking.observations").scan([one.observations for one in rounds]), strict)
    parts = [_rows(rows, level, detail) for detail in (True, False) for level in (0, 1, 2)]
    table = engines.fetch(reduce(ibis.union, parts)).cast(LEVELS)
    table = _placed(table, [one.levels for one in rounds if one.levels])
    order = [(name, "ascending") for name in ("key", "detail", "population_group", "level", "position")]
    return table.sort_by(order)


def _grains(rows: Any, strict: Sequence[str]) -> Any:
    """Observations with what they are added by. Where small counts are hidden, men and women who are more than all people
    are taken for unknown: such rows do not add up, and what does not add up cannot be protected."""
    counted = rows.males.coalesce(0) + rows.females.coalesce(0)
    unsound = rows._key.isin(strict) & (counted > rows.individuals.coalesce(0)) if strict else ibis.literal(False)
    unsaid = rows.reason.isnull() | (rows.reason == "unknown")
    return rows.mutate(
        key=rows._key,
        males=unsound.ifelse(ibis.null("int64"), rows.males),
        females=unsound.ifelse(ibis.null("int64"), rows.females),
        reason_said=unsaid.ifelse(rows.reason_said, ibis.null("string")),
        area1=rows.admin1_code.coalesce(rows.admin1_name),
        area2=rows.admin2_code.coalesce(rows.admin2_name),
        came_from=rows.origin_admin1_code.coalesce(rows.origin_admin1_name),
    )


def _rows(rows: Any, level: int, detail: bool) -> Any:
    if detail:
        rows = rows.filter(rows.population_group == DISPLACED)
    if level:
        rows = rows.filter(rows[f"area{level}"].notnull())
    by = [*ROUND, *(f"area{n}" for n in range(1, level + 1))]
    by += ["reason", "reason_said", "came_from"] if detail else []
    first = {name: rows[name].argmin(rows.origin_row) for name in (*PLACES[: level * 2], "origin")}
    if detail:
        first |= {name: rows[name].argmin(rows.origin_row) for name in CAUSES[2:]}
    one_id = (rows.source_id.nunique() == 1).ifelse(rows.source_id.min(), ibis.null("int64"))
    measures = MEASURES if detail else MEASURES[:1]
    found = rows.group_by([rows[name] for name in by]).aggregate(
        **{name: rows[name].sum() for name in measures},
        **first,
        source_id=one_id if detail and level == 2 else ibis.null("int64"),
        position=rows.origin_row.min(),
    )
    absent = {f.name: ibis.null(_type(f.type)) for f in LEVELS if f.name not in (*found.columns, "level", "detail")}
    found = found.mutate(level=ibis.literal(level, "int8"), detail=ibis.literal(detail), **absent)
    return found.select(*(found[f.name].cast(_type(f.type)).name(f.name) for f in LEVELS))


def _type(kind: pa.DataType) -> str:
    return {"bool": "boolean", "date32[day]": "date"}.get(str(kind), str(kind))


def _placed(table: pa.Table, totals: Sequence[Any]) -> pa.Table:
    """Rows of the country and of admin 1 take id and place from the totals the source gave beside its rows."""
    if not totals:
        return table
    given = {
        (one["_key"], one["level"], one["admin1_code"], one["reason"], one["origin_admin1_code"]): one
        for one in engines.fetch(find("tracking.levels").scan(totals)).to_pylist()
    }
    names = ("key", "level", "admin1_code", "reason", "origin_admin1_code", "detail", "source_id", "origin", "position")
    kept: list[list[Any]] = [[], [], []]
    for *wanted, detail, source_id, origin, position in zip(*(table.column(n).to_pylist() for n in names), strict=True):
        said = given.get(tuple(wanted)) if detail else None
        row = (said["source_id"], said["origin"], said["origin_row"]) if said else (source_id, origin, position)
        for column, value in zip(kept, row, strict=True):
            column.append(value)
    for name, values in zip(("source_id", "origin", "position"), kept, strict=True):
        place = table.schema.get_field_index(name)
        table = table.set_column(place, table.schema.field(place), pa.array(values, table.schema.field(place).type))
    return table
