"""Where a site may be: its coordinates on the earth, in its country, and in the area it is said to lie in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from waystation.apps.places.models import Area, Boundary, Site
from waystation.apps.places.queries.bounding import full_shapes
from waystation.apps.places.queries.gazetteer import gazetteer_of
from waystation.apps.places.queries.points import located
from waystation.apps.places.shapes import AreaShape, Gazetteer, SiteRow
from waystation.intake import outlines
from waystation.kernel.refusals import Problem, Refused, require
from waystation.kernel.values import today

TOLERANCE_KM = 5.0  # outlines are generalised and positions are often those of the next village


def place(site: Site, area: Area | None, longitude: float | None, latitude: float | None, on: date) -> None:
    """Set a site's coordinates and area. Raises Refused when they cannot be, or contradict each other."""
    if area is not None:
        require(
            area.country_id == site.country_id,
            "places.area_of_another_country",
            pcode=area.pcode,
            country=site.country.iso3,
        )
        site.area = area
    if longitude is None and latitude is None:
        site.longitude = site.latitude = None
        return
    require(longitude is not None and latitude is not None, "places.half_a_position")
    if longitude is None or latitude is None:
        return
    _on_earth(longitude, latitude, site, on)
    site.longitude, site.latitude = longitude, latitude
    if area is None:
        found = deepest(longitude, latitude, site.country.iso3, on)
        site.area = Area.objects.filter(ref=found.ref).first() if found else None
    else:
        away = kilometres_outside(area, longitude, latitude)
        require(
            away <= TOLERANCE_KM,
            "places.site_outside_area",
            name=site.name,
            pcode=area.pcode,
            area=area.name,
            km=f"{away:,.0f}",
        )


def _on_earth(longitude: float, latitude: float, site: Site, on: date) -> None:
    at = {"longitude": longitude, "latitude": latitude, "name": site.name, "country": site.country.iso3}
    require(abs(longitude) <= 180 and abs(latitude) <= 90, "places.not_on_earth", **at)
    require((longitude, latitude) != (0, 0), "places.null_island", **at)
    iso3 = site.country.iso3
    if deepest(longitude, latitude, iso3, on) is None and abs(longitude) <= 90:
        require(deepest(latitude, longitude, iso3, on) is None, "places.coordinates_swapped", **at)


def deepest(longitude: float, latitude: float, iso3: str, on: date) -> AreaShape | None:
    """The area of the lowest level with boundaries that holds the point."""
    return _deepest([(longitude, latitude)], iso3, on)[0]


def kilometres_outside(area: Area, longitude: float, latitude: float) -> float:
    """How far a point lies outside an area's outline; 0 inside, and where no outline is held."""
    row = Boundary.objects.filter(country=area.country_id, pcode=area.pcode, level=area.level, state="in force").first()
    if row is None:
        return 0.0
    return outlines.kilometres_outside(full_shapes([(row.partition_id, row.place)])[0], longitude, latitude)


def place_many(rows: Sequence[tuple[SiteRow, Site]]) -> Iterator[tuple[int, Problem]]:
    """Set the coordinates and areas of many sites of one country; yields what is wrong by the row it is in.

    Points are looked up together; each that is not plainly where its row says is looked at alone, as one site would be.
    """
    country = rows[0][1].country
    held = gazetteer_of(country.iso3)
    spots = {n: (row.longitude, row.latitude) for n, (row, _site) in enumerate(rows) if row.longitude and row.latitude}
    found = dict(zip(spots, _deepest(list(spots.values()), country.iso3, today()), strict=True))
    pcodes = {row.pcode for row, _site in rows} | {one.pcode for one in found.values() if one is not None}
    areas = _areas(country.iso3, pcodes - {""})
    for n, (row, site) in enumerate(rows):
        on, lies = site.opened_on or today(), found.get(n)
        at = held.resolve(row.pcode, on) if row.pcode else None
        said = areas.get(row.pcode, {}).get(at.ref) if at else None
        if row.pcode and said is None:
            yield row.row, Problem("places.code_unknown", {"pcode": row.pcode, "country": country.iso3})
        elif lies is not None and lies.holds(on) and (said is None or row.pcode in _chain(held, lies, on)):
            site.longitude, site.latitude = row.longitude, row.latitude
            site.area = said or areas[lies.pcode].get(lies.ref)
        else:
            try:
                place(site, said, row.longitude, row.latitude, on)
            except Refused as refused:
                yield from ((row.row, one) for one in refused.problems)


def _deepest(spots: Sequence[tuple[float, float]], iso3: str, on: date) -> list[AreaShape | None]:
    """The area of the lowest level that each point lies in on a day."""
    levels = Boundary.objects.filter(country__iso3=iso3, state="in force", level__gt=0).values_list("level", flat=True)
    deepest_of: list[AreaShape | None] = [None] * len(spots)
    for level in sorted(set(levels)):
        at = located([lon for lon, _lat in spots], [lat for _lon, lat in spots], level, iso3, on)
        deepest_of = [one or known for one, known in zip(at, deepest_of, strict=True)]
    return deepest_of


def _areas(iso3: str, pcodes: set[str]) -> dict[str, dict[str, Area]]:
    found: dict[str, dict[str, Area]] = {}
    for one in Area.objects.filter(country__iso3=iso3, pcode__in=pcodes):
        found.setdefault(one.pcode, {})[one.ref] = one
    return found


def _chain(held: Gazetteer, area: AreaShape, on: date) -> set[str]:
    """The codes of an area and of all those above it."""
    chain: set[str] = set()
    here: AreaShape | None = area
    while here is not None and here.pcode not in chain:
        chain.add(here.pcode)
        here = held.at(here.parent, on) if here.parent else None
    return chain
