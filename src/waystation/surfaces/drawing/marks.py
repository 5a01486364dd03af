"""Small marks placed by pixel (legends, titles, empty pictures), and the frame every specification shares."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from waystation.surfaces import wording
from waystation.surfaces.drawing.palette import Theme

Specification = dict[str, Any]
FONT = "Noto Sans, system-ui, sans-serif"
SIZE = 12  # px, all text of a drawing
NO_DATA = "url(#no-data)"  # the hatching; its pattern is added when the SVG is written
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"


@dataclass(frozen=True)
class Box:
    """A filled rectangle, pixels from the drawing's top left."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    stroke: str = "transparent"

    def mirrored(self, total: float) -> Box:
        return replace(self, x=total - self.x - self.width)


@dataclass(frozen=True)
class Circle:
    """A circle by its centre and its ``area`` in square pixels."""

    x: float
    y: float
    area: float
    fill: str
    stroke: str

    def mirrored(self, total: float) -> Circle:
        return replace(self, x=total - self.x)


@dataclass(frozen=True)
class Stroke:
    """A horizontal line."""

    x: float
    x2: float
    y: float
    colour: str
    dash: tuple[int, ...] = ()

    def mirrored(self, total: float) -> Stroke:
        return replace(self, x=total - self.x2, x2=total - self.x)


@dataclass(frozen=True)
class Words:
    """A line of text; ``y`` is its middle."""

    x: float
    y: float
    text: str
    colour: str
    align: Literal["left", "center", "right"] = "left"
    bold: bool = False

    def mirrored(self, total: float) -> Words:
        other: dict[str, Literal["left", "center", "right"]] = {"left": "right", "right": "left", "center": "center"}
        return replace(self, x=total - self.x, align=other[self.align])


Mark = Box | Circle | Stroke | Words


def text_width(text: str, size: float = SIZE) -> float:
    """About how wide a text is, in pixels: the same on every machine, whatever fonts it has."""
    ems = 0.0
    for letter in text:
        if unicodedata.category(letter) in ("Mn", "Cf", "Me"):
            continue
        wide = unicodedata.east_asian_width(letter) in ("W", "F")
        ems += 1.0 if wide else 0.3 if letter in " .,:;'|il!\u00a0\u202f" else 0.7 if letter.isupper() else 0.58
    return ems * size


def plain(text: Any) -> str:
    """A text without the characters an SVG cannot hold (controls, lone surrogates), on one line."""
    kept = (
        " " if c in "\n\r\t" else c for c in str(text) if c in "\n\r\t" or unicodedata.category(c) not in ("Cc", "Cs")
    )
    return "".join(c for c in kept if c not in "\ufffe\uffff")


def shortened(text: str, room: float) -> str:
    """The text, or as much of it as fits ``room`` pixels and an ellipsis."""
    if text_width(text) <= room:
        return text
    while text and text_width(text + "\u2026") > room:
        text = text[:-1]
    return text.rstrip() + "\u2026"


def pixel(field: str) -> dict[str, Any]:
    """An encoding that takes a field as pixels."""
    return {"field": field, "type": "quantitative", "scale": None, "axis": None}


def literal(field: str) -> dict[str, Any]:
    """An encoding that takes a field as it is: a colour, a size."""
    return {"field": field, "type": "nominal", "scale": None, "legend": None}


def _layer(rows: list[dict[str, Any]], mark: Mapping[str, Any], **encoding: Any) -> list[Specification]:
    return [{"data": {"values": rows}, "mark": {"aria": False, **mark}, "encoding": encoding}] if rows else []


