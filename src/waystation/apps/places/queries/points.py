"""Outlines and points: which area a point lies in, what the web draws, which sites are open."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
from django.db.models import QuerySet

from waystation.apps.places.models import Boundary, Country, SiteStatus
from waystation.apps.places.queries.bounding import full_shapes
from waystation.apps.places.queries.gazetteer import gazetteer_of
from waystation.apps.places.shapes import AreaShape, OutlineShape, SiteShape
from waystation.intake.outlines import Ground, geojson


@lru_cache(maxsize=16)
def _ground(rows: tuple[tuple[int, int, str, str], ...]) -> Ground:
    return Ground(full_shapes([row[:2] for row in rows]))


def located(
    longitudes: Sequence[float], latitudes: Sequence[float], level: int, iso3: str, on: date
) -> list[AreaShape | None]:
    """The area each point lies in. A point on a border belongs to the area whose code comes first."""
    if not len(longitudes):
        return []
    lon, lat = np.asarray(longitudes, float), np.asarray(latitudes, float)
    near = Boundary.objects.filter(
        level=level,
        west__lte=np.nanmax(lon),
        east__gte=np.nanmin(lon),
        south__lte=np.nanmax(lat),
        north__gte=np.nanmin(lat),
    )
    rows = _drawn(near.filter(country__iso3=iso3) if iso3 else near, on)
    if not rows:
        return [None] * len(lon)
    under = _ground(tuple(row[:4] for row in rows)).under(lon, lat)
    gazetteers = {iso3: gazetteer_of(iso3) for iso3 in {row[3] for row in rows}}
    areas = {place: gazetteers[rows[place][3]].at(rows[place][2], on) for place in set(under.tolist()) - {-1}}
    return [areas.get(place) for place in under.tolist()]


def _drawn(rows: QuerySet[Boundary], on: date) -> list[tuple[Any, ...]]:
    """(partition, place in it, p-code, country, primary key) of the boundaries whose area is valid on a day."""
    columns = ("partition_id", "place", "pcode", "country__iso3", "pk", "level")
    kept = list(rows.filter(state="in force").order_by("pcode").values_list(*columns))
    held = {iso3: gazetteer_of(iso3) for iso3 in {row[3] for row in kept}}
    return [row[:5] for row in kept if row[5] == 0 or held[row[3]].at(row[2], on)]


def outlines_of(iso3: str, level: int, on: date, only: Collection[str] | None = None) -> list[OutlineShape]:
    """Simplified outlines, by p-code; ``only`` those of some codes."""
    held, wanted = gazetteer_of(iso3), Boundary.objects.filter(country__iso3=iso3, level=level)
    valid = [row[4] for row in _drawn(wanted if only is None else wanted.filter(pcode__in=only), on)]
    terms = ("edition__source", "edition__licence", "edition__attribution")
    rows = Boundary.objects.filter(pk__in=valid).order_by("pcode")
    country = str(Country.objects.get(iso3=iso3)) if level == 0 else ""
    return [
        OutlineShape(
            pcode, one.name if (one := held.at(pcode, on)) else country, level, iso3, geojson(drawn), km2, *said
        )
        for pcode, drawn, km2, *said in rows.values_list("pcode", "simplified", "area_km2", *terms)
    ]


def sites_of(iso3: str, on: date) -> list[SiteShape]:
    """Sites that were open on a day, where they stood then, by name."""
    rows = SiteStatus.objects.filter(site__country__iso3=iso3, since__lte=on).select_related("site", "area")
    last = {one.site_id: one for one in rows.order_by("since")}
    return [
        SiteShape(
            ref=one.site.ref, name=one.site.name, kind=one.site.kind, country=iso3,
            pcode=one.area.pcode if one.area else "", longitude=one.longitude, latitude=one.latitude, since=one.since,
        )
        for one in sorted(last.values(), key=lambda one: (one.site.name, one.pk)) if one.status == "open"
    ]  # fmt: skip
