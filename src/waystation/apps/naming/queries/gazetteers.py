"""What the house holds of places, as an index of names: built once for a country, a day and what is held, and kept."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from datetime import date

from waystation.apps.naming.models import Decision
from waystation.apps.naming.queries.matching import Index
from waystation.apps.naming.queries.rows import SITE, Matcher
from waystation.apps.naming.shapes import Place, Remembered
from waystation.apps.places import api as places
from waystation.apps.places.shapes import Gazetteer, SiteShape
from waystation.kernel.values import digest, today

MOST_KEPT = 12  # indexes; one of 5,000 names takes about 10 MB
_kept: OrderedDict[tuple[str, str, date], Index] = OrderedDict()


def index_of(country: str, on: date | None = None) -> Index:
    """The areas of a country on a day and the sites the asking scope may see, under all names they have or had.

    Raises Refused ``places.unknown_country``.
    """
    day, held = on or today(), places.gazetteer(country=country)
    sites = places.sites(country=country, on=day)
    version = digest([held.version, [[one.ref, one.name, one.pcode] for one in sites]])
    kept = held.country, version, day
    if kept not in _kept:
        _kept[kept] = Index([*areas(held, day), *(_site(one, held, day) for one in sites)])
    _kept.move_to_end(kept)
    while len(_kept) > MOST_KEPT:
        _kept.popitem(last=False)
    return _kept[kept]


def areas(held: Gazetteer, day: date) -> list[Place]:
    """The areas of a day, each with its names in other languages, its former names, and those of what it came of."""
    former: dict[str, list[str]] = defaultdict(list)
    for code, spans in held.versions.items():
        now = held.at(code, day)
        heirs = [now] if now else held.after(code, day)
        for heir in heirs:
            former[heir.pcode] += [name for one in spans if one is not heir for name in (one.name, *one.names.values())]
    found = []
    for one in held.on(day):
        others = tuple(dict.fromkeys(name for name in one.names.values() if name and name != one.name))
        old = tuple(dict.fromkeys(name for name in former[one.pcode] if name))
        found.append(Place(one.pcode, one.name, one.level, one.country, above(held, one.parent, day), others, old))
    return found


def above(held: Gazetteer, code: str, day: date) -> tuple[str, ...]:
    """A code and those above it, nearest first."""
    chain: list[str] = []
    while code and code not in chain:
        found = held.at(code, day)
        if found is None:
            break
        chain.append(code)
        code = found.parent
    return tuple(chain)


def _site(one: SiteShape, held: Gazetteer, day: date) -> Place:
    return Place(one.ref, one.name, SITE, one.country, above(held, one.pcode, day))


def remembered(source: str, country: str) -> Remembered:
    """What was decided of a country's names for a source, and for others."""
    own: dict[tuple[int, str, str], str] = {}
    others: dict[tuple[int, str, str], str] = {}
    rows = Decision.objects.filter(state="kept", country=country).order_by("pk")
    for said, level, under, key, code in rows.values_list("source", "level", "under", "key", "code"):
        (own if said == source else others)[level, under, key] = code
    return Remembered(own, others)


def matcher(country: str, source: str = "", on: date | None = None) -> Matcher:
    """What matches the names of a source in a country on a day."""
    index = index_of(country, on)
    return Matcher(index, remembered(source.strip(), country))
