"""The interface beside the declarations: every cell of state, act and person is answered as the rules say, nothing hidden
is told at any of its doors, and many records ask the database no more than one does.
"""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
import pytest
from django.db import connection, models, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.derived.making import World
from tests.derived.stored import stored
from tests.derived.test_cells import DONE, RUNNERS, attempted, clients, declared
from tests.derived.test_doors import NOBODYS, Visit
from tests.personas import Personas
from waystation.kernel import scope
from waystation.kernel.acts import Act
from waystation.kernel.refusals import catalogue
from waystation.kernel.register import Register, find_register, registers
from waystation.kernel.scope import Scope
from waystation.kernel.values import plain
from waystation.surfaces.rest.lists import parameters
from waystation.surfaces.rest.opened import document
from waystation.surfaces.rest.refusals import status_of
from waystation.surfaces.rest.shapes import named_by, offered


@pytest.fixture(autouse=True)
def unhurried(settings: Any) -> None:
    """These tests ask more often than anybody would."""
    settings.API_RATE = settings.API_RATE_PUBLIC = 10_000_000


def as_sent(said: Any) -> Any:
    """Arguments as a program sends them."""
    if isinstance(said, models.Model):
        return str(getattr(said, named_by(type(said))))
    if isinstance(said, dict):
        return {name: as_sent(one) for name, one in said.items()}
    if isinstance(said, list | tuple):
        return [as_sent(one) for one in said]
    return said if isinstance(said, float) else plain(said)


def called(client: Client, register: Register, act: Act, record: Any, said: dict[str, Any]) -> Any:
    """What the interface answers."""
    where = f"/api/v1/{register.name}" + ("" if act.creates else f"/{record.ref}")
    return client.post(f"{where}/acts/{act.run.__name__}", json.dumps(as_sent(said)), content_type="application/json")


@pytest.mark.parametrize("name", sorted(registers))
def test_declared_done_and_by_the_interface_are_one(world: World, name: str) -> None:
    register = find_register(name)
    people = list(clients(world))
    described = {asking.actor: _described(asking) for asking, client in people if client is not None}
    for act in register.lifecycle.acts:
        cases = {"new": None} if act.creates else world.specimens[name]
        for state, record in cases.items():
            _check(world, register, act, state, record, people, described)


def _described(asking: Scope) -> dict[str, Any]:
    with scope.enter(asking):
        return document()


def _check(
    world: World, register: Register, act: Act, state: str, record: Any, people: Any, described: dict[Any, Any]
) -> None:
    said = world.told(act, record)
    before = stored()
    for asking, client in people:
        if client is None:
            continue
        cell = f"{register.name}: {act.verb} when {state} by {asking.actor or 'the public'}"
        says = declared(act, asking, record)
        with transaction.atomic():
            does = attempted(act, asking, record, said) if says == DONE else says
            transaction.set_rollback(True)
        with transaction.atomic():
            answer = called(client, register, act, record, said)
            transaction.set_rollback(True)
        found = answer.json()
        if asking.actor is None:
            assert (answer.status_code, found["code"]) == (401, "rest.credentials_missing"), cell
        elif not offered(act):
            assert answer.status_code == 404, cell
        elif does == DONE:
            assert answer.status_code in (200, 201), f"{cell}: {found}"
        else:
            # another office's is not there for whom it is hidden from, so what was sent is wrong before the rule is asked
            may_be = {does, "rest.unknown_reference"} if act.creates and does in RUNNERS else {does}
            assert found["code"] in may_be, f"{cell}: {found}"
            assert answer.status_code == status_of(found["code"]), cell
        _as_described(described[asking.actor], register, act, answer, cell)
    assert stored() == before


def _as_described(described: dict[str, Any], register: Register, act: Act, answer: Any, cell: str) -> None:
    """The answer has a declared status and shape, and its code stands among the declared refusals."""
    path = f"/api/v1/{register.name}" + ("" if act.creates else "/{ref}") + f"/acts/{act.run.__name__}"
    operation = described["paths"].get(path, {}).get("post")
    if operation is None:  # not for this reader, or nothing a program can say
        assert answer.status_code in (401, 404), cell
        return
    declared_as = operation["responses"][str(answer.status_code)]["content"]
    [(media, shape)] = declared_as.items()
    assert answer["Content-Type"] == media, cell
    jsonschema.validate(answer.json(), {**shape["schema"], "components": described["components"]})
    if answer.status_code >= 400:
        assert answer.json()["code"] in {one["code"] for one in operation["x-refusals"]}, f"{cell}: undeclared"


