"""How derived tests make what hooks keep."""

from __future__ import annotations

from typing import Any

from tests.derived.making import World, says
from waystation.kernel.values import fresh_id, now


@says("house.webhooks", "connect")
def connect(world: World, _record: Any) -> dict[str, Any]:
    return {"url": "https://hooks.example.org/in", "listens": ["house.jobs"]}


@says("house.webhooks", "change")
def change(world: World, _record: Any) -> dict[str, Any]:
    return {"url": f"https://hooks.example.org/in/{world.count()}"}


@says("house.webhook_deliveries", "owe")
def owe(world: World, _record: Any) -> dict[str, Any]:
    about = {"register": "house.jobs", "about": "JOB-1", "entry": fresh_id(12), "happened_at": now()}
    return {"webhook": world.one("house.webhooks"), "event": "house.jobs.ask", "about": about}
