"""The pages of places, as the public and as staff see them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from tests.personas import Personas
from waystation.apps.places import pages
from waystation.apps.places.models import Edition
from waystation.apps.places.tests.making import Desk, box, feature
from waystation.kernel.pages import Asked
from waystation.kernel.refusals import Refused
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
    rows = {row["name"]: row for row in block(screen, Table).rows}
    assert rows["Zambezi"]["uncovered"] == pytest.approx(0.75, abs=0.01)
    assert rows["Zambezi"]["below"] == 1
    assert rows["Hardap"]["km2"] is None
    below = pages.country.draw(Asked({"iso3": "NAM"}, {"level": "2"}))
    told = [one.text for one in below.blocks if isinstance(one, Notice)]
    assert any("Zambezi (NA01)" in text and "none of the areas below" in text for text in told)


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


def test_a_page_costs_the_same_number_of_queries_however_many_areas(mapped: Desk) -> None:
    pages.country.draw(Asked({"iso3": "NAM"}))
    with CaptureQueriesContext(
        connection,
    ) as few:
        pages.country.draw(Asked({"iso3": "NAM"}))
    more = [f"NAM,1,NA{n},Area {n},NAM,2020-01-09," for n in range(10, 60)]
    mapped.take("areas", mapped.csv(*more))
    mapped.take("boundaries", mapped.geojson(*(feature(f"NA{n}", f"Area {n}", box(n, -10)) for n in range(10, 60))))
    pages.country.draw(Asked({"iso3": "NAM"}))
    with CaptureQueriesContext(connection) as many:
        pages.country.draw(Asked({"iso3": "NAM"}))
    assert len(many) <= len(few) + 1  # one edition more to read findings of