def test_what_every_act_may_be_refused_with_is_in_the_catalogue(world: World) -> None:
    for methods in _described(Scope(world.personas.amina))["paths"].values():
        for operation in methods.values():
            assert {one["code"] for one in operation["x-refusals"]} <= set(catalogue)


@pytest.mark.parametrize("name", sorted(registers))
def test_the_interface_shows_what_the_rule_shows_and_nothing_else(world: World, name: str) -> None:
    address = f"/api/v1/{name}"
    for who in world.personas.everyone():
        visit = Visit(world, who)
        if who is None:
            assert visit.get(address).status_code == 401
            continue
        listed = visit.get(address, limit="500")
        assert {one["ref"] for one in listed.json()["items"]} == visit.allowed[name]
        visit.get(address, format="csv")
        visit.get(f"{address}/acts")
        for ref in sorted(visit.allowed[name]):
            for part in ("", "/history", "/acts", "/related"):
                assert visit.get(f"{address}/{ref}{part}").status_code == 200
        for ref in sorted(visit.hidden[name]):
            for part in ("", "/history", "/acts", "/related"):
                _nothing_at(visit, f"{address}/{ref}{part}", ref)
            for one in visit.get(address, q=ref).json()["items"]:
                assert one["ref"] != ref


def _nothing_at(visit: Visit, address: str, ref: str) -> None:
    """What is hidden is answered word for word as what is not there."""
    answer, nothing = visit.client.get(address), visit.client.get(address.replace(ref, NOBODYS))
    visit.check(answer, address, ref)
    assert answer.status_code == 404
    assert answer.content.decode().replace(ref, NOBODYS) == nothing.content.decode()


def test_feed_figures_releases_and_description_tell_nothing_hidden(world: World) -> None:
    for who in world.personas.everyone():
        visit = Visit(world, who)
        for part in ("me", "openapi.json", "registers", "releases", "figures"):
            visit.get(f"/api/v1/{part}")
        address = "/api/v1/changes?limit=500"
        told = set()
        while who is not None:
            page = visit.get(address).json()
            told |= {(one["register"], one["ref"]) for one in page["items"]}
            address = page["next"]
            if not page["more"]:
                break
        for name in registers:
            refs = {ref for register, ref in told if register == name}
            assert refs <= visit.allowed[name]
        if who is not None:  # all was done through acts, so all that is shown was told
            assert {(n, ref) for n, refs in visit.allowed.items() for ref in refs} == told


def test_personal_fields_are_for_people_and_for_keys_that_say_so(world: World) -> None:
    sealed = {(r.name, field) for r in registers.values() for field in r.personal}
    assert sealed
    with scope.enter(Scope(world.personas.amina, grants=frozenset({"read", "act"}))):
        shapes = document()["components"]["schemas"]
    for name, field in sealed:
        assert field not in shapes[name]["properties"]


def bare_client(personas: Personas) -> Client:
    client = Client()
    client.force_login(personas.amina)
    return client


@pytest.mark.parametrize("name", sorted(registers))
def test_many_records_ask_the_database_no_more_than_one(world: World, name: str) -> None:
    client = bare_client(world.personas)
    with transaction.atomic():
        for _n in range(2):
            world.make(name)
        one, many = (_asked(client, f"/api/v1/{name}?limit={limit}") for limit in (1, 500))
        transaction.set_rollback(True)
    assert many <= one
    assert many <= 12


def _asked(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def test_a_page_after_the_other_shows_all_once_in_every_order(world: World) -> None:
    client = bare_client(world.personas)
    for name, register in registers.items():
        everything = {one["ref"] for one in client.get(f"/api/v1/{name}?limit=500").json()["items"]}
        asked = parameters(register)["sort"]["enum"]
        for sort in ["", *asked][:6]:
            refs, address = [], f"/api/v1/{name}?limit=2" + (f"&sort={sort}" if sort else "")
            while address:
                page = client.get(address).json()
                refs += [one["ref"] for one in page["items"]]
                address = page["next"]
            assert len(refs) == len(set(refs)), f"{register.name} by {sort}: some twice"
            assert set(refs) == everything, f"{register.name} by {sort}"
            assert not re.search(r"offset", str(address))
