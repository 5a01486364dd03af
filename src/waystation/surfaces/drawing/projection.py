"""From degrees to pixels: areas, outlines and places laid out on a flat sheet before Vega sees them.

Projecting here rather than in Vega makes a drawing independent of ring winding (d3 reads a ring wound the
other way as the rest of the globe), lets geometry be simplified to the pixels it is drawn with, and keeps
the specification small. Mercator (spherical) for a country or a region; Equal Earth (Savric, Patterson and
Jenny 2018, doi:10.1080/13658816.2018.1504949) where more than half the world's longitudes are shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

Coordinates = NDArray[np.float64]  # n x 2
A1, A2, A3, A4 = 1.340264, -0.081106, 0.000893, 0.003796
MOST_POINTS = 5000  # of all areas together: about 40 KB of SVG
MERCATOR_LIMIT = 83.0  # degrees of latitude beyond which Mercator is of no use
GRID_FROM = 60.0  # degrees of longitude or latitude shown from which a grid says where on Earth one is
LEAST_SPAN = (0.02, 0.01)  # radians, about 1 degree by half of one: how close a single place is shown


def mercator(degrees: Coordinates) -> Coordinates:
    """Spherical Mercator, radians, y growing southward as pixels do."""
    lon, lat = np.radians(degrees[:, 0]), np.radians(np.clip(degrees[:, 1], -MERCATOR_LIMIT, MERCATOR_LIMIT))
    return np.column_stack([lon, -np.log(np.tan(np.pi / 4 + lat / 2))])


def equal_earth(degrees: Coordinates) -> Coordinates:
    """Equal Earth on the unit sphere, y growing southward."""
    lon, lat = np.radians(degrees[:, 0]), np.radians(np.clip(degrees[:, 1], -90, 90))
    t = np.arcsin(np.sqrt(3) / 2 * np.sin(lat))
    slope = 9 * A4 * t**8 + 7 * A3 * t**6 + 3 * A2 * t**2 + A1
    return np.column_stack(
        [2 * np.sqrt(3) * lon * np.cos(t) / (3 * slope), -(A4 * t**9 + A3 * t**7 + A2 * t**3 + A1 * t)]
    )


def read(geometry: Mapping[str, Any] | None) -> BaseGeometry:
    """A GeoJSON geometry as shapely's, in two dimensions and valid; an empty one where it cannot be read."""
    try:
        found = shapely.force_2d(shape(geometry)) if geometry else shapely.Point()
        if not np.isfinite(shapely.get_coordinates(found)).all():
            return shapely.Point()
        return found if found.is_valid else shapely.make_valid(found)
    except (shapely.errors.ShapelyError, AttributeError, KeyError, TypeError, ValueError, IndexError):
        return shapely.Point()


def _centre(spans: Coordinates) -> tuple[float, float]:
    """The middle and the extent, in degrees, of (west, east) spans once the widest empty gap is left outside."""
    west = spans[:, 0] % 360.0
    order = np.argsort(west)
    starts, ends = west[order], np.maximum.accumulate((west + spans[:, 1] - spans[:, 0])[order])
    gaps = np.append(starts[1:], starts[0] + 360.0) - ends
    widest = int(np.argmax(gaps))
    extent = float(360.0 - max(gaps[widest], 0.0))
    middle = float(starts[(widest + 1) % len(starts)]) + extent / 2
    return (middle + 180.0) % 360.0 - 180.0, extent


def _around(geometry: BaseGeometry, centre: float) -> BaseGeometry:
    """The geometry with its longitudes within 180 degrees of ``centre``, cut where it must be."""
    if geometry.is_empty:
        return geometry
    parts = []
    low, _, high, _ = geometry.bounds
    for turn in (-720.0, -360.0, 0.0, 360.0, 720.0):
        west, east = centre - 180 - turn, centre + 180 - turn
        if high < west or low > east:
            continue
        inside = geometry if west <= low and high <= east else shapely.clip_by_rect(geometry, west, -90, east, 90)
        parts.append(shapely.transform(inside, lambda c, t=turn: c + np.array([t, 0.0])))
    parts = [p for p in parts if not p.is_empty]
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)


def _continuous(geometry: BaseGeometry) -> BaseGeometry:
    """Rings that jump from one side of the antimeridian to the other made to run on (179, 181 ...).

    A jump of a whole turn is the seam of an area around a pole and stays.
    """
    if geometry.is_empty or np.ptp(shapely.get_coordinates(geometry)[:, 0]) <= 180:
        return geometry
    parts = [shapely.transform(p, _unwrapped) for p in shapely.get_parts(geometry)]
    return shapely.union_all([p if p.is_valid else shapely.make_valid(p) for p in parts])


def _unwrapped(points: Coordinates) -> Coordinates:
    jumps = np.diff(points[:, 0], prepend=points[:1, 0])
    crossing = np.where((np.abs(jumps) > 180) & (np.abs(jumps) < 359.9), -np.sign(jumps), 0)
    return np.column_stack([points[:, 0] + 360.0 * np.cumsum(crossing), points[:, 1]])


@dataclass(frozen=True)
class Layout:
    """Everything in pixels; ``height`` is what the areas need at the width asked for; ``grid`` are meridians and parallels."""

    areas: Sequence[BaseGeometry]
    outline: Sequence[BaseGeometry]
    places: Coordinates
    height: float
    world: bool
    grid: Sequence[BaseGeometry] = ()


