"""The menu renews itself when the house changes, and costs the same however many registers there are."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.derived.making import World, collect
from tests.derived.test_street import expected, in_menu
from tests.personas import Personas
from waystation.kernel import house
from waystation.kernel.acts import do
from waystation.kernel.models import DutyGrant


@pytest.mark.django_db
def test_a_register_appears_with_its_first_record_and_a_duty_opens_others(personas: Personas) -> None:
    collect()
    world = World(personas)
    before = in_menu(personas.daniel)
    assert "places.sites" not in before
    world.make("places.sites")
    assert in_menu(personas.daniel) - before >= {"places.sites"}
    assert "places.sites" in expected(personas.daniel)
    with personas.asking(personas.zainab):
        given = do(house.grant, holder=personas.daniel, duty="tracking.manage", office=personas.nairobi).record
    assert in_menu(personas.daniel) == expected(personas.daniel)
    assert "tracking.operations" in in_menu(personas.daniel)
    with personas.asking(personas.zainab):
        do(house.end, DutyGrant.everything.get(pk=given.pk))
    assert in_menu(personas.daniel) == expected(personas.daniel)


@pytest.mark.django_db
def test_the_menu_costs_one_question_and_one_more_after_an_act(personas: Personas) -> None:
    client = Client()
    client.force_login(personas.amina)

    def asked() -> list[str]:
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/me/").status_code == 200
        return [one["sql"] for one in seen]

    asked()
    warm = asked()
    with personas.asking(personas.zainab):
        do(house.grant, holder=personas.daniel, duty="tracking.manage", office=personas.nairobi)
    after = asked()
    assert len(after) == len(warm) + 1
    assert sum("EXISTS" in one.upper() for one in after) == 1
    assert len(asked()) == len(warm) < 12
