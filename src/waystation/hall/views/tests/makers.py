"""How the derived tests make views."""

from __future__ import annotations

from typing import Any

from tests.derived.making import World, says


@says("house.views", "save")
def save(world: World, _record: Any) -> dict[str, Any]:
    return {"name": f"View {world.count()}", "register": "house.jobs", "query": "state=waiting&sort=-task"}


@says("house.views", "rename")
def rename(world: World, _record: Any) -> dict[str, Any]:
    return {"name": f"View {world.count()}"}
