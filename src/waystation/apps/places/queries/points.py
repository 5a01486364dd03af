"""Outlines and points: which area a point lies in, what the web draws, which sites are open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from django.db.models import Q, QuerySet

from waystation.apps.places.models import Boundary, Country, Site
from waystation.apps.places.queries.bounding import full_shapes
from waystation.apps.places.queries.gazetteer import gazetteer_of
from waystation.apps.places.shapes import AreaShape, OutlineShape, SiteShape


@dataclass(frozen=True)
class _Tree:
    """The full outlines of some boundaries, indexed: ``pcodes[i]`` and ``countries[i]`` belong to geometry ``i``."""

    tree: shapely.STRtree
    pcodes: np.ndarray[Any, Any]
    countries: np.ndarray[Any, Any]


@lru_cache(maxsize=16)
def _tree(key: tuple[tuple[int, int, str, str], ...]) -> _Tree:
    shapes = np.array(full_shapes([row[:2] for row in key]), dtype=object)
    shapely.prepare(shapes)
    return _Tree(shapely.STRtree(shapes), np.array([row[2] for row in key]), np.array([row[3] for row in key]))


def located(
    longitudes: Sequence[float], latitudes: Sequence[float], level: int, iso3: str, on: date
) -> list[AreaShape | None]:
    """The area each point lies in. A point on a border belongs to the area whose code comes first."""
    found: list[AreaShape | None] = [None] * len(longitudes)
    if not found:
        return found
    lon, lat = np.asarray(longitudes, float), np.asarray(latitudes, float)
    near = Boundary.objects.filter(level=level)
    near = near.filter(
        west__lte=np.nanmax(lon), east__gte=np.nanmin(lon), south__lte=np.nanmax(lat), north__gte=np.nanmin(lat)
    )
    if iso3:
        near = near.filter(country__iso3=iso3)
    key = tuple(row[:4] for row in _drawn(near, on))
    if not key:
        return found
    held = _tree(key)
    point, area = held.tree.query(shapely.points(lon, lat), predicate="intersects")
    order = np.lexsort((area, point))
    first = np.unique(point[order], return_index=True)
    shapes: dict[int, AreaShape | None] = {}
    gazetteers = {iso3: gazetteer_of(iso3) for iso3 in {row[3] for row in key}}
    for index, place in zip(first[0], area[order][first[1]], strict=True):
        if place not in shapes:
            shapes[place] = gazetteers[str(held.countries[place])].at(str(held.pcodes[place]), on)
        found[index] = shapes[place]
    return found


def _drawn(rows: QuerySet[Boundary], on: date) -> list[tuple[Any, ...]]:
    """(partition, place in it, p-code, country, primary key) of the boundaries whose area is valid on a day."""
    columns = ("partition_id", "place", "pcode", "country__iso3", "pk", "level")
    kept = list(rows.filter(state="in force").order_by("pcode").values_list(*columns))
    held = {iso3: gazetteer_of(iso3) for iso3 in {row[3] for row in kept}}
    return [row[:5] for row in kept if row[5] == 0 or held[row[3]].at(row[2], on)]


def outlines_of(iso3: str, level: int, on: date) -> list[OutlineShape]:
    """Simplified outlines, by p-code."""
    held = gazetteer_of(iso3)
    valid = [row[4] for row in _drawn(Boundary.objects.filter(country__iso3=iso3, level=level), on)]
    rows = Boundary.objects.filter(pk__in=valid).select_related("edition", "country").order_by("pcode")
    return [
        OutlineShape(
            pcode=one.pcode,
            name=_name(held.at(one.pcode, on), one.country),
            level=one.level,
            country=iso3,
            geometry=geojson(bytes(one.simplified)),
            area_km2=one.area_km2,
            source=one.edition.source,
            licence=one.edition.licence,
            attribution=one.edition.attribution,
        )
        for one in rows
    ]


def _name(area: AreaShape | None, country: Country) -> str:
    return area.name if area else country.name


def geojson(wkb: bytes) -> Mapping[str, Any]:
    """A GeoJSON geometry, outer rings counter-clockwise (RFC 7946, 3.1.6)."""
    found: Mapping[str, Any] = shapely.geometry.mapping(shapely.orient_polygons(shapely.from_wkb(wkb)))
    return found


def sites_of(iso3: str, on: date | None) -> list[SiteShape]:
    """Sites open on a day, or now, by name."""
    rows = Site.objects.filter(country__iso3=iso3)
    if on is None:
        rows = rows.filter(state="open")
    else:
        begun = Q(opened_on__isnull=True) | Q(opened_on__lte=on)
        rows = rows.filter(begun, Q(closed_on__isnull=True) | Q(closed_on__gt=on))
    return [
        SiteShape(
            ref=one.ref, name=one.name, kind=one.kind, country=iso3, pcode=one.area.pcode if one.area else "",
            longitude=one.longitude, latitude=one.latitude, state=one.state,
            opened_on=one.opened_on, closed_on=one.closed_on,
        )
        for one in rows.select_related("area").order_by("name", "pk")
    ]  # fmt: skip
