"""A ``Trend`` as a Vega-Lite specification: a line per series, gaps left open, coverage beneath on the same days."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from waystation.kernel.screens import Point, Trend
from waystation.surfaces import wording
from waystation.surfaces.drawing import legends, marks, scales
from waystation.surfaces.drawing.marks import Mark, Specification, Words, plain, text_width
from waystation.surfaces.drawing.palette import Theme

DASHES: tuple[tuple[int, ...], ...] = ((), (7, 3), (2, 3), (9, 3, 2, 3))
MOST_TITLES = 150  # points that can be pointed at; beyond, they would weigh more than they help
COVERAGE = 40.0  # pixels, height of the coverage panel
BETWEEN = 40.0  # pixels between the lines' panel and the coverage panel, its title included
DAYS_ROOM = 26.0  # pixels for the labels of the time axis

Style = tuple[str, tuple[int, ...]]  # colour, dash


@dataclass(frozen=True)
class Panel:
    """The plot: ``width`` and ``lines`` (height of the lines' part) in pixels; days as proleptic ordinals."""

    width: float
    lines: float
    covered: bool
    days: tuple[float, float]
    bar: float  # width of a coverage bar in pixels
    heights: Sequence[float]  # round numbers of the value axis
    rtl: bool
    latest: str  # the last value of a single line, written at its end

    @property
    def height(self) -> float:
        return self.lines + (BETWEEN + COVERAGE if self.covered else 0)

    @property
    def sides(self) -> tuple[float, float]:
        written = text_width(self.latest) + 10 if self.latest else 4
        return self.bar / 2 + 4, self.width - max(self.bar / 2 + 4, written)

    def x(self, day: float) -> float:
        (first, last), (left, right) = self.days, self.sides
        return left + (day - first) / (last - first) * (right - left)

    def y(self, value: float) -> float:
        low, high = self.heights[0], self.heights[-1]
        return self.lines * (high - value) / (high - low)


def trend_specification(block: Trend, locale: str, theme: Theme, rtl: bool, width: int) -> Specification:
    """Values start at zero; None breaks a line; a value between two gaps is a dot. Time runs left to right in
    every language, as in the graphs of Arabic statistical yearbooks; axis, legend and texts are mirrored."""
    points = sorted(block.points, key=lambda p: p.at.toordinal())
    values = [v for p in points if (v := scales.finite(p.value)) is not None]
    covered = any(scales.finite(p.coverage) is not None for p in points)
    if not values and not covered:
        return marks.notice(_("There are no values to draw."), width, str(block.alt), theme, locale)
    heights = scales.ticks(min([0.0, *values]), max([0.0, *values]), 4 if width < 500 else 5)
    said = scales.labels(heights, locale) if values else [""] * len(heights)
    names = list(dict.fromkeys(plain(p.series) for p in points))
    styles: dict[str, Style] = {n: (theme.lines[i % 3], DASHES[i // 3 % 4]) for i, n in enumerate(names)}
    if len(names) == 1:
        styles = {names[0]: (theme.bar, ())}
    latest = scales.labels(values[-1:], locale, 8 if width < 500 else 13) if len(names) == 1 else []
    key, deep = legends.lines_legend([(n, *styles[n]) for n in names if n], theme, width, 0)
    axis_room = max(map(text_width, [*said, wording.share(1, locale)])) + 12
    panel = _panel(points, width - axis_room - 10, width, covered, heights, rtl, "".join(latest))
    top = deep + (34 if block.unit else 16)
    left = 10.0 if rtl else axis_room
    y = _value_axis(panel, said, locale)
    found: list[Specification] = [{"layer": [*_grid(panel, y, theme), *_lines(points, names, styles, panel, y)]}]
    if covered:
        found.append({"layer": _coverage(points, names, styles, panel, locale, theme)})
    found += _titles(points, panel, plain(block.unit), locale, theme)
    found = [{"layer": _with_days(found, points, panel, locale), "resolve": {"scale": {"y": "independent"}}}]
    if block.unit:
        key.append(Words(legends.EDGE, deep + 10, marks.shortened(plain(block.unit), width - 8), theme.quiet))
    if not values:
        sentence = marks.shortened(_("There are no values to draw."), panel.width)
        key.append(Words(width / 2, top + panel.lines / 2, sentence, theme.quiet, "center"))
    if covered:
        key.append(Words(legends.EDGE, top + panel.lines + BETWEEN - 15, _("Coverage"), theme.quiet))
    turned = [m.mirrored(width) if rtl else m for m in key]
    over = [legends.moved(m, -left, -top) for m in turned] + _last(points, panel, theme)
    margins = (left, top, width - left - panel.width, DAYS_ROOM)
    return marks.sheet([*found, *marks.layers(over, locale)], panel.width, panel.height, str(block.alt), theme, margins)


def _panel(
    points: Sequence[Point],
    room: float,
    width: float,
    covered: bool,
    heights: Sequence[float],
    rtl: bool,
    latest: str,
) -> Panel:
    days = sorted({p.at.toordinal() for p in points})
    gap = min((b - a for a, b in pairwise(days)), default=1)
    first, last = (float(days[0]), float(days[-1])) if len(days) > 1 else (days[0] - 1.0, days[0] + 1.0)
    bar = min(max(0.64 * gap / (last - first) * room, 1.5), 18.0)
    lines = round(min(max(width * 0.34, 150), 280))
    return Panel(round(room), lines, covered, (first, last), round(bar, 1), heights, rtl, latest)


def axis_of(values: Sequence[float], said: Sequence[str], locale: str, **more: Any) -> dict[str, Any]:
    """An axis with the given values and texts, whatever the renderer's own language is."""
    texts = json_list([marks.turned(s, locale) for s in said])
    return {
        "values": list(values),
        "labelExpr": f"{texts}[indexof({json_list(values)}, datum.value)]",
        "title": None,
        "ticks": False,
        "labelPadding": 6,
    } | more


def json_list(values: Sequence[Any]) -> str:
    """A list as a Vega expression (its literals are JSON's)."""
    return json.dumps(list(values), ensure_ascii=False)


def _value_axis(panel: Panel, said: Sequence[str], locale: str) -> dict[str, Any]:
    scale = {"domain": [panel.heights[0], panel.heights[-1]], "range": [panel.lines, 0], "nice": False, "zero": False}
    axis = axis_of(panel.heights, said, locale, orient="right" if panel.rtl else "left", grid=False)
    return {"field": "v", "type": "quantitative", "scale": scale, "axis": axis}


def _grid(panel: Panel, y: dict[str, Any], theme: Theme) -> list[Specification]:
    """A thin line at every round number, zero darker where values lie below it (an axis' own grid stops short)."""
    zero = theme.quiet if panel.heights[0] < 0 else theme.line
    rows = [{"v": v, "c": theme.line if v else zero} for v in panel.heights]
    across = {"x": {"value": 0, "type": "quantitative"}, "x2": {"value": panel.width}, "y": y}
    mark = {"type": "rule", "aria": False}
    return [{"data": {"values": rows}, "mark": mark, "encoding": across | {"color": marks.literal("c")}}]


def _with_days(found: list[Specification], points: Sequence[Point], panel: Panel, locale: str) -> list[Specification]:
    """The layers with their common time axis."""
    ends = [
        date.fromordinal(min(p.at.toordinal() for p in points)),
        date.fromordinal(max(p.at.toordinal() for p in points)),
    ]
    days, said = scales.time_ticks(ends[0], ends[1], locale, panel.width)
    axis = axis_of(days, said, locale, ticks=True, tickSize=5, grid=False, labelFlush=True)
    scale = {"domain": list(panel.days), "range": list(panel.sides), "nice": False, "zero": False}
    x = {"field": "d", "type": "quantitative", "scale": scale, "axis": axis}
    return [{**layer, "encoding": {"x": x, **layer.get("encoding", {})}} for layer in found]


def _rows(points: Sequence[Point], name: str) -> list[dict[str, Any]]:
    return [{"d": p.at.toordinal(), "v": scales.finite(p.value)} for p in points if plain(p.series) == name]


def _lines(
    points: Sequence[Point], names: Sequence[str], styles: Mapping[str, Style], panel: Panel, y: dict[str, Any]
) -> list[Specification]:
    found = []
    for name in names:
        rows = _rows(points, name)
        colour, dash = styles[name]
        dots = rows if panel.width / max(len(rows), 1) > 18 else _alone(rows)
        line = {
            "type": "line",
            "stroke": colour,
            "strokeWidth": 2,
            "invalid": "break-paths-filter-domains",
            "aria": False,
        }
        line |= {"strokeDash": list(dash)} if dash else {}
        found.append({"data": {"values": rows}, "mark": line, "encoding": {"y": y}})
        dot = {"type": "point", "filled": True, "color": colour, "size": 22, "opacity": 1, "aria": False}
        kept = [r for r in dots if r["v"] is not None]
        if kept:
            found.append({"data": {"values": kept}, "mark": dot, "encoding": {"y": y}})
    return found


def _alone(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Values with a gap or an end on both sides: a line alone would not show them."""
    padded = [None, *(r["v"] for r in rows), None]
    return [r for i, r in enumerate(rows, 1) if padded[i - 1] is None and padded[i + 1] is None]


def _coverage(
    points: Sequence[Point],
    names: Sequence[str],
    styles: Mapping[str, Style],
    panel: Panel,
    locale: str,
    theme: Theme,
) -> list[Specification]:
    """Bars of 0-100 % on a track, so that 0 % (an empty track) is not taken for unknown coverage (none).

    One bar a day where the series agree; else one beside the other, in the series' colours.
    """
    known = [(p, c) for p in points if (c := scales.finite(p.coverage)) is not None]
    said = {(p.at.toordinal(), c) for p, c in known}
    shared = len(said) == len({day for day, _c in said})
    lanes = [""] if shared else [n for n in names if any(plain(p.series) == n for p, _c in known)]
    wide = panel.bar / len(lanes)
    rows = []
    for day, name, c in sorted({(p.at.toordinal(), "" if shared else plain(p.series), c) for p, c in known}):
        west = panel.x(day) - panel.bar / 2 + wide * lanes.index(name)
        colour = theme.coverage if shared else styles[name][0]
        rows.append(
            {"x": round(west, 1), "x2": round(west + wide, 1), "c": min(max(c, 0), 1), "z": 0, "o": 1, "f": colour}
        )
    bottom = panel.lines + BETWEEN + COVERAGE
    scale = {"domain": [0, 1], "range": [bottom, bottom - COVERAGE], "nice": False, "zero": True}
    ends = [wording.share(0, locale), wording.share(1, locale)]
    axis = axis_of([0, 1], ends, locale, orient="right" if panel.rtl else "left", grid=False)
    across = {"x": marks.pixel("x"), "x2": {"field": "x2"}, "y2": {"field": "z"}}
    y = {"type": "quantitative", "scale": scale, "axis": axis}
    return [
        {"data": {"values": rows}, "mark": {"type": "rect", "fill": theme.track, "aria": False},
         "encoding": {**across, "y": {"field": "o", **y}}},
        {"data": {"values": rows}, "mark": {"type": "rect", "aria": False},
         "encoding": {**across, "y": {"field": "c", **y}, "fill": marks.literal("f")}},
    ]  # fmt: skip


def _titles(points: Sequence[Point], panel: Panel, unit: str, locale: str, theme: Theme) -> list[Specification]:
    """Invisible discs over the points that say, when pointed at or read aloud, the day, the value and its coverage."""
    rows = []
    for p in points if len(points) <= MOST_TITLES else ():
        value = scales.finite(p.value)
        if value is not None:
            rows.append({"d": p.at.toordinal(), "y": round(panel.y(value), 1), "title": _title(p, value, unit, locale)})
    mark = {"type": "point", "filled": True, "size": 150, "color": theme.ink, "opacity": 0}
    encoding = {"y": marks.pixel("y"), "description": {"field": "title"}}
    return [{"data": {"values": rows}, "mark": mark, "encoding": encoding}] if rows else []


def _title(point: Point, value: float, unit: str, locale: str) -> str:
    said = f"{wording.day(point.at, locale)}: {wording.isolated(wording.number(value, locale))} {unit}".strip()
    covered = scales.finite(point.coverage)
    if covered is not None:
        said += " \u00b7 " + _("coverage %(share)s") % {"share": wording.isolated(wording.share(covered, locale))}
    named = [plain(t) for t in (point.series, point.label) if t]
    return plain(" \u00b7 ".join([*named, said]))


def _last(points: Sequence[Point], panel: Panel, theme: Theme) -> list[Mark]:
    """The latest value of a single line, written where the line ends."""
    found = [(p.at.toordinal(), v) for p in points if (v := scales.finite(p.value)) is not None]
    if not panel.latest or not found:
        return []
    day, value = found[-1]
    return [Words(panel.x(day) + 8, min(panel.y(value), panel.lines - 8), panel.latest, theme.ink, bold=True)]
