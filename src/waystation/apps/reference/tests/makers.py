"""How derived tests make editions of others' statistics."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from tests.derived.making import World, file, says
from waystation.apps.tracking.tests.making import TERMS
from waystation.kernel.datasets import find


@says("reference.editions", "announce")
def announce(world: World, _record: Any) -> dict[str, Any]:
    return {"source": "Others", "edition": f"Edition {world.count()}", "office": world.personas.dakar}


@says("reference.editions", "receive_values")
def receive_values(world: World, edition: Any) -> dict[str, Any]:
    kind, origin = find("reference.statistics"), file(world)
    own = ("_key", "_version", "_row")
    schema = pa.schema([field for field in kind.schema if field.name not in own])
    row = dict.fromkeys(schema.names) | {"origin": origin.digest, "origin_row": 2}
    batches = pa.Table.from_pylist([row], schema=schema).to_batches()
    partition = kind.write(batches, key=edition.ref, version=edition.data_version + 1, terms=TERMS)
    return {"partition": partition, "origins": [origin], "years": [2024], "measures": ["idps"]}
