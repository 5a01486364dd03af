"""Real lists and boundaries, whole: they are taken in, or refused for a reason that is said."""

from __future__ import annotations

import csv
import time
from datetime import date
from pathlib import Path

import pytest
import shapely
from django.test import Client

from waystation.apps.places import api
from waystation.apps.places.models import Area
from waystation.apps.places.tests.making import Desk

ON = date(2026, 1, 1)
SOUND = ("caf_adm1", "caf_adm2", "caf_adm3", "hti_adm1", "nga_adm1", "nga_adm2", "ssd_adm1", "ssd_adm2")
CROSSING = {"hti_adm2": 1, "moz_adm1": 1, "moz_adm2": 3, "moz_adm3": 2, "sdn_adm1": 2, "sdn_adm2": 3, "yem_adm1": 1}


def test_the_global_lists_of_p_codes(keeping: Desk, shared_data: Path) -> None:
    started = time.monotonic()
    first = keeping.take("areas", shared_data / "collect/pcodes/global-pcodes-adm-1-2.csv")
    assert first["changes"] == {"new": 33_363}
    second = shared_data / "geography/global_pcodes_adm1_adm2.csv.gz"
    problems = keeping.refused("areas", second)
    assert [(one.code, one.row) for one in problems] == [("places.code_twice", 12_752), ("places.code_twice", 12_753)]
    taken = keeping.take("areas", second, "--leave-out")
    assert taken["changes"] == {"unchanged": 33_150, "new": 223, "known earlier": 78, "left out": 2}
    assert time.monotonic() - started < 60  # 16 s measured on two busy cores
    zambezi = api.resolve(pcode="NA01", on=ON)
    assert zambezi is not None
    assert zambezi.country == "NAM"
    assert {one.country for code in ("SD19", "SS00") for one in [api.resolve(pcode=code, on=ON)] if one} == {
        "SDN",
        "SSD",
    }
    wrong = api.check_codes(country="SSD", pairs=[("SD19", "")], on=ON)
    assert [one.code for one in wrong] == ["places.code_of_another_country"]
    every_country_has_a_page()


def every_country_has_a_page() -> None:
    listed = sorted({one.country.iso3 for one in Area.objects.select_related("country")})
    assert len(listed) == 158
    started = time.monotonic()
    for iso3 in listed:
        assert Client().get(f"/places/{iso3}/").status_code == 200
    assert time.monotonic() - started < 60  # 13 ms a page measured


@pytest.mark.parametrize("name", SOUND)
def test_sound_boundaries_are_taken_in(keeping: Desk, shared_data: Path, name: str) -> None:
    path = shared_data / f"geography/boundaries/{name}.geojson"
    level = int(name[-1])
    taken = keeping.take("boundaries", _below(keeping, shared_data, name, path), "--areas")
    assert taken["changes"]["new"] == taken["changes"]["areas new"] > 0
    drawn = api.outlines(country=name[:3].upper(), level=level, on=ON)
    assert all(shapely.geometry.shape(one.geometry).is_valid for one in drawn)
    if name == "caf_adm1":
        assert sum(one.area_km2 for one in drawn) == pytest.approx(620_304, rel=1e-4)  # as its gazetteer states


def _below(keeping: Desk, shared_data: Path, name: str, path: Path) -> Path:
    """Take in the level above first, where there is one."""
    for level in range(1, int(name[-1])):
        above = shared_data / f"geography/boundaries/{name[:-1]}{level}.geojson"
        keeping.take("boundaries", above, "--areas", "--repair")
    return path


@pytest.mark.parametrize("name,count", CROSSING.items())
def test_boundaries_that_cross_themselves(keeping: Desk, shared_data: Path, name: str, count: int) -> None:
    path = _below(keeping, shared_data, name, shared_data / f"geography/boundaries/{name}.geojson")
    problems = keeping.refused("boundaries", path, "--areas")
    assert [one.code for one in problems] == ["intake.outline_crosses"] * count
    found = keeping.found("boundaries", path, "--areas", "--repair")
    assert found.count("intake.outline_repaired") == count


