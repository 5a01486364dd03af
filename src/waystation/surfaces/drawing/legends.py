"""Legends with real numbers, laid out in rows that wrap, drawn left to right (the caller mirrors them)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from waystation.surfaces.drawing import scales
from waystation.surfaces.drawing.marks import (
    NO_DATA,
    SIZE,
    Box,
    Circle,
    Mark,
    Stroke,
    Words,
    plain,
    shortened,
    text_width,
)
from waystation.surfaces.drawing.palette import Theme

GAP = 24.0  # between groups
EDGE = 4.0  # from the drawing's side


@dataclass(frozen=True)
class Shading:
    """Class edges (n + 1), their colours (n), and the distinct values shaded."""

    edges: Sequence[float]
    colours: Sequence[str]
    distinct: Sequence[float]


@dataclass(frozen=True)
class Key:
    """What a map's legend explains; ``largest`` is the value of a circle of ``radius`` pixels, None without circles."""

    shading: Shading
    hatched: bool
    largest: float | None
    smallest: float
    ringed: bool
    radius: float
    unit: str


@dataclass(frozen=True)
class Group:
    """Marks that stay together, from (0, 0); ``width`` and ``height`` in pixels."""

    marks: Sequence[Mark]
    width: float
    height: float


def area(radius: float) -> float:
    """The area of a circle."""
    return math.pi * radius * radius


def moved(mark: Mark, right: float, down: float) -> Mark:
    """The mark elsewhere."""
    if isinstance(mark, Stroke):
        return Stroke(mark.x + right, mark.x2 + right, mark.y + down, mark.colour, mark.dash)
    return type(mark)(**{**mark.__dict__, "x": mark.x + right, "y": mark.y + down})


def flow(groups: Sequence[Group], width: float, top: float) -> tuple[list[Mark], float]:
    """Groups side by side, wrapped to ``width``; the marks and how deep they are together."""
    x, y, row = EDGE, top, 0.0
    placed: list[Mark] = []
    for group in groups:
        if x > EDGE and x + group.width > width - EDGE:
            x, y, row = EDGE, y + row + 8, 0.0
        placed += [moved(m, x, y) for m in group.marks]
        x, row = x + group.width + GAP, max(row, group.height)
    return placed, (y + row - top if groups else 0.0)


def map_legend(key: Key, locale: str, theme: Theme, width: float, top: float) -> tuple[list[Mark], float]:
    """The legend of a map, ``top`` pixels down, and its depth."""
    groups = []
    if key.shading.edges:
        groups.append(_classes(key.shading, locale, theme, width))
    if key.hatched:
        groups.append(swatch(_("No data"), theme))
    if key.largest is not None:
        groups.append(_circles(key.largest, key.smallest, key.radius, locale, theme))
    if key.ringed:
        ring = Circle(6, 8, 30, theme.edge, theme.circle)
        groups.append(_named(ring, _("No data"), theme))
    title: list[Mark] = []
    if key.unit and groups:
        title = [Words(EDGE, top + 8, shortened(key.unit, width - 2 * EDGE), theme.ink, bold=True)]
    found, deep = flow(groups, width, top + (22 if title else 0))
    return title + found, deep + (22 if title else 0) + (6 if groups else 0)


def swatch(text: str, theme: Theme) -> Group:
    """A hatched square and what it means."""
    return _named(Box(0, 0, 16, 12, NO_DATA, theme.line), text, theme)


def _named(mark: Mark, text: str, theme: Theme) -> Group:
    return Group([mark, Words(22, 7, text, theme.quiet)], 22 + text_width(text), 18)


def _classes(shading: Shading, locale: str, theme: Theme, width: float) -> Group:
    """A strip of classes: values under their own box when there are few, else edges between boxes."""
    count = len(shading.colours)
    room = (width - 2 * EDGE - 40) / count
    few = len(shading.distinct) == count
    numbers = shading.distinct if few else shading.edges
    said = scales.labels(numbers, locale, letters=9 if room > 64 else 7)
    box = min(max(max(map(text_width, said)) + 10, 44.0), max(room, 30.0))
    side = 0.0 if few else max(text_width(said[0]), text_width(said[-1])) / 2
    strip: list[Mark] = [
        Box(side + i * box, 0, box, 12, colour, theme.line) for i, colour in enumerate(shading.colours)
    ]
    shift = box / 2 if few else 0.0
    strip += [Words(side + i * box + shift, 24, text, theme.quiet, "center") for i, text in enumerate(said)]
    return Group(strip, 2 * side + count * box, 24 + SIZE / 2)


def _circles(largest: float, smallest: float, radius: float, locale: str, theme: Theme) -> Group:
    """Up to three circles of round values no smaller than the map's own, their areas in proportion."""
    top = scales.rounded(largest) if scales.rounded(largest) <= largest else scales.rounded(largest * 0.9)
    values = [v for v in (top, scales.rounded(top / 4), scales.rounded(top / 20)) if v > 0 and v >= min(smallest, top)]
    drawn: list[Mark] = []
    x, middle = 0.0, radius
    for value, said in zip(values, scales.labels(values, locale), strict=True):
        r = math.sqrt(value / largest) * radius
        drawn.append(Circle(x + r, middle, area(r), theme.circle + "cc", theme.circle))
        drawn.append(Words(x + 2 * r + 6, middle, said, theme.quiet))
        x += 2 * r + 6 + text_width(said) + 14
    if not values:
        drawn.append(Words(0, middle, scales.labels([largest], locale)[0], theme.quiet))
    return Group(drawn, max(x - 14, 20.0), 2 * radius)


def lines_legend(
    series: Sequence[tuple[str, str, tuple[int, ...]]], theme: Theme, width: float, top: float
) -> tuple[list[Mark], float]:
    """One stroke and name per series (name, colour, dash)."""
    groups = []
    for name, colour, dash in series:
        said = shortened(plain(name), width - 2 * EDGE - 32)
        groups.append(Group([Stroke(0, 24, 8, colour, dash), Words(31, 8, said, theme.ink)], 31 + text_width(said), 18))
    return flow(groups, width, top)
