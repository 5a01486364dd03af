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
from waystation.apps.places.queries.gazetteer import countries_of, gazetteer_of
from waystation.apps.places.queries.soundness import countries_by_code
from waystation.apps.places.shapes import Outline
from waystation.intake import outlines
from waystation.kernel.datasets import path_of
from waystation.kernel.models import Partition
from waystation.kernel.refusals import Problem

WORTH_TELLING = 0.005  # of a parent's area: less is the generalisation of borders


@dataclass
class Placing:
    """Boundaries that can be kept, not saved, each with its full outline; why others cannot; what is worth a look."""

    fresh: list[tuple[Boundary, Any]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    findings: list[Problem] = field(default_factory=list)


def placed(given: Sequence[Outline], on: date, file: str) -> Placing:
    """Each outline as a boundary of its area on a day. Problems name the feature, its row, and where it goes wrong."""
    found, seen = Placing(), dict[tuple[str, str], int]()
    countries = countries_by_code()
    areas = _areas_of({(one.country, one.pcode) for one in given}, countries, on)
    elsewhere = countries_of(one.pcode for one in given if (one.country, one.pcode) not in areas)
    for place, one in enumerate(given):
        country, key = countries.get(one.country.upper()), (one.country, one.pcode)
        area, shape = areas.get(key), shapely.from_wkb(one.wkb)
        said = _wrong(one, country, area, seen.get(key), shape, elsewhere.get(one.pcode))
        seen[key] = one.row
        if said or country is None:
            code, params = said or ("places.unknown_country", {"code": one.country})
            column = "geometry" if code.startswith("intake.") else "pcode"
            found.problems.append(Problem(code, params, file=file, row=one.row, column=column))
            continue
        west, south, east, north = shape.bounds
        boundary = Boundary(
            country=country, area=area, level=one.level, pcode=one.pcode, area_km2=outlines.km2(shape), west=west,
            south=south, east=east, north=north, place=place, state="in force",
        )  # fmt: skip
        if one.stated_km2 and abs(boundary.area_km2 / one.stated_km2 - 1) > 0.02:
            sizes = {"name": one.name, "found": f"{boundary.area_km2:,.1f}", "stated": f"{one.stated_km2:,.1f}"}
            found.findings.append(Problem("places.area_as_stated", sizes, file=file, row=one.row))
        found.fresh.append((boundary, shape))
    if found.fresh:
        thin = outlines.simplified([shape for _boundary, shape in found.fresh])
        for (boundary, _shape), drawn in zip(found.fresh, thin, strict=True):
            boundary.simplified = shapely.to_wkb(drawn)
        found.findings += _missing([boundary for boundary, _shape in found.fresh], on, file)
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
    one: Outline, country: Country | None, area: Area | None, before: int | None, shape: Any, theirs: set[str] | None
) -> tuple[str, dict[str, Any]] | None:
    names = {"name": one.name or one.pcode, "pcode": one.pcode}
    if country is None:
        return "places.unknown_country", {"code": one.country}
    if one.level and area is None and theirs:
        other = {"country": country.iso3, "other": ", ".join(sorted(theirs))}
        return "places.code_of_another_country", names | other
    if one.level and area is None:
        return "places.outline_of_no_area", names | {"country": country.iso3}
    if area is not None and area.level != one.level:
        return "places.outline_of_other_level", names | {"level": one.level, "held": area.level}
    if before is not None:
        return "places.outline_twice", names | {"first": before}
    if said := outlines.wrong(shape):
        return said[0], {"name": f"{names['name']} ({one.pcode})"} | said[1]
    ratio = outlines.km2(shape) / one.stated_km2 if one.stated_km2 else 1.0
    if not 0.5 < ratio < 2:
        sizes = {"found": f"{outlines.km2(shape):,.1f}", "stated": f"{one.stated_km2:,.1f}"}
        return "places.boundary_area_differs", names | sizes
    return None


def _missing(rows: Sequence[Boundary], on: date, file: str) -> list[Problem]:
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


def covering(fresh: Sequence[tuple[Boundary, Any]], old: Sequence[Boundary], file: str) -> Covering:
    """Compute for each parent, new or held, what its children leave uncovered; sets ``uncovered`` of the boundaries."""
    level, gone = {one.level for one, _shape in fresh}, {one.pk for one in old}
    countries = {one.country_id for one, _shape in fresh}
    near = {n for one in level for n in (one - 1, one + 1)} - level
    held = Boundary.objects.filter(country__in=countries, level__in=near, state="in force").exclude(pk__in=gone)
    rows = list(held.select_related("area", "country"))
    shapes = full_shapes([(one.partition_id, one.place) for one in rows])
    every = [*fresh, *zip(rows, shapes, strict=True)]
    children: dict[tuple[int, str, int], list[Any]] = defaultdict(list)
    for boundary, shape in every:
        above = boundary.area.parent if boundary.area else ""
        if boundary.level:
            children[boundary.country_id, above if boundary.level > 1 else "", boundary.level].append(shape)
    found, kept = Covering(), {id(one) for one in rows}
    for boundary, shape in every:
        code = boundary.pcode if boundary.level else ""
        below = children.get((boundary.country_id, code, boundary.level + 1))
        if below:
            _tell(found, boundary, outlines.coverage(shape, below), file)
            if id(boundary) in kept:
                found.changed.append(boundary)
    return found


def _tell(found: Covering, boundary: Boundary, shares: outlines.Coverage, file: str) -> None:
    boundary.uncovered = round(shares.uncovered, 6)
    for code, share in (
        ("not_covered", shares.uncovered),
        ("overlapping", shares.overlapping),
        ("outside_parent", shares.outside),
    ):
        if share >= WORTH_TELLING:
            large = f"{share * boundary.area_km2:,.0f}"
            params = {"name": boundary.name, "pcode": boundary.pcode, "share": f"{share:.1%}", "km2": large}
            found.findings.append(Problem(f"places.{code}", params, file=file))


def drawn_twice(fresh: Sequence[tuple[Boundary, Any]], file: str) -> list[Problem]:
    """New outlines that cover the same ground as one held of another country, by more than half of the smaller one."""
    level, own, shapes = fresh[0][0].level, {one.country_id for one, _shape in fresh}, [shape for _one, shape in fresh]
    if level == 0:
        return []
    west, south, east, north = shapely.total_bounds(shapes)
    near = Boundary.objects.filter(
        level=level, state="in force", west__lte=east, east__gte=west, south__lte=north, north__gte=south
    )
    held = list(near.exclude(country__in=own).select_related("area", "country"))
    if not held:
        return []
    theirs = full_shapes([(one.partition_id, one.place) for one in held])
    told = []
    for mine, other in shapely.STRtree(theirs).query(shapes, predicate="intersects").T:
        one, beside = fresh[mine][0], held[other]
        smaller = min(shapes[mine].area, theirs[other].area)
        share = float(shapes[mine].intersection(theirs[other]).area / smaller)
        if share > 0.5:
            params = {"name": one.name, "pcode": one.pcode, "other": beside.pcode, "country": beside.country.iso3,
                      "other_name": beside.name, "share": f"{share:.0%}"}  # fmt: skip
            told.append(Problem("places.drawn_by_two_countries", params, file=file))
    return told
