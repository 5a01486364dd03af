"""How long a round of 100,000 rows takes to come in, with all quality rules, and that memory does not grow with the rows.

    python benchmarks/import_round.py [--rows 100000 200000 400000]

Each size runs in a process of its own, on an empty house with SQLite, against a round of nearly the same places that is
published before it and a gazetteer that holds every code. Prints seconds and the peak of resident memory; exits with 1
when 100,000 rows take more than 15 seconds, or when the largest size needs a third more memory than the smallest.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

LIMIT = 15.0  # seconds for 100,000 rows
GROWTH = 1.33
STATES, COUNTIES = 10, 80
HEADERS = (
    "operation", "admin0Pcode", "roundNumber", "reportingDate", "assessmentType", "admin1Pcode", "admin1Name",
    "admin2Pcode", "admin2Name", "location_code", "location_name", "longitude", "latitude", "displacementReason",
    "idpOriginAdmin1Pcode", "idpOriginAdmin1Name", "households", "numPresentIdpInd", "numberMales", "numberFemales",
    "survey date", "number of informants", "access",
)  # fmt: skip


def write(path: Path, rows: int, number: int) -> None:
    """A round of made-up places: one in a thousand rows breaks a rule, one in a hundred places of the last is lost."""
    chance = random.Random(number)
    with path.open("w", newline="", encoding="utf-8") as stream:
        lines = csv.writer(stream)
        lines.writerow(HEADERS)
        for place in range(rows):
            if number > 1 and place % 100 == 7:
                continue
            county = place % COUNTIES + 1
            state = (county - 1) // 8 + 1
            people = chance.randint(1, 2000)
            men = people // 2 + (people if place % 1000 == 3 else 0)
            lines.writerow((
                "Benchmark", "SSD", number, f"2025-0{number}-28", "SA", f"SS{state:02}", f"State {state}",
                f"SS{state:02}{county:02}", f"County {county}", f"L{place:07}", f"Place {place}",
                f"{25 + place % 900 / 100:.4f}", f"{4 + place % 700 / 100:.4f}", "Conflict", "SS01", "State 1",
                people // 5, people, men, people - people // 2, f"2025-0{number}-14", place % 5, "full",
            ))  # fmt: skip


def open_up() -> Any:
    """An empty house with its country, its codes, and somebody who runs tracking."""
    import django

    django.setup()
    from waystation.intake.arealists import AreaRow
    from waystation.kernel import house, scope
    from waystation.kernel.acts import do
    from waystation.kernel.datasets import Terms
    from waystation.kernel.register import find_register
    from waystation.site.commands.opening import open_house

    with scope.enter(scope.house("benchmark")):
        open_house("Benchmark")
        office = house.Office.objects.get(code="HQ")
        person = do(house.invite, username="ben", name="Ben", office=office).record
        do(house.grant, holder=person, duty="tracking.manage", office=office)
        rows = [AreaRow(n, "SSD", 1, f"SS{n:02}", f"State {n}") for n in range(1, STATES + 1)]
        rows += [
            AreaRow(n, "SSD", 2, f"SS{(n - 1) // 8 + 1:02}{n:02}", f"County {n}", f"SS{(n - 1) // 8 + 1:02}")
            for n in range(1, COUNTIES + 1)
        ]
        terms = Terms("Benchmark", "CC0")
        do(find_register("places.editions").act("load_areas"), rows=rows, terms=terms, title="areas")
    return person


def measure(rows: int) -> dict[str, Any]:
    """Bring one round in, then measure the next one. Seconds and mebibytes."""
    person = open_up()
    from waystation.apps.sources.datasets.taking import take_in
    from waystation.kernel import scope
    from waystation.kernel.datasets import Terms

    terms = Terms("Benchmark", "CC0")
    with tempfile.TemporaryDirectory() as folder, scope.enter(scope.Scope(person)):
        taken = None
        for number in (1, 2):
            path = Path(folder) / f"round{number}.csv"
            write(path, rows, number)
            started = time.perf_counter()
            taken = take_in([path], office=person.office, terms=terms)
            took = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found = dict(taken.rounds[0].findings) if taken else {}
    return {"rows": rows, "seconds": round(took, 1), "peak": round(peak), "findings": found}


def main() -> int:
    """Measure every size in its own process and hold the results against the limits."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 200_000])
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.here:
        print(json.dumps(measure(asked.rows[0])))
        return 0
    results = []
    for rows in asked.rows:
        with tempfile.TemporaryDirectory() as home:
            settings = {"WAYSTATION_HOME": home, "DJANGO_SETTINGS_MODULE": "waystation.site.settings"}
            command = [sys.executable, __file__, "--here", "--rows", str(rows)]
            done = subprocess.run(command, env=os.environ | settings, check=True, capture_output=True, text=True)
        results.append(json.loads(done.stdout.splitlines()[-1]))
        print("{rows:>9,} rows  {seconds:>6.1f} s  {peak:>6,} MiB at its peak  {findings}".format(**results[-1]))
    slow = [one for one in results if one["rows"] <= 100_000 and one["seconds"] > LIMIT]
    grown = len(results) > 1 and results[-1]["peak"] > GROWTH * results[0]["peak"]
    return 1 if slow or grown else 0


if __name__ == "__main__":
    sys.exit(main())
