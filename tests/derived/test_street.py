"""The menu: for everyone exactly the registers they can have business with, at the same price however many there are."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from tests.derived.making import World
from tests.personas import Personas
from waystation.kernel import scope
from waystation.kernel.acts import may_create
from waystation.kernel.models import Actor
from waystation.kernel.register import Register, registers
from waystation.kernel.scope import Scope
from waystation.surfaces.web.acting import askable


def in_menu(who: Actor) -> set[str]:
    """Registers whose lists the menu of a page leads to."""
    client = Client()
    client.force_login(who)
    page = client.get("/me/")
    doors = {door.url for block in page.context["street"] for door in block.doors}
    return {name for name in registers if reverse("list", args=[name]) in doors}


def has_business(register: Register, asking: Scope) -> bool:
    """As the declarations say, asked of every record one by one."""
    if any(askable(act) and may_create(act, asking) for act in register.creating):
        return True
    with scope.enter(scope.house("tests")):
        return any(register.sight.allows(asking, one) for one in register.model._base_manager.all())


def expected(who: Actor) -> set[str]:
    asking = Scope(who)
    return {name for name, register in registers.items() if has_business(register, asking)}


def people(personas: Personas) -> list[Actor]:
    return [one for one in personas.everyone() if one is not None]


def test_everyone_finds_what_they_have_business_with_and_nothing_else(world: World) -> None:
    found = {who.username: in_menu(who) for who in people(world.personas)}
    assert found == {who.username: expected(who) for who in people(world.personas)}
    assert len({frozenset(names) for names in found.values()}) > 1
