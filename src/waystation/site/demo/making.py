"""Making the demonstration: offices and people, invented lands, three operations told round by round, releases."""

from __future__ import annotations

import json
import random
import tempfile
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from pathlib import Path

from django.db import transaction

from waystation.apps.exchange.releases import package
from waystation.apps.places.acts import load_countries
from waystation.apps.places.datasets.countries import countries_from_packages
from waystation.apps.places.shapes import LANGUAGES, CountryShape
from waystation.apps.sources.datasets.taking import take_in
from waystation.apps.tracking.acts import findings as on_findings
from waystation.apps.tracking.acts import operations as on_operations
from waystation.apps.tracking.acts import rounds as on_rounds
from waystation.apps.tracking.models import Finding, Round
from waystation.kernel import facts, release, scope, values
from waystation.kernel.acts import do
from waystation.kernel.datasets import Terms
from waystation.kernel.imports import importers
from waystation.kernel.models import Office, Release
from waystation.site.demo.counting import Story, tell
from waystation.site.demo.lands import LANDS, Land, features, grow
from waystation.site.demo.people import PERSONAS, acting, move_in
from waystation.site.demo.sharing import share
from waystation.site.demo.statistics import statistics

SEED = 2026
MADE_BY = Terms("Waystation demonstration", "CC0 1.0", "Invented by the Waystation project", may_republish=True)
MANAGER = {"QMR": "amina", "QTA": "layla", "QVD": "tomas"}
REASONS = (
    "Confirmed with the field team by phone",
    "The district was split after the floods and people registered again in the new one",
    "Key informants disagree; the lower estimate was kept",
)


def stories(lands: dict[str, Land], last: date) -> list[Story]:
    """Three operations, ending a little before today: a conflict, a drought, and storms."""
    month = (last - timedelta(days=20)).replace(day=1)  # a round is out and released two weeks after it reports
    end = month - timedelta(days=1)
    start = {rounds: end - timedelta(days=91 * (rounds - 1)) for rounds in (4, 5, 8)}
    return [
        Story(lands["QMR"], "Northern conflict response", start[8], 8, "area", {2: "Conflict", 5: "Insecurity"}),
        Story(lands["QTA"], "Drought and displacement", start[5], 5, "area", {1: "Natural disaster", 4: "Conflict"}),
        Story(lands["QVD"], "Coastal storms", start[4], 4, "site", {1: "Natural disaster"}, min_cell=10),
    ]


class Calendar:
    """A clock that is set to a day and then moves on by itself, a few seconds a reading."""

    def __init__(self) -> None:
        self.moment = datetime(2023, 1, 9, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.moment += timedelta(seconds=7)
        return self.moment

    def turn_to(self, day: date, hour: int = 9) -> None:
        """Turn forward to a day; never back."""
        self.moment = max(self.moment, datetime.combine(day, time(hour), tzinfo=UTC))


def make(say: Callable[[str], None], today: date | None = None) -> None:
    """Make everything or nothing, telling what is being made. Deterministic but for the day it ends on."""
    numbers = count(1)
    calendar, end = Calendar(), today or values.today()
    count_up = values.ids(lambda size: f"{next(numbers):0{2 * size}x}")
    with values.clock(calendar), count_up, _desk() as folder, transaction.atomic():  # one commit is quick, 300 are not
        say("offices and people")
        move_in()
        lands = {land.iso3: grow(land, SEED) for land in LANDS}
        with scope.enter(scope.house("demonstration")):
            do(load_countries, rows=[*countries_from_packages(), *map(_as_country, LANDS)], terms=MADE_BY)
        for land in lands.values():
            say(f"places of {land.name}")
            with acting(MANAGER[land.iso3]):
                _settle(land, folder)
        say("statistics of others")
        with acting("claire"):
            for name, terms, path in statistics(Path(folder), SEED, end.year - 1):
                _import(name, path, terms, "--edition", str(end.year))
        for story in stories(lands, end):
            say(f"{story.name}: {story.rounds} rounds")
            share(story.land.iso3, _tell(story, folder, calendar), end)
    facts.deliver(1000)


def _as_country(land: Land) -> CountryShape:
    names = dict.fromkeys(LANGUAGES, land.name)
    return CountryShape(land.iso3, land.iso2, "", names, "", "", "", "assigned")


def personas() -> list[str]:
    """Lines that say who there is to be."""
    width = max(len(one.name) for one in PERSONAS)
    return ["", "Sign in as:", *(f"  {one.name:{width}}  {one.does}" for one in PERSONAS), ""]


def _desk() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="waystation-demo-")


