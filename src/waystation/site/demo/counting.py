"""What the invented rounds find: people by settlement, as a field team's file would hold them.

The story of each operation is a list of shocks; between shocks some return and some are counted again. Numbers are
drawn from a seeded generator; nothing in them is about a real place.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from waystation.site.demo.lands import Land, Settlement

COLUMNS = {
    "operation": "#operation+name", "admin0Pcode": "#country+code", "admin1Name": "#adm1+name", "admin1Pcode": "#adm1+code",
    "admin2Name": "#adm2+name", "admin2Pcode": "#adm2+code", "locationCode": "#loc+code", "locationName": "#loc+name",
    "locationType": "#loc+type", "longitude": "#geo+lon", "latitude": "#geo+lat", "populationGroup": "#population+type",
    "households": "#population+hh", "individuals": "#population+ind", "numberMales": "#population+m", "numberFemales": "#population+f",
    "displacementReason": "#cause+type", "idpOriginAdmin1Name": "#adm1+name+origin", "idpOriginAdmin1Pcode": "#adm1+code+origin",
    "reportingDate": "#date+reported", "roundNumber": "#round+code", "assessmentType": "#assessment+type",
    "informants": "#informants+num", "informantKinds": "#informants+kinds", "agreement of informants": "#informants+agreement", "access": "#access",
    "collectedOn": "#date+collected",
}  # fmt: skip


@dataclass(frozen=True)
class Story:
    """An operation to be told: its rounds are three months apart, ``shocks`` name the rounds in which many are displaced."""

    land: Land
    name: str
    first: date
    rounds: int
    component: str
    shocks: dict[int, str]
    closed: bool = False
    min_cell: int = 0


def tell(story: Story, folder: Path, seed: int) -> Iterator[tuple[int, date, Path, int]]:
    """A file for each round: its number, reporting date, path, and how many places were planned."""
    dice = random.Random(f"{seed}-{story.name}")  # noqa: S311 - a story, not a secret
    people = {place.code: [dice.randrange(0, 900) * dice.choice((0, 1, 1)), 0] for place in story.land.settlements}
    for number in range(1, story.rounds + 1):
        day = story.first + timedelta(days=91 * (number - 1))
        _move(dice, people, story.shocks.get(number))
        reached = [one for one in story.land.settlements if dice.random() < min(0.97, 0.62 + 0.06 * number)]
        path = folder / f"{story.land.iso3}-{story.component}-{number:02}.csv"
        with path.open("w", newline="", encoding="utf-8") as stream:
            out = csv.DictWriter(stream, list(COLUMNS), lineterminator="\n")
            out.writeheader()
            out.writerow(COLUMNS)
            for place in reached:
                for row in _rows(dice, story, place, people[place.code], number, day):
                    out.writerow(row)
        yield number, day, path, len(story.land.settlements)


def _move(dice: random.Random, people: dict[str, list[int]], shock: str | None) -> None:
    struck = set(dice.sample(sorted(people), k=len(people) // 4)) if shock else set()
    for code, (displaced, returned) in people.items():
        if code in struck:
            displaced += dice.randrange(150, 2400)
        leaving = int(displaced * dice.uniform(0, 0.16))
        people[code] = [displaced - leaving + dice.randrange(0, 40), returned + int(leaving * 0.7)]


def _rows(
    dice: random.Random, story: Story, place: Settlement, counts: list[int], number: int, day: date
) -> Iterator[dict[str, object]]:
    origin = dice.choice([a for a in story.land.areas if a.level == 1])
    shocks = [why for when, why in story.shocks.items() if when <= number] or ["Conflict"]
    shared = {
        "operation": story.name, "admin0Pcode": story.land.iso3, "admin1Name": place.admin1.name,
        "admin1Pcode": place.admin1.code, "admin2Name": place.admin2.name, "admin2Pcode": place.admin2.code,
        "locationCode": place.code, "locationName": place.name, "locationType": place.kind, "longitude": place.longitude,
        "latitude": place.latitude, "reportingDate": day.isoformat(), "roundNumber": number,
        "assessmentType": {"area": "BA", "site": "SA"}[story.component], "informants": dice.randrange(1, 7),
        "informantKinds": dice.randrange(1, 4), "agreement of informants": round(dice.uniform(0.4, 1), 2),
        "access": dice.choice(("full", "full", "full", "partial", "remote")),
        "collectedOn": (day - timedelta(days=dice.randrange(3, 40))).isoformat(),
    }  # fmt: skip
    for group, count in zip(("displaced", "returned_internal"), counts, strict=True):
        if not count:
            continue
        known = dice.random() < 0.9
        males = int(count * dice.uniform(0.44, 0.52))
        yield shared | {
            "populationGroup": group, "households": max(1, round(count / 5.2)), "individuals": count,
            "numberMales": males if known else "", "numberFemales": count - males if known else "",
            "displacementReason": dice.choice(shocks), "idpOriginAdmin1Name": origin.name, "idpOriginAdmin1Pcode": origin.code,
        }  # fmt: skip
