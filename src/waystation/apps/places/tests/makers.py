"""How derived tests make what places keeps, and what its acts are told."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Any

import shapely

from tests.derived.making import World, makes, says
from waystation.apps.places.datasets.countries import TERMS as COUNTRY_TERMS
from waystation.apps.places.datasets.countries import countries_from_packages
from waystation.apps.places.datasets.outlines import kept
from waystation.apps.places.models import Area, Boundary, Country, SiteStatus
from waystation.apps.places.shapes import Outline
from waystation.intake.arealists import AreaRow
from waystation.kernel.acts import do
from waystation.kernel.datasets import Terms
from waystation.kernel.register import find_register
from waystation.kernel.values import today

TERMS = Terms("Test list", "CC BY 4.0", "Test team", may_republish=True)
BEGAN = date(2020, 1, 1)


@cache
def every_country() -> dict[str, Any]:
    """All countries; Haiti, where the tests work, comes first."""
    rows = {row.iso3: row for row in countries_from_packages()}
    return {"HTI": rows.pop("HTI"), **rows}


def load(world: World, verb: str, **said: Any) -> None:
    """Load a list as who keeps places."""
    with world.personas.asking(world.personas.amina):
        do(find_register("places.editions").act(verb), **said)


def haiti(world: World) -> Country:
    found = Country.everything.filter(iso3="HTI").first()
    return found or country(world)


@makes("places.countries")
def country(world: World) -> Country:
    held = set(Country.everything.values_list("iso3", flat=True))
    row = next(one for iso3, one in every_country().items() if iso3 not in held)
    load(world, "load_countries", rows=[row], terms=COUNTRY_TERMS)
    return Country.everything.get(iso3=row.iso3)


def area_row(world: World) -> AreaRow:
    haiti(world)
    code = f"HT{world.count():04}"
    return AreaRow(2, "HTI", 1, code, f"Area {code}", "HTI", BEGAN)


@makes("places.areas")
def area(world: World) -> Area:
    row = area_row(world)
    load(world, "load_areas", rows=[row], terms=TERMS, title="areas.csv")
    return Area.everything.get(pcode=row.pcode)


def outline(world: World) -> dict[str, Any]:
    """The outline of an area that has none."""
    place = area(world)
    number = world.count()
    square = shapely.box(-72.6 + number / 1000, 18.4, -72.1 + number / 1000, 18.8)
    outlines = [Outline(1, "HTI", 1, place.pcode, place.name, shapely.to_wkb(square))]
    partition = kept(outlines, TERMS, f"{number:064}")
    return {"outlines": outlines, "partition": partition, "terms": TERMS, "title": "hti.geojson"}


@makes("places.boundaries")
def boundary(world: World) -> Boundary:
    said = outline(world)
    load(world, "load_boundaries", **said)
    return Boundary.everything.get(pcode=said["outlines"][0].pcode)


@makes("places.site_statuses")
def site_status(world: World) -> SiteStatus:
    found: SiteStatus = SiteStatus.everything.get(site=world.make("places.sites"))
    return found


@says("places.editions", "load_countries")
def load_countries(world: World, _record: Any) -> dict[str, Any]:
    return {"rows": [every_country()["HTI"]], "terms": COUNTRY_TERMS}


@says("places.editions", "load_areas")
def load_areas(world: World, _record: Any) -> dict[str, Any]:
    return {"rows": [area_row(world)], "terms": TERMS, "title": "areas.csv"}


@says("places.editions", "load_boundaries")
def load_boundaries(world: World, _record: Any) -> dict[str, Any]:
    return outline(world)


@says("places.areas", "rename")
def rename(world: World, record: Area) -> dict[str, Any]:
    return {"name": f"Renamed {world.count()}", "on": today()}


@says("places.areas", "split")
def split(world: World, record: Area) -> dict[str, Any]:
    return {"into": f"HT{world.count():04} North\nHT{world.count():04} South", "on": today()}


@says("places.areas", "merge")
def merge(world: World, record: Area) -> dict[str, Any]:
    return {"into": area(world), "on": today()}


@says("places.sites", "open_site")
def open_site(world: World, _record: Any) -> dict[str, Any]:
    return {"name": f"Camp {world.count()}", "kind": "camp", "country": haiti(world), "longitude": -72.3,
            "latitude": 18.6, "opened_on": today() - timedelta(days=30)}  # fmt: skip


@says("places.sites", "move_site")
def move_site(world: World, record: Any) -> dict[str, Any]:
    return {"longitude": -72.31, "latitude": 18.61}


@says("places.sites", "rename_site")
def rename_site(world: World, record: Any) -> dict[str, Any]:
    return {"name": f"Camp {world.count()}"}
