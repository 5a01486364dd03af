"""GeoJSON, feature by feature.

GDAL takes a mistyped polygon (``Polygon`` nested as ``MultiPolygon``) for a nearly empty one without a word; reading
GeoJSON here lets each such feature be named.
"""

from __future__ import annotations

import re
from typing import Any

import shapely
from shapely.errors import ShapelyError

from waystation.intake import encodings
from waystation.intake.content import Content
from waystation.intake.feature import Feature, Layer
from waystation.intake.jsonlist import Objects

_CRS_NAME = re.compile(rb'"crs"\s*:\s*\{.{0,80}?"name"\s*:\s*"([^"]+)"', re.DOTALL)
_BY_DEPTH = {3: "Polygon", 4: "MultiPolygon"}


def read(content: Content) -> tuple[Layer, str]:
    """The features of a collection, and its coordinate system: WGS 84 unless the head of the file says another."""
    objects = Objects(content, encodings.detect(content), float)
    found = Layer([_feature(row, one) for row, one in enumerate(objects.read("features"), 1)])
    said = _CRS_NAME.search(content.head(4096))
    return found, said[1].decode("utf-8", "replace") if said else "OGC:CRS84"


def _feature(row: int, one: dict[str, Any]) -> Feature:
    values, geometry = one.get("properties"), one.get("geometry")
    geometry = geometry if isinstance(geometry, dict) else {}
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    nested = _BY_DEPTH.get(_depth(coordinates), "")
    retyped = (str(kind), nested) if nested and kind in _BY_DEPTH.values() and nested != kind else None
    try:
        shape = shapely.geometry.shape({"type": nested if retyped else kind, "coordinates": coordinates})
    except (ValueError, TypeError, AttributeError, IndexError, ShapelyError):
        shape = None
    return Feature(row, values if isinstance(values, dict) else {}, shape, retyped)


def _depth(coordinates: Any) -> int:
    depth = 0
    while isinstance(coordinates, list) and coordinates:
        coordinates, depth = coordinates[0], depth + 1
    return depth
