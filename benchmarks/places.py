"""What looking up places costs: points in areas, and columns of p-codes, each beside the barest thing that does the same.

    python benchmarks/places.py [--rows 100000] [--areas 80]

Points are looked up through ``places.api.locate_many`` and beside it with a plain shapely STRtree over the same outlines;
codes through ``places.api.check_codes`` and beside it with a dictionary of the valid codes. Prints seconds, the ratio to the
peer and the limit; exits with 1 when a limit is passed or an answer differs from the peer's.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

LIMITS = {
    "points in areas": 2.0,
    "points, first time": 4.0,
    "codes, all valid": 1.0,
    "codes, one in ten wrong": 1.0,
}  # seconds
ON = date(2025, 1, 1)
DISTRICTS = 4  # below each area


def country(areas: int, folder: Path) -> list[Any]:
    """A country of wavy-edged squares with districts, taken in as anybody's; returns the outlines."""
    import json

    import shapely

    from waystation.apps.places.datasets.boundaries import Reading
    from waystation.apps.places.datasets.taking import take_boundaries
    from waystation.intake.arealists import AreaRow
    from waystation.kernel.acts import do
    from waystation.kernel.datasets import Terms
    from waystation.kernel.register import find_register

    terms = Terms("Benchmark", "CC0", may_republish=True)
    rows = [AreaRow(n, "SSD", 1, f"SS{n:03}", f"Area {n}") for n in range(areas)]
    rows += [
        AreaRow(n, "SSD", 2, f"SS{n:03}{part:02}", f"District {n} {part}", f"SS{n:03}")
        for n in range(areas)
        for part in range(DISTRICTS)
    ]
    do(find_register("places.editions").act("load_areas"), rows=rows, terms=terms, title="areas")
    shapes = [shapely.box(20 + n % 10, n // 10, 21 + n % 10, 1 + n // 10).segmentize(0.002) for n in range(areas)]
    features = [
        {"type": "Feature", "properties": {"ADM1_PCODE": f"SS{n:03}", "ADM1_EN": f"Area {n}", "iso3": "SSD"},
         "geometry": shapely.geometry.mapping(one)}
        for n, one in enumerate(shapes)
    ]  # fmt: skip
    path = folder / "areas.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    take_boundaries(path, terms, Reading())
    return shapes


def timed(what: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds and the answer."""
    started = time.perf_counter()
    answer = what()
    return time.perf_counter() - started, answer


def of_points(shapes: list[Any], rows: int, tell: Callable[..., None]) -> None:
    """Points in areas beside a bare tree; the first time the outlines are read from disk and indexed."""
    import numpy as np
    import shapely

    from waystation.apps.places import api

    dice = np.random.default_rng(7)
    longitudes, latitudes = dice.uniform(20, 30, rows), dice.uniform(0, len(shapes) // 10, rows)

    def ours() -> list[str | None]:
        asked = {"longitudes": longitudes.tolist(), "latitudes": latitudes.tolist()}
        return [one and one.pcode for one in api.locate_many(**asked, level=1, country="SSD", on=ON)]

    def bare() -> list[str | None]:
        found: list[str | None] = [None] * rows
        points, areas = tree.query(shapely.points(longitudes, latitudes), predicate="intersects")
        for point, area in zip(points.tolist(), areas.tolist(), strict=True):
            found[point] = f"SS{area:03}"
        return found

    def indexed() -> shapely.STRtree:
        held = np.array(shapes, dtype=object)
        shapely.prepare(held)
        return shapely.STRtree(held)

    first, _answer = timed(ours)
    making, tree = timed(indexed)
    peer, expected = timed(bare)
    took, answer = timed(ours)
    tell("points, first time", first, making + peer, True)
    tell("points in areas", took, peer, answer == expected)


def of_codes(areas: int, rows: int, tell: Callable[..., None]) -> None:
    """A column of codes with their parents beside a dictionary look-up of each."""
    from waystation.apps.places import api

    dice = random.Random(7)
    valid = {f"SS{n:03}{part:02}": f"SS{n:03}" for n in range(areas) for part in range(DISTRICTS)}
    every = list(valid.items())
    good = [dice.choice(every) for _ in range(rows)]
    bad = [
        ("SS99999" if place % 20 == 0 else pair[0], "SS998" if place % 20 == 10 else pair[1])
        for place, pair in enumerate(good)
    ]
    for name, pairs in (("codes, all valid", good), ("codes, one in ten wrong", bad)):
        peer, expected = timed(
            lambda pairs=pairs: [n for n, (code, above) in enumerate(pairs) if valid.get(code) != above]
        )
        took, answer = timed(lambda pairs=pairs: api.check_codes(country="SSD", pairs=pairs, on=ON))
        tell(name, took, peer, [one.index for one in answer] == expected)


def main() -> int:
    """Measure on the database that DATABASE_URL names, else on SQLite in a temporary folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--areas", type=int, default=80)
    asked = parser.parse_args()
    failed = []

    def tell(name: str, took: float, peer: float, same: bool) -> None:
        limit = LIMITS[name] * asked.rows / 100_000
        print(f"{name:24} {took:7.3f} s  peer {peer:7.3f} s  ratio {took / peer:5.1f}  limit {limit:4.1f} s")
        if took > limit or not same:
            failed.append(f"{name}: {'too slow' if same else 'differs from the peer'}")

    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"WAYSTATION_HOME": home, "DJANGO_SETTINGS_MODULE": "waystation.site.settings"}
        import django

        django.setup()
        from waystation.kernel import scope
        from waystation.site.commands.opening import open_house

        with scope.enter(scope.house("benchmark")):
            open_house("Benchmark")
            shapes = country(asked.areas, Path(home))
            of_points(shapes, asked.rows, tell)
            of_codes(asked.areas, asked.rows, tell)
    print(*failed, sep="\n", end="\n" if failed else "")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