def test_an_area_without_an_outline_is_named(keeping: Desk, shared_data: Path) -> None:
    path = shared_data / "geography/boundaries/irq_adm1.geojson"
    (problem,) = keeping.refused("boundaries", path, "--areas")
    assert (problem.code, problem.params["name"]) == ("intake.outline_empty", "Salah Al-Din (IQG16)")
    assert keeping.take("boundaries", path, "--areas", "--leave-out")["changes"]["new"] == 17


def test_abyei_lies_outside_of_what_its_own_file_draws_above_it(keeping: Desk, shared_data: Path) -> None:
    path = shared_data / "geography/boundaries/ssd_adm2.geojson"
    taken = keeping.take("boundaries", _below(keeping, shared_data, "ssd_adm2", path), "--areas")
    (finding,) = [one for one in taken["findings"] if one["code"] == "places.outside_parent"]
    assert finding["params"] == {"name": "Warrap", "pcode": "SS08", "share": "29.4%", "km2": "10,543"}


def test_a_gazetteer_workbook_with_a_sheet_for_each_level(keeping: Desk, shared_data: Path) -> None:
    taken = keeping.take("areas", shared_data / "geography/boundaries/caf_cod_ab_gazetteer.xlsx")
    assert taken["changes"] == {"new": 436}
    assert len(api.areas(country="CAF", level=3, on=ON)) == 175
    again = keeping.take("areas", shared_data / "geography/boundaries/caf_adminpoints.csv")
    assert again["changes"]["unchanged"] >= 430


def test_a_world_map_with_disputed_areas_kept_apart(keeping: Desk, shared_data: Path) -> None:
    path = shared_data / "geography/world_map_iom.topojson"
    problems = keeping.refused("boundaries", path)
    assert {one.code for one in problems} == {
        "places.code_missing"
    }  # Siachen, Kashmir, Zanzibar and others have no code
    taken = keeping.take("boundaries", path, "--leave-out")
    assert taken["changes"]["new"] > 190
    assert len(api.outlines(country="NAM", level=0, on=ON)) == 1


def test_points_lie_where_the_gazetteer_says(keeping: Desk, shared_data: Path) -> None:
    """The Central African Republic publishes a point in each of its areas, with the codes it lies in."""
    for level in (1, 2, 3):
        path = shared_data / f"geography/boundaries/caf_adm{level}.geojson"
        keeping.take("boundaries", path, "--areas")
    with (shared_data / "geography/boundaries/caf_adminpoints.csv").open(encoding="utf-8-sig") as lines:
        points = [row for row in csv.DictReader(lines) if row["admin_level"] == "3"]
    assert len(points) == 175
    where = {"longitudes": [float(row["lon"]) for row in points], "latitudes": [float(row["lat"]) for row in points]}
    for level in (1, 2, 3):
        found = api.locate_many(**where, level=level, country="CAF", on=ON)
        told = [(row[f"adm{level}_pcode"], one and one.pcode) for row, one in zip(points, found, strict=True)]
        assert [pair for pair in told if pair[0] != pair[1]] == []


def test_countries_as_ocha_publishes_them(keeping: Desk, shared_data: Path) -> None:
    path = shared_data / "geography/ocha_countries_territories_taxonomy.csv"
    problems = keeping.refused("countries", path)
    assert {one.code for one in problems} == {"intake.required"}  # parts of countries that have no alpha-3 code
    taken = keeping.take("countries", path, "--leave-out")
    assert taken["changes"]["new"] == 0
    assert taken["changes"]["unchanged"] > 240
    chinese = keeping.take("countries", shared_data / "geography/m49/UNSD-cn.csv", "--language", "zh")
    assert chinese["changes"]["unchanged"] > 240
