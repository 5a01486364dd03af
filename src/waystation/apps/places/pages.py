"""Pages of places: the countries we hold areas of, and a country with its map, its areas and what they leave uncovered."""

from __future__ import annotations

from collections import Counter
from datetime import date

from django.db.models import Count, Max
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from waystation.apps.places.datasets.countries import region_name
from waystation.apps.places.models import Area, Boundary, Country, Edition
from waystation.apps.places.queries import gazetteer as gazetteers
from waystation.apps.places.queries import points
from waystation.apps.places.queries.soundness import told
from waystation.apps.places.shapes import LANGUAGES, AreaShape, OutlineShape
from waystation.kernel.pages import Asked, page
from waystation.kernel.refusals import Problem, Refused
from waystation.kernel.screens import Block, Choice, Column, Dot, Facts, Link, Map, Notice, Screen, Shape, Table
from waystation.kernel.values import today

LANGUAGE_NAMES = dict(zip(LANGUAGES, ("English", "Français", "Español", "Русский", "中文", "العربية"), strict=True))
DISCLAIMER = gettext_lazy(
    "The boundaries and names shown do not imply official endorsement or acceptance by the organisation."
)


@page("places/", menu=gettext_lazy("Places"), group="Places", public=True)
def index(asked: Asked) -> Screen:
    """The countries whose areas are held."""
    counted = Area.objects.order_by("country").values_list("country", "level").annotate(areas=Count("pk"))
    by_country: dict[int, dict[int, int]] = {}
    for country, level, areas in counted:
        by_country.setdefault(country, {})[level] = areas
    outlines = dict(
        Boundary.objects.filter(state="in force").order_by("country").values_list("country").annotate(drawn=Count("pk"))
    )
    since = dict(Area.objects.order_by("country").values_list("country").annotate(latest=Max("valid_from")))
    rows = [
        {
            "country": Link(one.name, f"/places/{one.iso3}/"),
            "iso3": one.iso3,
            **{f"level{level}": by_country[one.pk].get(level) for level in range(1, 5)},
            "outlines": outlines.get(one.pk, 0),
            "since": since.get(one.pk),
        }
        for one in sorted(Country.objects.filter(pk__in=by_country), key=lambda one: one.name)
    ]
    columns = (
        Column("country", _("Country"), "link"),
        Column("iso3", _("Code")),
        *(Column(f"level{level}", _("Level {level}").format(level=level), "number") for level in range(1, 5)),
        Column("outlines", _("Boundaries"), "number"),
        Column("since", _("Latest list"), "date"),
    )
    empty = _("No areas are held yet. Load a list: waystation import places.areas FILE")
    return Screen(
        title=_("Places"),
        summary=_("Administrative areas are held of {count} countries, with their codes through time.").format(
            count=len(rows)
        ),
        blocks=(Table(columns, rows, empty=empty),),
        links=(
            Link(_("All countries and territories"), "/r/places.countries/"),
            Link(_("Lists taken in"), "/r/places.editions/"),
        ),
    )


@page("places/<str:iso3>/", public=True)
def country(asked: Asked) -> Screen:
    """A country: its names and codes, a map of its areas at a level on a day, and what is not covered."""
    here = gazetteers.find_country(asked.names["iso3"])
    if here is None:
        raise Refused("places.unknown_country", code=asked.names["iso3"])
    day = _day(asked.query.get("on", ""))
    areas = gazetteers.gazetteer_of(here.iso3).on(day)
    levels = sorted({one.level for one in areas})
    level = _level(asked.query.get("level", ""), levels)
    chosen = [one for one in areas if one.level == level]
    drawn = points.outlines_of(here.iso3, level, day)
    blocks: list[Block] = [_facts(here)]
    if levels:
        options = [(str(one), _("Level {level}").format(level=one)) for one in levels]
        blocks.append(Choice("level", _("Level"), options, str(level)))
    if drawn:
        blocks.append(_map(here, drawn, level, day))
    blocks += _notices(here, chosen, drawn, level)
    blocks.append(_table(here, areas, chosen, drawn, level))
    return Screen(
        title=here.name,
        summary=_("{count} areas of level {level} are valid on {day}.").format(count=len(chosen), level=level, day=day),
        blocks=blocks,
        parents=(Link(_("Places"), "/places/"),),
        source="; ".join(dict.fromkeys(filter(None, (one.attribution or one.source for one in drawn)))),
        as_of=day,
    )


