"""How the derived tests make what the house itself keeps: duties, keys, jobs, releases."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from tests.derived.making import World, makes, says
from waystation.kernel import release
from waystation.kernel.formats import Header, Sheet
from waystation.kernel.release import Package
from waystation.kernel.work import tasks

PEOPLE = pa.table({"area": ["north", "south"], "people": [30, 40]})


def package() -> Package:
    """Two counts that may leave."""
    sheet = Sheet("counts", PEOPLE, (Header("area"), Header("people")), "Counts", formats=("csv",))
    return Package("test.counts", "Counts of a test", [sheet], [])


@says("house.duties", "grant")
def grant(world: World, _record: Any) -> dict[str, Any]:
    return {"holder": world.personas.daniel, "duty": "release.sign", "office": world.personas.nairobi}


@says("house.jobs", "ask")
def ask(world: World, _record: Any) -> dict[str, Any]:
    return {
        "task": next(name for name, one in tasks.items() if not one.every and one.by is None),
        "office": world.personas.dakar,
        "arguments": {},
    }


@makes("house.releases")
def released(world: World) -> Any:
    with world.personas.asking(world.personas.bakary):
        return release.publish(package(), audience="public", licence="CC BY 4.0", office=world.personas.dakar).record


@says("house.releases", "release")
def sign(world: World, _record: Any) -> dict[str, Any]:
    name = f"REL-20200101-{world.count():08}"
    return {"package": package(), "audience": "public", "licence": "CC BY 4.0", "office": world.personas.dakar,
            "name": name, "manifest": b"{}", "known": []}  # fmt: skip
