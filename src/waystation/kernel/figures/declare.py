"""Declaring figures.

    @figure("tracking.people_present", unit="persons", kind=Stock(at="reporting_date", per=("operation",)),
            dims=(OPERATION, ROUND, SEX), never_across=("operation",), label=_("People present"))
    def people_present(at: At) -> ibis.Table:
        "People counted at their place of displacement in the last round of each operation."
        rows = at.table("tracking.observations")
        return rows.mutate(value=rows.individuals)

The function returns rows, not a number: the kernel chooses, adds, splits and opens them. Rows keep the origin columns
(``_key``, ``_version``, ``_row``) or, for records, ``_model``, ``_record`` and ``_version``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import ibis

from waystation.kernel.datasets import find as find_dataset
from waystation.kernel.figures.additivity import Additive
from waystation.kernel.models import Partition
from waystation.kernel.refusals import Refused
from waystation.kernel.values import digest, now, today

figures: dict[str, Figure] = {}


@dataclass(frozen=True)
class Dim:
    """A way to split a figure. ``time``: splitting by it gives the value at each date. ``codes``: its code list."""

    name: str
    label: Any
    time: bool = False
    codes: str = ""


@dataclass
class At:
    """The two dates of a question, and what was read to answer it."""

    as_of: date
    known_at: datetime
    live: bool = True
    partitions: dict[str, list[Partition]] = field(default_factory=dict)
    records_read: dict[str, str] = field(default_factory=dict)

    def table(self, dataset: str) -> ibis.Table:
        """The rows of a dataset that were in force at ``known_at``."""
        kind = find_dataset(dataset)
        if dataset not in self.partitions:
            self.partitions[dataset] = list(kind.in_force(None if self.live else self.known_at))
        return kind.scan(self.partitions[dataset])

    def records(self, register: str, *states: str) -> ibis.Table:
        """The records of a register as they were at ``known_at``, without what is personal; ``states``: only these."""
        from waystation.kernel.figures.records import table_at

        table, taken = table_at(register, None if self.live else self.known_at)
        self.records_read[register] = taken
        rows = ibis.memtable(table)
        return rows.filter(rows.state.isin(states)) if states else rows


@dataclass(frozen=True, eq=False)
class Figure:
    """A declared measure. ``answers`` names the catalogue's figures (F-ids) with the question that gives each."""

    name: str
    unit: str
    label: Any
    kind: Additive
    run: Callable[[At], Any]
    dims: tuple[Dim, ...] = ()
    never_across: tuple[str, ...] = ()
    coverage: Callable[[At, Any], Any] | None = None
    answers: tuple[str, ...] = ()
    method: Any = ""
    places: int = 0

    @property
    def app(self) -> str:
        """The app that declares it."""
        return self.name.partition(".")[0]

    @property
    def sentence(self) -> str:
        """How it is computed, in one sentence: the function's docstring."""
        return (inspect.getdoc(self.run) or "").split("\n\n")[0].replace("\n", " ")

    @property
    def definition(self) -> str:
        """Digest of what the figure means: its code, unit, kind and dimensions. A change of meaning changes it."""
        dims = [(d.name, d.time, d.codes) for d in self.dims]
        return digest([self.name, self.unit, repr(self.kind), dims, list(self.never_across), inspect.getsource(self.run)])

    def dim(self, name: str) -> Dim:
        """A declared dimension. Raises Refused ``figures.unknown_dim``."""
        for one in self.dims:
            if one.name == name:
                return one
        known = ", ".join(d.name for d in self.dims)
        raise Refused("figures.unknown_dim", figure=self.name, name=name, known=known)


def figure(name: str, *, unit: str, label: Any, kind: Additive, **more: Any) -> Callable[[Callable[[At], Any]], Figure]:
    """Declare a figure; see the module."""

    def declare(run: Callable[[At], Any]) -> Figure:
        figures[name] = Figure(name, unit, label, kind, run, **more)
        return figures[name]

    return declare


def find(name: str) -> Figure:
    """A figure by name. Raises Refused ``kernel.unknown_name``."""
    if name not in figures:
        raise Refused("kernel.unknown_name", what="figure", name=name, known=", ".join(sorted(figures)))
    return figures[name]


def at(as_of: date | None = None, known_at: datetime | None = None) -> At:
    """The pair of dates, today and now where unsaid. A date in the future is refused as known at."""
    moment = known_at or now()
    if moment > now():
        raise Refused("figures.not_known_yet", moment=moment.isoformat())
    return At(as_of or today(), moment, live=known_at is None)
