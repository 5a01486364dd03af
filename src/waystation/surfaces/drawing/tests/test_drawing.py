"""What every drawing keeps to, for blocks of all kinds, empty and hostile ones included."""

from __future__ import annotations

import json
import math
import re
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waystation.kernel.screens import Bars, Dot, Map, Point, Shape, Trend
from waystation.surfaces import drawing
from waystation.surfaces.drawing import Drawable, ink
from waystation.surfaces.drawing.palette import ThemeName

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "</svg><script>alert(\"1\")</script> & 'q' \x00\x0b\ud800"


def polygon(*points: list[float]) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": [list(points)]}


def square(west: float, south: float, side: float = 1.0) -> dict[str, object]:
    """A GeoJSON square, wound the way GeoJSON asks."""
    east, north = west + side, south + side
    return polygon([west, south], [east, south], [east, north], [west, north], [west, south])


def squares(*values: float | None, url: str = "") -> Map:
    shapes = [Shape(str(i), f"Area {i}", square(i, 0), v, url) for i, v in enumerate(values)]
    return Map("Map", "Squares in a row", shapes, unit="people")


def days(*values: float | None, coverage: float | None = None) -> Trend:
    start = date(2026, 1, 1)
    points = [Point(start + timedelta(days=i), v, coverage=coverage) for i, v in enumerate(values)]
    return Trend("Trend", "Values by day", points, unit="people")


def root(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def texts(svg: str) -> list[str]:
    return [e.text or "" for e in root(svg).iter(f"{SVG}text")]


def titles(svg: str) -> list[str]:
    return [e.text or "" for e in root(svg).iter(f"{SVG}title")]


BLOCKS: dict[str, Drawable] = {
    "no shapes": Map("t", "a"),
    "no values": squares(None, None),
    "one place": Map("t", "a", dots=[Dot("x", HOSTILE, 30, 10, 5, "javascript:alert(1)")]),
    "place without value": Map("t", "a", dots=[Dot("x", "x", 3, 1), Dot("y", "y", 4, 1, 0), Dot("z", "z", 4, 0, -3)]),
    "place nowhere": Map("t", "a", dots=[Dot("x", "x", math.nan, 10, 5)]),
    "broken geometry": Map("t", "a", [Shape("1", "x", polygon([0, 0])), Shape("2", "y", {})]),
    "bow tie": Map("t", "a", [Shape("1", "x", polygon([0, 0], [2, 2], [2, 0], [0, 2], [0, 0]), 3)]),
    "hostile name": Map("t", HOSTILE, [Shape("1", HOSTILE, square(0, 0), 1, "/a/?b=1&c='2'")], unit=HOSTILE),
    "large": squares(1e9, 5e12, 3, 4, 5, 6, 7),
    "both sides of zero": squares(-5000, -3, -200, 0, 40, 1e6, 60, 7),
    "all equal": squares(7, 7, 7),
    "not numbers": squares(math.nan, math.inf, 1),
    "only an outline": Map("t", "a", outline=[square(0, 0)]),
    "no points": Trend("t", "a", []),
    "one point": days(5),
    "one gap": days(None),
    "only coverage": days(None, None, coverage=0.4),
    "one day twice": Trend("t", "a", [Point(date(2026, 1, 1), 1), Point(date(2026, 1, 1), 2)]),
    "hostile series": Trend("t", "a", [Point(date(2026, 1, d), d, series=HOSTILE, label=HOSTILE) for d in (1, 2)]),
    "falling below zero": days(*[1e9 * math.sin(i) for i in range(12)]),
    "tiny": days(0.000001, 0.000002),
    "no bars": Bars("t", "a", []),
    "bars without values": Bars("t", "a", [("x", None), ("y", math.nan)]),
    "bars of zero": Bars("t", "a", [("x", 0)]),
    "hostile bars": Bars("t", HOSTILE, [(HOSTILE, -1e9), ("y", 1e9), ("z", 0.00001)], unit=HOSTILE),
}  # fmt: skip


@pytest.mark.parametrize("name", BLOCKS)
@pytest.mark.parametrize("locale, theme, width", [("en", "light", 900), ("ar", "dark", 360)])
def test_any_block_gives_a_picture_a_page_can_hold(name: str, locale: str, theme: ThemeName, width: int) -> None:
    svg = drawing.svg(BLOCKS[name], locale=locale, theme=theme, width=width)
    tree = root(svg)
    assert tree.get("role") in ("img", "group")
    assert tree.get("aria-label")
    assert tree.get("width") == "100%"
    assert tree.get("height") is None
    assert tree.get("viewBox", "").split()[:3] == ["0", "0", str(width)]
    tags = {e.tag.removeprefix(SVG) for e in tree.iter()}
    assert tags <= {"svg", "g", "path", "line", "rect", "circle", "text", "title", "a", "defs", "pattern"}
    names = {key for e in tree.iter() for key in e.attrib}
    assert not {n for n in names if n.startswith("on") or n in ("style", "class")}
    assert not re.findall(r"https?:(?!//www\.w3\.org/2000/svg\")", svg)
    assert "NaN" not in svg
    assert "undefined" not in svg
    assert "javascript" not in re.sub(r">[^<]*<", "><", svg)
    # every hatching that is used is there, under the drawing's own name
    assert set(re.findall(r"url\(#(.*?)\)", svg)) <= {e.get("id") for e in tree.iter(f"{SVG}pattern")}


@pytest.mark.parametrize("name", ["no shapes", "no points", "one gap", "no bars"])
def test_nothing_to_draw_is_said(name: str) -> None:
    assert len(texts(drawing.svg(BLOCKS[name]))) == 1


@settings(max_examples=25, deadline=None)
@given(values=st.lists(st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True)), max_size=6))
def test_no_value_is_refused(values: list[float | None]) -> None:
    for block in (squares(*values), days(*values), Bars("t", "a", [("x", v) for v in values])):
        json.dumps(drawing.specification(block, locale="ar", width=360), allow_nan=False)


