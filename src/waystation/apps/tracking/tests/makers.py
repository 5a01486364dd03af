"""How derived tests make what tracking keeps, and what its acts are told."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.derived.making import World, makes, says
from waystation.apps.tracking.models import Finding, Round
from waystation.apps.tracking.tests.making import TERMS, make_partition, spot
from waystation.kernel.acts import do
from waystation.kernel.register import find_register


@says("tracking.operations", "open_operation")
def open_operation(world: World, _record: Any) -> dict[str, Any]:
    country = world.one("places.countries")
    return {"name": f"Operation {world.count()}", "country": country.iso3, "office": world.personas.dakar,
            "total_note": "Other people"}  # fmt: skip


@says("tracking.rounds", "plan")
def plan(world: World, _record: Any) -> dict[str, Any]:
    return {"operation": world.one("tracking.operations"), "number": world.count(), "reporting_date": date(2024, 3, 31)}


@says("tracking.rounds", "receive")
def receive(world: World, round: Round) -> dict[str, Any]:
    partition, origin = make_partition(round, [spot("HT01", 250), spot("HT02", 31)], TERMS)
    return {"partitions": [partition], "origins": [origin], "findings": []}


@makes("tracking.findings")
def finding(world: World) -> Finding:
    """A finding in a round of its own register's first state."""
    rounds = find_register("tracking.rounds")
    known = Finding.everything.order_by("pk").first()
    round = known.round if known else world.make("tracking.rounds")
    standing = [
        Finding(rule=one.rule, blocking=one.blocking, place=one.place, details=one.details)
        for one in Finding.everything.filter(round=round).exclude(state="corrected")
    ]
    new = Finding(rule="jump", blocking=False, place=f"HT{world.count():02}", details={"before": 1, "now": 900})
    with world.personas.asking(world.personas.amina):
        said = receive(world, Round.everything.get(pk=round.pk))
        do(rounds.act("receive"), Round.everything.get(pk=round.pk), **{**said, "findings": [*standing, new]})
    return Finding.everything.get(place=new.place)
