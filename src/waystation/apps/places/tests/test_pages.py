"""The pages of places, as the public and as staff see them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from tests.personas import Personas
from waystation.apps.places import pages
from waystation.apps.places.acts import open_site, split
from waystation.apps.places.models import Area, Country, Edition, Site
from waystation.apps.places.tests.making import Desk, box, feature
from waystation.kernel.acts import do
from waystation.kernel.pages import Asked
from waystation.kernel.refusals import Problem, Refused
from waystation.kernel.screens import Choice, Map, Notice, Table


def block(screen: Any, kind: type) -> Any:
    return next(one for one in screen.blocks if isinstance(one, kind))


@pytest.fixture
def mapped(keeping: Desk) -> Desk:
    keeping.namibia()
    keeping.take("areas", keeping.csv("NAM,1,NA03,Hardap,NAM,2020-01-09,"))
    keeping.take(
        "boundaries", keeping.geojson(feature("NA01", "Zambezi", box(23, -18)), feature("NA02", "Erongo", box(24, -18)))
    )
    keeping.take("boundaries", keeping.geojson(feature("NA0101", "Kongola", box(23, -18, 0.5), level=2)))
    return keeping


def test_a_country_shows_its_map_and_what_is_missing(mapped: Desk) -> None:
    screen = pages.country.draw(Asked({"iso3": "nam"}, {"level": "1"}))
    assert [shape.code for shape in block(screen, Map).shapes] == ["NA01", "NA02"]
    assert block(screen, Choice).options == [("1", "Level 1"), ("2", "Level 2")]
    assert "NA03" in block(screen, Notice).text
    assert (
        Problem("places.areas_not_drawn", {"level": 1, "country": "Namibia", "count": 1, "codes": "NA03"}).message
        == block(screen, Notice).text
    )
    rows = {row["name"]: row for row in block(screen, Table).rows}
    assert rows["Zambezi"]["uncovered"] == pytest.approx(0.75, abs=0.01)
    assert rows["Zambezi"]["below"] == 1
    assert rows["Hardap"]["km2"] is None
    below = pages.country.draw(Asked({"iso3": "NAM"}, {"level": "2"}))
    told = [one.text for one in below.blocks if isinstance(one, Notice)]
    assert any("Zambezi (NA01)" in text and "none of the areas below" in text for text in told)


def test_an_area_shows_what_its_code_means_through_time(mapped: Desk) -> None:
    do(split, Area.objects.get(pcode="NA01"), into="NA04 Zambezi East\nNA05 Zambezi West", on=date(2024, 6, 1))
    country = Country.objects.get(iso3="NAM")
    do(open_site, name="Camp", kind="camp", country=country, longitude=23.2, latitude=-17.8, opened_on=date(2023, 1, 1))
    before = pages.area.draw(Asked({"iso3": "NAM", "pcode": "NA01"}, {"on": "2024-05-31"}))
    assert before.title == "Zambezi (NA01)"
    assert [shape.code for shape in block(before, Map).shapes] == ["NA0101"]
    assert [dot.name for dot in block(before, Map).dots] == ["Camp"]
    history, below, sites = (one for one in before.blocks if isinstance(one, Table))
    assert [row["became"] for row in history.rows] == ["Zambezi East (NA04), Zambezi West (NA05)"]
    assert [row["name"] for row in below.rows] == ["Kongola"]
    assert [(row["name"].url, row["kind"]) for row in sites.rows] == [(f"/r/places.sites/{sites_ref()}/", "Camp")]
    after = pages.area.draw(Asked({"iso3": "NAM", "pcode": "NA01"}, {"on": "2024-06-01"}))
    assert "it became NA04 (Zambezi East), NA05 (Zambezi West)" in block(after, Notice).text
    part = pages.area.draw(Asked({"iso3": "NAM", "pcode": "NA04"}, {"on": "2024-06-01"}))
    assert block(part, Table).rows[0]["was"] == "Zambezi (NA01)"
    with pytest.raises(Refused) as unknown:
        pages.area.draw(Asked({"iso3": "NAM", "pcode": "NA99"}))
    assert unknown.value.code == "places.code_unknown"


def sites_ref() -> str:
    return Site.objects.get().ref


def test_a_country_leads_to_its_areas_and_sites(mapped: Desk, personas: Personas) -> None:
    """Staff find the sites; the public sees none of them."""
    country = Country.objects.get(iso3="NAM")
    do(open_site, name="Camp", kind="camp", country=country, longitude=23.2, latitude=-17.8)
    staff = Client()
    staff.force_login(personas.amina)
    page = staff.get("/places/NAM/").content.decode()
    assert f"/r/places.sites/{sites_ref()}/" in page
    area = staff.get("/places/NAM/NA01/")
    assert area.status_code == 200
    record = Area.objects.get(pcode="NA01").ref
    assert f"/r/places.areas/{record}/" in area.content.decode()
    assert staff.get(f"/r/places.areas/{record}/").status_code == 200
    sheet = staff.get(f"/r/places.sites/{sites_ref()}/").content.decode()
    assert "Status through time" in sheet
    assert "Camp" not in Client().get("/places/NAM/").content.decode()


def test_names_follow_the_reader(mapped: Desk) -> None:
    with translation.override("zh-hans"):
        assert pages.country.draw(Asked({"iso3": "NAM"})).title == "纳米比亚"


def test_the_index_lists_countries_with_areas(mapped: Desk) -> None:
    (row,) = block(pages.index.draw(Asked()), Table).rows
    assert (row["iso3"], row["level1"], row["level2"], row["outlines"]) == ("NAM", 3, 1, 3)


def test_what_is_no_country_or_no_day_is_refused(mapped: Desk) -> None:
    with pytest.raises(Refused) as nowhere:
        pages.country.draw(Asked({"iso3": "QQQ"}))
    assert nowhere.value.code == "places.unknown_country"
    with pytest.raises(Refused) as never:
        pages.country.draw(Asked({"iso3": "NAM"}, {"on": "yesterday"}))
    assert never.value.code == "kernel.argument_wrong"


def test_the_public_reads_the_pages_and_sees_no_map_it_may_not(mapped: Desk, personas: Personas) -> None:
    reader = Client()
    assert b"Namibia" in reader.get("/places/").content
    assert b"<svg" in reader.get("/places/NAM/").content.split(b"<main")[1]
    Edition.objects.filter(kind="boundaries").update(may_republish=False)
    with personas.asking(None):
        assert not [one for one in pages.country.draw(Asked({"iso3": "NAM"})).blocks if isinstance(one, Map)]
    assert reader.get("/places/QQQ/").status_code == 404


def queries(page: Any, names: dict[str, str], level: str = "1") -> int:
    """How many a page costs the public once the gazetteer is in memory."""
    page.draw(Asked(names, {"level": level}))
    with CaptureQueriesContext(connection) as asked:
        page.draw(Asked(names, {"level": level}))
    return len(asked)


COUNTRY, AREA, INDEX = 10, 12, 4


def test_a_page_costs_the_same_number_of_queries_however_many_areas(mapped: Desk) -> None:
    """Snapshots: a number that grows is a query in a loop."""
    namibia = {"iso3": "NAM"}
    costs = queries(pages.country, namibia), queries(pages.area, namibia | {"pcode": "NA01"}), queries(pages.index, {})
    assert costs == (COUNTRY, AREA, INDEX)
    more = [f"NAM,1,NA{n},Area {n},NAM,2020-01-09," for n in range(10, 60)]
    mapped.take("areas", mapped.csv(*more))
    mapped.take("boundaries", mapped.geojson(*(feature(f"NA{n}", f"Area {n}", box(n, -10)) for n in range(10, 60))))
    costs = queries(pages.country, namibia), queries(pages.area, namibia | {"pcode": "NA01"}), queries(pages.index, {})
    assert costs == (COUNTRY, AREA, INDEX)