def _day(said: str) -> date:
    try:
        return date.fromisoformat(said) if said else today()
    except ValueError:
        raise Refused("kernel.argument_wrong", name="on", value=said, why=_("write a date as 2025-12-31")) from None


def _level(said: str, levels: list[int]) -> int:
    return int(said) if said.isdigit() and int(said) in levels else min(levels, default=1)


def _facts(here: Country) -> Facts:
    language = get_language() or "en"
    items = [(LANGUAGE_NAMES[code], getattr(here, f"name_{code}")) for code in LANGUAGES]
    items.append((_("ISO 3166-1"), f"{here.iso3}, {here.iso2}"))
    items.append((_("UN M49"), here.m49 or "–"))
    regions = [region_name(code, language) for code in (here.region, here.subregion, here.intermediate) if code]
    items.append((_("Region"), ", ".join(regions) or "–"))
    return Facts(items)


def _map(here: Country, drawn: list[OutlineShape], level: int, day: date) -> Map:
    shapes = [
        Shape(one.pcode, one.name, one.geometry, round(one.area_km2, 1), f"/r/places.areas/?q={one.pcode}")
        for one in drawn
    ]
    sites = [one for one in points.sites_of(here.iso3, day) if one.longitude is not None and one.latitude is not None]
    dots = [
        Dot(one.ref, one.name, one.longitude or 0.0, one.latitude or 0.0, None, f"/r/places.sites/{one.ref}/")
        for one in sites
    ]
    say = _("Map of {country} with its {count} areas of level {level}, shaded by their size.")
    return Map(
        title=_("Areas of level {level}").format(level=level),
        alt=say.format(country=here.name, count=len(drawn), level=level),
        shapes=shapes,
        dots=dots,
        unit="km²",
        note=DISCLAIMER,
    )


def _notices(here: Country, chosen: list[AreaShape], drawn: list[OutlineShape], level: int) -> list[Block]:
    """What the boundaries leave open: areas without an outline, and what the last edition of them found."""
    notices: list[Block] = []
    without = sorted({one.pcode for one in chosen} - {one.pcode for one in drawn})
    if without and drawn:
        params = {"level": level, "country": here.name, "count": len(without), "codes": ", ".join(without[:5])}
        notices.append(Notice(Problem("places.areas_without_outline", params).message, "attention"))
    editions = Edition.objects.filter(boundaries__country=here, boundaries__level=level, boundaries__state="in force")
    wanted = ("places.not_covered", "places.overlapping", "places.outside_parent", "places.drawn_by_two_countries")
    for edition in editions.distinct():
        found = [told(one) for one in edition.findings if one["code"] in wanted]
        notices += [Notice(one.message, "attention") for one in found[:10]]
        if len(found) > 10:
            rest = _("and {count} more like these: see the edition {ref}").format(
                count=len(found) - 10, ref=edition.ref
            )
            notices.append(Notice(rest))
    return notices


def _table(
    here: Country, areas: list[AreaShape], chosen: list[AreaShape], drawn: list[OutlineShape], level: int
) -> Table:
    sizes = {one.pcode: one.area_km2 for one in drawn}
    shares = dict(
        Boundary.objects.filter(country=here, level=level, state="in force").values_list("pcode", "uncovered")
    )
    below = Counter(one.parent for one in areas if one.level == level + 1)
    names = {one.pcode: one.name for one in areas if one.level == level - 1}
    rows = [
        {
            "pcode": Link(one.pcode, f"/r/places.areas/{one.ref}/"),
            "name": one.name,
            "parent": f"{names.get(one.parent, '')} {one.parent}".strip(),
            "below": below.get(one.pcode, 0),
            "km2": round(sizes[one.pcode], 1) if one.pcode in sizes else None,
            "uncovered": shares.get(one.pcode),
            "since": one.valid_from,
        }
        for one in chosen
    ]
    columns = [
        Column("pcode", _("P-code"), "link"),
        Column("name", _("Name")),
        Column("parent", _("Lies in")),
        Column("below", _("Areas below"), "number"),
        Column("km2", _("Area (km²)"), "number"),
        Column("uncovered", _("Not covered by areas below"), "share"),
        Column("since", _("Valid from"), "date"),
    ]
    empty = _("No areas of this country are held. Load a list: waystation import places.areas FILE")
    return Table(columns, rows, title=_("Areas of level {level}").format(level=level), empty=empty)
