"""What is asked of an operation's page: which series, round, version, level and group; and what there is to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from waystation.apps.counting.api import rows_at
from waystation.apps.counting.shapes import DISPLACED, OutRound
from waystation.apps.tracking.models import Operation, Round
from waystation.apps.tracking.queries import series as of_series
from waystation.apps.tracking.queries.series import Series
from waystation.apps.tracking.rules import team
from waystation.kernel import scope
from waystation.kernel.pages import Asked
from waystation.kernel.refusals import Refused, require
from waystation.kernel.rules import admits


def find_operation(ref: str) -> Operation:
    """The operation a path names. Raises Refused ``kernel.not_found``."""
    found: Operation | None = Operation.objects.filter(ref=ref).select_related("country", "office").first()
    if found is None:
        raise Refused("kernel.not_found", ref=ref)
    return found


@dataclass(frozen=True)
class Reading:
    """One way of looking at an operation. ``shown`` are the rows of ``round`` at the version asked for (None: it has
    none); ``totals`` those of the country by group, of the round shown; ``mine``: the reader is of its team."""

    operation: Operation
    mine: bool
    all: Mapping[str, Series]
    series: Series
    round: Round
    shown: OutRound | None
    totals: Mapping[str, Mapping[str, Any]]
    level: int
    group: str

    @property
    def published(self) -> bool:
        """Whether the rows shown are those that are out."""
        return self.shown is not None and self.series.out.get(self.round.ref) == self.shown

    @property
    def query(self) -> dict[str, Any]:
        """What leads here again, without the round and its version."""
        main = self.series.component == next(iter(self.all))
        return {"component": "" if main else self.series.component, "level": self.level if self.level != 1 else "",
                "group": self.group if self.group != DISPLACED else ""}  # fmt: skip


def read(operation: Operation, asked: Asked) -> Reading | None:
    """What to show; None where the reader may see no round. Raises Refused ``kernel.not_found`` for what is not there."""
    held = of_series.series_of(operation)
    if not held:
        return None
    name = asked.query.get("component") or next(iter(held))
    require(name in held, "kernel.not_found", ref=f"{operation.ref} {name}")
    series = held[name]
    mine = admits(team, scope.current(), operation)
    round_ = _round(series, asked.query.get("round", ""))
    shown = _shown(operation, series, round_, asked.query.get("version", ""), mine)
    totals = {row["population_group"]: row for row in rows_at([shown], 0).to_pylist()} if shown else {}
    return Reading(operation, mine, held, series, round_, shown, totals,
                   2 if asked.query.get("level") == "2" else 1, _group(totals, asked.query.get("group", "")))  # fmt: skip


def _round(series: Series, said: str) -> Round:
    """The round of that number; unsaid, the last that is out, else the last."""
    if not said:
        return (series.published or list(series.rounds))[-1]
    found = next((one for one in series.rounds if str(one.number) == said), None)
    if found is None:
        raise Refused("kernel.not_found", ref=f"{series.operation.ref} {series.component} {said}")
    return found


def _shown(operation: Operation, series: Series, round_: Round, version: str, mine: bool) -> OutRound | None:
    """The rows of the version asked for: only the team may ask for one; unsaid, what is out, else (team) the draft."""
    if version:
        found = of_series.version_of(operation, round_, int(version)) if mine and version.isdigit() else None
        if found is None:
            raise Refused("kernel.not_found", ref=f"{round_.ref} v{version}")
        out = series.out.get(round_.ref)
        return out if out and out.observations == found.observations else found
    if round_.ref in series.out:
        return series.out[round_.ref]
    return of_series.version_of(operation, round_, round_.data_version) if mine and round_.data_version else None


def _group(totals: Mapping[str, Any], said: str) -> str:
    """The group asked for; unsaid, the displaced, else whoever was counted."""
    known: Sequence[str] = groups(totals)
    if said in known:
        return said
    return DISPLACED if DISPLACED in known or not known else known[0]


def groups(totals: Mapping[str, Any]) -> list[str]:
    """The population groups a round counted, the displaced first."""
    return sorted(totals, key=lambda name: (name != DISPLACED, name))
