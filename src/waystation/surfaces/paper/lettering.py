"""The texts of a drawing set by typst over its lines.

Typst writes an SVG's own text glyph by glyph; Arabic faces whose dots are glyphs of their own then leave
glyphs without a letter, which PDF/UA-1 forbids. Texts are therefore lifted out of the SVG and placed again
with the page's fonts.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"


def lifted(svg: str) -> tuple[str, list[dict[str, Any]], tuple[float, float]]:
    """The SVG without texts; the texts with x, y (baseline), anchor, colour and weight in its pixels; its size."""
    root = ElementTree.fromstring(svg)  # noqa: S314  # written by surfaces.drawing, never by a person
    texts: list[dict[str, Any]] = []
    _lift(root, 0.0, 0.0, texts)
    width, height = map(float, root.get("viewBox", "0 0 1 1").split()[2:])
    return ElementTree.tostring(root, encoding="unicode"), texts, (width, height)


def _lift(element: ElementTree.Element, right: float, down: float, texts: list[dict[str, Any]]) -> None:
    for child in list(element):
        moved = re.fullmatch(r"translate\((-?[\d.]+),(-?[\d.]+)\)", child.get("transform", "translate(0,0)"))
        x, y = (right + float(moved[1]), down + float(moved[2])) if moved else (right, down)
        if child.tag == f"{SVG}text":
            texts.append({
                "text": child.text or "", "x": x, "y": y, "anchor": child.get("text-anchor", "start"),
                "fill": child.get("fill", "#000000"), "bold": child.get("font-weight") is not None,
            })  # fmt: skip
            element.remove(child)
        else:
            _lift(child, x, y, texts)
