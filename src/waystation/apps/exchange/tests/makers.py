"""How derived tests make feeds and plans, and what their acts are told."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.derived.making import World, says
from waystation.apps.exchange.releases import package
from waystation.apps.tracking.models import Round
from waystation.apps.tracking.tests.making import make_operation, make_round, spot
from waystation.kernel import release, scope
from waystation.kernel.models import Release


def released(world: World) -> Release:
    """A public release of a published round of Haiti, made when there is none."""
    with scope.enter(scope.house("tests")):
        held = Release.objects.filter(product="tracking.rounds", state="released", audience="public").first()
        if held is not None:
            found: Release = held
            return found
        made = Round.objects.filter(published_version__isnull=False, operation__country__iso3="HTI").first()
    if made is None:
        operation = make_operation(world.personas, f"Operation {world.count()}")
        made = make_round(world.personas, operation, 1, date(2024, 3, 31), [spot("HT01", 250)])
    with world.personas.asking(world.personas.bakary):
        done = release.publish(package([made.ref]), audience="public", licence="CC BY 4.0", office=world.personas.dakar)
    out: Release = done.record
    return out


@says("exchange.feeds", "announce")
def announce(world: World, _record: Any) -> dict[str, Any]:
    address = f"https://example.org/{world.count()}"
    return {"venue": "hdx", "title": "Haiti", "country": "HTI", "address": address, "release": released(world),
            "office": world.personas.dakar}  # fmt: skip


@says("exchange.plans", "read")
def read(world: World, _record: Any) -> dict[str, Any]:
    world.one("places.countries")
    return {"kind": "response_plan", "title": f"Plan {world.count()}", "country": "HTI", "year": 2024, "use": "part",
            "evidence": "Page 12", "office": world.personas.dakar}  # fmt: skip


@says("exchange.plans", "read_again")
def read_again(world: World, _record: Any) -> dict[str, Any]:
    return {"use": "full", "evidence": f"Page {world.count()}"}
