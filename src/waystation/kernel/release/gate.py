"""The gate: nothing leaves without a declared audience, a licence, terms that allow it, classed columns and a
disclosure check. It returns the sheets as they may leave; it writes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa
from django.utils.translation import gettext_lazy as _

from waystation.disclosure import Cells, Key, Structure, audit, cells_from, key_of, suppress
from waystation.kernel.datasets import datasets
from waystation.kernel.figures import Value
from waystation.kernel.formats import Sheet
from waystation.kernel.models import Partition
from waystation.kernel.refusals import require
from waystation.kernel.release.unsound import unsound_refused

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
class Watch:
    """What guards one population: the smallest count that may leave (0 or 1: any), and how its counts add up."""

    threshold: int
    structure: Structure


@dataclass(frozen=True)
class Guard:
    """What guards each population in a package. ``spots`` walks the sheets and names every count in them."""

    watches: Mapping[Hashable, Watch]
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

    @property
    def sources(self) -> list[Partition]:
        """What its tables and its figures were made from."""
        quoted = (one for figure in self.figures for one in figure.partitions)
        return list(dict.fromkeys([*self.partitions, *quoted]))

    def __str__(self) -> str:
        return f"{self.product}: " + ", ".join(str(one) for one in self.partitions)


def pass_gate(package: Package, audience: str, licence: str) -> tuple[list[Sheet], dict[str, Any]]:
    """The sheets as they may leave and what the disclosure check found. Raises Refused (codes ``release.*``)."""
    require(audience in AUDIENCES, "release.unknown_audience", audience=audience, known=", ".join(AUDIENCES))
    require(licence.strip(), "release.no_licence")
    require(any(sheet.table.num_rows for sheet in package.sheets), "release.nothing_to_release")
    if audience != "internal":
        for one in package.sources:
            require(one.may_republish, "release.may_not_republish", source=one.source, licence=one.licence)
    closed = _personal_columns(package)
    for sheet in package.sheets:
        _check_columns(sheet, audience, closed)
    if package.guard is None or audience == "internal":
        return package.sheets, {"threshold": 0, "suppressed": 0}
    return _guarded(package.sheets, package.guard)


def _personal_columns(package: Package) -> dict[str, str]:
    """Names that mean somebody's own data in what the package was made from, whatever its sheets say of them."""
    made_from = {datasets[one.dataset] for one in package.partitions if one.dataset in datasets}
    return {col.name: col.privacy for one in made_from for col in one.cols if col.privacy in ("personal", "sensitive")}


def _check_columns(sheet: Sheet, audience: str, closed: Mapping[str, str]) -> None:
    said: dict[str, set[str]] = defaultdict(set)
    for header in sheet.headers:
        said[header.name].add(header.privacy)
    for name in sheet.table.schema.names:
        require(name in said, "release.unclassed_column", sheet=sheet.name, column=name)
        kinds = said[name] | ({closed[name]} if name in closed else set())
        for kind in sorted(kinds):
            personal = kind in ("personal", "sensitive")
            require(not personal, "release.personal_field", sheet=sheet.name, column=name, privacy=kind)
            inner = kind == "internal" and audience == "public"
            require(not inner, "release.internal_field", sheet=sheet.name, column=name, audience=audience)


def _guarded(sheets: list[Sheet], guard: Guard) -> tuple[list[Sheet], dict[str, Any]]:
    spots = list(guard.spots(sheets))
    _check_places(sheets, spots)
    hidden = hidden_spots(spots, guard.watches)
    thresholds = sorted({watch.threshold for watch in guard.watches.values() if watch.threshold > 1})
    # how many of them were small is not said: a reader who knows which are knows more than the check assumes
    return _hide(sheets, hidden), {"threshold": max(thresholds, default=0), "suppressed": len(hidden)}


def _check_places(sheets: list[Sheet], spots: list[Spot]) -> None:
    """Every spot must stand where the guard says: one row off, and another count would be hidden in its place."""
    columns: dict[tuple[str, str], list[Any]] = {}
    tables = {sheet.name: sheet.table for sheet in sheets}
    for spot in spots:
        at = (spot.sheet, spot.column)
        if at not in columns:
            columns[at] = tables[spot.sheet].column(spot.column).to_pylist()
        found = columns[at][spot.row]
        place = {"sheet": spot.sheet, "row": spot.row + 1, "column": spot.column}
        require(found == spot.value, "release.guard_astray", said=spot.value, found=found, **place)


@unsound_refused()
def hidden_spots(spots: Iterable[Spot], watches: Mapping[Hashable, Watch]) -> list[Spot]:
    """The spots that must be emptied: small counts, and others so that totals do not give those back.

    Every table of a population is looked at together: a count that stands in several sheets is one cell. Raises Refused
    ``release.disclosure_leak`` when small counts could still be worked out, and ``disclosure.*`` for what cannot be protected.
    """
    populations: dict[Hashable, list[Spot]] = defaultdict(list)
    for spot in spots:
        if watches[spot.population].threshold > 1:  # nothing lies between zero and one
            populations[spot.population].append(spot)
    hidden: list[Spot] = []
    for name, found in populations.items():
        watch = watches[name]
        cells = cells_from([{**spot.key, "value": spot.value} for spot in found], watch.structure)
        result = suppress(cells, watch.structure, watch.threshold)
        refuse_leaks(cells, result.suppressed, watch, found[0].sheet)
        unproved = len(result.audit.unproved)
        require(
            not unproved, "release.disclosure_leak", sheet=found[0].sheet, count=unproved, threshold=watch.threshold
        )
        hidden += [spot for spot in found if key_of(spot.key, watch.structure) in result.suppressed]
    return hidden


@unsound_refused()
def refuse_leaks(cells: Cells, hidden: Collection[Key], watch: Watch, sheet: str) -> None:
    """Attack what is about to leave as a reader would, whoever chose what is hidden. Raises Refused ``release.disclosure_leak``."""
    leaks = audit(cells, hidden, watch.structure, watch.threshold)
    require(not leaks, "release.disclosure_leak", sheet=sheet, count=len(leaks), threshold=watch.threshold)


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
            table = table.set_column(
                number, table.schema.field(number), pa.array(kept, table.schema.field(number).type)
            )
    return table
