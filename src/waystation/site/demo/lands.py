"""Invented countries: an outline, areas within areas, names, and settlements. Deterministic from a seed.

Areas are Voronoi cells of random points clipped to a wobbly outline, so neighbours share their edges as real
administrative areas do.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field

import shapely
from shapely.geometry import MultiPoint, Point, Polygon

SYLLABLES = {
    "warm": (
        ("Ka", "Ma", "Tu", "Nde", "Bo", "Sa", "Li", "Wa"),
        ("ra", "lo", "mbe", "si", "ngo", "ta", "du"),
        ("", "ni", "la", "ka"),
    ),
    "dry": (
        ("Al ", "Um ", "Bir ", "Wadi ", "Tel "),
        ("Sha", "Har", "Nas", "Qad", "Mir", "Zah"),
        ("ran", "im", "ba", "un", "ah"),
    ),
    "mild": (
        ("San ", "Santa ", "Río ", "Vista ", "Puerto "),
        ("Ju", "Mar", "Ele", "Ro", "Ti", "Cla"),
        ("lia", "tín", "na", "sario", "to"),
    ),
}


@dataclass
class Area:
    """An administrative area: its code, name, outline and the code above it (empty at level 1)."""

    code: str
    name: str
    level: int
    shape: Polygon
    parent: str = ""


@dataclass
class Settlement:
    """A place where people are counted."""

    code: str
    name: str
    admin1: Area
    admin2: Area
    longitude: float
    latitude: float
    kind: str


@dataclass
class Land:
    """An invented country."""

    iso3: str
    iso2: str
    name: str
    centre: tuple[float, float]
    manner: str
    shape: Polygon = field(default_factory=Polygon)
    areas: list[Area] = field(default_factory=list)
    settlements: list[Settlement] = field(default_factory=list)


LANDS = (
    Land("QMR", "QM", "Marenga", (24.0, 2.5), "warm"),
    Land("QTA", "QT", "Tashar", (48.0, 27.5), "dry"),
    Land("QVD", "QV", "Valdoria", (-74.0, 9.0), "mild"),
)


def grow(land: Land, seed: int, regions: int = 6, districts: int = 5, settlements: int = 4) -> Land:
    """Give a land its outline, regions (level 1), districts (level 2) and settlements."""
    dice = random.Random(f"{seed}-{land.iso3}")  # noqa: S311 - a landscape, not a secret
    land.shape = _outline(dice, land.centre)
    used: set[str] = set()
    for number, shape in enumerate(_cells(dice, land.shape, regions), start=1):
        region = Area(f"{land.iso2}{number:02}", _name(dice, land.manner, used), 1, shape)
        land.areas.append(region)
        for inner, part in enumerate(_cells(dice, shape, districts), start=1):
            district = Area(f"{region.code}{inner:02}", _name(dice, land.manner, used), 2, part, region.code)
            land.areas.append(district)
            for order in range(1, settlements + 1):
                spot = _inside(dice, part)
                land.settlements.append(
                    Settlement(
                        f"{district.code}-{order:02}",
                        _name(dice, land.manner, used),
                        region,
                        district,
                        round(spot.x, 5),
                        round(spot.y, 5),
                        dice.choice(("camp", "collective centre", "host community", "host community")),
                    )
                )
    return land


def _outline(dice: random.Random, centre: tuple[float, float]) -> Polygon:
    waves = [(dice.uniform(0.05, 0.16), k, dice.uniform(0, math.tau)) for k in (2, 3, 5, 8)]
    points = []
    for step in range(90):
        angle = math.tau * step / 90
        reach = 2.6 * (1 + sum(size * math.sin(k * angle + turn) for size, k, turn in waves))
        points.append((centre[0] + 1.25 * reach * math.cos(angle), centre[1] + reach * math.sin(angle)))
    return Polygon(points)


def _cells(dice: random.Random, shape: Polygon, count: int) -> list[Polygon]:
    seeds = MultiPoint([_inside(dice, shape) for _ in range(count)])
    for _ in range(3):  # Lloyd's relaxation: areas of like size
        cells = _clipped(seeds, shape)
        seeds = MultiPoint([cell.centroid for cell in cells])
    return sorted(_clipped(seeds, shape), key=lambda cell: (-cell.centroid.y, cell.centroid.x))


def _clipped(seeds: MultiPoint, shape: Polygon) -> list[Polygon]:
    cells = shapely.voronoi_polygons(seeds, extend_to=shape).geoms
    parts = [shapely.set_precision(cell.intersection(shape), 1e-5) for cell in cells]
    return [max(getattr(part, "geoms", [part]), key=lambda one: one.area) for part in parts if not part.is_empty]


def _inside(dice: random.Random, shape: Polygon) -> Point:
    left, low, right, high = shape.bounds
    while True:
        spot = Point(dice.uniform(left, right), dice.uniform(low, high))
        if shape.contains(spot):
            return spot


def _name(dice: random.Random, manner: str, used: set[str]) -> str:
    while True:
        name = "".join(dice.choice(part) for part in SYLLABLES[manner]).strip()
        if dice.random() < 0.3:
            name = f"{name} {dice.choice(('East', 'West', 'North', 'South', 'Centre'))}"
        if name not in used:
            used.add(name)
            return name


def features(land: Land, level: int) -> dict[str, object]:
    """The areas of a level as GeoJSON with the columns of a common operational dataset; level 0 is the land itself."""
    areas = [Area(land.iso3, land.name, 0, land.shape)] if level == 0 else [a for a in land.areas if a.level == level]
    found = []
    for area in areas:
        parent = area.parent or (land.iso3 if level else "")
        said = {
            f"adm{level}_pcode": area.code,
            f"adm{level}_name": area.name,
            "adm0_pcode": land.iso3,
            "adm0_name": land.name,
        }
        said |= {f"adm{level - 1}_pcode": parent} if level > 1 else {}
        found.append({"type": "Feature", "properties": said, "geometry": shapely.geometry.mapping(area.shape)})
    return {"type": "FeatureCollection", "features": found}