def test_a_name_stays_a_name() -> None:
    svg = drawing.svg(BLOCKS["hostile name"])
    assert titles(svg)[0].startswith("</svg><script>alert(\"1\")</script> & 'q'")
    assert "<script" not in svg


def test_links_lead_into_this_site_only() -> None:
    good = root(drawing.svg(squares(1, 2, url="/places/a/?b=1&c=2")))
    assert {a.get("href") for a in good.iter(f"{SVG}a")} == {"/places/a/?b=1&c=2"}
    assert good.get("role") == "group"  # an image's contents, links too, are hidden from screen readers
    for url in (
        "//elsewhere.example/",
        "https://elsewhere.example/",
        "javascript:alert(1)",
        "/\\elsewhere.example",
        "",
    ):
        bad = root(drawing.svg(squares(1, 2, url=url)))
        assert not list(bad.iter(f"{SVG}a")), url
        assert bad.get("role") == "img"


def test_the_specification_is_vega_lite_6_and_needs_nothing_from_outside() -> None:
    found = drawing.specification(squares(1, None, 5))
    assert found["$schema"].endswith("/vega-lite/v6.json")
    assert '"url":' not in json.dumps(found)


def test_a_drawing_is_kept_by_the_digest_of_its_specification(tmp_path: Path) -> None:
    block = squares(1, None, 5)
    svg = drawing.svg(block, cache=tmp_path)
    (kept,) = tmp_path.rglob("*.svg")
    assert kept.stem == ink.digest(drawing.specification(block))
    assert kept.read_text(encoding="utf-8") == svg
    kept.write_text("<svg/>", encoding="utf-8")
    assert drawing.svg(block, cache=tmp_path) == "<svg/>"
    assert drawing.svg(block, cache=tmp_path, theme="dark") != "<svg/>"
    assert not list(tmp_path.rglob("*.part"))


def test_a_cache_that_cannot_be_written_costs_time_only(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder", encoding="utf-8")
    assert drawing.svg(squares(1, 2), cache=file).startswith("<svg")


def test_warm_up_starts_vega() -> None:
    drawing.warm_up()
