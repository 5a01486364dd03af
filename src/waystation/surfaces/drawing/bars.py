"""``Bars`` as a Vega-Lite specification: one horizontal bar a label, each with its number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from waystation.kernel.screens import Bars
from waystation.surfaces import wording
from waystation.surfaces.drawing import marks, scales
from waystation.surfaces.drawing.marks import Box, Mark, Specification, Words, plain, text_width
from waystation.surfaces.drawing.palette import Theme

NARROW = 480  # pixels under which labels stand above their bars
THICK = 14.0  # pixels


@dataclass(frozen=True)
class Row:
    """One bar: ``said`` is its number in words, ``y`` the middle of the bar in pixels."""

    label: str
    value: float | None
    said: str
    y: float


@dataclass(frozen=True)
class Room:
    """Where bars may be: values ``low`` to ``high`` between ``start`` and ``end`` pixels, left to right."""

    low: float
    high: float
    start: float
    end: float

    def x(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def bars_specification(block: Bars, locale: str, theme: Theme, rtl: bool, width: int) -> Specification:
    """Longest first unless ``ordered``, absent values last; bars start at zero and grow with the reading direction."""
    items = [(plain(label), scales.finite(value)) for label, value in block.items]
    if not items:
        return marks.notice(_("There is nothing to compare."), width, str(block.alt), theme, locale)
    if not block.ordered:
        items.sort(key=lambda i: (i[1] is None, -(i[1] or 0.0)))
    narrow = width < NARROW
    pitch = 42.0 if narrow else 26.0
    top = 26.0 if block.unit else 4.0
    rows = [
        Row(label, v, wording.number(v, locale), top + i * pitch + (30 if narrow else pitch / 2))
        for i, (label, v) in enumerate(items)
    ]
    column = 4.0 if narrow else min(max(text_width(r.label) for r in rows) + 14, width * 0.42)
    room = _room(rows, column, width)
    over: list[Mark] = [Words(4, 10, marks.shortened(plain(block.unit), width - 8), theme.quiet)] if block.unit else []
    for row in rows:
        over += _texts(row, room, column, narrow, theme, width)
    height = top + len(rows) * pitch + 4
    ends = [(r.y - 10, 20.0) for r in rows] if narrow else [(top, height - top - 4)]
    over += [Box(room.x(0) - 0.5, y, 1, tall, theme.quiet) for y, tall in ends]
    turned = [m.mirrored(width) if rtl else m for m in over]
    drawn = _bars(rows, room, width if rtl else None, plain(block.unit), theme)
    return marks.sheet([*drawn, *marks.layers(turned, locale)], width, height, str(block.alt), theme)


def _room(rows: Sequence[Row], column: float, width: float) -> Room:
    known = [r.value for r in rows if r.value is not None]
    low, high = min([0.0, *known]), max([0.0, *known])
    before = max((text_width(r.said) + 8 for r in rows if r.value is not None and r.value < 0), default=0.0)
    after = max((text_width(r.said) + 8 for r in rows if r.value is None or r.value >= 0), default=0.0)
    start = column + before
    return Room(low, high if high > low else low + 1, start, max(width - after - 4, start + 20))


def _texts(row: Row, room: Room, column: float, narrow: bool, theme: Theme, width: float) -> list[Mark]:
    """The label beside its bar, or above it on a narrow drawing, and the number at the bar's end."""
    name = (
        Words(4, row.y - 16, marks.shortened(row.label, width - 8), theme.ink)
        if narrow
        else Words(column - 10, row.y, marks.shortened(row.label, column - 14), theme.ink, "right")
    )
    if row.value is None:
        return [name, Words(room.x(0) + 7, row.y, row.said, theme.quiet)]
    if row.value < 0:
        return [name, Words(room.x(row.value) - 6, row.y, row.said, theme.ink, "right")]
    return [name, Words(room.x(row.value) + 6, row.y, row.said, theme.ink)]


def _bars(rows: Sequence[Row], room: Room, mirror: float | None, unit: str, theme: Theme) -> list[Specification]:
    found: list[dict[str, Any]] = []
    for row in rows:
        if row.value is not None:
            colour = theme.bar if row.value >= 0 else theme.below
            title = plain(f"{row.label}: {wording.isolated(row.said)} {unit}".strip())
            edge = {"y": row.y - THICK / 2, "y2": row.y + THICK / 2}
            found.append({"v": row.value, "zero": 0, "fill": colour, "title": title} | edge)
    if not found:
        return []
    span = [room.start, room.end] if mirror is None else [mirror - room.start, mirror - room.end]
    scale = {"domain": [room.low, room.high], "range": span, "nice": False, "zero": False}
    encoding = {
        "x": {"field": "v", "type": "quantitative", "scale": scale, "axis": None},
        "x2": {"field": "zero"},
        "y": marks.pixel("y"),
        "y2": {"field": "y2"},
        "fill": marks.literal("fill"),
        "description": {"field": "title"},
    }
    return [{"data": {"values": found}, "mark": {"type": "rect"}, "encoding": encoding}]
