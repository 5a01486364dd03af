"""A ``Map`` as a Vega-Lite specification: areas shaded by class, circles sized by value, an outline, a legend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from waystation.kernel.screens import Dot, Map, Shape
from waystation.surfaces import wording
from waystation.surfaces.drawing import legends, marks, projection, scales
from waystation.surfaces.drawing.marks import NO_DATA, Specification, plain
from waystation.surfaces.drawing.palette import Theme, shades

WIDE = 420  # pixels from which a map may be lower than it is wide
MOST_NAMED = 24  # circles that are named on the map itself
LARGEST = 26.0  # radius in pixels of the largest circle on a wide map


def map_specification(block: Map, locale: str, theme: Theme, rtl: bool, width: int) -> Specification:
    """The map and its legend, ``width`` pixels wide; an empty picture that says so where nothing has a position."""
    areas = [projection.read(s.geometry) for s in block.shapes]
    outline = [projection.read(g) for g in block.outline]
    dots = [d for d in block.dots if scales.finite(d.longitude) is not None and scales.finite(d.latitude) is not None]
    places = np.array([(d.longitude, d.latitude) for d in dots], dtype=float).reshape(-1, 2)
    tallest = width * (0.72 if width >= WIDE else 1.15)
    layout = projection.lay_out(areas, outline, places, width, tallest, margin=16 if dots else 4)
    if layout is None:
        return marks.notice(_("There are no areas or places to draw."), width, str(block.alt), theme, locale)
    shading = _shading(block.shapes, theme, block.signed)
    grid, edges = projection.lines(layout.grid), projection.lines(layout.outline)
    drawn = [_lines(grid, theme.line, 0.7)] if grid else []
    drawn += _areas(block, shading, projection.simplified(layout.areas), locale, theme)
    drawn += [_lines(edges, theme.quiet, 0.9)] if edges else []
    drawn += _circles(dots, layout.places, str(block.unit), locale, theme, width)
    values = [v for d in dots if (v := scales.finite(d.value)) is not None]
    key = legends.Key(
        shading=shading,
        hatched=any(scales.finite(s.value) is None for s in block.shapes),
        largest=max(map(abs, values), default=None),
        smallest=min(map(abs, values), default=0.0),
        ringed=len(values) < len(dots),
        radius=_radius(width),
        unit=plain(block.unit),
    )
    names = _names(dots, layout.places, theme, width) if not block.shapes else []
    legend, deep = legends.map_legend(key, locale, theme, width, layout.height + 14)
    turned = [m.mirrored(width) for m in legend] if rtl else legend
    return marks.sheet(
        drawn + marks.layers([*names, *turned], locale), width, layout.height + 14 + deep, str(block.alt), theme
    )


def _names(dots: Sequence[Dot], at: projection.Coordinates, theme: Theme, width: int) -> list[marks.Mark]:
    """The names of a few places beside their circles, on whichever side has room; none over another."""
    largest = max((abs(v) for d in dots if (v := scales.finite(d.value)) is not None), default=0.0) or 1.0
    placed: list[tuple[float, float]] = []
    found: list[marks.Mark] = []
    for dot, (x, y) in zip(dots, at.tolist(), strict=True) if len(dots) <= MOST_NAMED else ():
        reach = (abs(scales.finite(dot.value) or 0.0) / largest) ** 0.5 * _radius(width) + 5
        wide = marks.text_width(dot.name)
        left = x + reach + wide > width
        start = x - reach - wide if left else x + reach
        if start < 0 or any(
            abs(y - b) < marks.SIZE + 3 and start < a + wide + 4 and a < start + wide + 4 for a, b in placed
        ):
            continue
        placed.append((start, y))
        found.append(
            marks.Words(x - reach if left else x + reach, y, plain(dot.name), theme.ink, "right" if left else "left")
        )
    return found


def _shading(shapes: Sequence[Shape], theme: Theme, signed: bool) -> legends.Shading:
    values = [v for s in shapes if (v := scales.finite(s.value)) is not None]
    edges = scales.classes(values, 3) if signed else scales.classes(values)
    if not edges:
        return legends.Shading([], (), [])
    count = len(edges) - 1
    below = sum(e < 0 for e in edges[:-1])
    below = 0 if below == count and edges[-1] > 0 else below
    return legends.Shading(edges, shades(below, count - below, theme, signed), sorted(set(values)))


def _radius(width: int) -> float:
    return LARGEST if width >= WIDE else LARGEST * 0.7


def title(name: str, value: float | None, unit: str, locale: str, instead: str = "") -> str:
    """What a shape says when pointed at or read aloud: its name and its number, or that there is none."""
    said = wording.isolated(wording.number(value, locale)) if value is not None else instead or _("no data")
    return plain(f"{name}: {said} {unit}".strip() if value is not None else f"{name}: {said}")


def _links(url: str) -> dict[str, str]:
    """Only paths of this site become links; anything else is left out."""
    return {"href": url} if url.startswith("/") and not url.startswith(("//", "/\\")) else {}


def _areas(
    block: Map, shading: legends.Shading, geometries: Sequence[dict[str, Any] | None], locale: str, theme: Theme
) -> list[Specification]:
    rows = []
    for shape, geometry in zip(block.shapes, geometries, strict=True):
        value = scales.finite(shape.value)
        if geometry is not None:
            name = title(shape.name, value, str(block.unit), locale, str(shape.instead))
            band = "none" if value is None else str(scales.class_of(value, shading.edges))
            rows.append({"type": "Feature", "geometry": geometry, "class": band, "title": name} | _links(shape.url))
    bands = [str(i) for i in range(len(shading.colours))]
    colours = {"domain": [*bands, "none"], "range": [*shading.colours, NO_DATA]}
    return [
        {"data": {"values": part}, **_flat("geoshape", stroke=theme.edge, strokeWidth=0.7, strokeJoin="round"),
         "encoding": {"fill": {"field": "class", "type": "nominal", "scale": colours, "legend": None},
                      "description": {"field": "title"}} | link}
        for part, link in _by_link(rows)
    ]  # fmt: skip


def _by_link(rows: list[dict[str, Any]]) -> list[tuple[list[dict[str, Any]], dict[str, Any]]]:
    """Rows that are links and rows that are not: Vega makes a dead link of a missing address."""
    linked = [r for r in rows if "href" in r]
    still = [r for r in rows if "href" not in r]
    return [(part, link) for part, link in ((still, {}), (linked, {"href": {"field": "href"}})) if part]


def _flat(mark: str, **style: Any) -> dict[str, Any]:
    return {
        "mark": {"type": mark, "clip": False, **style},
        "projection": {"type": "identity", "scale": 1, "translate": [0, 0]},
    }


def _lines(geometries: list[dict[str, Any]], colour: str, width: float) -> Specification:
    rows = [{"type": "Feature", "geometry": g} for g in geometries]
    style = {"filled": False, "stroke": colour, "strokeWidth": width, "aria": False}
    return {"data": {"values": rows}, **_flat("geoshape", **style)}


def _circles(
    dots: Sequence[Dot], at: projection.Coordinates, unit: str, locale: str, theme: Theme, width: int
) -> list[Specification]:
    """Circles of an area proportional to the value, the largest beneath; no data is a small empty ring."""
    sized = [(scales.finite(d.value), d, xy) for d, xy in zip(dots, at.tolist(), strict=True)]
    largest = max((abs(v) for v, _d, _xy in sized if v is not None), default=0.0) or 1.0
    full = legends.area(_radius(width))
    rows = []
    for value, dot, (x, y) in sorted(sized, key=lambda s: -abs(s[0] or 0)):
        name = title(dot.name, value, unit, locale)
        rows.append({"x": round(x, 1), "y": round(y, 1), "title": name} | _links(dot.url) | {
            "area": round(max(abs(value) / largest * full, 14.0), 1) if value is not None else 30.0,
            "fill": theme.circle if value is not None and value >= 0 else theme.edge,
        })  # fmt: skip
    style = {"type": "point", "stroke": theme.circle, "strokeWidth": 1, "fillOpacity": 0.8, "opacity": 1}
    place = {"x": marks.pixel("x"), "y": marks.pixel("y"), "size": marks.literal("area")}
    paint = {"fill": marks.literal("fill"), "description": {"field": "title"}}
    return [
        {"data": {"values": part}, "mark": style, "encoding": place | paint | link} for part, link in _by_link(rows)
    ]
