"""Outlines on the round earth: what is wrong with one, how large it is, what its parts leave uncovered.

Coordinates are degrees (WGS 84). Areas are geodesic on the WGS 84 ellipsoid (pyproj, after Karney 2013, "Algorithms for
geodesics"); shares within one area are taken in its own sinusoidal strip, where areas are true to a few parts in a thousand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from pyproj import Geod

Geometry = Any  # shapely carries no types: a Polygon or a MultiPolygon
_EARTH = Geod(ellps="WGS84")
_WHERE = re.compile(r"(.+?)\s*\[(\S+) (\S+)\]")
SMALLEST_KM2 = 0.0001  # 100 m²: less is no area but a slip


Wrong = tuple[str, dict[str, object]]  # the code of a refusal, and what fills its message beside the name


def km2(shape: Geometry) -> float:
    """The geodesic area in km²."""
    area, _length = _EARTH.geometry_area_perimeter(shapely.orient_polygons(shape))
    return abs(float(area)) / 1e6


def wrong(shape: Geometry) -> Wrong | None:
    """What is wrong with an outline, or None."""
    if shape is None or shape.is_empty:
        return "intake.outline_empty", {}
    if shape.geom_type not in ("Polygon", "MultiPolygon"):
        return "intake.outline_no_polygon", {"kind": shape.geom_type}
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        return "intake.outline_empty", {}
    west, south, east, north = shape.bounds
    if west < -180.01 or east > 180.01 or south < -90.01 or north > 90.01:
        return "intake.outline_not_degrees", {"x": f"{west:.1f}", "y": f"{south:.1f}"}
    if not shape.is_valid:
        why, longitude, latitude = explained(shape)
        return "intake.outline_crosses", {"why": why, "longitude": longitude, "latitude": latitude}
    if km2(shape) < SMALLEST_KM2:
        return "intake.outline_nearly_empty", {}
    return None


def explained(shape: Geometry) -> tuple[str, str, str]:
    """Why a shape is not valid, and the longitude and latitude where."""
    said = str(shapely.is_valid_reason(shape))
    place = _WHERE.match(said)
    return (place[1], place[2], place[3]) if place else (said, "?", "?")


def geojson(wkb: bytes | memoryview) -> dict[str, Any]:
    """A GeoJSON geometry, outer rings counter-clockwise (RFC 7946, 3.1.6)."""
    found: dict[str, Any] = shapely.geometry.mapping(shapely.orient_polygons(shapely.from_wkb(bytes(wkb))))
    return found


def kilometres_outside(shape: Geometry, longitude: float, latitude: float) -> float:
    """How far a point lies outside an outline; 0 inside."""
    point = shapely.Point(longitude, latitude)
    if shape.covers(point):
        return 0.0
    near = shapely.get_point(shapely.shortest_line(shape, point), 0)
    return float(_EARTH.inv(near.x, near.y, longitude, latitude)[2]) / 1000


class Ground:
    """Outlines indexed, to tell quickly which one many points lie in."""

    def __init__(self, shapes: Sequence[Geometry]) -> None:
        self._shapes = np.array(shapes, dtype=object)
        shapely.prepare(self._shapes)
        self._boxes = shapely.STRtree(self._shapes)

    def under(self, longitudes: Any, latitudes: Any) -> Any:
        """For each point, the place among the outlines of the first that holds it, borders included; -1 where none does."""
        found = np.full(len(longitudes), -1)
        # The tree tells by boxes only: with a predicate it would prepare the points and walk round each outline.
        point, outline = self._boxes.query(shapely.points(longitudes, latitudes))
        inside = shapely.intersects_xy(self._shapes[outline], longitudes[point], latitudes[point])
        point, outline = point[inside], outline[inside]
        order = np.lexsort((-outline, point))
        found[point[order]] = outline[order]  # the last one written is the first outline
        return found


def repaired(shape: Geometry) -> tuple[Geometry, float]:
    """A valid outline made of the same lines (polygons only), and the share by which its area changed."""
    made = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    parts = [part for part in shapely.get_parts(made) if part.geom_type in ("Polygon", "MultiPolygon")]
    made = shapely.union_all(parts) if len(parts) > 1 else parts[0] if parts else shapely.MultiPolygon()
    before = abs(shape.area)
    return made, abs(made.area - before) / before if before else 0.0


def simplified(shapes: Sequence[Geometry]) -> list[Geometry]:
    """Outlines as the web draws them, about a thousandth of the whole's extent; neighbours go on sharing their edges
    (``shapely.coverage_simplify``, a Visvalingam-Whyatt simplification of a coverage)."""
    west, south, east, north = shapely.total_bounds(shapes)
    tolerance = max(east - west, north - south) / 1500
    drawn = shapely.coverage_simplify(np.asarray(shapes, dtype=object), tolerance)
    return [new if new.is_valid and not new.is_empty else old for new, old in zip(drawn, shapes, strict=True)]


@dataclass(frozen=True)
class Coverage:
    """Shares of a parent's area: not covered by its children, covered more than once, and covered outside of it."""

    uncovered: float
    overlapping: float
    outside: float


def coverage(parent: Geometry, children: Sequence[Geometry]) -> Coverage:
    """How children cover their parent."""
    around = np.cos(np.radians(parent.centroid.y))
    flat = [shapely.transform(one, lambda xy: xy * [around, 1.0]) for one in (parent, *children)]
    whole, parts = flat[0], flat[1:]
    together = shapely.union_all(parts)
    area = whole.area
    return Coverage(
        uncovered=float(whole.difference(together).area / area),
        overlapping=max(float((sum(one.area for one in parts) - together.area) / area), 0.0),
        outside=float(together.difference(whole).area / area),
    )
