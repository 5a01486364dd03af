"""How the derived tests make what the house itself keeps: duties, keys, jobs, releases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pyarrow as pa

from tests.derived.making import World, makes, says
from waystation.hall.entry import acts
from waystation.kernel import release
from waystation.kernel.acts import do
from waystation.kernel.formats import Header, Sheet
from waystation.kernel.models import DutyGrant
from waystation.kernel.release import Package
from waystation.kernel.values import today
from waystation.kernel.work import tasks

PEOPLE = pa.table({"area": ["north", "south"], "people": [30, 40]})


def package() -> Package:
    """Two counts that may leave."""
    sheet = Sheet("counts", PEOPLE, (Header("area"), Header("people")), "Counts", formats=("csv",))
    return Package("test.counts", "Counts of a test", [sheet], [])


@says("house.duties", "grant")
def grant(world: World, _record: Any) -> dict[str, Any]:
    return {"holder": world.personas.daniel, "duty": "release.sign", "office": world.personas.nairobi}


@says("house.keys", "issue")
def issue(world: World, _record: Any) -> dict[str, Any]:
    return {"grants": "read"}


@makes("house.duties")
def asked_for(world: World) -> Any:
    with world.personas.asking(world.personas.daniel):
        return do(acts.ask_for, duty="release.sign", office=world.personas.nairobi).record


@says("house.duties", "ask_for")
def ask_for(world: World, _record: Any) -> dict[str, Any]:
    return {"duty": "release.sign", "office": world.personas.dakar}


@says("house.duties", "lend")
def lend(world: World, _record: Any) -> dict[str, Any]:
    held = DutyGrant.everything.filter(holder=world.personas.amina, state="held", lent_from=None).order_by("pk")
    return {"duties": [held[0]], "to": world.personas.bakary, "until": today() + timedelta(days=7)}


@says("house.people", "invite")
def invite(world: World, _record: Any) -> dict[str, Any]:
    return {"username": f"newcomer-{world.count()}", "name": "Noor Khan", "office": world.personas.dakar}


@says("house.people", "amend")
def amend(world: World, _record: Any) -> dict[str, Any]:
    return {"name": "Noor Rahman", "office": world.personas.nairobi}


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
