"""The staging table as the quality rules and the writing see it: DuckDB views over Parquet, in the order of the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from waystation.kernel.datasets import Dataset

MEMORY = "400MB"
BATCH = 20_000

# The finest name of a row's place that people read, and the key that finds the place again in another round.
_PLACE = """
    coalesce(location_code, concat_ws('/', coalesce(admin1_code, admin1_name), coalesce(admin2_code, admin2_name),
        coalesce(admin3_code, admin3_name), location_name)) AS place,
    CASE WHEN coalesce(location_code, location_name) IS NOT NULL THEN concat_ws(' ', location_code, location_name)
         WHEN coalesce(admin3_code, admin3_name) IS NOT NULL THEN concat_ws(' ', admin3_code, admin3_name)
         WHEN coalesce(admin2_code, admin2_name) IS NOT NULL THEN concat_ws(' ', admin2_code, admin2_name)
         WHEN coalesce(admin1_code, admin1_name) IS NOT NULL THEN concat_ws(' ', admin1_code, admin1_name)
         ELSE country END AS place_said,
    coalesce(admin2_code, admin2_name, admin1_code, admin1_name, country) AS area,
    CASE WHEN coalesce(admin2_code, admin2_name) IS NOT NULL THEN concat_ws(' ', admin2_code, admin2_name)
         WHEN coalesce(admin1_code, admin1_name) IS NOT NULL THEN concat_ws(' ', admin1_code, admin1_name)
         ELSE country END AS area_said
"""


def open_staged(path: Path, folder: Path) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection with ``seen`` (the finest rows of each round, what is counted) and ``coarser`` (the others).

    It spills to ``folder`` when its memory runs out. Close it after use.
    """
    link = duckdb.connect()
    link.sql(f"SET memory_limit = '{MEMORY}'")
    link.sql(f"SET temp_directory = '{folder}'")
    link.sql(f"CREATE VIEW staged AS SELECT * FROM read_parquet('{path}')")
    link.sql("CREATE TABLE finest AS SELECT k, max(level) AS level FROM staged GROUP BY k")
    spot = "{'file': s.file, 'row': s.origin_row} AS spot"
    link.sql(
        f"CREATE VIEW seen AS SELECT s.*, {spot}, {_PLACE} FROM staged s JOIN finest f ON s.k = f.k AND s.level = f.level"
    )
    link.sql(
        f"CREATE VIEW coarser AS SELECT s.*, {spot}, {_PLACE} FROM staged s JOIN finest f ON s.k = f.k AND s.level < f.level"
    )
    return link


def ask(link: duckdb.DuckDBPyConnection, query: str, given: list[Any] | None = None) -> list[tuple[Any, ...]]:
    """All rows that a query answers with; ``given`` fills its $1, $2."""
    rows: list[tuple[Any, ...]] = link.sql(query, params=given).fetchall()
    return rows


def ask_one(link: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...] | None:
    """The first row that a query answers with, or None."""
    return next(iter(ask(link, query)), None)


def look_back(link: duckdb.DuckDBPyConnection, within: dict[int, int], standing: dict[int, Path]) -> None:
    """Make ``before``: what the round before each round ``k`` held, from this import or from a partition's file."""
    columns = f"individuals, population_group, location_code, {_PLACE}"
    link.sql("CREATE TABLE pairs (k INTEGER, earlier INTEGER)")
    if within:
        link.executemany("INSERT INTO pairs VALUES (?, ?)", [list(pair) for pair in within.items()])
    parts = [
        "SELECT p.k, s.individuals, s.population_group, s.location_code, s.place, s.place_said, s.area, s.area_said "
        "FROM pairs p JOIN seen s ON s.k = p.earlier"
    ]
    parts += [f"SELECT {k} AS k, {columns} FROM read_parquet('{path}')" for k, path in standing.items()]
    link.sql("CREATE VIEW before AS " + " UNION ALL ".join(parts))


def select_rows(dataset: Dataset, fixed: dict[str, str], where: str) -> str:
    """A query for a dataset's rows out of the staging table in the order of the file; ``fixed`` are SQL expressions."""
    names = [col.name for col in dataset.cols] + ["origin", "origin_row"]
    columns = ", ".join(f"{fixed[n]} AS {n}" if n in fixed else n for n in names)
    return f"SELECT {columns} FROM staged WHERE {where}"


def differ(link: duckdb.DuckDBPyConnection, dataset: Dataset, where: str, standing: Path) -> bool:
    """Whether the staged rows say anything else than a standing partition, whatever their order and file."""
    names = ", ".join(col.name for col in dataset.cols if col.name not in ("round", "operation"))
    new, old = f"SELECT {names} FROM staged WHERE {where}", f"SELECT {names} FROM read_parquet('{standing}')"
    counts = ask_one(link, f"SELECT (SELECT count(*) FROM ({new})), (SELECT count(*) FROM ({old}))")
    if counts is None or counts[0] != counts[1]:
        return True
    return ask_one(link, f"({new}) EXCEPT ALL ({old}) LIMIT 1") is not None
