"""A register with a million records: the areas of a hundred more invented lands, taken in land after land by their keeper."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from datetime import date

from waystation.apps.places.acts import load_areas, load_countries
from waystation.apps.places.models import Area, Country
from waystation.apps.places.shapes import LANGUAGES, CountryShape
from waystation.intake.arealists import AreaRow
from waystation.kernel import scope
from waystation.kernel.acts import do
from waystation.site.demo.lands import SYLLABLES
from waystation.site.demo.making import MADE_BY, SEED
from waystation.site.demo.people import acting

RECORDS = 1_000_000
OF_A_LAND = 10_000  # areas of one land, taken in by one act: memory holds one land at a time
REGIONS, DISTRICTS = 10, 10  # districts of each region; the rest are villages
KEEPER = "amina"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
KNOWN_SINCE = date(2015, 1, 1)


def enlarge(say: Callable[[str], None], records: int = RECORDS) -> None:
    """Take in the lands, telling how far it is. Each is an act of its own: what is taken in stays when it is broken off."""
    lands = list(invented(-(-records // OF_A_LAND)))
    with scope.enter(scope.house("demonstration")):
        new = [land for land in lands if not Country.objects.filter(iso3=land.iso3).exists()]
        if new:
            do(load_countries, rows=new, terms=MADE_BY, title="A hundred more invented lands")
        held = set(Area.objects.order_by().values_list("country__iso3", flat=True).distinct())
    began, missing = time.monotonic(), [land for land in lands if land.iso3 not in held]
    for number, land in enumerate(missing, start=1):
        rows = areas(land, min(OF_A_LAND, records))
        with acting(KEEPER):
            do(load_areas, rows=rows, terms=MADE_BY, title=f"Areas of {land.names['en']}")
        if number % 10 == 0 or number == len(missing):
            left = (time.monotonic() - began) / number * (len(missing) - number) / 60
            done = min(records, (len(lands) - len(missing) + number) * OF_A_LAND)
            say(f"{done:,} of {records:,} areas, about {left:.0f} minutes left")


def invented(count: int) -> Iterator[CountryShape]:
    """Lands under codes that ISO 3166 leaves to its users, the same from the same seed."""
    dice, used = random.Random(f"{SEED}-large"), set[str]()  # noqa: S311 - names of nobody
    codes = (f"X{one}{other}" for one in LETTERS for other in LETTERS)
    for code in (next(codes) for _ in range(count)):
        name = _name(dice, used)
        yield CountryShape(code, "", "", dict.fromkeys(LANGUAGES, name), "", "", "", "assigned")


def areas(land: CountryShape, count: int) -> list[AreaRow]:
    """Regions, districts in them and villages in those, as a gazetteer lists them."""
    dice, used = random.Random(f"{SEED}-{land.iso3}"), set[str]()  # noqa: S311 - names of nobody
    regions = [(f"{land.iso3}{n:02}", land.iso3) for n in range(1, REGIONS + 1)]
    districts = [(f"{code}{n:02}", code) for code, _land in regions for n in range(1, DISTRICTS + 1)]
    left = max(0, count - len(regions) - len(districts))
    villages = [(f"{districts[n % len(districts)][0]}{n // len(districts) + 1:03}", districts[n % len(districts)][0])
                for n in range(left)]  # fmt: skip
    levels = [*((1, *one) for one in regions), *((2, *one) for one in districts), *((3, *one) for one in villages)]
    return [
        AreaRow(row, land.iso3, level, code, _name(dice, used), above, KNOWN_SINCE)
        for row, (level, code, above) in enumerate(levels[:count], start=2)
    ]


def _name(dice: random.Random, used: set[str]) -> str:
    """A name like those of the lands of the demonstration, with a number where all of those are taken."""
    name = "".join(dice.choice(part) for part in SYLLABLES[dice.choice(sorted(SYLLABLES))]).strip()
    while name in used:
        name = f"{name.rstrip('0123456789 ')} {dice.randrange(2, 10_000)}"
    used.add(name)
    return name
