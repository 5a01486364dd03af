"""Every cell of state, act and person: what the declarations say, what doing it does and what the web does are one.

A refusal changes nothing in any table. The house's own acts (the worker's) have no form, so the web knows none of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import models, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.derived.making import World, fresh, seen
from tests.derived.stored import stored
from waystation.kernel import scope
from waystation.kernel.acts import Act, do, may, may_create
from waystation.kernel.models import Record
from waystation.kernel.refusals import STATUS, Refused, catalogue
from waystation.kernel.register import Register, find_register, registers
from waystation.kernel.scope import Scope
from waystation.surfaces.web.acting import askable

RUNNERS = ("kernel.wrong_state", "kernel.not_allowed", "kernel.not_found")
DONE = "done"


def declared(act: Act, asking: Scope, record: Any) -> str:
    """What sight, state and rule say: done, or the code it is refused with."""
    if act.creates:
        return DONE if may_create(act, asking) else "kernel.not_allowed"
    if not seen(asking, record):
        return "kernel.not_found"
    refused = may(act, asking, record)
    return refused.code if refused else DONE


def attempted(act: Act, asking: Scope, record: Any, said: dict[str, Any]) -> str:
    """What doing it does: done, or the code it was refused with."""
    with scope.enter(asking):
        try:
            do(act, *([] if act.creates else [fresh(record)]), **said)
        except Refused as no:
            return no.code
    return DONE


def as_sent(said: dict[str, Any]) -> dict[str, Any]:
    """Arguments as a form sends them."""
    sent: dict[str, Any] = {"sure": "yes"}
    for name, value in said.items():
        if isinstance(value, models.Model):
            sent[name] = value.ref if isinstance(value, Record) else value.pk or str(value)
        elif isinstance(value, list) and all(isinstance(one, models.Model) for one in value):
            sent[name] = [one.pk for one in value]
        elif isinstance(value, dict):
            sent[name] = "\n".join(f"{key}: {one}" for key, one in value.items())
        else:
            sent[name] = value
    return sent


def by_web(client: Client, register: Register, act: Act, record: Any, said: dict[str, Any]) -> HttpResponse:
    """What the web answers when the form is sent."""
    verb = act.run.__name__
    address = (
        reverse("create", args=[register.name, verb])
        if act.creates
        else reverse("act", args=[register.name, record.ref, verb])
    )
    return client.post(address, as_sent(said))


def clients(world: World) -> Iterator[tuple[Scope, Client | None]]:
    """Everyone with a browser they are signed in with; the house has none."""
    for asking in world.askers():
        client = None if asking.is_house else Client()
        if client is not None and asking.actor is not None:
            client.force_login(asking.actor)
        yield asking, client


def check_web(answer: HttpResponse, asking: Scope, act: Act, verdict: str, cell: str) -> None:
    """The web says what the verdict says: to the public that it must sign in; of an act without a form, nothing."""
    if asking.actor is None:
        assert (answer.status_code, answer.url.split("?")[0]) == (302, "/sign-in/"), cell
    elif not askable(act):
        assert answer.status_code == 404, cell
    elif verdict == DONE:
        assert answer.status_code in (200, 303), f"{cell}: {answer.content.decode()[:3000]}"
    elif act.creates:  # another office is not offered, so the form is wrong before the rule is asked
        assert answer.status_code in (422, STATUS[catalogue[verdict].kind]), cell
    else:
        assert answer.status_code == STATUS[catalogue[verdict].kind], cell


@pytest.mark.parametrize("name", sorted(registers))
def test_declared_done_and_by_the_web_are_one(world: World, name: str) -> None:
    register = find_register(name)
    people = list(clients(world))
    for act in register.lifecycle.acts:
        cases = {"new": None} if act.creates else world.specimens[name]
        for state, record in cases.items():
            _check_state(world, register, act, state, record, people)


def _check_state(
    world: World, register: Register, act: Act, state: str, record: Any, people: list[tuple[Scope, Client | None]]
) -> None:
    said = world.told(act, record)
    before = stored()
    refusals = []
    for asking, client in people:
        cell = f"{register.name}: {act.verb} when {state} by {asking.actor or asking.purpose or 'the public'}"
        says = declared(act, asking, record)
        if says != DONE:
            assert attempted(act, asking, record, said) == says, cell
            refusals.append(cell)
            if client is not None:
                check_web(by_web(client, register, act, record, said), asking, act, says, cell)
            continue
        with transaction.atomic():
            does = attempted(act, asking, record, said)
            transaction.set_rollback(True)
        if not act.creates:  # a creating act learns its office only when it has run
            assert does not in RUNNERS, cell
        if client is not None:
            with transaction.atomic():
                answer = by_web(client, register, act, record, said)
                transaction.set_rollback(True)
            check_web(answer, asking, act, does, cell)
    assert stored() == before, f"one of these refusals changed something: {refusals}"
