"""How derived tests make questions about names and decisions."""

from __future__ import annotations

from typing import Any

from tests.derived.making import World, says
from waystation.apps.places.tests.makers import area


@says("naming.questions", "ask")
def ask(world: World, _record: Any) -> dict[str, Any]:
    place = area(world)
    return {"source": "Test survey", "country": "HTI", "level": 1, "text": f"Aera {place.pcode}",
            "office": world.personas.dakar, "above_said": "Haiti", "doubt": "alike",
            "candidates": [{"code": place.pcode, "name": place.name, "above": "", "score": 0.8, "way": "fuzzy",
                            "as": place.name}]}  # fmt: skip


@says("naming.questions", "decide")
def decide(world: World, record: Any) -> dict[str, Any]:
    return {"code": record.candidates[0]["code"] if record.candidates else area(world).pcode}


@says("naming.decisions", "remember")
def remember(world: World, _record: Any) -> dict[str, Any]:
    place = area(world)
    return {"source": "Test survey", "country": "HTI", "level": 1, "text": f"Aera {place.pcode}", "code": place.pcode,
            "office": world.personas.dakar}  # fmt: skip
