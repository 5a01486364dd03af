"""What neighbours may ask about places. All answers are shapes; dates are days, coordinates degrees (WGS 84).

``on`` is the day the question is about (default: today). ``country`` is ISO alpha-3, alpha-2 or M49.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from waystation.apps.places.models import Country
from waystation.apps.places.queries import gazetteer as gazetteers
from waystation.apps.places.queries import points
from waystation.apps.places.shapes import AreaShape, CodeProblem, CountryShape, Gazetteer, OutlineShape, SiteShape
from waystation.kernel.refusals import Refused, require
from waystation.kernel.values import today

__all__ = [
    "areas",
    "check_codes",
    "countries",
    "country",
    "gazetteer",
    "locate",
    "locate_many",
    "outlines",
    "parents",
    "resolve",
    "sites",
]


def country(*, code: str) -> CountryShape | None:
    """A country, territory or area by ISO alpha-3, alpha-2 or M49 code; None when there is none."""
    found = gazetteers.find_country(code)
    return gazetteers.country_shape(found) if found else None


def countries() -> list[CountryShape]:
    """All of them, by English name."""
    return [gazetteers.country_shape(one) for one in Country.objects.order_by("name_en")]


def gazetteer(*, country: str) -> Gazetteer:
    """All areas of a country through time, in memory; empty when none are held.

    Costs two queries at most; check whole columns against it. Raises Refused ``places.unknown_country``.
    """
    return gazetteers.gazetteer_of(_iso3(country))


def resolve(*, pcode: str, on: date | None = None, country: str = "") -> AreaShape | None:
    """The area a p-code means on a day, or the one area it became by then; None when unknown or when it became several
    (``gazetteer(country=...).after`` tells them). Raises Refused ``places.code_in_two_countries`` when the code is held
    by two countries and none was said."""
    held = _holders(pcode, country)
    require(len(held) < 2, "places.code_in_two_countries", pcode=pcode, countries=", ".join(held))
    return gazetteers.gazetteer_of(held[0]).resolve(pcode, on or today()) if held else None


def areas(*, country: str, level: int | None = None, on: date | None = None) -> list[AreaShape]:
    """The areas of a country (at a level) valid on a day, by p-code."""
    return gazetteer(country=country).on(on or today(), level)


def parents(*, pcode: str, on: date | None = None, country: str = "") -> list[AreaShape]:
    """The areas above an area, nearest first; empty at level 1 and for unknown codes."""
    day, found = on or today(), resolve(pcode=pcode, on=on, country=country)
    above: list[AreaShape] = []
    while found and found.parent:
        found = gazetteers.gazetteer_of(found.country).at(found.parent, day)
        if found:
            above.append(found)
    return above


def sites(*, country: str, on: date | None = None) -> list[SiteShape]:
    """The sites of a country that were open on a day, as far as the asking scope may see them."""
    return points.sites_of(_iso3(country), on or today())


def check_codes(*, country: str, pairs: Sequence[tuple[str, str]], on: date | None = None) -> list[CodeProblem]:
    """What is wrong with (p-code, p-code above or empty) pairs on a day, in their order; each distinct pair is looked at
    once. Codes of the problems: ``places.code_unknown``, ``code_of_another_country``, ``code_ended``, ``code_not_yet``,
    ``code_not_valid``, ``not_below``."""
    return gazetteers.code_problems(gazetteer(country=country), pairs, on or today())


def locate(
    *, longitude: float, latitude: float, level: int, country: str = "", on: date | None = None
) -> AreaShape | None:
    """The area of a level that a point lies in; None where no boundary held covers it."""
    return locate_many(longitudes=[longitude], latitudes=[latitude], level=level, country=country, on=on)[0]


def locate_many(
    *, longitudes: Sequence[float], latitudes: Sequence[float], level: int, country: str = "", on: date | None = None
) -> list[AreaShape | None]:
    """As ``locate``, for many points at once, in their order (100,000 points against 80 areas take about a second)."""
    return points.located(longitudes, latitudes, level, _iso3(country) if country else "", on or today())


def outlines(*, country: str, level: int, on: date | None = None) -> list[OutlineShape]:
    """The simplified outlines of a country's areas at a level (0: the country itself) that the asking scope may see."""
    return points.outlines_of(_iso3(country), level, on or today())


def _iso3(code: str) -> str:
    found = gazetteers.find_country(code)
    if found is None:
        raise Refused("places.unknown_country", code=code)
    return found.iso3


def _holders(pcode: str, country: str) -> list[str]:
    if country:
        return [_iso3(country)]
    return sorted(gazetteers.countries_of([pcode]).get(pcode, ()))
