"""Computing a figure: choose the rows that count at the date, refuse what must not be added, add, split."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from waystation.kernel import engines
from waystation.kernel.datasets import cited
from waystation.kernel.figures.declare import At, Figure, find
from waystation.kernel.figures.declare import at as when
from waystation.kernel.models import Partition
from waystation.kernel.refusals import Refused, require
from waystation.kernel.values import digest, plain

UNKNOWN = "unknown"
Part = dict[str, Any]


@dataclass(frozen=True)
class Coverage:
    """How much of what was to be counted was: planned and answered units, their word, and a note. It is read with the
    value's two dates and is no part of its fingerprint."""

    planned: int | None = None
    answered: int | None = None
    word: Any = ""
    note: Any = ""

    @property
    def share(self) -> float | None:
        """Answered over planned, 0..1, None when either is unknown."""
        return self.answered / self.planned if self.planned and self.answered is not None else None


@dataclass
class Value:
    """A figure's answer. ``parts`` are rows of the asked dimensions with ``value``; ``rows`` how many rows count,
    ``unknown`` how many of them have no value; ``apart`` a share's numerator and denominator. A stock split over time has
    parts and no value of its own."""

    figure: Figure
    value: int | float | Decimal | None
    at: At
    by: tuple[str, ...]
    where: dict[str, Any]
    across: dict[str, str]
    parts: list[Part]
    rows: int
    unknown: int
    coverage: Coverage
    apart: Part = field(default_factory=dict)
    records: Mapping[str, str] = field(default_factory=dict)
    came: Callable[[], list[Partition]] = field(repr=False, default=list)

    @cached_property
    def partitions(self) -> list[Partition]:
        """The partitions that contributed."""
        return self.came()

    @cached_property
    def inputs(self) -> list[dict[str, Any]]:
        """What was read, with digests: the partitions that contributed, and registers as they stood."""
        told = ("dataset", "key", "version", "digest")
        came = [{name: getattr(one, name) for name in told} for one in self.partitions]
        return came + [{"register": name, "digest": taken} for name, taken in sorted(self.records.items())]

    @property
    def cites(self) -> list[dict[str, Any]]:
        """Whom to cite for it, and under which terms (``datasets.cited``)."""
        return cited(self.partitions)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the inputs: which partitions contributed, and which records were read."""
        return digest(self.inputs)

    def __str__(self) -> str:
        return f"{self.figure.name} {plain(self.where)} = {plain(self.value)}"

    def as_dict(self) -> dict[str, Any]:
        """The shape scripts read: every number a JSON number, unknown is null."""
        cover = {"planned": self.coverage.planned, "answered": self.coverage.answered, "share": self.coverage.share,
                 "word": str(self.coverage.word), "note": str(self.coverage.note)}  # fmt: skip
        return {
            "name": self.figure.name, "unit": self.figure.unit, "value": _json(self.value), **self.apart,
            "as_of": self.at.as_of.isoformat(), "known_at": plain(self.at.known_at),
            "additivity": self.figure.kind.word, "by": list(self.by), "where": plain(self.where),
            "across": self.across, "parts": [{k: _json(v) for k, v in part.items()} for part in self.parts],
            "rows": self.rows, "unknown": self.unknown, "coverage": cover,
            "sources": self.cites, "definition": self.figure.definition, "fingerprint": self.fingerprint,
        }  # fmt: skip


def _json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    return value if value is None or isinstance(value, int | float | str | bool) else plain(value)


def chosen(figure: Figure, at: At, by: Sequence[str], where: Mapping[str, Any]) -> Any:
    """The rows that count: chosen as the figure's additivity says and filtered, as an expression.

    What is asked of dates, and of that whose last row counts, is asked before the last rows are chosen; anything else
    after it, so that a part asked alone is the part of the whole.
    """
    rows = figure.run(at)
    stock = figure.kind.keeps_dates_apart and bool(figure.kind.at)
    before = {name for name in where if figure.dim(name).steps or name in getattr(figure.kind, "per", ())}
    rows = _kept(rows, {name: where[name] for name in where if name in before})
    rows = figure.kind.choose(rows, at.as_of)
    if stock and not any(figure.dim(name).steps for name in by):
        rows = figure.kind.last(rows)
    return _kept(rows, {name: where[name] for name in where if name not in before})


def _kept(rows: Any, where: Mapping[str, Any]) -> Any:
    for name, wanted in where.items():
        several = list(wanted) if isinstance(wanted, list | tuple | set | frozenset) else [wanted]
        said = rows[name].cast("string").fill_null(UNKNOWN)
        rows = rows.filter(said.isin([str(one) for one in several]))
    return rows


def value(
    name: str,
    *,
    as_of: date | None = None,
    known_at: datetime | None = None,
    by: Sequence[str] = (),
    where: Mapping[str, Any] | None = None,
    across: Mapping[str, str] | None = None,
) -> Value:
    """Compute a figure. ``by``: dimensions to split by; ``where``: dimension -> value or values; ``across``: dimension
    -> why it may be added over, for those the figure never adds over by itself.

    Raises Refused: ``kernel.unknown_name``, ``figures.unknown_dim``, ``figures.never_across``, ``figures.say_why``,
    ``figures.not_known_yet``, ``figures.wrong_roll_up``.
    """
    figure = find(name)
    where, across = dict(where or {}), dict(across or {})
    for one in (*by, *where, *across):
        figure.dim(one)
    for one, why in across.items():
        require(why.strip(), "figures.say_why", dim=one)
    at = when(as_of, known_at, (*by, *where))
    rows = chosen(figure, at, by, where)
    total, parts = _computed(figure, rows, by, {*across, *(one for one in where if _is_one(where[one]))})
    read = dict(at.records_read)  # before coverage reads more
    return Value(
        figure, total["value"], at, tuple(by), where, across, parts, total["rows"], total["unknown"],
        figure.coverage(at, rows) if figure.coverage else Coverage(),
        {name: total[name] for name in ("numerator", "denominator") if name in total}, read, lambda: contributed(at, rows),
    )  # fmt: skip


def _is_one(wanted: Any) -> bool:
    """Whether a filter keeps to one value, over which nothing can be added."""
    return not isinstance(wanted, list | tuple | set | frozenset) or len(wanted) == 1


def _computed(figure: Figure, rows: Any, by: Sequence[str], settled: Container[str]) -> tuple[Part, list[Part]]:
    """The total and its parts. The total is asked of the rows, not of the parts: what does not add is right too. Beside
    parts, a total that may not be added is None; alone, it is refused. ``settled``: dimensions of one value, or that
    somebody said may be added over."""
    apart = [name for name in figure.never_across if name not in settled]
    if not by:
        return _asked(figure, rows, (), apart)[0], []
    parts = _asked(figure, rows, by, [name for name in apart if name not in by])
    total = {"value": None, **{key: sum(part[key] for part in parts) for key in ("rows", "unknown")}}
    if figure.kind.keeps_dates_apart and any(figure.dim(name).steps for name in by):
        return total, parts
    try:
        return _asked(figure, rows, (), apart)[0], parts
    except Refused:
        return total, parts


def _asked(figure: Figure, rows: Any, by: Sequence[str], apart: Sequence[str]) -> list[Part]:
    """The value of each group. Raises Refused where one holds several values of a dimension that stays ``apart``."""
    measures = {**figure.kind.aggregates(rows), "_rows": rows.count(), "_known": figure.kind.known(rows)}
    for name in apart:
        column = _filled(rows, name).hash()  # comparing numbers is much quicker than comparing words
        measures |= {f"_low_{name}": column.min(), f"_high_{name}": column.max()}
    if by:
        split = rows.group_by([_filled(rows, name).name(name) for name in by]).aggregate(**measures)
        parts = engines.fetch(split.order_by(list(by))).to_pylist()
    else:
        parts = engines.fetch(rows.aggregate(**measures)).to_pylist()
    for name in apart:
        if any(part[f"_low_{name}"] != part[f"_high_{name}"] for part in parts):
            several = engines.fetch(rows.aggregate(n=_filled(rows, name).nunique())).to_pylist()[0]["n"]
            label = str(figure.dim(name).label)
            raise Refused("figures.never_across", figure=figure.name, dim=name, label=label, count=several)
    figure.kind.check(parts)
    return [_finished(figure, part, by) for part in parts]


def _filled(rows: Any, name: str) -> Any:
    column = rows[name]
    return column.fill_null(UNKNOWN) if column.type().is_string() else column


def _finished(figure: Figure, part: Part, by: Sequence[str]) -> Part:
    found: Part = {name: UNKNOWN if part[name] is None else part[name] for name in by}
    for name in ("numerator", "denominator"):
        if name in part:
            found[name] = part[name] = _number(part[name])
    found["value"] = _number(part["value"]) if "value" in part else figure.kind.total([part])
    rows = part["_rows"]
    return {**found, "rows": rows, "unknown": rows - (part["_known"] or 0)}


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, Decimal) and value == value.to_integral_value() else value


def contributed(at: At, rows: Any) -> list[Partition]:
    """The partitions that some chosen rows came from, by dataset, key and version."""
    if "_dataset" not in rows.columns:
        return []
    known = {(p.dataset, p.key, p.version): p for partitions in at.partitions.values() for p in partitions}
    pairs = engines.fetch(rows.select("_dataset", "_key", "_version").distinct()).to_pylist()
    return [known[pair] for pair in sorted((one["_dataset"], one["_key"], one["_version"]) for one in pairs)]


def roll_up(answer: Value, over: str) -> list[Part]:
    """Add an answer's parts over one of its dimensions, as its additivity allows.

    Raises Refused ``figures.wrong_roll_up`` (a stock over time, distinct people over anything) or ``figures.never_across``.
    """
    figure = answer.figure
    dim = figure.dim(over)
    require(over in answer.by, "figures.unknown_dim", figure=figure.name, name=over, known=", ".join(answer.by))
    if over in figure.never_across and over not in answer.across:
        raise Refused(
            "figures.never_across", figure=figure.name, dim=over, label=str(dim.label), count=len(answer.parts)
        )
    rest = [name for name in answer.by if name != over]
    groups: dict[tuple[Any, ...], list[Part]] = {}
    for part in answer.parts:
        groups.setdefault(tuple(part[name] for name in rest), []).append(part)
    return [
        {**dict(zip(rest, key, strict=True)), "value": figure.kind.merge(parts, dim)} for key, parts in groups.items()
    ]
