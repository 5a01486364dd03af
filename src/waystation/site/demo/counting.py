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

from waystation.site.demo.lands import Area, Land, Settlement

COLUMNS = {
    "operation": "#operation+name", "admin0Pcode": "#country+code", "admin1Name": "#adm1+name", "admin1Pcode": "#adm1+code",
    "admin2Name": "#adm2+name", "admin2Pcode": "#adm2+code", "locationCode": "#loc+code", "locationName": "#loc+name",
    "locationType": "#loc+type", "longitude": "#geo+lon", "latitude": "#geo+lat", "populationGroup": "#population+type",
    "households": "#population+hh", "individuals": "#population+ind", "numberMales": "#population+m", "numberFemales": "#population+f",
    "children": "#population+children", "60 and older": "#population+elderly", "arrived from": "#date+arrival+start",
    "arrived until": "#date+arrival+end",
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


@dataclass
class Wave:
    """People who came to a place within a span of days, for a reason, from a region."""

    people: int
    first: date
    last: date
    reason: str
    origin: Area


@dataclass
class Place:
    """Who is in a settlement: displaced people, wave by wave, and how many returned home to it."""

    settlement: Settlement
    waves: list[Wave]
    returned: int = 0


def tell(story: Story, folder: Path, seed: int) -> Iterator[tuple[int, date, Path, int]]:
    """A file for each round: its number, reporting date, path, and how many places were planned."""
    dice = random.Random(f"{seed}-{story.name}")  # noqa: S311 - a story, not a secret
    places = [_settled(dice, story, one) for one in story.land.settlements]
    for number in range(1, story.rounds + 1):
        day = story.first + timedelta(days=91 * (number - 1))
        _move(dice, story, places, day, story.shocks.get(number))
        reached = [one for one in places if dice.random() < min(0.97, 0.62 + 0.06 * number)]
        path = folder / f"{story.land.iso3}-{story.component}-{number:02}.csv"
        with path.open("w", newline="", encoding="utf-8") as stream:
            out = csv.DictWriter(stream, list(COLUMNS), lineterminator="\n")
            out.writeheader()
            out.writerow(COLUMNS)
            for place in reached:
                out.writerows(_rows(dice, story, place, number, day))
        yield number, day, path, len(places)


def _wave(dice: random.Random, story: Story, people: int, last: date, days: int, reason: str) -> Wave:
    origin = dice.choice([area for area in story.land.areas if area.level == 1])
    return Wave(people, last - timedelta(days=days), last, reason, origin)


def _settled(dice: random.Random, story: Story, settlement: Settlement) -> Place:
    """Some places hold people from before the story begins."""
    people = dice.randrange(0, 900) * dice.choice((0, 1, 1))
    reason = next(iter(story.shocks.values()))
    before = _wave(dice, story, people, story.first - timedelta(days=420), 200, reason)
    return Place(settlement, [before] if people else [])


def _move(dice: random.Random, story: Story, places: list[Place], day: date, shock: str | None) -> None:
    """A quarter goes by: some go home; a shock brings many to a quarter of the places."""
    struck = {id(one) for one in dice.sample(places, k=len(places) // 4)} if shock else set()
    for place in places:
        for wave in place.waves:
            leaving = int(wave.people * dice.uniform(0, 0.16))
            wave.people -= leaving
            place.returned += int(leaving * 0.7)
        if shock and id(place) in struck:
            place.waves.append(_wave(dice, story, dice.randrange(150, 2400), day - timedelta(days=12), 70, shock))


def _rows(dice: random.Random, story: Story, place: Place, number: int, day: date) -> Iterator[dict[str, object]]:
    shared = _where(dice, story, place.settlement, number, day)
    for wave in place.waves:
        if wave.people:
            told = dice.random() < 0.9  # some do not say when they came
            yield shared | _counted(dice, "displaced", wave.people) | {
                "displacementReason": wave.reason, "idpOriginAdmin1Name": wave.origin.name,
                "idpOriginAdmin1Pcode": wave.origin.code, "arrived from": wave.first.isoformat() if told else "",
                "arrived until": wave.last.isoformat() if told else "",
            }  # fmt: skip
    if place.returned:
        yield shared | _counted(dice, "returned_internal", place.returned)


def _where(dice: random.Random, story: Story, settlement: Settlement, number: int, day: date) -> dict[str, object]:
    """What all rows of a place share in a round."""
    return {
        "operation": story.name, "admin0Pcode": story.land.iso3, "admin1Name": settlement.admin1.name,
        "admin1Pcode": settlement.admin1.code, "admin2Name": settlement.admin2.name,
        "admin2Pcode": settlement.admin2.code, "locationCode": settlement.code, "locationName": settlement.name,
        "locationType": settlement.kind, "longitude": settlement.longitude, "latitude": settlement.latitude,
        "reportingDate": day.isoformat(), "roundNumber": number,
        "assessmentType": {"area": "BA", "site": "SA"}[story.component], "informants": dice.randrange(1, 7),
        "informantKinds": dice.randrange(1, 4), "agreement of informants": round(dice.uniform(0.4, 1), 2),
        "access": dice.choice(("full", "full", "full", "partial", "remote")),
        "collectedOn": (day - timedelta(days=dice.randrange(3, 40))).isoformat(),
    }  # fmt: skip


def _counted(dice: random.Random, group: str, people: int) -> dict[str, object]:
    """A group's people, with households, and with sex and age where the team asked."""
    counted: dict[str, object] = {
        "populationGroup": group, "households": max(1, round(people / 5.2)), "individuals": people
    }  # fmt: skip
    if dice.random() < 0.9:
        males = int(people * dice.uniform(0.44, 0.52))
        counted |= {"numberMales": males, "numberFemales": people - males}
    if dice.random() < 0.7:
        counted |= {
            "children": int(people * dice.uniform(0.42, 0.56)), "60 and older": int(people * dice.uniform(0.02, 0.07))
        }  # fmt: skip
    return counted
