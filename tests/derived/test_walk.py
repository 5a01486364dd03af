"""A walk through every register: guided by legal steps to every state that its acts reach, with mischief at each step.

Hypothesis chooses where to go next, who does it and which mischief is tried on the way. After each step the chain of the
trail holds, the version has grown by one, and the same request sent again is the same act. No mischief changes anything.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.derived.making import World, allowed, fresh, reached, seen
from tests.derived.stored import stored
from waystation.kernel import audit, scope
from waystation.kernel.acts import Act, do
from waystation.kernel.refusals import Refused
from waystation.kernel.register import Register, find_register, registers
from waystation.kernel.scope import Scope

Draw = Callable[[st.SearchStrategy[Any]], Any]


class Walk:
    """One record on its way, and who tries what with it."""

    def __init__(self, world: World, register: Register, draw: Draw) -> None:
        self.world, self.register, self.draw = world, register, draw
        self.met: set[str] = set()

    def begin(self) -> Any:
        """Another record to walk with."""
        record = fresh(self.world.make(self.register.name))
        self.met.add(record.state)
        return record

    def step(self, act: Act, record: Any) -> None:
        """Some mischief, then the act by one who may, then the same request again."""
        getattr(self, self.draw(st.sampled_from(MISCHIEF)))(act, record)
        asking = self.draw(st.sampled_from(list(self.world.who_may(act, record))))
        said, key = self.world.told(act, record), f"walk-{self.world.count()}"
        sent_again = deepcopy(said)
        before, version = stored(), record.version
        with scope.enter(asking):
            try:
                done = do(act, record, key=key, expect=version, **said)
            except Refused as no:
                self.unchanged(act, before, no)
                raise
            after = stored()
            again = do(act, fresh_in_hand(record, version), key=key, **sent_again)
        assert again.repeated
        assert (again.record.pk, again.answer, again.entry) == (done.record.pk, done.answer, done.entry)
        assert stored() == after, f"{act.name}, sent again, did something"
        assert fresh(record).version == version + 1
        assert fresh(record).state == (act.target or record.state)
        assert list(audit.verify()) == []
        self.met.add(fresh(record).state)

    def unchanged(self, act: Act, before: str, refused: Refused) -> None:
        """Only its app, for a reason of its own, refuses what the declarations allow; and it changes nothing."""
        assert not refused.code.startswith("kernel."), f"{act.name}: {refused}"
        assert stored() == before, f"{act.name} was refused and changed something"

    def refuses(self, codes: set[str], asking: Scope, act: Act, record: Any, **said: Any) -> None:
        """The act is refused with one of these codes, and nothing has changed."""
        before = stored()
        with scope.enter(asking), pytest.raises(Refused) as no:
            do(act, record, **said)
        assert no.value.code in codes, f"{act.name}: {no.value}"
        assert stored() == before, f"{act.name} was refused ({no.value.code}) and changed something"

    def wrong_state(self, _act: Act, record: Any) -> None:
        """Somebody who may do it at another time does it now."""
        others = [one for one in self.register.lifecycle.acts if not one.creates and record.state not in one.sources]
        if others:
            act = self.draw(st.sampled_from(others))
            asking = next(one for one in self.world.askers() if seen(one, record))
            asking = next((one for one in self.world.askers() if self._would(one, act, record)), asking)
            self.refuses({"kernel.wrong_state"}, asking, act, record, **self._some(act))

    def _would(self, asking: Scope, act: Act, record: Any) -> bool:
        return seen(asking, record) and (asking.is_house or act.by.allows(asking, record))

    def _some(self, act: Act) -> dict[str, Any]:
        return {param.name: "x" for param in act.params if param.required}

    def stale(self, act: Act, record: Any) -> None:
        """Somebody who may has looked at it before it was last changed, or claims to have seen what is yet to come."""
        asking = next(self.world.who_may(act, record))
        seen_then = record.version + self.draw(st.sampled_from([-1, 1]))
        said = self.world.told(act, record)
        self.refuses({"kernel.changed_meanwhile"}, asking, act, record, expect=seen_then, **said)

    def forged(self, act: Act, record: Any) -> None:
        """A reference to what is not there, with all the rest right."""
        asking = next(self.world.who_may(act, record))
        forged = fresh(record)
        forged.pk, forged.ref = 10**9, "FORGED-1"
        self.refuses({"kernel.not_found"}, asking, act, forged, **self._some(act))

    def forged_in_hand(self, act: Act, record: Any) -> None:
        """The record as its holder would like it to be: what is stored counts, not what is held."""
        barred = [one for one in self.world.askers() if seen(one, record) and not allowed(act, one, record)]
        if barred:
            held = fresh(record)
            held.author, held.state = barred[0].actor, next(iter(act.sources))
            held.office = barred[0].actor.office if barred[0].actor else held.office
            self.refuses({"kernel.not_allowed"}, barred[0], act, held, **self._some(act))

    def another_office(self, act: Act, record: Any) -> None:
        """Everyone who may not, from wherever they are."""
        barred = [one for one in self.world.askers() if not allowed(act, one, record)]
        if barred:
            asking = self.draw(st.sampled_from(barred))
            self.refuses({"kernel.not_allowed", "kernel.not_found"}, asking, act, record, **self._some(act))

    def wrong_words(self, act: Act, record: Any) -> None:
        """An argument too many, or one too few."""
        asking, said = next(self.world.who_may(act, record)), self._some(act)
        self.refuses({"kernel.unknown_argument"}, asking, act, record, **said, surprise="x")
        for name in list(said):
            less = {key: value for key, value in said.items() if key != name}
            self.refuses({"kernel.argument_missing"}, asking, act, record, **less)

    def another_register(self, act: Act, record: Any) -> None:
        """A record of another kind in place of this one is a fault of the caller, and does nothing either."""
        other = next(one for one in registers.values() if one.model is not self.register.model)
        asking, before = next(self.world.who_may(act, record)), stored()
        with scope.enter(asking), pytest.raises(TypeError, match="is an act on"):
            do(act, self.world.specimens[other.name][other.lifecycle.first], **self._some(act))
        assert stored() == before


MISCHIEF = (
    "wrong_state", "stale", "forged", "forged_in_hand", "another_office", "wrong_words", "another_register",
)  # fmt: skip


def fresh_in_hand(record: Any, version: int) -> Any:
    """The record as its holder saw it before the act."""
    held = fresh(record)
    held.version = version
    return held


@pytest.mark.parametrize("name", sorted(registers))
def test_a_walk_reaches_every_state_and_mischief_changes_nothing(world: World, name: str) -> None:
    register = find_register(name)
    states = reached(register)

    @settings(max_examples=2, phases=[Phase.generate], deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def walk(data: st.DataObject) -> None:
        with transaction.atomic():
            on = Walk(world, register, data.draw)
            for target in data.draw(st.permutations(states)):
                world.lead(register, on.begin(), target, on.step)
            assert on.met == set(states)
            transaction.set_rollback(True)

    walk()


def test_every_state_that_is_declared_is_reached() -> None:
    """A state no act leads to is none (also a start-up check); here it would be walked past in silence."""
    assert {name: reached(one) for name, one in registers.items()} == {
        name: list(one.lifecycle.states) for name, one in registers.items()
    }
