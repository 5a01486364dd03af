"""How derived tests make what tracking keeps, and what its acts are told."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from tests.derived.making import World, makes, says
from waystation.apps.tracking.models import Finding, Round
from waystation.apps.tracking.tests.making import TERMS, make_partition, spot
from waystation.kernel.acts import do
from waystation.kernel.datasets import find, keep_raw
from waystation.kernel.models import RawFile
from waystation.kernel.register import find_register


def file(world: World) -> RawFile:
    """A file as it came; not saved."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"file-{world.count()}.csv"
        path.write_text(f"a,b\n1,{path.name}\n", encoding="utf-8")
        return keep_raw(path)


@says("tracking.operations", "open_operation")
def open_operation(world: World, _record: Any) -> dict[str, Any]:
    country = world.one("places.countries")
    return {"name": f"Operation {world.count()}", "country": country.iso3, "office": world.personas.dakar}


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


@says("tracking.mappings", "remember")
def remember(world: World, _record: Any) -> dict[str, Any]:
    name = f"Source {world.count()}"
    return {"name": name, "signature": f"{world.count():064}", "mapping": {}, "office": world.personas.dakar}


@says("tracking.imports", "bring")
def bring(world: World, _record: Any) -> dict[str, Any]:
    return {"files": [file(world)], "terms": TERMS, "office": world.personas.dakar}


@says("tracking.reference_editions", "announce")
def announce(world: World, _record: Any) -> dict[str, Any]:
    return {"source": "Others", "edition": f"Edition {world.count()}", "office": world.personas.dakar}


@says("tracking.reference_editions", "receive_values")
def receive_values(world: World, edition: Any) -> dict[str, Any]:
    kind, origin = find("tracking.reference"), file(world)
    own = ("_key", "_version", "_row")
    schema = pa.schema([field for field in kind.schema if field.name not in own])
    row = dict.fromkeys(schema.names) | {"origin": origin.digest, "origin_row": 2}
    batches = pa.Table.from_pylist([row], schema=schema).to_batches()
    partition = kind.write(batches, key=edition.ref, version=edition.data_version + 1, terms=TERMS)
    return {"partition": partition, "origins": [origin], "years": [2024], "measures": ["idps"]}
