"""How derived tests make what the door keeps."""

from __future__ import annotations

from typing import Any

from tests.derived.making import World, makes, says
from tests.personas import PASSWORD
from waystation.hall.entry import acts
from waystation.kernel.acts import Secret, do
from waystation.kernel.values import fresh_id


@says("entry.invitations", "send")
def send(world: World, _record: Any) -> dict[str, Any]:
    return {"person": world.make("house.people")}


@says("entry.invitations", "use")
def use(world: World, _record: Any) -> dict[str, Any]:
    return {"password": Secret(PASSWORD)}


@makes("entry.ways")
def way(world: World) -> Any:
    """A passkey of Daniel's: only what is stored of it."""
    with world.personas.asking(world.personas.daniel):
        said = {"name": "my phone", "credential": Secret("AA"), "handle": Secret(fresh_id(32))}
        return do(acts.add_passkey, password=Secret(PASSWORD), **said).record


@says("entry.ways", "remove")
def remove(world: World, _record: Any) -> dict[str, Any]:
    return {"password": PASSWORD}
