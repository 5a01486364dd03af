"""Who may see what, said on one page: for every register and person never another answer than the rules give."""

from __future__ import annotations

import pytest

from tests.derived.making import World, allowed, seen
from waystation.hall.entry.queries.access import admission, reach
from waystation.kernel import scope
from waystation.kernel.acts import may
from waystation.kernel.models import Actor
from waystation.kernel.register import find_register, registers
from waystation.kernel.rules import nothing
from waystation.kernel.scope import PUBLIC, Scope
from waystation.kernel.work import house_only


@pytest.mark.parametrize("name", sorted(registers))
def test_of_a_record_it_is_what_the_rule_says_to_each_person(world: World, name: str) -> None:
    register = find_register(name)
    for record in world.specimens[name].values():
        told = admission(register, record)
        by_name = {one.username: one for one in told.people}
        assert told.public == register.sight.allows(PUBLIC, record)
        for person in Actor.everything.filter(is_active=True):
            asking = Scope(person)
            sees, acts = seen(asking, record), set()
            for act in register.acts_on(record):
                if act.by is not house_only and not act.creates and allowed(act, asking, record):
                    acts.add(act.run.__name__)
            one = by_name.get(person.username)
            assert sees == (told.signed_in or one is not None), f"{person} and {record}"
            assert acts == set(one.acts if one else ()), f"{person} and {record}"
            if one is not None:
                assert all(one.acts.values()), "each act has its reason"
                assert one.sees


@pytest.mark.parametrize("name", sorted(registers))
def test_of_a_person_it_is_what_their_lists_hold(world: World, name: str) -> None:
    register = find_register(name)
    total = register.model._base_manager.count()
    for person in world.personas.everyone():
        if person is None:
            continue
        told = next(one for one in reach(person) if one.register == name)
        with scope.enter(Scope(person)):
            count = register.model.objects.count()
            offices = set(register.model.objects.values_list("office_id", flat=True))
        assert told.sees == ("none" if not count else "all" if count == total else "some")
        assert not count or told.why
        asking = Scope(person)
        for act in register.lifecycle.acts:
            if act.by is house_only:
                continue
            assert (act.run.__name__ in told.acts) is (not nothing(act.by.q(asking))), act.name
            for record in world.specimens[name].values():
                if not act.creates and seen(asking, record) and may(act, asking, record) is None:
                    assert told.acts[act.run.__name__]
        assert offices or not count
