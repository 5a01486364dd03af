"""A decade of a global operation: 30 million observations, people by admin 2 and round, beside bare DuckDB on the same files.

    python benchmarks/observations.py [--rows 30000000] [--home DIR]

The rows are made once (some minutes; with --home they are kept for the next run): 60 countries, 40 rounds each, one
Parquet file a round as the product writes it. Then, in a process of its own, warm: the bare sum in DuckDB, the same as an
Ibis expression through the product's engine, and the figure ``tracking.people_present`` by admin 2 and round with its
two dates, scope and trace. Prints seconds, ratios and the peak of resident memory; exits with 1 when the expression takes
a second or more, or the process more than 2 GB.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

COUNTRIES, ROUNDS, DISTRICTS = 60, 40, 80
LIMIT_SECONDS, LIMIT_MEBIBYTES = 1.0, 2048


def batches(kind: Any, country: str, operation: int, round_: int, number: int, rows: int) -> Iterator[Any]:
    """The rows of one round: places in districts, people drawn from a seeded generator."""
    import numpy as np
    import pyarrow as pa

    dice = np.random.default_rng([operation, number])
    places = np.arange(rows)
    district = places % DISTRICTS
    people = dice.integers(0, 3000, rows)
    men = (people * dice.uniform(0.4, 0.6, rows)).astype("int64")
    codes = [f"{country}{n // 8 + 1:02}{n + 1:03}" for n in range(DISTRICTS)]

    def one(value: Any, kind: pa.DataType) -> pa.Array:
        return pa.array([value], kind).take(pa.array(np.zeros(rows, "int64")))

    def named(words: list[str], which: Any) -> pa.Array:
        return pa.array(words).take(pa.array(which))

    made = {
        "round": one(round_, pa.int64()), "operation": one(operation, pa.int64()), "operation_name": one(country, pa.string()),
        "country": one(country, pa.string()), "component": one("area", pa.string()), "assessment_type": one("BA", pa.string()),
        "round_number": one(number, pa.int32()), "reporting_date": one(day_of(number), pa.date32()),
        "population_group": named(["displaced", "returned_internal"], (places // DISTRICTS) % 2),
        "admin1_code": named([code[:5] for code in codes], district), "admin2_code": named(codes, district),
        "location_code": pa.array([f"{country}{n:06}" for n in places]), "location_kind": one("site", pa.string()),
        "reason": named(["conflict", "disaster", "other"], dice.integers(0, 3, rows)),
        "individuals": pa.array(people), "males": pa.array(men), "females": pa.array(people - men),
        "households": pa.array(people // 5), "origin": one("0" * 64, pa.string()), "origin_row": pa.array(places),
    }  # fmt: skip
    own = {"_key", "_version", "_row"}
    fields = [field for field in kind.schema if field.name not in own]
    columns = [made.get(f.name) if f.name in made else pa.nulls(rows, f.type) for f in fields]
    yield pa.RecordBatch.from_arrays(columns, schema=pa.schema(fields))


def day_of(number: int) -> date:
    """The reporting date of a round: four a year from 2016 on."""
    return date(2016 + (number - 1) // 4, 3 * ((number - 1) % 4) + 3, 28)


def make(rows: int) -> None:
    """The house, its operations and rounds, and their rows in force."""
    from django.utils import timezone

    from waystation.apps.places.models import Country
    from waystation.apps.tracking.models import Operation, Round
    from waystation.kernel import scope
    from waystation.kernel.datasets import Terms, find
    from waystation.kernel.models import Office
    from waystation.site.commands.opening import open_house

    kind, each = find("tracking.observations"), rows // (COUNTRIES * ROUNDS)
    with scope.enter(scope.house("benchmark")):
        open_house("Benchmark")
        office = Office.objects.get(code="HQ")
        for place, country in enumerate(Country.objects.order_by("iso3")[:COUNTRIES], start=1):
            operation = Operation.objects.create(
                ref=country.iso3, name=country.iso3, country=country, office=office, state="active"
            )
            for number in range(1, ROUNDS + 1):
                ref = f"{country.iso3}-AREA-{number:02}"
                round_ = Round.objects.create(
                    ref=ref, operation=operation, office=office, component="area", number=number, state="published",
                    reporting_date=day_of(number), data_version=1, published_version=1,
                )  # fmt: skip
                rows_of = batches(kind, country.iso3, operation.pk, round_.pk, number, each)
                part = kind.write(rows_of, key=ref, version=1, terms=Terms("Benchmark", "CC0"))
                part.in_force_from = timezone.now()
                part.save()
            print(f"\rmade {place} of {COUNTRIES} countries", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def timed(what: Callable[[], Any], times: int = 3) -> tuple[float, Any]:
    """The best of some runs, in seconds, and what the last one gave."""
    best, answer = float("inf"), None
    for _turn in range(times):
        began = time.perf_counter()
        answer = what()
        best = min(best, time.perf_counter() - began)
    return best, answer


def measure() -> dict[str, Any]:
    """The three ways, in this process."""
    import duckdb

    from waystation.kernel import engines, scope
    from waystation.kernel.datasets import find, path_of
    from waystation.kernel.figures import value

    kind = find("tracking.observations")
    with scope.enter(scope.house("benchmark")):
        parts = list(kind.in_force())
        files = [str(path_of(part)) for part in parts]
        link = duckdb.connect(config={"memory_limit": engines.MEMORY})
        query = """SELECT admin2_code, operation, round_number, sum(individuals) FROM read_parquet($files)
                   WHERE population_group = 'displaced' GROUP BY ALL"""
        bare, there = timed(lambda: link.execute(query, {"files": files}).to_arrow_table())
        table = kind.scan(parts)
        displaced = table.filter(table.population_group == "displaced")
        asked = displaced.group_by(["admin2_code", "operation", "round_number"]).aggregate(
            n=displaced.individuals.sum()
        )
        expression, here = timed(lambda: engines.fetch(asked))
        where = {"population_group": "displaced"}
        by = ("operation", "admin2", "round")
        figure, answer = timed(lambda: value("tracking.people_present", by=by, where=where))
    totals = {there.column(3).to_pylist() and sum(there.column(3).to_pylist()), sum(here["n"].to_pylist())}
    totals.add(sum(part["value"] for part in answer.parts))
    return {
        "rows": sum(part.rows for part in parts), "files": len(parts), "groups": len(answer.parts), "bare": bare,
        "expression": expression, "figure": figure, "equal": len(totals) == 1,
        "mebibytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }  # fmt: skip


def main() -> int:
    """Make the rows where they are not, measure in a fresh process, and hold the result against the limits."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=30_000_000)
    parser.add_argument("--home", type=Path, help="keep the rows here for the next run")
    parser.add_argument("--step", choices=("make", "measure"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.step:
        import django

        django.setup()
        print(json.dumps(make(asked.rows) if asked.step == "make" else measure()))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        home = asked.home or Path(folder)
        settings = {"WAYSTATION_HOME": str(home), "DJANGO_SETTINGS_MODULE": "waystation.site.settings"}
        command = [sys.executable, __file__, "--rows", str(asked.rows), "--step"]
        if not (home / "waystation.sqlite3").exists():
            subprocess.run([*command, "make"], env=os.environ | settings, check=True, stdout=subprocess.DEVNULL)
        done = subprocess.run(
            [*command, "measure"], env=os.environ | settings, check=True, capture_output=True, text=True
        )
    found = json.loads(done.stdout.splitlines()[-1])
    print("{rows:,} rows in {files:,} files; {groups:,} groups; equal: {equal}".format(**found))
    for name in ("bare", "expression", "figure"):
        print(f"{name:11} {found[name]:6.2f} s   {found[name] / found['bare']:5.1f} x bare DuckDB")
    print(f"peak        {found['mebibytes']:,} MiB")
    slow = found["expression"] >= LIMIT_SECONDS or found["mebibytes"] >= LIMIT_MEBIBYTES
    return 1 if slow or not found["equal"] else 0


if __name__ == "__main__":
    sys.exit(main())
