"""The two faces of a rule agree: for every register, persona and record, what the filter shows is what the check allows."""

from __future__ import annotations

from typing import Any

from django.db import models

from tests.derived.making import World
from waystation.kernel import scope
from waystation.kernel.models import Office
from waystation.kernel.register import registers
from waystation.kernel.rules import ALL, NONE, Rule
from waystation.kernel.scope import Scope


def matching(model: type[models.Model], rule: Rule, asking: Scope) -> set[Any]:
    return set(model._base_manager.filter(rule.q(asking)).values_list("pk", flat=True))


def allowed(model: type[models.Model], rule: Rule, asking: Scope) -> set[Any]:
    with scope.enter(scope.house("tests")):
        return {one.pk for one in model._base_manager.all() if rule.allows(asking, one)}


def test_sight_and_acts_agree_on_both_faces(world: World) -> None:
    for register in registers.values():
        rules = [register.sight, *(act.by for act in register.lifecycle.acts if not act.creates)]
        for who in world.personas.everyone():
            asking = Scope(who)
            for rule in rules:
                assert matching(register.model, rule, asking) == allowed(register.model, rule, asking), (
                    f"{register.name}: {rule.sentence} for {who}"
                )


def test_every_register_that_can_have_records_has_some_here(world: World) -> None:
    """Rules agreeing on nothing would prove nothing."""
    empty = [one.name for one in registers.values() if not one.model._base_manager.exists()]
    assert empty == []


def test_what_a_manager_shows_is_what_sight_allows(world: World) -> None:
    for register in registers.values():
        for who in world.personas.everyone():
            with world.personas.asking(who) as asking:
                shown = set(register.model.objects.values_list("pk", flat=True))
            assert shown == allowed(register.model, register.sight, asking), f"{register.name} for {who}"


def test_all_and_nothing_combine_as_they_read(world: World) -> None:
    """``Q() | x`` is ``x`` in Django: our "all" must not be the empty Q."""
    assert Office._base_manager.filter(ALL | NONE).count() == Office._base_manager.count() > 0
    assert Office._base_manager.filter(ALL & NONE).count() == 0
