"""Declaring figures.

    @figure("tracking.people_present", unit="persons", kind=Stock(at="reporting_date", per=("operation",)),
            dims=(OPERATION, ROUND, SEX), never_across=("operation",), label=_("People present"))
    def people_present(at: At) -> ibis.Table:
        "People counted at their place of displacement in the last round of each operation."
        rows = at.table("tracking.observations")
        return rows.mutate(value=rows.individuals)

The function returns rows, not a number: the kernel chooses, adds, splits and opens them. Rows keep the columns of
``TRACE`` that came with them: where a row came from, and by which record it is seen.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from types import CodeType, FunctionType
from typing import Any

import ibis
from django.utils.translation import gettext

from waystation.kernel.datasets import find as find_dataset
from waystation.kernel.figures.additivity import Additive
from waystation.kernel.figures.records import listed_at, table_at
from waystation.kernel.models import Partition
from waystation.kernel.refusals import Refused
from waystation.kernel.values import digest, now, today

figures: dict[str, Figure] = {}
TRACE = ("_dataset", "_key", "_version", "_row", "_seen", "origin", "origin_row")
RECORD = ("_model", "_record", "_version")


@dataclass(frozen=True)
class Dim:
    """A way to split a figure. ``time``: splitting by it gives the value at each date; ``along``: it numbers the steps
    of that time dimension (a round's number); ``codes``: its code list."""

    name: str
    label: Any
    time: bool = False
    codes: str = ""
    along: str = ""

    @property
    def steps(self) -> bool:
        """Whether its values follow each other in time, so that a stock is not added over them."""
        return self.time or bool(self.along)


@dataclass
class At:
    """The two dates of a question, the dimensions it names, and what was read to answer it."""

    as_of: date
    known_at: datetime
    live: bool = True
    dims: frozenset[str] = frozenset()
    partitions: dict[str, list[Partition]] = field(default_factory=dict)
    records_read: dict[str, str] = field(default_factory=dict)

    def asks(self, dim: str) -> bool:
        """Whether the question splits by the dimension or keeps to some of its values: rows of a dimension that stands
        in columns (men, women) are unfolded only then."""
        return dim in self.dims

    @property
    def year_before(self) -> date:
        """The day a year before ``as_of``: what is later lies in the twelve months up to it (a calendar year at its end)."""
        leap = (self.as_of.month, self.as_of.day) == (2, 29)
        return self.as_of.replace(year=self.as_of.year - 1, day=28 if leap else self.as_of.day)

    def table(self, dataset: str) -> ibis.Table:
        """The rows of a dataset that were in force at ``known_at``, without what is personal."""
        kind = find_dataset(dataset)
        if dataset not in self.partitions:
            self.partitions[dataset] = list(kind.in_force(self.known_at))
        rows = kind.scan(self.partitions[dataset])
        closed = [col.name for col in kind.cols if col.privacy in ("personal", "sensitive")]
        seen = rows[kind.seen_with[0]].cast("int64") if kind.seen_with else ibis.null("int64")
        return rows.drop(*closed).mutate(_dataset=ibis.literal(dataset), _seen=seen)

    def records(self, register: str, *states: str, then: bool = False) -> ibis.Table:
        """The records of a register as they were at ``known_at``, without what is personal; ``states``: only these.
        ``then``: as they stood at the end of the day ``as_of``, for records that hold no dates of their own."""
        day_over = datetime.combine(self.as_of, time.max, UTC)
        moment = day_over if then and day_over < self.known_at else None if self.live else self.known_at
        table, self.records_read[register] = table_at(register, moment)
        rows = ibis.memtable(table)
        return rows.filter(rows.state.isin(states)) if states else rows

    def listed(self, register: str, *states: str) -> list[dict[str, Any]]:
        """As ``records``, as plain values (dates as ISO text) with ``_model``, ``_record`` and ``_version``: for what lies
        deep in a JSON field."""
        rows, self.records_read[register] = listed_at(register, None if self.live else self.known_at)
        return [row for row in rows if not states or row["state"] in states]


@dataclass(frozen=True, eq=False)
class Figure:
    """A declared measure. ``never_across``: dimensions it is not added over unless someone says why; ``coverage`` tells
    from the question and the rows that count how much of what was to be counted was; ``answers``: F-ids of the catalogue."""

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
        """How it is computed, in one sentence: the function's docstring, in the active language."""
        return gettext((inspect.getdoc(self.run) or "").split("\n\n")[0].replace("\n", " "))

    @property
    def definition(self) -> str:
        """Digest of what the figure means: its code with that of the app's functions it calls, unit, kind, dimensions.

        A change of meaning changes it; a change of labels or of translations does not.
        """
        dims = [(d.name, d.time, d.codes, d.along) for d in self.dims]
        means = [self.name, self.unit, repr(self.kind), dims, list(self.never_across)]
        return digest([*means, *sorted(set(_sources(self.run)))])

    def dim(self, name: str) -> Dim:
        """A declared dimension. Raises Refused ``figures.unknown_dim``."""
        for one in self.dims:
            if one.name == name:
                return one
        known = ", ".join(d.name for d in self.dims)
        raise Refused("figures.unknown_dim", figure=self.name, name=name, known=known)


def _sources(run: Any) -> Iterator[str]:
    """The source of a function, from its ``def`` on, and of apps' functions and plain constants that it names."""
    waiting, seen = [run], set()
    while waiting:
        function = waiting.pop()
        if function in seen:
            continue
        seen.add(function)
        lines = textwrap.dedent(inspect.getsource(function)).splitlines()
        start = next(n for n, line in enumerate(lines) if line.startswith("def "))
        yield "\n".join(lines[start:])
        for name in sorted(_names(function.__code__)):
            found = function.__globals__.get(name)
            if isinstance(found, FunctionType) and _street(found.__module__) == _street(run.__module__):
                waiting.append(found)
            elif name.isupper() and _plain(found):
                yield f"{name} = {found!r}"


def _plain(found: Any) -> bool:
    several = found if isinstance(found, tuple) else (found,)
    return all(isinstance(one, str | int | float) for one in several)


def _names(code: CodeType) -> set[str]:
    inner = [_names(one) for one in code.co_consts if isinstance(one, CodeType)]
    return set(code.co_names).union(*inner)


def _street(module: str) -> str:
    """What a module's meaning belongs to: all apps together, or its own package."""
    return ".".join(module.split(".")[:2])


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


def at(as_of: date | None = None, known_at: datetime | None = None, dims: Iterable[str] = ()) -> At:
    """The pair of dates, today and now where unsaid. A moment in the future is refused as known at."""
    moment = known_at or now()
    if moment > now():
        raise Refused("figures.not_known_yet", moment=moment.isoformat())
    return At(as_of or today(), moment, live=known_at is None, dims=frozenset(dims))
