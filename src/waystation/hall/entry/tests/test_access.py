"""The pages and the command that say who may see what, and the reasons they give."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.personas import PASSWORD, Personas
from waystation.hall.entry import acts
from waystation.hall.entry.queries.access import admission, reach
from waystation.kernel import house, scope
from waystation.kernel.acts import do
from waystation.kernel.models import DutyGrant
from waystation.kernel.register import find_register
from waystation.kernel.values import today
from waystation.site import cli


def test_reasons_name_the_grant_its_office_its_end_and_who_lent_it(personas: Personas) -> None:
    with personas.asking(personas.bakary):
        own = [DutyGrant.everything.get(holder=personas.bakary, duty="release.sign")]
        do(acts.lend, duties=own, to=personas.daniel, until=today() + timedelta(days=3))
        do(house.issue, grants="dtm:read")
    told = {one.register: one for one in reach(personas.daniel)}
    assert any(
        "Dakar" in why and "until" in why and "lent by Bakary Touré" in why
        for why in told["house.releases"].acts["release"]
    )
    with scope.enter(scope.house("tests")):
        key = find_register("house.keys").model.everything.get()
        by_name = {one.username: one for one in admission(find_register("house.keys"), key).people}
    assert set(by_name) == {"bakary", "zainab"}
    assert "Headquarters" in by_name["zainab"].sees[0]
    assert by_name["bakary"].sees == ["you are the one who wrote it"]


def test_pages_are_for_stewards_and_for_oneself(personas: Personas) -> None:
    own, other = "/access/amina/", "/access/bakary/"
    status: dict[str, list[int]] = {}
    for name in ("zainab", "amina", "daniel"):
        client = Client()
        client.post("/sign-in/", {"username": name, "password": PASSWORD})
        status[name] = [
            client.get(one).status_code for one in (own, other, "/access/house.people/bakary/", "/access/nobody/")
        ]
    assert status == {"zainab": [200, 200, 200, 404], "amina": [200, 403, 403, 404], "daniel": [403, 403, 403, 404]}
    assert Client().get(own).status_code == 302


def test_the_command_says_the_same(personas: Personas, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["access", "amina", "--json"]) == 0
    told = {one["register"]: one for one in json.loads(capsys.readouterr().out)["registers"]}
    assert told["house.people"]["sees"] == "all"
    assert "plan" in told["tracking.rounds"]["acts"]
    assert cli.main(["access", "house.people/amina", "--json"]) == 0
    record: Any = json.loads(capsys.readouterr().out)
    assert {one["username"] for one in record["people"]} == {"zainab"}
    assert record["signed_in"] is True
    assert cli.main(["access", "house.people/amina"]) == 0
    assert "zainab" in capsys.readouterr().out
    assert cli.main(["access", "daniel"]) == 0
    assert "house.people: all" in capsys.readouterr().out
    assert cli.main(["access", "nothing-of-this-name"]) == 1
    assert "kernel.unknown_name" in capsys.readouterr().err
