"""Boundaries: formats, what is worked out of them, points in areas, what is drawn and who sees it."""

from __future__ import annotations

import json
import time
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from pyproj import Transformer

from tests.personas import Personas
from waystation.apps.places import api
from waystation.apps.places.acts import split, withdraw
from waystation.apps.places.models import Area, Boundary
from waystation.apps.places.tests.making import Desk, box, feature
from waystation.intake import outlines
from waystation.kernel.acts import do

ON = date(2024, 6, 1)
REGIONS = (("NA01", "Zambezi", box(23, -18)), ("NA02", "Erongo", box(24, -18)))


def regions(**more: Any) -> list[dict[str, Any]]:
    return [feature(code, name, shape, **more) for code, name, shape in REGIONS]


def written(desk: Desk, driver: str, name: str, crs: str | None = "EPSG:4326") -> Path:
    """The two regions in a format that GDAL writes."""
    shapes = [shape for _code, _name, shape in REGIONS]
    if crs and crs != "EPSG:4326":
        turn = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
        shapes = [shapely.transform(one, turn.transform, interleaved=False) for one in shapes]
    values = [np.array(column, dtype=object) for column in zip(*[one[:2] for one in REGIONS], strict=True)]
    values.append(np.array(["NA", "NA"], dtype=object))
    path = desk.folder / name
    pyogrio.raw.write(
        path, shapely.to_wkb(shapes), values, ["ADM1_PCODE", "ADM1_EN", "ADM0_PCODE"],
        driver=driver, geometry_type="Polygon", crs=crs,
    )  # fmt: skip
    return path


def zipped(folder: Path, stem: str, *suffixes: str, into: str = "in/") -> Path:
    path = folder / f"{stem}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for suffix in suffixes:
            archive.write(folder / f"{stem}{suffix}", f"{into}{stem}{suffix}")
    return path


def topojson(desk: Desk) -> Path:
    """Two squares that share an arc."""
    arcs = [
        [[24, -18], [24, -17]],
        [[24, -17], [23, -17], [23, -18], [24, -18]],
        [[24, -18], [25, -18], [25, -17], [24, -17]],
    ]
    shapes = [
        {"type": "Polygon", "arcs": [[0, 1]], "properties": {"ADM1_PCODE": "NA01", "ADM1_EN": "Zambezi", "iso2": "NA"}},
        {"type": "Polygon", "arcs": [[2, -1]], "properties": {"ADM1_PCODE": "NA02", "ADM1_EN": "Erongo", "iso2": "NA"}},
    ]
    path = desk.folder / "regions.topojson"
    objects = {"regions": {"type": "GeometryCollection", "geometries": shapes}}
    path.write_text(json.dumps({"type": "Topology", "arcs": arcs, "objects": objects}))
    return path


@pytest.mark.parametrize("form", ["geojson", "topojson", "gpkg", "zipped shapefile", "shapefile"])
def test_every_format_says_the_same(keeping: Desk, form: str) -> None:
    keeping.namibia()
    if form == "geojson":
        path = keeping.geojson(*regions())
    elif form == "topojson":
        path = topojson(keeping)
    elif form == "gpkg":
        path = written(keeping, "GPKG", "regions.gpkg")
    else:
        path = written(keeping, "ESRI Shapefile", "regions.shp")
        path = zipped(keeping.folder, "regions", ".shp", ".shx", ".dbf", ".prj") if form.startswith("zip") else path
    assert keeping.take("boundaries", path)["changes"] == {"new": 2, "replaced": 0}
    drawn = api.outlines(country="NAM", level=1, on=ON)
    assert [(one.pcode, one.name, one.country) for one in drawn] == [
        ("NA01", "Zambezi", "NAM"),
        ("NA02", "Erongo", "NAM"),
    ]
    assert drawn[0].area_km2 == pytest.approx(cell_km2(-18, -17), rel=2e-4)
    assert [one and one.pcode for one in located((23.5, -17.5), (24.5, -17.5), (30, 0))] == ["NA01", "NA02", None]


def cell_km2(south: float, north: float) -> float:
    """A cell of one degree of longitude on the WGS 84 ellipsoid: Snyder, Map Projections: A Working Manual, eq. 3-12."""
    axis, eccentricity = 6378.137, 0.0818191908426215

    def q(latitude: float) -> float:
        sine = np.sin(np.radians(latitude))
        inside = np.log((1 - eccentricity * sine) / (1 + eccentricity * sine)) / (2 * eccentricity)
        return float((1 - eccentricity**2) * (sine / (1 - (eccentricity * sine) ** 2) - inside))

    return axis**2 / 2 * np.radians(1.0) * (q(north) - q(south))


