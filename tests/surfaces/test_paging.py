"""Pages of a list: every record once, in order, onward and back, whatever is missing, by every column one may sort by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.personas import Personas
from waystation.apps.places.commands import load_world
from waystation.apps.places.models import Area, Country, Site
from waystation.kernel import scope
from waystation.kernel.register import find_register, value_of
from waystation.surfaces import paging
from waystation.surfaces.columns import column
from waystation.surfaces.paging import Slice, count_of, few, page_of

SITES = find_register("places.sites")
ORDERS = sorted({column(SITES, path).sortable for path in SITES.columns} | {"id"})
SIZE = 4


@pytest.fixture
def sites(personas: Personas) -> Iterator[list[Site]]:
    """Sites with names that recur, days and areas that some lack, in a few areas and countries."""
    with scope.enter(scope.house("tests")):
        load_world()
        lands = list(Country.objects.order_by("pk")[:3])
        held = {"office": personas.dakar, "state": "listed", "version": 1, "level": 1, "folded": ""}
        areas = [
            Area(
                ref=f"AREA-{n}",
                pcode=f"A{n}",
                name=("North", "South", "North", "East")[n],
                country=lands[n % 3],
                **held,
            )
            for n in range(4)
        ]
        Area.objects.bulk_create(areas)
        made = [
            Site(ref=f"SITE-{n:02}", name=("b", "a", "c")[n % 3], kind="camp", country=lands[n % 3], office=personas.dakar,
                 area=None if n % 5 == 0 else areas[n * 7 % 4], opened_on=None if n % 4 == 0 else date(2024, 1, 1 + n % 3),
                 longitude=None if n % 6 == 0 else float(n * 5 % 7), latitude=1.0, state="open", version=1)
            for n in range(30)
        ]  # fmt: skip
        yield Site.objects.bulk_create(made)


def walked(rows: Any, order: tuple[str, bool], long: bool) -> tuple[list[str], list[str]]:
    """References met going on from the start, and met coming back from the end."""
    onward, part = [], page_of(rows, order, "", "", SIZE, long=long)
    while True:
        onward += [one.ref for one in part.rows]
        last = part
        if not part.after:
            break
        part = page_of(rows, order, part.after, "", SIZE, long=long)
    back, part = [], last
    while part.before:
        part = page_of(rows, order, "", part.before, SIZE, long=long)
        back[:0] = [one.ref for one in part.rows]
    return onward, [*back, *(one.ref for one in last.rows)]


def sorted_by_hand(sites: list[Site], path: str, descending: bool) -> list[str]:
    """What is missing comes last; equals by what they lead to, then by their own number."""
    way = path.rpartition("__")[0]

    def place(one: Site) -> tuple[Any, ...]:
        return value_of(one, path), *([value_of(one, way).pk] if way else []), one.pk

    there = sorted((s for s in sites if value_of(s, path) is not None), key=place, reverse=descending)
    missing = sorted((s for s in sites if value_of(s, path) is None), key=lambda one: one.pk, reverse=descending)
    return [one.ref for one in [*there, *missing]]


@pytest.mark.parametrize("long", [False, True])
def test_every_record_once_in_order_onward_and_back(sites: list[Site], long: bool) -> None:
    some = Site.objects.filter(kind="camp", name__in="ab")
    among = set(some.values_list("ref", flat=True))
    for path, descending in product(ORDERS, (False, True)):
        by_hand = sorted_by_hand(sites, path, descending)
        onward, back = walked(Site.objects.all(), (path, descending), long)
        assert onward == back == by_hand, path
        onward, back = walked(some, (path, descending), long)
        assert onward == back == [ref for ref in by_hand if ref in among], path


def test_orders_lead_through_others_are_among_them() -> None:
    assert {"area__name", "country__name_en"} <= set(ORDERS)


def test_a_page_goes_on_from_a_record_that_no_longer_answers(sites: list[Site]) -> None:
    rows = Site.objects.filter(state="open")
    first = page_of(rows, ("name", False), "", "", SIZE)
    stood = Site.objects.get(ref=first.after)
    Site.objects.filter(pk=stood.pk).update(state="closed")
    assert page_of(rows, ("name", False), first.after, "", SIZE).rows[0].pk not in {one.pk for one in first.rows}


def test_a_page_from_nowhere_is_the_first(sites: list[Site]) -> None:
    rows = Site.objects.all()
    first = page_of(rows, ("name", False), "", "", SIZE)
    assert page_of(rows, ("name", False), "SITE-NONE", "", SIZE) == first
    assert page_of(rows.none(), ("name", False), "", "", SIZE) == Slice([])


def test_no_page_counts_from_the_start(sites: list[Site]) -> None:
    """Neither an offset nor more than a few questions, wherever the page is."""
    rows = Site.objects.all()
    for path in ("name", "opened_on", "area__name"):
        far = page_of(rows, (path, False), page_of(rows, (path, False), "", "", 20).after, "", SIZE, long=True)
        with CaptureQueriesContext(connection) as seen:
            page_of(rows, (path, False), far.after, "", SIZE, long=True)
        assert not [one["sql"] for one in seen if "OFFSET" in one["sql"].upper()]
        assert len(seen) <= 7


def test_counts_are_exact_while_few_and_about_when_many(sites: list[Site], monkeypatch: pytest.MonkeyPatch) -> None:
    """With the bounds set low, as if the table were large."""
    assert count_of(Site.objects.filter(name="a")) == paging.Count(10)
    monkeypatch.setattr(paging, "COUNTED", 12)
    assert count_of(Site.objects.all()) == paging.Count(30)
    monkeypatch.setattr(paging, "SMALL", 20)
    monkeypatch.setattr(paging, "DRAWN", 25)
    assert count_of(Site.objects.all()) == paging.Count(30, exact=False)
    some = count_of(Site.objects.filter(name__in="ab"))
    assert not some.exact
    assert 12 <= some.number <= 28
    assert count_of(Site.objects.filter(name="a")) == paging.Count(10)


def test_an_estimate_tells_nothing_of_what_is_hidden(sites: list[Site], personas: Personas, monkeypatch: Any) -> None:
    """It is drawn from what its reader sees: of a table of which they see nothing, nothing is known."""
    monkeypatch.setattr(paging, "COUNTED", 0)
    monkeypatch.setattr(paging, "SMALL", 1)
    monkeypatch.setattr(paging, "DRAWN", 20)
    with personas.asking(personas.daniel):
        assert count_of(find_register("house.duties").model.objects.all()) == paging.Count(0)


def test_what_is_rare_is_found_before_it_is_sorted(sites: list[Site]) -> None:
    rows = Site.objects.filter(name="a")
    found = few(rows, count_of(rows))
    assert {one.pk for one in found} == {one.pk for one in rows}
    assert "LIMIT" in str(found.query)
    everything = Site.objects.all()
    assert few(everything, count_of(everything)) is everything
