"""A register with a million records: sites of the demonstration's first land, taken in list after list by its keeper."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import numpy as np
import shapely

from waystation.apps.places.acts import load_sites
from waystation.apps.places.models import Site
from waystation.apps.places.shapes import SiteRow
from waystation.kernel import scope
from waystation.kernel.acts import do
from waystation.site.demo.lands import LANDS, SYLLABLES, Area, Land, grow
from waystation.site.demo.making import MADE_BY, MANAGER, SEED
from waystation.site.demo.people import acting

RECORDS = 1_000_000
LIST = 10_000  # sites in one list, and in one act: memory holds one list at a time
CODE = "LARGE-"
KINDS = ("host_community", "camp", "collective_centre", "settlement", "transit_centre")


def enlarge(say: Callable[[str], None], records: int = RECORDS) -> None:
    """Take in the sites, telling how far it is. Each list is an act of its own: what is taken in stays when it is broken off."""
    land = grow(LANDS[0], SEED)
    with scope.enter(scope.house("demonstration")):
        there = Site.objects.filter(code__startswith=CODE).count()
    began = time.monotonic()
    with acting(MANAGER[land.iso3]):
        for number, rows in enumerate(lists(land, records), start=1):
            if number * LIST <= there:  # of a start that was broken off
                continue
            do(load_sites, rows=rows, terms=MADE_BY, title=f"Sites of {land.name}, list {number}")
            done, took = min(number * LIST, records), time.monotonic() - began
            if number % 10 == 0 or done == records:
                left = took / (done - there) * (records - done) / 60
                say(f"{done:,} of {records:,} sites of {land.name}, about {left:.0f} minutes left")


def lists(land: Land, records: int) -> Iterator[list[SiteRow]]:
    """Lists of invented sites inside the districts of a land; the same from the same seed."""
    dice, points = random.Random(f"{SEED}-large"), np.random.default_rng(SEED)  # noqa: S311 - a landscape, not a secret
    districts = [area for area in land.areas if area.level == 2]
    first = date(2016, 1, 1)
    for begin in range(0, records, LIST):
        rows = []
        district = dice.choice(districts)
        for number, (longitude, latitude) in enumerate(_inside(points, district, min(LIST, records - begin))):
            name = "".join(dice.choice(part) for part in SYLLABLES[land.manner]).strip()
            rows.append(
                SiteRow(
                    number + 2, f"{name} {dice.randrange(10_000)}", land.iso3, dice.choice(KINDS), district.code,
                    longitude, latitude, f"{CODE}{begin + number:07}", "", first + timedelta(days=dice.randrange(3_000)),
                )
            )  # fmt: skip
        yield rows


def _inside(dice: np.random.Generator, area: Area, count: int) -> list[tuple[float, float]]:
    west, south, east, north = area.shape.bounds
    found: list[tuple[float, float]] = []
    while len(found) < count:
        lon, lat = dice.uniform(west, east, count), dice.uniform(south, north, count)
        within = shapely.contains_xy(area.shape, lon, lat)
        found += list(zip(lon[within].round(5).tolist(), lat[within].round(5).tolist(), strict=True))
    return found[:count]