def layers(marks: Sequence[Mark], locale: str) -> list[Specification]:
    """Vega-Lite layers for the marks: boxes, circles, lines, then texts. Right-to-left texts are isolated as such."""
    boxes, circles, words = [], [], []
    strokes: list[Specification] = []
    for m in marks:
        if isinstance(m, Box):
            edge = {"x2": round(m.x + m.width, 1), "y2": round(m.y + m.height, 1)}
            boxes.append({"x": round(m.x, 1), "y": round(m.y, 1), **edge, "fill": m.fill, "stroke": m.stroke})
        elif isinstance(m, Circle):
            circles.append({"x": m.x, "y": m.y, "area": m.area, "fill": m.fill, "stroke": m.stroke})
        elif isinstance(m, Stroke):
            line = {"type": "rule", "color": m.colour, "strokeWidth": 2, "strokeDash": list(m.dash)}
            row = {"x": m.x, "x2": m.x2, "y": m.y}
            strokes += _layer([row], line, x=pixel("x"), x2={"field": "x2"}, y=pixel("y"))
        else:
            words.append(m)
    at = {"x": pixel("x"), "y": pixel("y")}
    paint = {"fill": literal("fill"), "stroke": literal("stroke")}
    found = _layer(boxes, {"type": "rect"}, **at, x2={"field": "x2"}, y2={"field": "y2"}, **paint)
    found += _layer(circles, {"type": "point", "opacity": 1}, **at, size=literal("area"), **paint)
    return found + strokes + _texts(words, locale)


def _texts(words: Sequence[Words], locale: str) -> list[Specification]:
    found: list[Specification] = []
    for align, bold in sorted({(w.align, w.bold) for w in words}):
        rows = [
            {"x": round(w.x, 1), "y": round(w.y, 1), "text": turned(plain(w.text), locale), "colour": w.colour}
            for w in words
            if (w.align, w.bold) == (align, bold)
        ]
        mark = {"type": "text", "align": align, "baseline": "middle", "fontWeight": 600 if bold else 400}
        found += _layer(rows, mark, x=pixel("x"), y=pixel("y"), text={"field": "text"}, color=literal("colour"))
    return found


def turned(text: str, locale: str) -> str:
    """A text that keeps its own direction although the drawing's is left to right; a number its sign in front."""
    if wording.direction(locale) == "ltr":
        return text
    letters = any(unicodedata.bidirectional(c) in ("R", "AL") for c in text)
    return wording.isolated(text, locale if letters else None)


def sheet(
    found: list[Specification],
    width: float,
    height: float,
    alt: str,
    theme: Theme,
    margins: tuple[float, float, float, float] = (0, 0, 0, 0),
) -> Specification:
    """A whole specification: the layers on a transparent ground of ``width`` x ``height`` pixels and their
    ``margins`` (left, top, right, bottom), nothing automatic, so that it does not depend on the fonts at hand."""
    config = {
        "font": FONT,
        "background": None,
        "view": {"stroke": None},
        "text": {"fontSize": SIZE, "color": theme.ink},
        "axis": {
            "labelFontSize": SIZE, "labelColor": theme.quiet, "gridColor": theme.line, "domain": False,
            "tickColor": theme.line, "labelOverlap": False, "labelBound": False,
        },
    }  # fmt: skip
    return {
        "$schema": SCHEMA,
        "description": plain(alt),
        "width": round(width),
        "height": round(height),
        "padding": dict(zip(("left", "top", "right", "bottom"), map(round, margins), strict=True)),
        "autosize": {"type": "none"},
        "config": config,
        "usermeta": {"hatching": {"ground": theme.track, "line": theme.hatch}},
        "layer": found or [{"data": {"values": [{}]}, "mark": {"type": "text", "aria": False, "text": ""}}],
    }


def notice(text: str, width: float, alt: str, theme: Theme, locale: str) -> Specification:
    """An honest empty picture: a sentence in a hatched frame."""
    height = 96.0
    said = shortened(text, width - 24)
    room = min(text_width(said) + 24, width)
    frame = Box(0.5, 0.5, width - 1, height - 1, NO_DATA, theme.line)
    ground = Box((width - room) / 2, height / 2 - 12, room, 24, theme.edge)
    found = [
        *layers([frame], locale),
        *layers([ground, Words(width / 2, height / 2, said, theme.ink, "center")], locale),
    ]
    return sheet(found, width, height, alt, theme)
