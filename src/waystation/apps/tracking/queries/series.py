"""The rounds of an operation as a reader may see them, and the rows that are shown of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from waystation.apps.counting.api import area_of, rows_at
from waystation.apps.counting.shapes import OperationLine, OutRound
from waystation.apps.tracking.models import Operation, Round
from waystation.apps.tracking.queries.out import STATUS, rounds_out
from waystation.kernel import engines
from waystation.kernel.datasets import find
from waystation.kernel.datasets import path_of as dataset_path
from waystation.kernel.models import Partition

MOST_SITES = 400  # circles on a map: more say less


@dataclass(frozen=True)
class Series:
    """The rounds of one component of an operation, by number, and those of them that are out, by reference."""

    operation: Operation
    component: str
    rounds: Sequence[Round]
    out: Mapping[str, OutRound]

    @property
    def published(self) -> list[Round]:
        """The rounds that are out, by number."""
        return [one for one in self.rounds if one.ref in self.out]

    def before(self, number: int) -> Round | None:
        """The last round that is out before a number."""
        earlier = [one for one in self.published if one.number < number]
        return earlier[-1] if earlier else None

    def totals(self) -> dict[tuple[str, str], dict[str, Any]]:
        """What each round that is out counted in the whole country, by reference and population group."""
        rows = rows_at([self.out[one.ref] for one in self.published], 0).to_pylist()
        return {(row["key"], row["population_group"]): row for row in rows}


def series_of(operation: Operation) -> dict[str, Series]:
    """The series of an operation by component, the component that counts first."""
    rounds = list(Round.objects.filter(operation=operation).order_by("number").select_related("operation"))
    out = {one.key: one for one in rounds_out([one.ref for one in rounds if one.published_version])}
    names = sorted({one.component for one in rounds}, key=lambda name: (name != operation.main_component, name))
    return {
        name: Series(operation, name, [one for one in rounds if one.component == name], out) for name in names
    }  # fmt: skip


def version_of(operation: Operation, round: Round, version: int) -> OutRound | None:
    """Any version of a round's rows, published or not, for its team; None when there is no such version."""
    part = Partition.objects.filter(dataset="tracking.observations", key=round.ref, version=version).first()
    return OutRound(part, None, line_of(operation)) if part else None


def versions_of(round: Round) -> list[Partition]:
    """All versions of a round's rows, the last first."""
    return list(Partition.objects.filter(dataset="tracking.observations", key=round.ref).order_by("-version"))


def line_of(operation: Operation) -> OperationLine:
    """An operation as programs list it."""
    country = operation.country
    return OperationLine(
        operation.pk, operation.ref, operation.name, STATUS[operation.state], country.iso3, country.name_en,
        operation.min_cell,
    )  # fmt: skip


def areas_of(one: OutRound, level: int, group: str) -> dict[str, dict[str, Any]]:
    """The released rows of a group by area (codes or names of admin 1 and 2, joined by a stroke), in the areas' order."""
    rows = [row for row in rows_at([one], level).to_pylist() if row["population_group"] == group]
    return {path_of(row): row for row in sorted(rows, key=path_of)}


def path_of(row: Mapping[str, Any]) -> str:
    """The area of a row: codes (or names) of admin 1 and 2 as far down as it lies; empty for the country."""
    return area_of(row).partition("/")[2]


def sites_of(part: Partition, group: str) -> list[dict[str, Any]]:
    """Places with coordinates and the people of a group there, the largest first, at most ``MOST_SITES``."""
    return _sites(dataset_path(part), group)


@lru_cache(maxsize=64)
def _sites(path: Path, group: str) -> list[dict[str, Any]]:
    rows = engines.scan([path], find("tracking.observations").schema)
    rows = rows.filter(rows.population_group == group, rows.longitude.notnull(), rows.latitude.notnull())
    by = ("location_code", "location_name", "longitude", "latitude")
    sites = rows.group_by(by).aggregate(n=rows.individuals.sum())
    order = [sites.n.fill_null(-1).desc(), *by]
    found: list[dict[str, Any]] = engines.fetch(sites.order_by(order).limit(MOST_SITES)).to_pylist()
    return found
