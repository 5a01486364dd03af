"""Where a site may be: its coordinates on the earth, in its country, and in the area it is said to lie in."""

from __future__ import annotations

from datetime import date

from waystation.apps.places.models import Area, Boundary, Site
from waystation.apps.places.queries.bounding import full_shapes
from waystation.apps.places.queries.points import located
from waystation.apps.places.shapes import AreaShape
from waystation.intake import outlines
from waystation.kernel.refusals import require

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
    levels = Boundary.objects.filter(country__iso3=iso3, state="in force", level__gt=0).values_list("level", flat=True)
    for level in sorted(set(levels), reverse=True):
        found = located([longitude], [latitude], level, iso3, on)[0]
        if found:
            return found
    return None


def kilometres_outside(area: Area, longitude: float, latitude: float) -> float:
    """How far a point lies outside an area's outline; 0 inside, and where no outline is held."""
    row = Boundary.objects.filter(country=area.country_id, pcode=area.pcode, level=area.level, state="in force").first()
    if row is None:
        return 0.0
    return outlines.kilometres_outside(full_shapes([(row.partition_id, row.place)])[0], longitude, latitude)