def _settle(land: Land, folder: str) -> None:
    """Load a land's areas and boundaries through the same importers as anybody's."""
    lists = Path(folder) / f"{land.iso3}-areas.csv"
    rows = ["Location,Admin Level,P-Code,Name,Parent P-Code,Valid from date",
            "#country+code,#geo+admin_level,#adm+code,#adm+name,#adm+code+parent,#date+start"]  # fmt: skip
    rows += [f"{land.iso3},{a.level},{a.code},{a.name},{a.parent or land.iso3},2015-01-01" for a in land.areas]
    lists.write_text("\n".join(rows) + "\n", encoding="utf-8")
    _import("places.areas", lists)
    for level in (0, 1, 2):
        shapes = Path(folder) / f"{land.iso3.lower()}_adm{level}.geojson"
        shapes.write_text(json.dumps(features(land, level)), encoding="utf-8")
        _import("places.boundaries", shapes)


def _import(name: str, path: Path, terms: Terms = MADE_BY, *more: str) -> None:
    parser = ArgumentParser()
    importers[name].takes(parser)
    said = ["--source", terms.source, "--licence", terms.licence, "--attribution", terms.attribution, *more]
    importers[name].run([path], parser.parse_args([*said, "--may-republish"]))


def _tell(story: Story, folder: str, calendar: Calendar) -> Release:
    """An operation from its opening to the release of its rounds, done by its people."""
    dice = random.Random(f"{SEED}-{story.name}-desk")  # noqa: S311 - who explains what, not a secret
    manager, office = MANAGER[story.land.iso3], Office.everything.get(code=story.land.iso3)
    with acting(manager):
        operation = do(
            on_operations.open_operation, name=story.name, country=story.land.iso3, office=office,
            main_component=story.component, protection_indicators=story.land.iso3 != "QTA",
            pandemic_indicators=story.land.iso3 == "QMR", informs_health=True, min_cell=story.min_cell,
            total_note="The only operation that counts people in this country",
        ).record  # fmt: skip
    done: list[Round] = []
    for number, day, path, planned in tell(story, Path(folder), SEED):
        calendar.turn_to(day - timedelta(days=30))
        with acting(manager):
            said = {"operation": operation, "number": number, "reporting_date": day, "component": story.component}
            calendar.turn_to(day)
            current = do(
                on_rounds.plan, **said, period_start=day - timedelta(days=40), period_end=day, planned_locations=planned
            ).record
            do(on_rounds.begin, current)
            calendar.turn_to(day + timedelta(days=6))
            take_in([path], office=office, terms=MADE_BY)
        unfinished = number == story.rounds and story.land.iso3 == "QMR"
        _review(current, manager, dice, all_of_them=not unfinished)
        if not unfinished:
            done.append(_publish(current))
    calendar.turn_to(day + timedelta(days=14))
    with acting("claire"):
        out = release.publish(
            package([one.ref for one in done]), audience="public", licence=MADE_BY.licence, office=office
        )
    made: Release = out.record
    return made


def _review(current: Round, manager: str, dice: random.Random, all_of_them: bool) -> None:
    """Explain the findings of a round, accept the blocking ones; or leave the last round's for the visitor."""
    for finding in _found(current):
        if not all_of_them and dice.random() < 0.6:
            continue
        with acting(manager):
            finding = do(on_findings.explain, finding, reason=dice.choice(REASONS)).record
        if finding.blocking:
            with acting("victor"):
                do(on_findings.accept, finding, reason="Seen with the country office; the data stand as they are")


def _found(current: Round) -> Iterator[Finding]:
    with scope.enter(scope.house("demonstration")):
        return iter(list(Finding.objects.filter(round=current, state="found").order_by("pk")))


def _publish(current: Round) -> Round:
    fresh = Round.everything.get(pk=current.pk)
    with acting("victor"):
        fresh = do(on_rounds.validate, fresh).record
    with acting("claire"):
        published: Round = do(on_rounds.publish, fresh).record
    return published