def lay_out(
    areas: Sequence[BaseGeometry],
    outline: Sequence[BaseGeometry],
    places: Coordinates,
    width: float,
    tallest: float,
    margin: float = 6.0,
) -> Layout | None:
    """Fit all to ``width`` pixels and at most ``tallest``; None where there is nothing with a position."""
    whole = [_continuous(g) for g in (*areas, *outline)]
    everything = np.vstack([shapely.get_coordinates(whole), places])
    if not len(everything):
        return None
    boxes = shapely.bounds([p for p in shapely.get_parts(whole) if not p.is_empty]).reshape(-1, 4)
    centre, extent = _centre(np.vstack([boxes[:, [0, 2]], places[:, [0, 0]]]))
    world = extent > 180 or bool(np.abs(everything[:, 1]).max() > MERCATOR_LIMIT)
    project = equal_earth if world else mercator
    centre = 0.0 if world and extent > 300 else centre

    def flat(points: Coordinates) -> Coordinates:
        return project(points - np.array([centre, 0.0]))

    turned = [shapely.transform(_around(g, centre), flat) for g in whole]
    dots = flat(np.column_stack([(places[:, 0] - centre + 180) % 360 - 180 + centre, places[:, 1]]))
    low, high = _bounds(np.vstack([shapely.get_coordinates(turned), dots]))
    scale = min((width - 2 * margin) / (high[0] - low[0]), (tallest - 2 * margin) / (high[1] - low[1]))
    height = (high[1] - low[1]) * scale + 2 * margin
    shift = np.array([(width - (high[0] - low[0]) * scale) / 2, margin])

    def pixels(points: Coordinates) -> Coordinates:
        placed: Coordinates = (points - low) * scale + shift
        return placed

    drawn = [shapely.transform(g, pixels) for g in turned]
    south, north = everything[:, 1].min(), everything[:, 1].max()
    far = max(extent, north - south) > GRID_FROM
    grid = (
        [shapely.transform(g, lambda c: pixels(flat(c))) for g in _graticule(centre, 20 if extent < 180 else 30)]
        if far
        else []
    )
    frame = (0.0, 0.0, width, height)
    cut = [shapely.clip_by_rect(g, *frame) for g in grid]
    return Layout(
        drawn[: len(areas)], drawn[len(areas) :], pixels(dots), height, world, [g for g in cut if not g.is_empty]
    )


def _graticule(centre: float, step: int) -> list[BaseGeometry]:
    """Meridians and parallels every ``step`` degrees, within 180 degrees of ``centre``."""
    first = -int((180 - centre) // step) * step
    meridians = [lon for lon in range(first, first + 360, step) if abs(lon - centre) <= 180]
    parallels = range(-(80 // step) * step, 81, step)
    lats, lons = np.linspace(-MERCATOR_LIMIT, MERCATOR_LIMIT, 60), np.linspace(centre - 180, centre + 180, 120)
    found = [shapely.LineString(np.column_stack([np.full(60, float(lon)), lats])) for lon in meridians]
    return found + [shapely.LineString(np.column_stack([lons, np.full(120, float(lat))])) for lat in parallels]


def _bounds(points: Coordinates) -> tuple[Coordinates, Coordinates]:
    low, high = points.min(axis=0), points.max(axis=0)
    short = np.maximum(np.array(LEAST_SPAN) - (high - low), 0) / 2
    return low - short, high + short


def simplified(areas: Sequence[BaseGeometry], tolerance: float = 0.7) -> list[dict[str, Any] | None]:
    """Areas in pixels as GeoJSON with one decimal; neighbours keep a common edge. None for what is empty.

    ``tolerance`` is the side, in pixels, of the largest triangle left out (Visvalingam and Whyatt 1993, as GEOS's
    coverage simplification does it); it grows to 3 where the areas have too many points together. Islands under
    half a square pixel go, but never the last part of an area.
    """
    polygons = np.array([_polygons(g) for g in areas], dtype=object)
    while True:
        try:
            polygons = shapely.coverage_simplify(polygons, tolerance)
        except shapely.errors.GEOSException:
            polygons = shapely.simplify(polygons, tolerance)
        if tolerance > 2.5 or shapely.get_num_coordinates(polygons).sum() <= MOST_POINTS:
            break
        tolerance *= 1.4
    return [
        _written(_without_specks(p)) if not p.is_empty else _written(g) for p, g in zip(polygons, areas, strict=True)
    ]


def lines(outline: Sequence[BaseGeometry], tolerance: float = 0.5) -> list[dict[str, Any]]:
    """Outlines in pixels as GeoJSON lines with one decimal."""
    thin = [shapely.boundary(g) if g.geom_type.endswith("Polygon") else g for g in outline]
    found = (_written(shapely.simplify(g, tolerance)) for g in thin)
    return [g for g in found if g]


def _polygons(geometry: BaseGeometry) -> BaseGeometry:
    parts = [p for p in shapely.get_parts(shapely.get_parts(geometry)) if p.geom_type == "Polygon"]
    return shapely.MultiPolygon(parts)


def _without_specks(polygons: BaseGeometry) -> BaseGeometry:
    parts = sorted(shapely.get_parts(polygons), key=lambda p: -p.area)
    kept = [parts[0], *(p for p in parts[1:] if p.area > 0.5)]
    return shapely.MultiPolygon([shapely.Polygon(p.exterior, [r for r in p.interiors if r.length > 3]) for p in kept])


def _written(geometry: BaseGeometry) -> dict[str, Any] | None:
    if geometry.is_empty:
        return None
    parts = shapely.get_parts(geometry)
    small = parts[0] if len(parts) == 1 else geometry
    near = shapely.remove_repeated_points(shapely.transform(small, lambda c: np.round(c, 1)))
    return dict(mapping(near if near.geom_type != "Polygon" else shapely.orient_polygons(near)))
