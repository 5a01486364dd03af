"""How derived tests make what sources keeps."""

from __future__ import annotations

from typing import Any

from tests.derived.making import World, file, says
from waystation.apps.tracking.tests.making import TERMS


@says("sources.mappings", "remember")
def remember(world: World, _record: Any) -> dict[str, Any]:
    name = f"Source {world.count()}"
    return {"name": name, "signature": f"{world.count():064}", "mapping": {}, "office": world.personas.dakar}


@says("sources.imports", "bring")
def bring(world: World, _record: Any) -> dict[str, Any]:
    return {"files": [file(world)], "terms": TERMS, "office": world.personas.dakar}
