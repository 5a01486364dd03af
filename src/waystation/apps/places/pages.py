"""Pages of places: the countries we hold areas of, and a country with its map, its areas and what they leave uncovered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import quote

from django.db.models import Count, Max
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from waystation.apps.places.models import Area, Boundary, Country, Edition
from waystation.apps.places.queries import gazetteer as gazetteers
from waystation.apps.places.queries import points
from waystation.apps.places.shapes import LANGUAGES, AreaShape, Gazetteer, OutlineShape, SiteShape
from waystation.intake.countries import region_name
from waystation.kernel.codelists import codelist
from waystation.kernel.pages import Asked, page
from waystation.kernel.refusals import Problem, Refused, require
from waystation.kernel.screens import Block, Choice, Column, Dot, Facts, Link, Map, Notice, Screen, Shape, Table
from waystation.kernel.values import today

LANGUAGE_NAMES = dict(zip(LANGUAGES, ("English", "Français", "Español", "Русский", "中文", "العربية"), strict=True))
WORTH_READING = {
    f"places.{code}" for code in ("not_covered", "overlapping", "outside_parent", "drawn_by_two_countries")
}
MOST_ROWS = 200
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
            **{f"level{level}": by_country[one.pk].get(level, 0) for level in range(1, 5)},
            "outlines": outlines.get(one.pk, 0),
            "since": since.get(one.pk),
        }
        for one in sorted(Country.objects.filter(pk__in=by_country), key=lambda one: one.name)
    ]
    columns = [
        Column("country", _("Country"), "link"),
        Column("iso3", _("Code")),
        *(Column(f"level{level}", _("Level {level}").format(level=level), "number") for level in range(1, 5)),
        Column("outlines", _("Boundaries"), "number"),
        Column("since", _("Latest list"), "date"),
    ]
    empty = _("No areas are held yet. Load a list: waystation import places.areas FILE")
    return Screen(
        title=_("Places"),
        summary=ngettext(
            "Administrative areas are held of {count} country, with their codes through time.",
            "Administrative areas are held of {count} countries, with their codes through time.",
            len(rows),
        ).format(count=len(rows)),
        blocks=(_table(columns, rows, empty=empty),),
        links=(
            Link(_("All countries and territories"), "/r/places.countries/"),
            Link(_("Lists taken in"), "/r/places.editions/"),
        ),
    )


@page("places/<str:iso3>/", public=True)
def country(asked: Asked) -> Screen:
    """A country: its names and codes, a map of its areas at a level on a day, what is not covered, and its sites."""
    here, day = _here(asked), _day(asked)
    areas = gazetteers.gazetteer_of(here.iso3).on(day)
    levels = sorted({one.level for one in areas})
    level = _level(asked.query.get("level", ""), levels)
    chosen = [one for one in areas if one.level == level]
    drawn, sites = points.outlines_of(here.iso3, level, day), points.sites_of(here.iso3, day)
    blocks: list[Block] = []
    if len(levels) > 1:
        options = [(str(one), _("Level {level}").format(level=one)) for one in levels]
        blocks.append(Choice("level", _("Level"), options, str(level)))
    title = _("Areas of level {level}").format(level=level)
    if drawn:
        say = _("Map of {country}, areas of level {level} shaded by their size: {count}.")
        blocks.append(_map(title, say.format(country=here.name, count=len(drawn), level=level), drawn, sites))
    blocks += _notices(here, chosen, drawn, level)
    blocks.append(_area_table(here, title, areas, chosen, drawn))
    blocks += [*_site_table(sites), _facts(here)]
    return Screen(
        title=here.name,
        summary=_("Areas of level {level}: {count}, of which {drawn} have an outline.").format(
            level=level, count=len(chosen), drawn=len(drawn)
        ),
        blocks=blocks,
        links=(Link(_("List of areas"), f"/r/places.areas/?country={here.ref}"),),
        parents=(Link(_("Places"), "/places/"),),
        source=_source(drawn),
        as_of=day,
    )


@page("places/<str:iso3>/<str:pcode>/", public=True)
def area(asked: Asked) -> Screen:
    """An area: what its code means through time, what lies in it and what became of it."""
    here, day, pcode = _here(asked), _day(asked), asked.names["pcode"]
    held = gazetteers.gazetteer_of(here.iso3)
    require(pcode in held, "places.code_unknown", pcode=pcode, country=here.iso3)
    known = held.at(pcode, day) or held.versions[pcode][-1]
    areas = held.on(day)
    below = [one for one in areas if one.parent == pcode and one.level == known.level + 1]
    inside = {pcode}
    for one in sorted(areas, key=lambda one: one.level):
        inside |= {one.pcode} if one.parent in inside else set()
    sites = [one for one in points.sites_of(here.iso3, day) if one.pcode in inside]
    own = points.outlines_of(here.iso3, known.level, day, [pcode])
    parts = points.outlines_of(here.iso3, known.level + 1, day, [one.pcode for one in below]) if below else []
    title = _("Areas of level {level}").format(level=known.level + 1)
    wrong = gazetteers.code_problems(held, [(pcode, "")], day)
    blocks: list[Block] = [Notice(Problem(one.code, one.params).message, "attention") for one in wrong]
    blocks.append(_area_facts(here, held, known, own, day))
    if own or parts:
        say = _("Map of {area}, areas below it shaded by their size: {count}.")
        alt = say.format(area=known.name, count=len(parts))
        blocks.append(
            _map(title if parts else known.name, alt, parts or own, sites, tuple(one.geometry for one in own))
        )
    blocks.append(_history(held, pcode))
    if below:
        blocks.append(_area_table(here, title, areas, below, parts))
    return Screen(
        title=f"{known.name} ({pcode})",
        summary=_("An area of level {level} of {country}.").format(level=known.level, country=here.name),
        blocks=[*blocks, *_site_table(sites)],
        links=(Link(_("Record and its history"), f"/r/places.areas/{known.ref}/"),),
        parents=(Link(_("Places"), "/places/"), Link(here.name, f"/places/{here.iso3}/?level={known.level}")),
        source=_source([*own, *parts]),
        as_of=day,
    )


def _here(asked: Asked) -> Country:
    found = gazetteers.find_country(asked.names["iso3"])
    if found is None:
        raise Refused("places.unknown_country", code=asked.names["iso3"])
    return found


def _day(asked: Asked) -> date:
    said = asked.query.get("on", "")
    try:
        return date.fromisoformat(said) if said else today()
    except ValueError:
        raise Refused("kernel.argument_wrong", name="on", value=said, why=_("write a date as 2025-12-31")) from None


def _level(said: str, levels: list[int]) -> int:
    return int(said) if said.isdigit() and int(said) in levels else min(levels, default=1)


def _link(one: AreaShape | OutlineShape) -> Link:
    return Link(one.pcode, f"/places/{one.country}/{quote(one.pcode, safe='')}/")


def _source(drawn: Sequence[OutlineShape]) -> str:
    return "; ".join(dict.fromkeys(filter(None, (one.attribution or one.source for one in drawn))))


def _facts(here: Country) -> Facts:
    language = get_language() or "en"
    items = [(LANGUAGE_NAMES[code], getattr(here, f"name_{code}")) for code in LANGUAGES]
    items.append((_("ISO 3166-1"), f"{here.iso3}, {here.iso2}"))
    items.append((_("UN M49"), here.m49 or "–"))
    regions = [region_name(code, language) for code in (here.region, here.subregion, here.intermediate) if code]
    items.append((_("Region"), regions or "–"))
    return Facts(items, title=_("Names and codes"))


def _area_facts(here: Country, held: Gazetteer, known: AreaShape, own: Sequence[OutlineShape], day: date) -> Facts:
    above = held.at(known.parent, day) if known.parent else None
    lies_in = (
        Link(f"{above.name} ({above.pcode})", _link(above).url) if above else Link(here.name, f"/places/{here.iso3}/")
    )
    items: list[tuple[str, object]] = [(_("P-code"), known.pcode), (_("Lies in"), lies_in)]
    items += [(_("Names in other languages"), list(dict.fromkeys(known.names.values())))] if known.names else []
    items += [(_("Area (km²)"), _size(one)) for one in own]
    return Facts(items)


def _history(held: Gazetteer, pcode: str) -> Table:
    """The spans of a code, with what each came of and what became of it."""

    def said(refs: Iterable[str]) -> str:
        return ", ".join(f"{held.by_ref[ref].name} ({held.by_ref[ref].pcode})" for ref in refs if ref in held.by_ref)

    rows = [
        {
            "name": one.name, "parent": one.parent, "from": one.valid_from, "until": one.valid_until,
            "was": said(step.old for step in held.successions if step.new == one.ref),
            "became": said(step.new for step in held.successions if step.old == one.ref),
        }
        for one in held.versions[pcode]
    ]  # fmt: skip
    columns = [
        Column("name", _("Name")), Column("parent", _("Lies in")), Column("from", _("Valid from"), "date"),
        Column("until", _("Valid until"), "date"), Column("was", _("Came of")), Column("became", _("Became")),
    ]  # fmt: skip
    return _table(columns, rows, title=_("The code through time"))


def _map(
    title: str, alt: str, drawn: Sequence[OutlineShape], sites: Sequence[SiteShape], around: Sequence[Any] = ()
) -> Map:
    shapes = [Shape(one.pcode, one.name, one.geometry, _size(one), _link(one).url) for one in drawn]
    dots = [
        Dot(one.ref, one.name, one.longitude, one.latitude, None, f"/r/places.sites/{one.ref}/")
        for one in sites if one.longitude is not None and one.latitude is not None
    ]  # fmt: skip
    return Map(title=title, alt=alt, shapes=shapes, dots=dots, unit="km²", note=DISCLAIMER, outline=around)


def _notices(here: Country, chosen: list[AreaShape], drawn: list[OutlineShape], level: int) -> list[Block]:
    """What the boundaries leave open: areas without an outline, and what the last edition of them found."""
    notices: list[Block] = []
    without = sorted({one.pcode for one in chosen} - {one.pcode for one in drawn})
    if without and drawn:
        params = {"level": level, "country": here.name, "count": len(without), "codes": ", ".join(without[:5])}
        notices.append(Notice(Problem("places.areas_not_drawn", params).message, "attention"))
    editions = Edition.objects.filter(boundaries__country=here, boundaries__level=level, boundaries__state="in force")
    codes = {one.pcode for one in gazetteers.gazetteer_of(here.iso3).by_ref.values()} | {here.iso3, here.iso2}
    kept = [one for edition in editions.distinct() for one in edition.findings]
    found = [one for one in kept if one["code"] in WORTH_READING and one["params"]["pcode"] in codes]
    notices += [Notice(Problem(one["code"], one["params"]).message, "attention") for one in found[:5]]
    if len(found) > 5:
        rest = _("More like these, told in the editions of the boundaries: {count}.").format(count=len(found) - 5)
        notices.append(Notice(rest))
    return notices


def _size(one: OutlineShape) -> float:
    """Square kilometres as people write them: with a decimal where it matters."""
    return round(one.area_km2, 1 if one.area_km2 < 100 else None)


def _area_table(
    here: Country, title: str, areas: list[AreaShape], chosen: list[AreaShape], drawn: list[OutlineShape]
) -> Table:
    sizes, level = {one.pcode: _size(one) for one in drawn}, chosen[0].level if chosen else 1
    held = Boundary.objects.filter(country=here, level=level, state="in force", uncovered__isnull=False)
    shares = {code: round(share, 3) or None for code, share in held.values_list("pcode", "uncovered")}
    below = Counter(one.parent for one in areas if one.level == level + 1)
    names = {one.pcode: one.name for one in areas if one.level == level - 1}
    several = len({one.parent for one in chosen}) > 1
    rows = [
        {
            "pcode": _link(one), "name": one.name, "below": below.get(one.pcode), "km2": sizes.get(one.pcode),
            "parent": f"{names.get(one.parent, '')} {one.parent}".strip() if several else "",
            "uncovered": shares.get(one.pcode), "since": one.valid_from,
        }
        for one in chosen[:MOST_ROWS]
    ]  # fmt: skip
    columns = [
        Column("pcode", _("P-code"), "link"),
        Column("name", _("Name")),
        Column("parent", _("Lies in")),
        Column("below", _("Areas below"), "number"),
        Column("km2", _("Area (km²)"), "number"),
        Column("uncovered", _("Not covered by areas below"), "share"),
        Column("since", _("Valid from"), "date"),
    ]
    more = _("The first {shown} of {count}; all of them are in the list of areas.")
    caption = more.format(shown=MOST_ROWS, count=len(chosen)) if len(chosen) > MOST_ROWS else ""
    empty = _("No areas of this country are held. Load a list: waystation import places.areas FILE")
    return _table(columns, rows, title=title, caption=caption, empty=empty)


def _table(columns: Sequence[Column], rows: Sequence[Mapping[str, Any]], **more: Any) -> Table:
    """A table without the columns that no row fills: they say nothing."""
    return Table([one for one in columns if not rows or any(row[one.key] for row in rows)], rows, **more)


def _site_table(sites: Sequence[SiteShape]) -> list[Block]:
    """The sites that were open; nothing at all where there are none or the reader may not see them."""
    kinds = codelist("places.site_kind")
    rows = [
        {
            "name": Link(one.name, f"/r/places.sites/{one.ref}/"),
            "kind": kinds.label(one.kind),
            "pcode": one.pcode,
            "since": one.since,
        }
        for one in sites
    ]
    columns = [Column("name", _("Site"), "link"), Column("kind", _("Kind")), Column("pcode", _("Lies in")),
               Column("since", _("So since"), "date")]  # fmt: skip
    return [_table(columns, rows, title=_("Open sites"))] if rows else []