def located(*points: tuple[float, float]) -> list[Any]:
    longitudes, latitudes = zip(*points, strict=True)
    return api.locate_many(longitudes=longitudes, latitudes=latitudes, level=1, on=ON)


def test_other_coordinate_systems_are_brought_to_degrees(keeping: Desk) -> None:
    keeping.namibia()
    found = keeping.found("boundaries", written(keeping, "GPKG", "utm.gpkg", crs="EPSG:32734"))
    assert "intake.transformed" in found
    here = api.locate(longitude=23.5, latitude=-17.5, level=1, on=ON)
    assert here is not None
    assert here.pcode == "NA01"


def test_without_a_coordinate_system_degrees_are_assumed_and_told(keeping: Desk) -> None:
    keeping.namibia()
    written(keeping, "ESRI Shapefile", "regions.shp")
    (keeping.folder / "regions.prj").unlink()
    assert "intake.no_crs" in keeping.found("boundaries", keeping.folder / "regions.shp")


def test_areas_come_with_their_boundaries(keeping: Desk) -> None:
    below = [feature(f"NA010{n}", f"Part {n}", box(23 + n / 4, -18, 0.25), level=2) for n in range(2)]
    path = keeping.geojson(*regions(ADM1_AR="زامبيزي", validOn="2020-01-09", validTo="1899-11-30"))
    changes = keeping.take("boundaries", path, "--areas")["changes"]
    assert changes == {"areas new": 2, "new": 2, "replaced": 0}
    area = api.resolve(pcode="NA01", on=ON)
    assert area is not None
    assert (area.valid_from, area.valid_until, area.names) == (date(2020, 1, 9), None, {"ar": "زامبيزي"})
    found = keeping.found("boundaries", keeping.geojson(*below), "--areas")
    assert found == ["places.parents_by_code", "places.not_covered"]
    assert [one.parent for one in api.areas(country="NAM", level=2, on=ON)] == ["NA01", "NA01"]


def test_what_children_leave_uncovered_is_told_and_kept(keeping: Desk) -> None:
    keeping.namibia()
    keeping.take("boundaries", keeping.geojson(*regions()))
    half = shapely.box(23, -18, 23.5, -17)
    taken = keeping.take("boundaries", keeping.geojson(feature("NA0101", "Kongola", half, level=2)))
    (finding,) = taken["findings"]
    assert finding["code"] == "places.not_covered"
    assert finding["params"]["share"] == "50.0%"
    assert Boundary.objects.get(pcode="NA01").uncovered == pytest.approx(0.5, abs=1e-6)
    keeping.take("areas", keeping.csv("NAM,2,NA0102,Sibbinda,NA01,2020-01-09,"))
    pair = [feature("NA0101", "Kongola", shapely.box(23, -18, 23.6, -17), level=2),
            feature("NA0102", "Sibbinda", shapely.box(23.5, -18, 24.2, -17), level=2)]  # fmt: skip
    assert keeping.found("boundaries", keeping.geojson(*pair)) == ["places.overlapping", "places.outside_parent"]
    assert Boundary.objects.get(pcode="NA01").uncovered == 0
    assert Boundary.objects.filter(pcode="NA0101").count() == 2  # the first one is superseded, not lost


def test_a_parent_that_comes_after_its_children_is_held_against_them(keeping: Desk) -> None:
    keeping.namibia()
    keeping.take("boundaries", keeping.geojson(feature("NA0101", "Kongola", shapely.box(23, -18, 23.5, -17), level=2)))
    assert "places.not_covered" in keeping.found("boundaries", keeping.geojson(*regions()))


