"""Maps: projection, shading, circles, hatching, legends, weight."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from shapely.geometry import mapping, shape

from waystation.kernel.screens import Dot, Map, Shape
from waystation.surfaces import drawing
from waystation.surfaces.drawing import projection, scales
from waystation.surfaces.drawing.palette import PURPLES_BELOW_ZERO, THEMES


def honeycomb(across: int, down: int, wiggles: int = 200) -> list[Shape]:
    """A made-up country of ``across`` x ``down`` areas whose common borders wiggle in ``wiggles`` points."""
    step = np.linspace(0, 1, wiggles)
    bend = 0.08 * np.sin(step * 40) * np.sin(step * np.pi)
    found = []
    for i in range(across):
        for j in range(down):
            south = np.column_stack([i + step, j + bend])
            east = np.column_stack([i + 1 + bend, j + step])
            north = np.column_stack([i + step, j + 1 + bend])[::-1]
            west = np.column_stack([i + bend, j + step])[::-1]
            ring = np.vstack([south, east, north, west]) * 0.5 + (28, 5)
            value = None if (i + j) % 7 == 0 else float((i + 1) * 100 * (j + 3))
            found.append(
                Shape(f"{i}-{j}", f"County {i} {j}", mapping(shapely.Polygon(ring)), value, f"/places/{i}-{j}/")
            )
    return found


def box(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    return dict(mapping(shapely.segmentize(shapely.box(west, south, east, north), 5.0)))


def features(found: dict[str, Any]) -> list[dict[str, Any]]:
    """The areas and outlines of a map, without its grid."""
    layers = [(layer["mark"].get("stroke"), row) for layer in found["layer"] for row in layer["data"]["values"]]
    return [row for stroke, row in layers if row.get("type") == "Feature" and stroke != THEMES["light"].line]


def area_of(found: dict[str, Any]) -> float:
    return float(sum(shape(f["geometry"]).area for f in features(found)))


def words(found: dict[str, Any]) -> list[str]:
    return [row["text"] for layer in found["layer"] for row in layer["data"]["values"] if "text" in row]


def test_eighty_areas_weigh_less_than_sixty_kilobytes() -> None:
    svg = drawing.svg(Map("Map", "Counties", honeycomb(10, 8), unit="people"))
    assert len(svg.encode()) < 60_000
    assert svg.count("<title>") == 80


def test_winding_does_not_matter() -> None:
    right = [Shape("1", "x", box(0, 0, 1, 1), 3), Shape("2", "y", box(1, 0, 2, 1), 4)]
    wrong = [Shape(s.code, s.name, mapping(shapely.reverse(shape(s.geometry))), s.value) for s in right]
    one, other = (drawing.specification(Map("t", "a", s)) for s in (right, wrong))
    assert area_of(one) == pytest.approx(area_of(other))
    assert area_of(one) < 900 * 900


def test_a_hole_stays_a_hole() -> None:
    ring = shapely.box(0, 0, 3, 3).difference(shapely.box(1, 1, 2, 2))
    found = drawing.specification(Map("t", "a", [Shape("1", "x", mapping(ring), 1)]))
    (drawn,) = features(found)
    exterior, hole = (shapely.LinearRing(r) for r in drawn["geometry"]["coordinates"])
    assert exterior.is_ccw != hole.is_ccw  # so that SVG's nonzero rule leaves it empty


def test_neighbours_keep_their_common_border() -> None:
    found = drawing.specification(Map("t", "a", honeycomb(4, 4)))
    drawn = [shape(f["geometry"]) for f in features(found)]
    assert sum(d.area for d in drawn) == pytest.approx(shapely.union_all(drawn).area, rel=1e-3)


def test_both_sides_of_the_antimeridian_are_drawn_together() -> None:
    split = [Shape("1", "west", box(176, -19, 180, -15), 4), Shape("2", "east", box(-180, -19, -178, -15), 9)]
    ring = [[179, -22], [-179, -22], [-179, -20], [179, -20], [179, -22]]
    crossing = Shape("3", "across", {"type": "Polygon", "coordinates": [ring]}, 2)
    drawn = [shape(f["geometry"]) for f in features(drawing.specification(Map("t", "a", [*split, crossing])))]
    west, east, across = drawn
    assert west.bounds[2] == pytest.approx(east.bounds[0], abs=0.2)
    assert across.bounds[2] - across.bounds[0] == pytest.approx((west.bounds[2] - west.bounds[0]) / 2, rel=0.05)
    assert west.bounds[2] - west.bounds[0] > 200


def test_the_world_is_equal_area_and_one_country_is_not_shrunk_to_a_speck() -> None:
    polar, equator = box(-170, 70, 170, 80), box(-170, -5, 170, 5)
    found = drawing.specification(Map("t", "a", [Shape("1", "polar", polar, 1), Shape("2", "equator", equator, 2)]))
    north, middle = (shape(f["geometry"]) for f in features(found))
    true = (math.sin(math.radians(80)) - math.sin(math.radians(70))) / (2 * math.sin(math.radians(5)))
    assert north.area / middle.area == pytest.approx(true, rel=0.02)
    small = drawing.specification(Map("t", "a", [Shape("1", "x", box(30, 4, 31, 5), 1)]))
    assert area_of(small) > 200 * 200
    assert grid(found)
    assert not grid(small)  # a country needs none


def grid(found: dict[str, Any]) -> list[dict[str, Any]]:
    layers = [layer for layer in found["layer"] if layer["mark"].get("stroke") == THEMES["light"].line]
    return [row for layer in layers for row in layer["data"]["values"] if row.get("type") == "Feature"]


def test_differences_have_colours_of_their_own_even_when_all_are_less() -> None:
    shapes = [Shape(str(n), str(n), box(n, 0, n + 1, 1), -float(n + 1)) for n in range(4)]
    (layer,) = [
        one for one in drawing.specification(Map("t", "a", shapes, signed=True))["layer"] if "fill" in one["encoding"]
    ][:1]
    used = layer["encoding"]["fill"]["scale"]["range"]
    assert set(used) - {"url(#no-data)"} <= set(PURPLES_BELOW_ZERO[3])


def test_a_value_that_is_not_shown_is_said_as_it_should_be_and_places_are_named_where_there_is_room() -> None:
    block = Map(
        "t", "a", [Shape("1", "Kara", box(0, 0, 1, 1), None, instead="hidden"), Shape("2", "Bo", box(1, 0, 2, 1), 5)]
    )
    made = drawing.svg(block)
    assert "Kara: hidden" in made
    assert "Kara: no data" not in made
    named = drawing.svg(
        Map("t", "a", dots=[Dot("a", "Aland", 10, 5, 9), Dot("b", "Beland", 60, 5, 4), Dot("c", "Celand", 10, 5, 1)])
    )
    assert ">Aland<" in named
    assert ">Beland<" in named
    assert ">Celand<" not in named  # it would lie over the first


def test_circles_are_as_large_as_their_values() -> None:
    dots = [Dot("a", "A", 30, 5, 400), Dot("b", "B", 31, 5, 100), Dot("c", "C", 32, 5, None)]
    found = drawing.specification(Map("t", "a", dots=dots, unit="people"))
    rows = {r["title"][0]: r for layer in found["layer"] for r in layer["data"]["values"] if "title" in r}
    assert rows["A"]["area"] == pytest.approx(4 * rows["B"]["area"], abs=0.2)
    assert rows["C"]["fill"] not in (rows["A"]["fill"], None)
    assert "no data" in rows["C"]["title"]
    assert {"400", "100", "No data"} <= set(words(found))


def test_areas_without_data_are_hatched_and_named() -> None:
    svg = drawing.svg(Map("t", "a", [Shape("1", "x", box(0, 0, 1, 1)), Shape("2", "y", box(1, 0, 2, 1), 5)]))
    assert svg.count("url(#no-data-") == 2  # the area and its square in the legend
    assert ">No data<" in svg
    assert "x: no data" in svg


def test_the_legend_has_the_numbers_of_the_reader() -> None:
    shapes = [Shape(str(i), "x", box(i, 0, i + 1, 1), 1234.0 * (i + 1) ** 3) for i in range(9)]
    block = Map("t", "a", shapes, unit="people")
    assert {"1,234", "899,586", "people"} <= set(words(drawing.specification(block)))
    assert "899\u202f586" in words(drawing.specification(block, locale="fr"))
    assert any("٨٩٩٬٥٨٦" in w for w in words(drawing.specification(block, locale="ar-eg")))


def test_a_right_to_left_legend_is_mirrored_and_its_text_isolated() -> None:
    block = Map("t", "a", [Shape(str(i), "x", box(i, 0, i + 1, 1), 10.0 * i) for i in range(9)], unit="نازحون")
    rows = [r for layer in drawing.specification(block, locale="ar")["layer"] for r in layer["data"]["values"]]
    title = next(r for r in rows if "نازحون" in str(r.get("text")))
    assert title["text"] == "\u2067نازحون\u2069"
    assert title["x"] > 450
    ends = {r["text"]: r["x"] for r in rows if r.get("text") in ("\u20660\u2069", "\u206680\u2069")}
    assert ends["\u20660\u2069"] > ends["\u206680\u2069"]


def test_classes_are_round_quantiles_between_the_true_ends() -> None:
    values = [float(v) for v in range(12, 1012)]
    assert scales.classes(values) == [12, 200, 400, 600, 800, 1011]
    assert scales.classes([]) == []
    assert scales.classes([4, 4]) == [4, 4]
    assert scales.classes([1, 2, 3]) == [1, 2, 3, 3]
    both = scales.classes([-5000.0, -200, -3, 0, 7, 40, 60, 1e6])
    assert 0 in both
    assert both == sorted(both)
    assert [scales.class_of(v, [1, 2, 3, 3]) for v in (1, 2, 3)] == [0, 1, 2]


def test_more_is_further_from_the_page_in_both_themes() -> None:
    def lightness(colour: str) -> int:
        return sum(int(colour[i : i + 2], 16) for i in (1, 3, 5))

    block = Map("t", "a", [Shape(str(i), "x", box(i, 0, i + 1, 1), 10.0 * i) for i in range(9)])
    for theme, sign in (("light", -1), ("dark", 1)):
        found = drawing.specification(block, theme=theme)  # type: ignore[arg-type] # the names are written out here
        colours = found["layer"][0]["encoding"]["fill"]["scale"]["range"][:5]
        lights = [sign * lightness(c) for c in colours]
        assert lights == sorted(lights)


@pytest.mark.parametrize("name", ["ssd_adm2", "hti_adm2"])
def test_real_boundaries_keep_their_shape_and_stay_light(shared_data: Path, name: str) -> None:
    found = json.loads((shared_data / "geography" / "boundaries" / f"{name}.geojson").read_text(encoding="utf-8"))
    shapes = [Shape(str(i), str(i), f["geometry"], float(i)) for i, f in enumerate(found["features"])]
    drawn = features(drawing.specification(Map("t", "a", shapes)))
    assert len(drawn) == len(shapes)
    flat = [shapely.transform(projection.read(s.geometry), projection.mercator) for s in shapes]
    true = np.array([f.area for f in flat])
    seen = np.array([shape(f["geometry"]).area for f in drawn])
    big = seen > 200
    assert np.allclose((seen / seen.sum())[big], (true / true.sum())[big], rtol=0.08)
    assert len(drawing.svg(Map("t", "a", shapes)).encode()) < 750 * len(shapes)
