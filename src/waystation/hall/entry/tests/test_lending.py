"""Duties that are asked for, granted by a second person, and lent to a colleague for a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.personas import Personas
from waystation.hall.entry import acts
from waystation.kernel import house
from waystation.kernel.acts import do
from waystation.kernel.models import Actor, AuditEntry, DutyGrant
from waystation.kernel.refusals import Refused
from waystation.kernel.scope import Scope, scopes_of
from waystation.kernel.values import clock, now, today

WEEK = timedelta(days=7)


def refused(asking: Any, call: Callable[..., Any], *args: Any, **said: Any) -> str:
    with asking, pytest.raises(Refused) as no:
        call(*args, **said)
    return no.value.code


def grant_of(person: Actor, duty: str) -> DutyGrant:
    return DutyGrant.everything.get(holder=person, duty=duty, state="held", lent_from=None)


def lend(people: Personas, *, until: Any = None, since: Any = None, to: Actor | None = None) -> DutyGrant:
    with people.asking(people.bakary):
        duties = [grant_of(people.bakary, one) for one in ("tracking.validate", "tracking.publish")]
        said = {"duties": duties, "to": to or people.daniel, "until": until or today() + WEEK, "since": since}
        return do(acts.lend, **said).record


def may(person: Actor, duty: str, office: Any) -> bool:
    held = office.pk in Scope(person).offices(duty)
    assert held is (office.pk in scopes_of([person])[0].offices(duty))
    return held


def test_a_colleague_holds_what_is_lent_for_the_time_said(personas: Personas) -> None:
    lend(personas, since=today() + timedelta(days=1))
    held = []
    for days in (0, 1, 7, 8):
        with clock(now() + timedelta(days=days)):
            held.append(may(personas.daniel, "tracking.validate", personas.dakar))
    assert held == [False, True, True, False], "it begins and ends by itself"
    with clock(now() + timedelta(days=2)):
        assert may(personas.daniel, "tracking.publish", personas.dakar), "both were lent in one act"
        assert not may(personas.daniel, "release.sign", personas.dakar), "what was not lent is not held"
        assert may(personas.bakary, "tracking.validate", personas.dakar), "who lends goes on holding it"


def test_the_lender_or_a_steward_ends_it_early_and_nobody_else(personas: Personas) -> None:
    lent = lend(personas)
    assert refused(personas.asking(personas.daniel), do, house.end, lent) == "kernel.not_allowed"
    assert refused(personas.asking(personas.amina), do, house.end, lent) == "kernel.not_found"
    with personas.asking(personas.bakary):
        do(house.end, lent)
    assert not may(personas.daniel, "tracking.validate", personas.dakar)
    assert may(personas.daniel, "tracking.publish", personas.dakar)
    with personas.asking(personas.zainab):
        do(house.end, DutyGrant.everything.get(holder=personas.daniel, duty="tracking.publish"))
    assert not may(personas.daniel, "tracking.publish", personas.dakar)


@pytest.mark.parametrize("how", ["ended", "run out", "left"])
def test_what_is_lent_ends_with_what_it_was_lent_from(personas: Personas, how: str) -> None:
    own = grant_of(personas.bakary, "tracking.validate")
    if how == "run out":
        DutyGrant.everything.filter(pk=own.pk).update(until=today() + timedelta(days=2))
    lend(personas)
    assert may(personas.daniel, "tracking.validate", personas.dakar)
    with personas.asking(personas.zainab):
        if how == "ended":
            do(house.end, DutyGrant.everything.get(pk=own.pk))
        if how == "left":
            do(acts.close, Actor.everything.get(pk=personas.bakary.pk))
    with clock(now() + timedelta(days=3)):
        assert not may(personas.daniel, "tracking.validate", personas.dakar)


def test_what_was_lent_is_not_lent_on_nor_what_is_anothers(personas: Personas) -> None:
    lent = lend(personas)
    said: dict[str, Any] = {"to": personas.chiara, "until": today() + WEEK}
    assert refused(personas.asking(personas.daniel), do, acts.lend, duties=[lent], **said) == "entry.not_yours_to_lend"
    others = [grant_of(personas.bakary, "release.sign")]
    assert refused(personas.asking(personas.amina), do, acts.lend, duties=others, **said) == "entry.not_yours_to_lend"
    with personas.asking(personas.zainab):
        ended = do(house.end, grant_of(personas.bakary, "release.sign")).record
    assert refused(personas.asking(personas.bakary), do, acts.lend, duties=[ended], **said) == "entry.not_yours_to_lend"
    assert refused(personas.asking(None), do, acts.lend, duties=[lent], **said) == "kernel.not_allowed"


@pytest.mark.parametrize(
    "wrong,code",
    [
        ({"until": today() - timedelta(days=1)}, "kernel.argument_wrong"),
        ({"since": today() + WEEK + WEEK}, "kernel.argument_wrong"),
        ({"to": "bakary"}, "kernel.argument_wrong"),
        ({"duties": []}, "kernel.argument_missing"),
    ],
)
def test_lending_to_oneself_backwards_or_nothing_is_refused(
    personas: Personas, wrong: dict[str, Any], code: str
) -> None:
    own = [grant_of(personas.bakary, "release.sign")]
    said = {"duties": own, "to": personas.daniel, "until": today() + WEEK, **wrong}
    said["to"] = personas.bakary if said["to"] == "bakary" else said["to"]
    assert refused(personas.asking(personas.bakary), do, acts.lend, **said) == code


def test_four_eyes_stay_two_people(personas: Personas) -> None:
    """A steward lends stewardship: the colleague acts as themselves, so nobody grants anything to themselves."""
    with personas.asking(personas.zainab):
        own = grant_of(personas.zainab, "house.steward")
        do(acts.lend, duties=[own], to=personas.daniel, until=today() + WEEK)
        asked = None
    with personas.asking(personas.daniel):
        asked = do(acts.ask_for, duty="release.sign", office=personas.dakar).record
    assert refused(personas.asking(personas.daniel), do, acts.approve, asked) == "kernel.not_allowed"
    said = {"holder": personas.daniel, "duty": "release.sign", "office": personas.dakar}
    assert refused(personas.asking(personas.daniel), do, house.grant, **said) == "kernel.not_allowed"
    with personas.asking(personas.daniel):
        granted = do(house.grant, holder=personas.amina, duty="release.sign", office=personas.dakar).record
    assert AuditEntry.objects.get(subject=f"kernel.dutygrant:{granted.pk}").actor == personas.daniel
    with personas.asking(personas.zainab):
        do(acts.approve, asked)
    assert may(personas.daniel, "release.sign", personas.dakar)


def test_a_duty_that_is_asked_for_is_held_only_once_a_second_person_grants_it(personas: Personas) -> None:
    with personas.asking(personas.daniel):
        asked = do(acts.ask_for, duty="tracking.manage", office=personas.nairobi, why="Chiara is on leave").record
        assert not may(personas.daniel, "tracking.manage", personas.nairobi)
    assert refused(personas.asking(personas.chiara), do, acts.approve, asked) == "kernel.not_found"
    with personas.asking(personas.zainab):
        do(acts.approve, asked)
    assert may(personas.daniel, "tracking.manage", personas.nairobi)
    with personas.asking(personas.daniel):
        again = do(acts.ask_for, duty="release.sign", office=personas.nairobi).record
        do(acts.decline, again)
    assert not may(personas.daniel, "release.sign", personas.nairobi)
    unknown = {"duty": "house.king", "office": personas.nairobi}
    assert refused(personas.asking(personas.daniel), do, acts.ask_for, **unknown) == "kernel.unknown_name"


def test_a_grant_that_ends_before_it_begins_is_refused(personas: Personas) -> None:
    said = {"holder": personas.daniel, "duty": "release.sign", "office": personas.dakar, "until": today() - WEEK}
    assert refused(personas.asking(personas.zainab), do, house.grant, **said) == "kernel.argument_wrong"
