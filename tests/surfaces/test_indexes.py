"""Lists have the indexes that their registers' declarations ask for, and no other, in both databases."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection

from waystation.apps.places.models import Site
from waystation.kernel import scope
from waystation.kernel.register import find_register, registers
from waystation.kernel.sight import sights
from waystation.surfaces import indexes
from waystation.surfaces.paging import beyond

pytestmark = pytest.mark.django_db
SITES = find_register("places.sites")


def led_through() -> set[str]:
    """First columns of all indexes of the table that end with its key, or may: SQLite adds it by itself."""
    with connection.cursor() as cursor:
        told = connection.introspection.get_constraints(cursor, "places_site")
    ends = (["id"], []) if connection.vendor == "sqlite" else (["id"],)
    return {one["columns"][0] for one in told.values() if one["index"] and one["columns"][1:] in ends}


def plan(rows: Any) -> str:
    return str(rows.explain())


def test_they_follow_the_declarations_and_are_made_once() -> None:
    made, dropped = indexes.settle()
    assert made > len(registers)
    assert dropped == 0
    assert indexes.settle() == (0, 0)
    assert led_through() >= {"name", "kind", "state", "office_id", "country_id", "area_id", "opened_on", "longitude"}


def test_one_that_nobody_wants_any_more_is_dropped() -> None:
    indexes.settle()
    rule = sights[Site]
    less = replace(SITES, columns=("ref", "name"), filters=("country",))
    try:
        assert registers["places.sites"] is less
        assert indexes.settle()[1] > 0
        assert "kind" not in led_through()
        assert "name" in led_through()
    finally:
        registers["places.sites"] = SITES
        for act in SITES.lifecycle.acts:
            act.model = Site
        sights[Site] = rule
    indexes.settle()
    assert "kind" in led_through()


def test_the_next_page_is_a_range_of_an_index() -> None:
    """The database says so itself of the runs a page is read in."""
    indexes.settle()
    with scope.enter(scope.house("tests")), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # an empty table is read whole, whatever there is
        assert beyond(Site.objects.all(), ("name", False), ("a", 5), 10) == []
        same, later = Site.objects.filter(name="a", pk__gt=5).order_by("pk"), Site.objects.filter(name__gt="a")
        for told in (plan(same), plan(later.order_by("name", "pk"))):
            assert "list_" in told
            assert "TEMP B-TREE" not in told
            assert "Sort" not in told
