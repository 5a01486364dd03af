"""What crosses the door of places: countries, areas, outlines and sites as plain, frozen values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any, NamedTuple

LANGUAGES = ("en", "fr", "es", "ru", "zh", "ar")
DAY = timedelta(days=1)


class CountryShape(NamedTuple):
    """A country, territory or area of ISO 3166-1 and UN M49. ``names`` is by language code (en fr es ru zh ar); ``region``,
    ``subregion`` and ``intermediate`` are M49 codes (three digits, or empty); codes that are absent are empty. ``status`` is
    state, territory, or assigned for what has a user-assigned code."""

    iso3: str
    iso2: str
    m49: str
    names: Mapping[str, str]
    region: str = ""
    subregion: str = ""
    intermediate: str = ""
    status: str = ""

    def name(self, language: str = "en") -> str:
        """The name in a language (``zh-hans`` counts as ``zh``), English when there is none."""
        return self.names.get(language.split("-")[0]) or self.names["en"]


class Outline(NamedTuple):
    """A boundary as a file gives it: WKB in degrees (WGS 84). ``stated_km2`` is what the file itself says, or None."""

    row: int
    country: str
    level: int
    pcode: str
    name: str
    wkb: bytes
    stated_km2: float | None = None


class SiteRow(NamedTuple):
    """A line of a list of sites, before it is kept."""

    row: int
    name: str
    country: str
    kind: str = "other"
    pcode: str = ""
    longitude: float | None = None
    latitude: float | None = None
    code: str = ""
    status: str = ""
    opened_on: date | None = None
    closed_on: date | None = None


@dataclass(frozen=True, slots=True)
class AreaShape:
    """An administrative area for a span of time: both days count; None is open. ``parent`` is the p-code above it,
    empty at level 1 (and where a list names the country itself)."""

    pcode: str
    name: str
    level: int
    country: str
    parent: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    ref: str = ""

    def holds(self, on: date) -> bool:
        """Whether it is valid on a day."""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_until is None or on <= self.valid_until
        )


@dataclass(frozen=True, slots=True)
class SuccessionShape:
    """From ``on`` the area ``old`` is (part of) ``new``, for one reason: split, merge or rename. Both are refs of areas."""

    kind: str
    old: str
    new: str
    on: date


@dataclass(frozen=True)
class Gazetteer:
    """All areas of one country through time, in memory: a column of 100,000 codes is checked without a query.

    ``version`` changes whenever what the house holds of the country does; keep results under it. ``versions`` holds, by
    p-code, the spans of the code, earliest first.
    """

    country: str
    version: str
    versions: Mapping[str, tuple[AreaShape, ...]]
    successions: Sequence[SuccessionShape] = ()

    def __contains__(self, pcode: object) -> bool:
        return pcode in self.versions

    @cached_property
    def by_ref(self) -> Mapping[str, AreaShape]:
        """Every span of every code, by the ref of its record."""
        return {one.ref: one for spans in self.versions.values() for one in spans}

    @cached_property
    def _came_of(self) -> Mapping[str, list[SuccessionShape]]:
        found: dict[str, list[SuccessionShape]] = {}
        for one in self.successions:
            found.setdefault(one.new, []).append(one)
        return found

    @cached_property
    def _became(self) -> Mapping[str, list[SuccessionShape]]:
        found: dict[str, list[SuccessionShape]] = {}
        for one in self.successions:
            found.setdefault(one.old, []).append(one)
        return found

    def at(self, pcode: str, on: date) -> AreaShape | None:
        """The area a code meant on a day, or None.

        A list's date says since when the list is in force, not when the area came to be: before its first known day a
        code means its first known area, unless that area is recorded to have come of another.
        """
        spans = self.versions.get(pcode, ())
        for one in spans:
            if one.holds(on):
                return one
        first = spans[0] if spans else None
        if first and first.valid_from and on < first.valid_from and first.ref not in self._came_of:
            return first
        return None

    def after(self, pcode: str, on: date) -> tuple[AreaShape, ...]:
        """What a code that has ended became by a day, through all successions: one area after a rename or a merge,
        several after a split, none when nothing is recorded."""
        ended = [one for one in self.versions.get(pcode, ()) if one.valid_until and one.valid_until < on]
        if not ended:
            return ()
        found: dict[str, AreaShape] = {}
        waiting, seen = [ended[-1].ref], set()
        while waiting:
            ref = waiting.pop()
            for step in self._became.get(ref, ()):
                new = self.by_ref.get(step.new)
                if new is None or new.ref in seen or step.on > on:
                    continue
                seen.add(new.ref)
                if new.holds(on):
                    found[new.ref] = new
                else:
                    waiting.append(new.ref)
        return tuple(sorted(found.values(), key=lambda one: one.pcode))

    def before(self, pcode: str, on: date) -> tuple[AreaShape, ...]:
        """What a code that did not exist yet was on an earlier day, through one succession."""
        spans = self.versions.get(pcode, ())
        steps = self._came_of.get(spans[0].ref, ()) if spans else ()
        olds = (self.by_ref.get(step.old) for step in steps)
        return tuple(one for one in olds if one and one.holds(on))

    def resolve(self, pcode: str, on: date) -> AreaShape | None:
        """The area meant on the day, or the one area it became; None when unknown, or when it became several."""
        found = self.at(pcode, on)
        if found:
            return found
        became = self.after(pcode, on)
        return became[0] if len(became) == 1 else None

    def on(self, day: date, level: int | None = None) -> list[AreaShape]:
        """The areas valid on a day, by p-code."""
        valid = (self.at(code, day) for code in sorted(self.versions))
        return [one for one in valid if one and (level is None or one.level == level)]


@dataclass(frozen=True, slots=True)
class CodeProblem:
    """A pair that does not hold. ``index`` is its place among the pairs asked about; ``code`` is a refusal's code of
    this app, ``params`` fill its message."""

    index: int
    code: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OutlineShape:
    """An area's outline, simplified for the web so that neighbours share edges: ``geometry`` is a GeoJSON geometry in
    degrees (WGS 84), ``area_km2`` the geodesic area of the full outline."""

    pcode: str
    name: str
    level: int
    country: str
    geometry: Mapping[str, Any]
    area_km2: float
    source: str = ""
    licence: str = ""
    attribution: str = ""


@dataclass(frozen=True, slots=True)
class SiteShape:
    """A site as it stood on a day: ``pcode`` is the area it lay in, ``since`` the day of its last change; coordinates are
    degrees (WGS 84) or None."""

    ref: str
    name: str
    kind: str
    country: str
    pcode: str
    longitude: float | None
    latitude: float | None
    since: date
