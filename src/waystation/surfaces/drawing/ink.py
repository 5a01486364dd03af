"""A specification made into an SVG: drawn by Vega, cleaned, and kept by the digest of what was asked for."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import vl_convert

from waystation.surfaces.drawing.marks import FONT, Specification, plain

VEGA_LITE = "6.4"
EDITION = 1  # of the cleaning below: raise it when the same specification should give another SVG
SVG = "http://www.w3.org/2000/svg"
XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
KEPT = {
    "transform", "d", "x", "y", "x1", "y1", "x2", "y2", "width", "height", "r", "cx", "cy", "fill", "stroke", "opacity",
    "fill-opacity", "stroke-opacity", "stroke-width", "stroke-dasharray", "stroke-linejoin", "stroke-linecap",
    "text-anchor", "font-weight", "font-size", "stroke-miterlimit",
}  # fmt: skip
DEFAULTS = {
    "opacity": "1",
    "font-weight": "400",
    "transform": "translate(0,0)",
    "stroke-dasharray": "",
    "stroke": "transparent",
}

ElementTree.register_namespace("", SVG)


def digest(specification: Specification) -> str:
    """SHA-256, in hexadecimal, of the specification and of what draws it."""
    text = json.dumps([specification, VEGA_LITE, EDITION], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def drawn(specification: Specification, cache: Path | None) -> str:
    """The SVG of a specification, from ``cache`` (a directory) where it was drawn before."""
    name = digest(specification)
    kept = cache / name[:2] / f"{name}.svg" if cache else None
    if kept:
        with suppress(OSError):
            return kept.read_text(encoding="utf-8")
    raw = vl_convert.vegalite_to_svg(specification, vl_version=VEGA_LITE, allowed_base_urls=[])
    svg = cleaned(raw, specification, name[:8])
    if kept:
        with suppress(OSError):  # a full or read-only disk costs time, never the page
            _write(kept, svg)
    return svg


def _write(path: Path, text: str) -> None:
    """Whole or not at all: other processes read the same directory."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(name, path)


def _links(node: Any) -> Iterator[str]:
    """Every address in the specification's data."""
    if isinstance(node, dict):
        if isinstance(node.get("href"), str):
            yield node["href"]
        for value in node.values():
            yield from _links(value)
    elif isinstance(node, list):
        for value in node:
            yield from _links(value)


def cleaned(raw: str, specification: Specification, mark: str) -> str:
    """Vega's SVG as a page can hold it inline: responsive, named, with titles and links, no scripts, styles or classes.

    ``mark`` keeps the ids of several drawings on one page apart.
    """
    root = ElementTree.fromstring(raw)  # noqa: S314  # Vega wrote it, a moment ago, in this process
    links = set(_links(specification))
    width, height = root.get("viewBox", "0 0 1 1").split()[2:]
    body = [part for child in root for part in _kept(child, links, mark)]
    linked = any(True for part in body for e in part.iter() if e.tag == _tag("a"))
    fresh = ElementTree.Element(_tag("svg"), {
        "viewBox": f"0 0 {width} {height}",
        "width": "100%",
        # A picture's contents are hidden from screen readers, so one with links in it is a named group instead.
        "role": "group" if linked else "img",
        "aria-label": plain(specification["description"]),
        "direction": "ltr",  # anchors are worked out for it; right-to-left texts are isolated one by one
        "font-family": FONT,
        "font-size": "12",
        "fill": "none",
    })  # fmt: skip
    if "url(#no-data)" in raw:
        fresh.append(_hatching(mark, **specification["usermeta"]["hatching"]))
    fresh.extend(body)
    return ElementTree.tostring(fresh, encoding="unicode")


def _tag(name: str) -> str:
    return f"{{{SVG}}}{name}"


