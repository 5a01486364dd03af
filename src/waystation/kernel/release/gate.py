"""The gate: nothing leaves without a declared audience, a licence, terms that allow it, classed columns and a
disclosure check. It returns the sheets as they may leave; it writes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa
from django.utils.translation import gettext_lazy as _

from waystation.kernel.disclosure import Structure, audit, cells_from, suppress
from waystation.kernel.figures import Value
from waystation.kernel.formats import Sheet
from waystation.kernel.models import Partition
from waystation.kernel.refusals import require

AUDIENCES: dict[str, Any] = {"public": _("the public"), "partners": _("partners"), "internal": _("the house")}


@dataclass(frozen=True)
class Spot:
    """Where one count of a population stands in a sheet: its key in the structure, its sheet, row and column."""

    population: Hashable
    key: Mapping[str, str]
    sheet: str
    row: int
    column: str
    value: int | None


@dataclass(frozen=True)
class Guard:
    """The declared threshold and how counts add up. ``spots`` walks the sheets and names every count in them."""

    threshold: int
    structure: Structure
    spots: Callable[[list[Sheet]], Iterable[Spot]]


@dataclass(frozen=True)
class Package:
    """What an app offers for release: tables, figures, further files (a PDF), and what they were made from."""

    product: str
    title: Any
    sheets: list[Sheet]
    partitions: list[Partition]
    figures: list[Value] = field(default_factory=list)
    guard: Guard | None = None
    extra: dict[str, bytes] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.product}: " + ", ".join(str(one) for one in self.partitions)


def pass_gate(package: Package, audience: str, licence: str) -> tuple[list[Sheet], dict[str, Any]]:
    """The sheets as they may leave and what the disclosure check found. Raises Refused (codes ``release.*``)."""
    require(audience in AUDIENCES, "release.unknown_audience", audience=audience, known=", ".join(AUDIENCES))
    require(licence.strip(), "release.no_licence")
    require(any(sheet.table.num_rows for sheet in package.sheets), "release.nothing_to_release")
    if audience != "internal":
        for one in package.partitions:
            require(one.may_republish, "release.may_not_republish", source=one.source, licence=one.licence)
    for sheet in package.sheets:
        _check_columns(sheet, audience)
    if package.guard is None or audience == "internal":
        return package.sheets, {"threshold": 0, "suppressed": 0}
    return _guarded(package.sheets, package.guard)


def _check_columns(sheet: Sheet, audience: str) -> None:
    for name in sheet.table.schema.names:
        header = next((h for h in sheet.headers if h.name == name), None)
        require(header is not None, "release.unclassed_column", sheet=sheet.name, column=name)
        kind = header.privacy if header else "internal"
        personal = kind in ("personal", "sensitive")
        require(not personal, "release.personal_field", sheet=sheet.name, column=name, privacy=kind)
        closed = kind == "internal" and audience == "public"
        require(not closed, "release.internal_field", sheet=sheet.name, column=name, audience=audience)


def _guarded(sheets: list[Sheet], guard: Guard) -> tuple[list[Sheet], dict[str, Any]]:
    if guard.threshold <= 1:  # nothing lies between zero and one
        return sheets, {"threshold": guard.threshold, "suppressed": 0}
    populations: dict[Hashable, list[Spot]] = defaultdict(list)
    for spot in guard.spots(sheets):
        populations[spot.population].append(spot)
    hidden: list[Spot] = []
    kinds = {"small": 0, "complementary": 0}
    for spots in populations.values():
        rows = [{**spot.key, "value": spot.value} for spot in spots]
        cells = cells_from(rows, guard.structure)
        result = suppress(cells, guard.structure, guard.threshold)
        leaks = audit(cells, result.suppressed, guard.structure)
        first = spots[0].sheet
        require(not leaks, "release.disclosure_leak", sheet=first, count=len(leaks), threshold=guard.threshold)
        for spot in spots:
            why = result.suppressed.get(tuple(spot.key[dim.name] for dim in guard.structure.dims))
            if why:
                hidden.append(spot)
                kinds[why] += 1
    said = {"threshold": guard.threshold, "suppressed": len(hidden), **kinds}
    return _hide(sheets, hidden), said


def _hide(sheets: list[Sheet], hidden: list[Spot]) -> list[Sheet]:
    holes: dict[tuple[str, str], set[int]] = defaultdict(set)
    for spot in hidden:
        holes[spot.sheet, spot.column].add(spot.row)
    return [replace(sheet, table=_with_holes(sheet, holes)) for sheet in sheets]


def _with_holes(sheet: Sheet, holes: Mapping[tuple[str, str], set[int]]) -> pa.Table:
    table = sheet.table
    for number, name in enumerate(table.schema.names):
        rows = holes.get((sheet.name, name))
        if rows:
            kept = [None if row in rows else value for row, value in enumerate(table.column(name).to_pylist())]
            table = table.set_column(number, table.schema.field(number), pa.array(kept, table.schema.field(number).type))
    return table
