"""What an act costs with its lock, rule, trail, revisions and facts, beside a bare save of the same row in Django.

    python benchmarks/acts.py [--count 500]

Prints milliseconds of CPU and of wall clock per act, and the ratio to the bare save; exits with 1 when an act takes 5 ms
of CPU or more.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable

LIMIT = 5.0  # milliseconds of CPU


def measured(what: Callable[[int], object], count: int) -> tuple[float, float]:
    """(CPU, wall) milliseconds a call."""
    cpu, wall = time.process_time(), time.perf_counter()
    for number in range(count):
        what(number)
    return (time.process_time() - cpu) * 1000 / count, (time.perf_counter() - wall) * 1000 / count


def main() -> int:
    """Measure on the database that DATABASE_URL names, else on SQLite in a temporary folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=500)
    count = parser.parse_args().count
    os.environ["WAYSTATION_HOME"] = tempfile.mkdtemp()
    os.environ["DJANGO_SETTINGS_MODULE"] = "waystation.site.settings"
    import django

    django.setup()
    from waystation.kernel import house, scope
    from waystation.kernel.acts import do
    from waystation.kernel.models import AccessToken, Actor
    from waystation.site.commands.opening import open_house

    with scope.enter(scope.house("benchmark")):
        open_house("Benchmark")
        office = house.Office.objects.get(code="HQ")
        person: Actor = do(house.invite, username="ben", name="Ben", office=office).record
    with scope.enter(scope.Scope(person)):
        cpu, wall = measured(lambda number: do(house.issue, grants="read"), count)
        bare_cpu, bare_wall = measured(
            lambda number: AccessToken(
                holder=person, office=office, ref=f"bare-{number}", state="active", fingerprint=f"bare-{number}"
            ).save(),
            count,
        )
    print(f"act        {cpu:6.2f} ms CPU {wall:6.2f} ms")
    print(f"bare save  {bare_cpu:6.2f} ms CPU {bare_wall:6.2f} ms")
    print(f"ratio      {cpu / bare_cpu:6.1f}        {wall / bare_wall:6.1f}")
    return 1 if cpu >= LIMIT else 0


if __name__ == "__main__":
    sys.exit(main())
