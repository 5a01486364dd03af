"""Trends and bars: gaps, coverage, axes in the reader's language, order, signs."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

from waystation.kernel.screens import Bars, Point, Trend
from waystation.surfaces import drawing
from waystation.surfaces.drawing import marks, scales

SVG = "{http://www.w3.org/2000/svg}"
TEAL = "#02818a"


def months(*values: float | None, coverage: tuple[float | None, ...] = (), series: str = "") -> list[Point]:
    given = coverage or (None,) * len(values)
    return [Point(date(2025, i + 1, 1), v, series, c) for i, (v, c) in enumerate(zip(values, given, strict=True))]


def lines(svg: str, colour: str = TEAL) -> list[str]:
    found = ElementTree.fromstring(svg).iter(f"{SVG}path")
    return [p.get("d", "") for p in found if p.get("stroke") == colour]


def layers(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [deep for layer in found["layer"] for deep in (layers(layer) if "layer" in layer else [layer])]


def texts(svg: str) -> list[str]:
    return [t.text or "" for t in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_a_gap_is_a_gap_and_a_value_alone_is_a_dot() -> None:
    svg = drawing.svg(Trend("t", "a", months(5, 6, None, 7, None, 8, 9)), width=300)
    (path,) = lines(svg)
    assert path.lower().count("m") == 3  # two lines and the value alone
    circles = [c for c in ElementTree.fromstring(svg).iter(f"{SVG}circle") if c.get("fill") == TEAL]
    assert circles


def test_a_line_without_gaps_is_one_line() -> None:
    (path,) = lines(drawing.svg(Trend("t", "a", months(5, 6, 7, 8))))
    assert path.lower().count("m") == 1


def test_coverage_is_a_bar_of_its_share_under_the_same_day() -> None:
    points = months(5, 6, 7, None, coverage=(0.0, 0.5, 1.0, None))
    found = layers(drawing.specification(Trend("t", "a", points)))
    (bars,) = [layer for layer in found if layer["encoding"].get("y", {}).get("field") == "c"]
    assert [r["c"] for r in bars["data"]["values"]] == [0, 0.5, 1]
    assert bars["encoding"]["y"]["scale"]["domain"] == [0, 1]
    (line,) = [layer for layer in found if layer["mark"].get("type") == "line"]
    scale = line["encoding"].get("x") or next(
        top["layer"][0]["encoding"]["x"]
        for top in drawing.specification(Trend("t", "a", points))["layer"]
        if "layer" in top
    )
    (low, high), (left, right) = scale["scale"]["domain"], scale["scale"]["range"]
    for bar, point in zip(bars["data"]["values"], points, strict=False):
        at = left + (point.at.toordinal() - low) / (high - low) * (right - left)
        assert abs((bar["x"] + bar["x2"]) / 2 - at) < 0.2
    svg = drawing.svg(Trend("t", "a", points))
    assert {"0%", "100%", "Coverage"} <= set(texts(svg))


def test_coverage_that_differs_by_series_is_drawn_for_each() -> None:
    points = months(5, 6, coverage=(0.2, 0.3), series="Women") + months(4, 5, coverage=(0.4, 0.5), series="Men")
    found = layers(drawing.specification(Trend("t", "a", points)))
    (bars,) = [layer for layer in found if layer["encoding"].get("y", {}).get("field") == "c"]
    assert len({r["f"] for r in bars["data"]["values"]}) == 2
    spans = sorted((r["x"], r["x2"]) for r in bars["data"]["values"])
    assert all(a[1] <= b[0] + 0.2 for a, b in pairwise(spans))


def test_axis_and_days_are_in_the_language_of_the_reader() -> None:
    block = Trend("t", "a", months(1200, 2400, 3600, 4800, 3600, 2400))
    english, french, arabic = (texts(drawing.svg(block, locale=x)) for x in ("en", "fr", "ar-eg"))
    assert {"5,000", "Jan 2025"} <= set(english)
    assert {"5\u202f000", "janv. 2025"} <= set(french)
    assert "\u2066٥٬٠٠٠\u2069" in arabic
    assert "\u2067يناير ٢٠٢٥\u2069" in arabic


def test_series_are_told_apart_by_more_than_colour_from_the_fourth_on() -> None:
    points = [p for i in range(6) for p in months(i, i + 1, series=f"S{i}")]
    found = [
        layer for layer in layers(drawing.specification(Trend("t", "a", points))) if layer["mark"]["type"] == "line"
    ]
    assert len({(f["mark"]["stroke"], tuple(f["mark"].get("strokeDash", ()))) for f in found}) == 6
    assert {f"S{i}" for i in range(6)} <= set(texts(drawing.svg(Trend("t", "a", points))))


def test_a_point_says_its_day_value_and_coverage() -> None:
    svg = drawing.svg(Trend("t", "a", months(1234, coverage=(0.85,)), unit="people"))
    (title,) = [t.text for t in ElementTree.fromstring(svg).iter(f"{SVG}title")]
    assert title == "1 Jan 2025: \u20661,234\u2069 people \u00b7 coverage \u206685%\u2069"


def test_bars_are_longest_first_unless_ordered_and_absent_ones_last() -> None:
    items = [("a", 1.0), ("b", None), ("c", 3.0), ("d", -2.0)]
    said = texts(drawing.svg(Bars("t", "a", items)))
    assert [s for s in said if s in "abcd"] == ["c", "a", "d", "b"]
    assert "not available" in said
    kept = texts(drawing.svg(Bars("t", "a", items, ordered=True)))
    assert [s for s in kept if s in "abcd"] == ["a", "b", "c", "d"]


def test_bars_start_at_zero_and_grow_with_the_reading_direction() -> None:
    block = Bars("t", "a", [("a", 10), ("b", -5)])
    for locale in ("en", "ar"):
        (bars,) = [x for x in drawing.specification(block, locale=locale)["layer"] if x["mark"]["type"] == "rect"][:1]
        scale = bars["encoding"]["x"]["scale"]
        assert scale["domain"] == [-5, 10]
        assert (scale["range"][0] < scale["range"][1]) is (locale == "en")
    assert "\u2066\u200e-5\u2069" in texts(drawing.svg(block, locale="ar"))


def test_ticks_are_round_and_cover_the_values() -> None:
    assert scales.ticks(0, 9.3) == [0, 2, 4, 6, 8, 10]
    assert scales.ticks(-3, 4) == [-4, -2, 0, 2, 4]
    assert scales.ticks(0, 0)[0] == 0
    assert scales.ticks(0, 1e12)[-1] == 1e12


def test_labels_do_not_depend_on_the_fonts_of_the_machine() -> None:
    assert marks.text_width("1,234") < marks.text_width("12,345,678")
    assert marks.shortened("a long name of a place", 60).endswith("\u2026")
    assert marks.text_width(marks.shortened("a long name of a place", 60)) <= 60
