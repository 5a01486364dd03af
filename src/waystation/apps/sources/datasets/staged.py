"""The staging table as the quality rules and the writing see it: DuckDB views over Parquet, in the file's order."""

from __future__ import annotations

from pathlib import Path
from string import Template
from typing import Any

import duckdb
import pyarrow as pa

from waystation.kernel.datasets import Dataset

MEMORY = "128MB"  # of DuckDB; beyond it, it spills to disk
BATCH = 20_000
Link = duckdb.DuckDBPyConnection

# ``place`` finds a place again in another round, ``place_said`` is what people read; ``area`` is the finest area
# above single places, at which counts of two rounds are compared.
PLACE = """
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
_VIEW = Template("""
    CREATE VIEW $name AS SELECT s.*, {'file': s.file, 'row': s.origin_row} AS spot, $place
    FROM staged s JOIN finest f ON s.k = f.k AND s.level $compared f.level
""")
_WITHIN = """
    SELECT p.k, s.individuals, s.population_group, s.place, s.place_said, s.area, s.area_said
    FROM pairs p JOIN seen s ON s.k = p.earlier
"""
_STANDING = Template("""
    SELECT $k AS k, individuals, population_group, $place FROM read_parquet('$path')
""")
_ROWS = Template("SELECT $columns FROM staged WHERE k = $$k AND level BETWEEN $$low AND $$high")
_DIFFER = Template("""
    (SELECT $names FROM staged WHERE k = $$k AND level = $$level)
    EXCEPT ALL (SELECT $names FROM read_parquet($$path)) LIMIT 1
""")


def open_staged(path: Path, folder: Path) -> Link:
    """A DuckDB connection with ``seen`` (the finest rows of each round, what is counted) and ``coarser`` (the others).

    It spills to ``folder`` when its memory runs out. Close it after use.
    """
    link = duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(folder)})
    link.sql(Template("CREATE VIEW staged AS SELECT * FROM read_parquet('$path')").substitute(path=path))
    link.sql("CREATE TABLE finest AS SELECT k, max(level) AS level FROM staged GROUP BY k")
    link.sql(_VIEW.substitute(name="seen", compared="=", place=PLACE))
    link.sql(_VIEW.substitute(name="coarser", compared="<", place=PLACE))
    return link


def ask(link: Link, query: str, **given: Any) -> list[tuple[Any, ...]]:
    """All rows that a query answers with; ``given`` fills its $names."""
    rows: list[tuple[Any, ...]] = link.sql(query, params=given or None).fetchall()
    return rows


def ask_one(link: Link, query: str, **given: Any) -> tuple[Any, ...] | None:
    """The first row that a query answers with, or None."""
    return next(iter(ask(link, query, **given)), None)


def look_back(link: Link, within: dict[int, int], standing: dict[int, Path]) -> None:
    """Make ``before``: what the round before each round ``k`` held, from this import or from a partition's file."""
    link.sql("CREATE TABLE pairs (k INTEGER, earlier INTEGER)")
    if within:
        link.executemany("INSERT INTO pairs VALUES (?, ?)", [list(pair) for pair in within.items()])
    parts = [_STANDING.substitute(k=k, path=path, place=PLACE) for k, path in standing.items()]
    link.sql("CREATE VIEW before AS " + " UNION ALL BY NAME ".join([_WITHIN, *parts]))


def rows_of(
    link: Link, dataset: Dataset, fixed: dict[str, Any], k: int, levels: tuple[int, int]
) -> pa.RecordBatchReader:
    """A dataset's rows of round ``k`` at some levels, in the order of the file; ``fixed`` are columns of one value.

    ``origin`` in ``fixed`` is the list of the files' digests.
    """
    names = [col.name for col in dataset.cols] + ["origin_row"]
    columns = ", ".join(f"${name} AS {name}" if name in fixed else name for name in names)
    query = _ROWS.substitute(columns=f"{columns}, $origin[file + 1] AS origin")
    return link.sql(query, params={**fixed, "k": k, "low": levels[0], "high": levels[1]}).to_arrow_reader(BATCH)


def differ(link: Link, dataset: Dataset, k: int, level: int, standing: Path) -> bool:
    """Whether the staged rows say anything that a standing partition of as many rows does not, whatever their order."""
    names = ", ".join(col.name for col in dataset.cols if col.name not in ("round", "operation"))
    found = ask_one(link, _DIFFER.substitute(names=names), k=k, level=level, path=str(standing))
    return found is not None