def test_two_countries_that_draw_the_same_ground_are_told(keeping: Desk) -> None:
    lists = "SDN,1,SD19,Abyei PCA,SDN,2020-08-31,", "SSD,1,SS00,Abyei Region,SSD,2023-08-29,"
    keeping.take("areas", keeping.csv(*lists))
    keeping.take("boundaries", keeping.geojson(feature("SD19", "Abyei PCA", box(28, 9), country="SDN")))
    taken = keeping.take("boundaries", keeping.geojson(feature("SS00", "Abyei Region", box(28.1, 9), country="SSD")))
    (finding,) = taken["findings"]
    assert finding["code"] == "places.drawn_by_two_countries"
    assert (finding["params"]["other"], finding["params"]["share"]) == ("SD19", "90%")
    inside = {"longitude": 28.5, "latitude": 9.5, "level": 1}
    assert [api.locate(**inside, country=iso3) is not None for iso3 in ("SDN", "SSD", "NAM")] == [True, True, False]


def test_areas_without_an_outline_and_sizes_that_differ_are_told(keeping: Desk) -> None:
    keeping.namibia()
    path = keeping.geojson(feature("NA01", "Zambezi", box(23, -18), area_sqkm=12_500.0))
    assert keeping.found("boundaries", path) == ["places.area_as_stated", "places.areas_without_outline"]


def test_simplified_neighbours_go_on_sharing_their_edges() -> None:
    wavy = np.column_stack([np.linspace(0, 10, 5000), 5 + 0.2 * np.sin(np.linspace(0, 12, 5000))])
    south = shapely.Polygon([*wavy, (10, 0), (0, 0)])
    north = shapely.Polygon([*wavy[::-1], (0, 10), (10, 10)])
    thin = outlines.simplified([south, north])
    assert shapely.coverage_is_valid(thin)
    assert sum(len(shapely.get_coordinates(one)) for one in thin) < 1000
    assert sum(one.area for one in thin) == pytest.approx(100)


def test_outlines_are_drawn_for_their_day(keeping: Desk) -> None:
    keeping.namibia()
    keeping.take("boundaries", keeping.geojson(*regions()))
    do(split, Area.objects.get(pcode="NA01"), into="NA03 East\nNA04 West", on=ON)
    assert [one.pcode for one in api.outlines(country="NAM", level=1, on=date(2024, 5, 31))] == ["NA01", "NA02"]
    assert [one.pcode for one in api.outlines(country="NAM", level=1, on=ON)] == ["NA02"]
    ring = api.outlines(country="NAM", level=1, on=ON)[0].geometry["coordinates"][0]
    assert shapely.LinearRing(ring).is_ccw  # RFC 7946: outer rings counter-clockwise
    do(withdraw, Boundary.objects.get(pcode="NA02"))
    assert api.outlines(country="NAM", level=1, on=ON) == []


def test_the_public_sees_no_outlines_that_may_not_be_republished(keeping: Desk, personas: Personas) -> None:
    keeping.namibia()
    keeping.take("boundaries", keeping.geojson(*regions()))
    with personas.asking(None):
        assert len(api.outlines(country="NAM", level=1, on=ON)) == 2
    Boundary.objects.first().edition.__class__.objects.filter(kind="boundaries").update(may_republish=False)
    with personas.asking(None):
        assert api.outlines(country="NAM", level=1, on=ON) == []
        assert api.locate(longitude=23.5, latitude=-17.5, level=1, on=ON) is None
    assert len(api.outlines(country="NAM", level=1, on=ON)) == 2


def test_a_hundred_thousand_points_are_placed_in_seconds(keeping: Desk) -> None:
    lines = [f"NAM,1,NA{n:02},Area {n},NAM,2020-01-09," for n in range(80)]
    keeping.take("areas", keeping.csv(*lines))
    shapes = [box(20 + n % 10, -20 + n // 10).buffer(0.01).buffer(-0.01).segmentize(0.01) for n in range(80)]
    keeping.take(
        "boundaries", keeping.geojson(*(feature(f"NA{n:02}", f"Area {n}", one) for n, one in enumerate(shapes)))
    )
    dice = np.random.default_rng(7)
    longitudes, latitudes = dice.uniform(20, 30, 100_000), dice.uniform(-20, -12, 100_000)
    started = time.monotonic()
    found = api.locate_many(longitudes=longitudes.tolist(), latitudes=latitudes.tolist(), level=1, on=ON)
    assert time.monotonic() - started < 6  # 0.5 s measured on an idle machine of two cores
    assert sum(one is not None for one in found) > 99_900
    expected = [f"NA{int(lon - 20) + 10 * int(lat + 20):02}" for lon, lat in zip(longitudes, latitudes, strict=True)]
    assert sum(one is not None and one.pcode == code for one, code in zip(found, expected, strict=True)) > 99_900