def _kept(element: ElementTree.Element, links: set[str], mark: str) -> list[ElementTree.Element]:
    """What stays of an element: itself cleaned, its children in its place, or nothing."""
    if element.tag in (_tag("defs"), _tag("script"), _tag("style")) or _invisible(element):
        return []
    inside = [part for child in element for part in _kept(child, links, mark)]
    attributes = {k: _short(k, v, mark) for k, v in element.attrib.items() if k in KEPT and DEFAULTS.get(k) != v}
    if element.tag == _tag("a"):
        address = _address(element.get(XLINK_HREF, ""), links)
        attributes = {"href": address} if address else {}
    if element.tag in (_tag("g"), _tag("a")) and (not attributes or not inside):
        return inside
    if element.tag == _tag("path"):
        attributes["d"] = _relative(attributes["d"])
    circle = _circle(attributes)
    kept = ElementTree.Element(element.tag, attributes) if circle is None else circle
    kept.text = element.text
    if element.get("role") == "graphics-symbol" and element.get("aria-label"):
        ElementTree.SubElement(kept, _tag("title")).text = element.get("aria-label")
    kept.extend(inside)
    return [kept]


def _invisible(element: ElementTree.Element) -> bool:
    painted = any(element.get(k, "none") not in ("none", "transparent") for k in ("fill", "stroke"))
    if element.tag == _tag("path"):
        return not element.get("d") or (not painted and element.get("aria-hidden") == "true")
    return element.tag == _tag("text") and not (element.text or len(element))


def _short(name: str, value: str, mark: str) -> str:
    """Numbers to a tenth of a pixel; the hatching by its own id."""
    if name in ("d", "transform", "x", "y", "x1", "x2", "y1", "y2"):
        return re.sub(r"-?\d+\.\d+(?:e-?\d+)?", lambda m: f"{round(float(m[0]), 1):g}", value)
    return value.removesuffix("px") if name == "font-size" else value.replace("#no-data", f"#no-data-{mark}")


def _relative(path: str) -> str:
    """A path of straight lines with relative steps, about a third shorter; whole tenths, so errors do not add up."""
    if re.search(r"[^MLZ0-9eE.,\- ]", path):
        return path
    made, x, y, begin = [], 0, 0, (0, 0)
    for letter, right, down in re.findall(r"([ML])(-?[\d.]+),(-?[\d.]+)|Z", path):
        if not letter:
            made.append("z")
            x, y = begin
            continue
        to = round(float(right) * 10), round(float(down) * 10)
        step = f"{(to[0] - x) / 10:g},{(to[1] - y) / 10:g}"
        made.append(("m" if letter == "M" else " " if made[-1][0] in "l " else "l") + step)
        x, y = to
        begin = to if letter == "M" else begin
    return "".join(made)


def _circle(attributes: dict[str, str]) -> ElementTree.Element | None:
    """A ``<circle>`` for Vega's two arcs, which take four times its letters."""
    arcs = re.fullmatch(r"M([\d.]+),0A\1,\1,0,1,1,-\1,0A\1,\1,0,1,1,\1,0", attributes.get("d", ""))
    at = re.fullmatch(r"translate\((-?[\d.]+),(-?[\d.]+)\)", attributes.get("transform", "translate(0,0)"))
    if not arcs or not at:
        return None
    rest = {k: v for k, v in attributes.items() if k not in ("d", "transform")}
    return ElementTree.Element(_tag("circle"), {"cx": at[1], "cy": at[2], "r": arcs[1], **rest})


def _address(rendered: str, links: set[str]) -> str:
    """Which of the specification's addresses Vega has put its own host before."""
    return max((link for link in links if rendered.endswith(link)), key=len, default="")


def _hatching(mark: str, ground: str, line: str) -> ElementTree.Element:
    """The pattern of areas without data: diagonal lines, the same in both themes but for their colours."""
    defs = ElementTree.Element(_tag("defs"))
    size = {"width": "6", "height": "6", "patternUnits": "userSpaceOnUse", "patternTransform": "rotate(45)"}
    pattern = ElementTree.SubElement(defs, _tag("pattern"), {"id": f"no-data-{mark}", **size})
    ElementTree.SubElement(pattern, _tag("rect"), {"width": "6", "height": "6", "fill": ground})
    ElementTree.SubElement(pattern, _tag("rect"), {"width": "1.5", "height": "6", "fill": line})
    return defs
