"""The areas of a country through time, kept in memory under a version that one cheap query tells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Sum

from waystation.apps.places.models import Area, Country, Succession
from waystation.apps.places.shapes import LANGUAGES, AreaShape, CodeProblem, CountryShape, Gazetteer, SuccessionShape
from waystation.kernel.values import digest

_kept: dict[str, Gazetteer] = {}


def country_shape(row: Country) -> CountryShape:
    """A country as it crosses the door."""
    names = {code: getattr(row, f"name_{code}") for code in LANGUAGES}
    return CountryShape(row.iso3, row.iso2, row.m49, names, row.region, row.subregion, row.intermediate, row.status)


def find_country(code: str) -> Country | None:
    """By ISO alpha-3, alpha-2 or M49 (leading zeros may be missing), in any case."""
    said = code.strip().upper()
    if said.isdigit():
        return Country.objects.filter(m49=said.zfill(3)).first()
    column = "iso2" if len(said) == 2 else "iso3"
    return Country.objects.filter(**{column: said}).first()


def version_of(iso3: str) -> str:
    """What the list of a country's areas is made of, as a digest: another one after every change."""
    made_of = Area.objects.filter(country__iso3=iso3).order_by("edition__ref").values_list("edition__ref")
    return digest([list(row) for row in made_of.annotate(areas=Count("pk"), versions=Sum("version"))])[:16]


def gazetteer_of(iso3: str) -> Gazetteer:
    """The gazetteer of a country, empty when no areas are held. One query when nothing changed since the last time."""
    version = version_of(iso3)
    known = _kept.get(iso3)
    if known is None or known.version != version:
        known = _kept[iso3] = _read(iso3, version)
    return known


def _read(iso3: str, version: str) -> Gazetteer:
    spans: dict[str, list[AreaShape]] = defaultdict(list)
    columns = ("pcode", "name", "level", "country__iso3", "parent", "valid_from", "valid_until", "names", "ref")
    for row in Area.objects.filter(country__iso3=iso3).values_list(*columns).iterator(chunk_size=5000):
        spans[row[0]].append(AreaShape(*row))
    for found in spans.values():
        found.sort(key=lambda one: one.valid_from or date.min)
    steps = Succession.objects.filter(new__country__iso3=iso3).values_list("kind", "old__ref", "new__ref", "on")
    return Gazetteer(
        country=iso3,
        version=version,
        versions={code: tuple(found) for code, found in spans.items()},
        successions=tuple(SuccessionShape(*row) for row in steps.order_by("on", "pk")),
    )


def countries_of(pcodes: Iterable[str]) -> dict[str, set[str]]:
    """For each p-code, the countries (ISO alpha-3) that hold it at any time."""
    found: dict[str, set[str]] = defaultdict(set)
    wanted = list(set(pcodes))
    for start in range(0, len(wanted), 500):
        rows = Area.objects.filter(pcode__in=wanted[start : start + 500]).values_list("pcode", "country__iso3")
        for pcode, iso3 in rows:
            found[pcode].add(iso3)
    return found


def code_problems(held: Gazetteer, pairs: Sequence[tuple[str, str]], on: date) -> list[CodeProblem]:
    """What is wrong with pairs of (p-code, p-code above or empty) on a day, in their order."""
    wrong: dict[tuple[str, str], tuple[str, Mapping[str, Any]] | None] = {
        pair: _wrong(held, pair[0], pair[1], on) for pair in dict.fromkeys(pairs)
    }
    unknown = [pair[0] for pair, found in wrong.items() if found and found[0] == "places.code_unknown"]
    elsewhere = countries_of(unknown)
    for (pcode, parent), found in wrong.items():
        theirs = elsewhere.get(pcode) if found and found[0] == "places.code_unknown" else None
        if theirs:
            params = {"pcode": pcode, "country": held.country, "other": ", ".join(sorted(theirs))}
            wrong[pcode, parent] = ("places.code_of_another_country", params)
    told = ((index, wrong[pair]) for index, pair in enumerate(pairs))
    return [CodeProblem(index, found[0], found[1]) for index, found in told if found]


def _wrong(held: Gazetteer, pcode: str, parent: str, on: date) -> tuple[str, Mapping[str, Any]] | None:
    found = held.at(pcode, on)
    if found is None:
        known = {"pcode": pcode, "country": held.country, "on": on.isoformat()}
        if pcode not in held:
            return "places.code_unknown", known
        became, was = held.after(pcode, on), held.before(pcode, on)
        if became:
            return "places.code_ended", known | {"became": ", ".join(f"{one.pcode} ({one.name})" for one in became)}
        if was:
            return "places.code_not_yet", known | {"was": ", ".join(f"{one.pcode} ({one.name})" for one in was)}
        return "places.code_not_valid", known
    if parent and found.parent and found.parent != parent:
        return "places.not_below", {"pcode": pcode, "name": found.name, "parent": parent, "belongs": found.parent}
    return None
