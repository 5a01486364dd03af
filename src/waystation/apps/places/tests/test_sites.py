"""Sites: where they may be, their life, lists of them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.personas import Personas
from waystation.apps.places.acts import close_site, move_site, open_site, rename_site, reopen_site
from waystation.apps.places.models import Area, Country, Site
from waystation.apps.places.queries.points import sites_of
from waystation.apps.places.tests.making import Desk, box, feature
from waystation.kernel import audit
from waystation.kernel.acts import do
from waystation.kernel.refusals import Refused

DAYS = (date(2022, 12, 31), date(2023, 5, 31), date(2024, 2, 29), date(2024, 3, 1), date(2024, 6, 1))
HEAD = "Site ID,Site name,Type,iso3,P-Code,lon,lat,Opened,Status,Closed"


@pytest.fixture
def desk(keeping: Desk) -> Desk:
    """Namibia's Zambezi and Erongo as two squares, with a constituency that fills the west of Zambezi."""
    keeping.namibia()
    keeping.take(
        "boundaries", keeping.geojson(feature("NA01", "Zambezi", box(23, -18)), feature("NA02", "Erongo", box(24, -18)))
    )
    keeping.take("boundaries", keeping.geojson(feature("NA0101", "Kongola", box(23, -18, 0.5), level=2)))
    return keeping


def opened(**more: Any) -> Site:
    said = {"name": "Camp", "kind": "camp", "country": Country.objects.get(iso3="NAM"), **more}
    site: Site = do(open_site, **said).record
    return site


def test_a_site_lies_in_the_lowest_area_its_coordinates_say(desk: Desk) -> None:
    assert str(opened(longitude=23.2, latitude=-17.8).area) == "Kongola (NA0101)"
    assert str(opened(longitude=24.2, latitude=-17.8).area) == "Erongo (NA02)"
    assert opened().area is None
    near = opened(longitude=23.98, latitude=-17.8, area=Area.objects.get(pcode="NA02"))
    assert near.area.pcode == "NA02"  # two kilometres outside: outlines are generalised


@pytest.mark.parametrize(
    "said,code",
    [
        ({"kind": "palace"}, "unknown_site_kind"),
        ({"longitude": 23.2}, "half_a_position"),
        ({"longitude": 523.2, "latitude": -17.8}, "not_on_earth"),
        ({"longitude": 0, "latitude": 0}, "null_island"),
        ({"longitude": -17.8, "latitude": 23.2}, "coordinates_swapped"),
        ({"longitude": 24.5, "latitude": -17.5, "area": "NA0101"}, "site_outside_area"),
        ({"area": "SS01"}, "area_of_another_country"),
    ],
)
def test_where_a_site_cannot_be(desk: Desk, said: dict[str, Any], code: str) -> None:
    desk.take("areas", desk.csv("SSD,1,SS01,Central Equatoria,SSD,2023-08-29,"))
    if "area" in said:
        said = {**said, "area": Area.objects.get(pcode=said["area"])}
    with pytest.raises(Refused) as refused:
        opened(**said)
    assert refused.value.code == f"places.{code}"
    assert not Site.objects.exists()


def test_the_life_of_a_site_stays_in_its_history(desk: Desk) -> None:
    site = opened(longitude=23.2, latitude=-17.8, opened_on=date(2023, 1, 1))
    with pytest.raises(Refused) as nowhere:
        do(move_site, site)
    assert nowhere.value.code == "places.move_where"
    site = do(move_site, site, longitude=24.2, latitude=-17.8, on=date(2023, 6, 1)).record
    site = do(rename_site, site, name="New camp").record
    with pytest.raises(Refused) as early:
        do(close_site, site, on=date(2022, 1, 1))
    assert early.value.code == "places.changed_later"
    site = do(close_site, site, on=date(2024, 3, 1)).record
    site = do(reopen_site, site, on=date(2024, 6, 1)).record
    assert (site.state, site.closed_on, site.area.pcode) == ("open", None, "NA02")
    was = {day: [(one.name, one.pcode, one.longitude) for one in sites_of("NAM", day)] for day in DAYS}
    assert was == {
        date(2022, 12, 31): [],
        date(2023, 5, 31): [("New camp", "NA0101", 23.2)],
        date(2024, 2, 29): [("New camp", "NA02", 24.2)],
        date(2024, 3, 1): [],
        date(2024, 6, 1): [("New camp", "NA02", 24.2)],
    }
    do(close_site, site, on=date(2024, 6, 1))  # a second change of a day replaces the first
    assert sites_of("NAM", date(2024, 6, 1)) == []
    acts = [entry.act.rpartition(".")[2] for entry, _changed in audit.history(site)]
    assert acts == ["open_site", "move_site", "rename_site", "close_site", "reopen_site", "close_site"]
    assert audit.history(site)[2][1]["name"] == ("Camp", "New camp")


def test_a_list_of_sites_is_taken_in_once(desk: Desk) -> None:
    lines = [
        "N-1,Katima,Reception centre,NA,,23.2,-17.8,2023-01-01,,",
        "N-2,Kongola,,NAM,NA0101,,,2023-01-01,,2024-01-01",
    ]
    assert changes(desk, *lines) == {"opened": 2, "closed": 1}
    assert Site.objects.get(code="N-1").kind == "reception_centre"
    assert (Site.objects.get(code="N-2").kind, Site.objects.get(code="N-2").state) == ("other", "closed")
    assert changes(desk, *lines) == {"unchanged": 2}
    assert changes(desk, "N-1,Katima Mulilo,,NA,,24.2,-17.8,,,", "N-2,Kongola,,NA,,,,,open,") == {
        "renamed": 1,
        "moved": 1,
        "opened again": 1,
    }
    assert changes(desk, "N-1,Katima Mulilo,,NA,,,,,Closed,") == {"closed": 1}  # what a list leaves out stays as it is
    assert Site.objects.get(code="N-1").longitude == 24.2


def changes(desk: Desk, *lines: str) -> dict[str, int]:
    taken = desk.take("sites", desk.csv(*lines, head=HEAD))["changes"]
    return {word: count for word, count in taken.items() if count}


def test_a_list_with_bad_rows_opens_no_site(desk: Desk) -> None:
    lines = [
        "N-1,Fine,camp,NAM,,23.2,-17.8,,,",
        "N-2,Swapped,camp,NAM,,-17.8,23.2,,,",
        "N-3,No such area,camp,NAM,NA77,,,,,",
        "N-4,No such country,camp,QQQ,,,,,,",
        "N-5,No such status,camp,NAM,,,,,paused,",
    ]
    problems = desk.refused("sites", desk.csv(*lines, name="sites.csv", head=HEAD))
    told = [(one.code, one.row) for one in problems]
    assert told == [
        ("places.coordinates_swapped", 3),
        ("places.code_unknown", 4),
        ("places.unknown_country", 5),
        ("places.unknown_site_status", 6),
    ]


def test_sites_are_for_those_who_are_signed_in(desk: Desk, personas: Personas) -> None:
    opened()
    with personas.asking(None):
        assert not Site.objects.exists()
    with personas.asking(personas.daniel):
        assert Site.objects.count() == 1
        with pytest.raises(Refused) as refused:
            opened()
    assert refused.value.code == "kernel.not_allowed"
