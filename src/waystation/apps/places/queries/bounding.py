"""Outlines held against areas and against each other, before an act keeps them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow.parquet as pq
import shapely

from waystation.apps.places.models import Area, Boundary, Country
from waystation.apps.places.queries.gazetteer import gazetteer_of
from waystation.apps.places.queries.soundness import countries_by_code
from waystation.apps.places.shapes import Outline
from waystation.intake import outlines
from waystation.kernel.datasets import path_of
from waystation.kernel.models import Partition
from waystation.kernel.refusals import Problem

WORTH_TELLING = 0.005  # of a parent's area: less is the generalisation of borders


@dataclass(frozen=True)
class Placed:
    """An outline with the area it belongs to, what the web draws, and what look-ups need. ``place``: its row."""

    place: int
    country: Country
    area: Area | None
    level: int
    pcode: str
    name: str
    shape: Any
    drawn: bytes
    km2: float
    bounds: tuple[float, float, float, float]


@dataclass
class Placing:
    """Outlines that can be kept, why others cannot, and what is worth a look."""

    outlines: list[Placed] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    findings: list[Problem] = field(default_factory=list)


def placed(given: Sequence[Outline], on: date, file: str) -> Placing:
    """Each outline with its area on a day. Problems name the feature, its row, and where it goes wrong."""
    found, seen = Placing(), dict[tuple[str, str], int]()
    countries = countries_by_code()
    areas = _areas_of({(one.country, one.pcode) for one in given}, countries, on)
    ready: list[tuple[int, Outline, Country, Area | None, Any, float]] = []
    for place, one in enumerate(given):
        country = countries.get(one.country.upper())
        area = areas.get((one.country, one.pcode))
        shape = shapely.from_wkb(one.wkb)
        said = _wrong(one, country, area, seen.get((one.country, one.pcode)), shape)
        seen[one.country, one.pcode] = one.row
        if said or country is None:
            code, params = said or ("places.unknown_country", {"code": one.country})
            column = "geometry" if code.startswith("intake.") else "pcode"
            found.problems.append(Problem(code, params, file=file, row=one.row, column=column))
            continue
        large = outlines.km2(shape)
        _compare(found, one, large, file)
        ready.append((place, one, country, area, shape, large))
    if ready:
        drawn = outlines.simplified([row[4] for row in ready])
        found.outlines = [
            Placed(place, country, area, one.level, one.pcode, area.name if area else country.name, shape,
                   shapely.to_wkb(thin), large, shape.bounds)
            for (place, one, country, area, shape, large), thin in zip(ready, drawn, strict=True)
        ]  # fmt: skip
        found.findings += _missing(found.outlines, on, file)
    return found


def _areas_of(codes: set[tuple[str, str]], countries: dict[str, Country], on: date) -> dict[tuple[str, str], Area]:
    refs = {}
    for iso3, pcode in codes:
        if iso3 in countries:
            valid = gazetteer_of(iso3).resolve(pcode, on)
            if valid and valid.pcode == pcode:
                refs[valid.ref] = (iso3, pcode)
    wanted = list(refs)
    found: dict[Any, Any] = {}
    for start in range(0, len(wanted), 500):
        rows = Area.objects.select_related("country").filter(ref__in=wanted[start : start + 500])
        found |= {refs[one.ref]: one for one in rows}
    return found


def _wrong(
    one: Outline, country: Country | None, area: Area | None, before: int | None, shape: Any
) -> tuple[str, dict[str, Any]] | None:
    names = {"name": one.name or one.pcode, "pcode": one.pcode}
    if country is None:
        return "places.unknown_country", {"code": one.country}
    if one.level and area is None:
        return "places.outline_of_no_area", names | {"country": country.iso3}
    if area is not None and area.level != one.level:
        return "places.outline_of_other_level", names | {"level": one.level, "held": area.level}
    if before is not None:
        return "places.outline_twice", names | {"first": before}
    if said := outlines.wrong(shape):
        return f"intake.{said.code}", {"name": f"{names['name']} ({one.pcode})"} | said.params
    ratio = outlines.km2(shape) / one.stated_km2 if one.stated_km2 else 1.0
    if not 0.5 < ratio < 2:
        sizes = {"found": f"{outlines.km2(shape):,.1f}", "stated": f"{one.stated_km2:,.1f}"}
        return "places.boundary_area_differs", names | sizes
    return None


def _compare(found: Placing, one: Outline, large: float, file: str) -> None:
    if one.stated_km2 and abs(large / one.stated_km2 - 1) > 0.02:
        params = {"name": one.name, "found": f"{large:,.1f}", "stated": f"{one.stated_km2:,.1f}"}
        found.findings.append(Problem("places.area_as_stated", params, file=file, row=one.row))


def _missing(rows: Sequence[Placed], on: date, file: str) -> list[Problem]:
    """Areas of the same countries and levels that the file draws no outline of."""
    drawn: dict[tuple[str, int], set[str]] = defaultdict(set)
    for one in rows:
        drawn[one.country.iso3, one.level].add(one.pcode)
    told = []
    for (iso3, level), codes in sorted(drawn.items()):
        held = {area.pcode for area in gazetteer_of(iso3).on(on, level)} if level else set()
        without = sorted(held - codes)
        if without:
            params = {"count": len(without), "country": iso3, "level": level, "codes": ", ".join(without[:5])}
            told.append(Problem("places.areas_without_outline", params, file=file))
    return told


def held_of(fresh: Iterable[Boundary]) -> list[Boundary]:
    """The boundaries in force that new ones replace."""
    wanted = {(one.country_id, one.pcode, one.level) for one in fresh}
    rows = Boundary.objects.select_for_update().filter(country__in={row[0] for row in wanted}, state="in force")
    return [one for one in rows if (one.country_id, one.pcode, one.level) in wanted]


def full_shapes(rows: Sequence[tuple[int, int]]) -> list[Any]:
    """The full outlines at (primary key of a partition, row in it), in their order. Raises OSError."""
    partitions = Partition.objects.in_bulk({partition for partition, _ in rows})
    columns = {pk: pq.read_table(path_of(one), columns=["wkb"]).column("wkb") for pk, one in partitions.items()}
    return list(shapely.from_wkb([columns[partition][place].as_py() for partition, place in rows]))


@dataclass
class Covering:
    """Held parents whose share changed, and what is worth telling."""

    changed: list[Boundary] = field(default_factory=list)
    findings: list[Problem] = field(default_factory=list)


def covering(come: Sequence[Placed], fresh: Sequence[Boundary], old: Sequence[Boundary], file: str) -> Covering:
    """Compute for each parent, new or held, what its children leave uncovered; sets ``uncovered`` of the boundaries."""
    level, gone = {one.level for one in come}, {one.pk for one in old}
    countries = {one.country.pk for one in come}
    near = {n for one in level for n in (one - 1, one + 1)} - level
    held = Boundary.objects.filter(country__in=countries, level__in=near, state="in force").exclude(pk__in=gone)
    rows = list(held.select_related("area", "country"))
    shapes = full_shapes([(one.partition_id, one.place) for one in rows])
    every = [(boundary, one.shape, one.name) for boundary, one in zip(fresh, come, strict=True)]
    every += [
        (one, shape, one.area.name if one.area else one.country.name) for one, shape in zip(rows, shapes, strict=True)
    ]
    children: dict[tuple[int, str, int], list[Any]] = defaultdict(list)
    for boundary, shape, _ in every:
        above = boundary.area.parent if boundary.area else ""
        if boundary.level:
            children[boundary.country_id, above if boundary.level > 1 else "", boundary.level].append(shape)
    found, kept = Covering(), {id(one) for one in rows}
    for boundary, shape, name in every:
        code = boundary.pcode if boundary.level else ""
        below = children.get((boundary.country_id, code, boundary.level + 1))
        if below:
            _tell(found, boundary, outlines.coverage(shape, below), name, file)
            if id(boundary) in kept:
                found.changed.append(boundary)
    return found


def _tell(found: Covering, boundary: Boundary, shares: outlines.Coverage, name: str, file: str) -> None:
    boundary.uncovered = round(shares.uncovered, 6)
    for code, share in (
        ("not_covered", shares.uncovered),
        ("overlapping", shares.overlapping),
        ("outside_parent", shares.outside),
    ):
        if share >= WORTH_TELLING:
            large = f"{share * boundary.area_km2:,.0f}"
            params = {"name": name, "pcode": boundary.pcode, "share": f"{share:.1%}", "km2": large}
            found.findings.append(Problem(f"places.{code}", params, file=file))


def drawn_twice(come: Sequence[Placed], file: str) -> list[Problem]:
    """New come that cover the same ground as one held of another country, by more than half of the smaller one."""
    level, own = come[0].level, {one.country.pk for one in come}
    if level == 0:
        return []
    west, south, east, north = shapely.total_bounds([one.shape for one in come])
    near = Boundary.objects.filter(
        level=level, state="in force", west__lte=east, east__gte=west, south__lte=north, north__gte=south
    )
    held = list(near.exclude(country__in=own).select_related("area", "country"))
    if not held:
        return []
    theirs = full_shapes([(one.partition_id, one.place) for one in held])
    pairs = shapely.STRtree(theirs).query([one.shape for one in come], predicate="intersects")
    told = []
    for mine, other in pairs.T:
        one, beside = come[mine], held[other]
        smaller = min(one.shape.area, theirs[other].area)
        share = float(one.shape.intersection(theirs[other]).area / smaller)
        if share > 0.5:
            params = {"name": one.name, "pcode": one.pcode, "other": beside.pcode, "country": beside.country.iso3,
                      "other_name": beside.area.name if beside.area else "", "share": f"{share:.0%}"}  # fmt: skip
            told.append(Problem("places.drawn_by_two_countries", params, file=file))
    return told
