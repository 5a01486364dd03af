"""The DTM API answering 100,000 rows, beside Python's own JSON of the same rows.

    python benchmarks/dtm_api.py [--rows 100000]

A house of its own with one operation: 20 published rounds at admin 2. The request goes through all of Django in this
process (key, scope, rows, JSON): first as it is made anew, then as it is sent again. Prints seconds of CPU and of wall
clock, and the ratio to ``json.dumps`` of the rows as dictionaries; exits with 1 when an answer made anew takes a second
of wall clock or more.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

ROUNDS = 20


def timed(what: Callable[[], Any]) -> tuple[float, float, Any]:
    """(CPU, wall) seconds of one call, and what it gave."""
    cpu, wall = time.process_time(), time.perf_counter()
    answer = what()
    return time.process_time() - cpu, time.perf_counter() - wall, answer


def make(rows: int) -> str:
    """The operation with its published rounds; the key of a program that may read them."""
    import numpy as np
    import pyarrow as pa
    from django.utils import timezone

    from waystation.apps.places.models import Country
    from waystation.apps.tracking.models import Operation, Round
    from waystation.kernel import house, scope
    from waystation.kernel.acts import do
    from waystation.kernel.datasets import Terms, find
    from waystation.kernel.models import Actor, Office
    from waystation.site.commands.opening import open_house

    kind, each, dice = find("tracking.observations"), rows // ROUNDS, np.random.default_rng(1)
    fields = [field for field in kind.schema if field.name not in ("_key", "_version", "_row")]
    with scope.enter(scope.house("benchmark")):
        open_house("Benchmark")
        office, country = Office.objects.get(code="HQ"), Country.objects.get(iso3="SSD")
        operation = Operation.objects.create(
            ref="SSD", name="Benchmark", country=country, office=office, state="active"
        )
        for number in range(1, ROUNDS + 1):
            day, ref = date(2020, 1, 31) + timedelta(days=91 * number), f"SSD-AREA-{number:02}"
            round_ = Round.objects.create(
                ref=ref, operation=operation, office=office, component="area", number=number, state="published",
                reporting_date=day, data_version=1, published_version=1,
            )  # fmt: skip
            people = dice.integers(10, 5000, each)
            said = {
                "round": round_.pk, "operation": operation.pk, "operation_name": "Benchmark", "country": "SSD",
                "component": "area", "assessment_type": "BA", "round_number": number, "reporting_date": day,
                "population_group": "displaced", "reason": "conflict", "origin": f"{number:064}",
            }  # fmt: skip
            made = {name: pa.array([value] * each, kind.schema.field(name).type) for name, value in said.items()}
            made |= {f"admin1_{part}": pa.array([f"SS{n % 10:02}" for n in range(each)]) for part in ("code", "name")}
            made |= {
                f"admin2_{part}": pa.array([f"SS{n % 10:02}{n:05}" for n in range(each)]) for part in ("code", "name")
            }
            made |= {"individuals": pa.array(people), "males": pa.array(people // 2), "females": pa.array(people - people // 2),
                     "origin_row": pa.array(range(2, each + 2), pa.int64())}  # fmt: skip
            columns = [made[f.name] if f.name in made else pa.nulls(each, f.type) for f in fields]
            batch = pa.RecordBatch.from_arrays(columns, schema=pa.schema(fields))
            part = kind.write([batch], key=ref, version=1, terms=Terms("Benchmark", "CC0", may_republish=True))
            part.in_force_from = timezone.now()
            part.save()
        person: Actor = do(house.invite, username="ben", name="Ben", office=office).record
    with scope.enter(scope.Scope(person)):
        return str(do(house.issue, grants="dtm:read").answer["key"])


def main() -> int:
    """Measure, print, and hold the answer made anew against its limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"WAYSTATION_HOME": home, "DJANGO_SETTINGS_MODULE": "waystation.site.settings"}
        import django

        django.setup()
        from django.test import Client

        key, client = make(asked.rows), Client(headers={"Host": "localhost"})

        def answer(**query: str) -> bytes:
            response = client.get("/v3/displacement/admin2", query, headers={"Ocp-Apim-Subscription-Key": key})
            return bytes(response.content)

        first = timed(lambda: answer(Operation="Benchmark"))
        anew = timed(lambda: answer(Admin0Pcode="SSD"))
        again = timed(lambda: answer(Admin0Pcode="SSD"))
        rows = json.loads(anew[2])["result"]
        plain = timed(lambda: json.dumps({"result": rows}, ensure_ascii=False).encode())
    print(f"{len(rows):,} rows, {len(anew[2]):,} bytes")
    named = {"first after publishing": first, "made anew": anew, "sent again": again, "json.dumps alone": plain}
    for name, (cpu, wall, _answer) in named.items():
        print(f"{name:24} {cpu:6.2f} s CPU {wall:6.2f} s   {cpu / plain[0]:5.2f} x json.dumps")
    return 1 if anew[1] >= 1 or len(rows) != asked.rows else 0


if __name__ == "__main__":
    sys.exit(main())
