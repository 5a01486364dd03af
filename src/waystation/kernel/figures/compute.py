"""Computing a figure: choose the rows that count at the date, refuse what must not be added, add, split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import ibis

from waystation.kernel import engines
from waystation.kernel.figures.declare import At, Figure, find
from waystation.kernel.figures.declare import at as when
from waystation.kernel.refusals import Refused, require
from waystation.kernel.values import digest, plain

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Coverage:
    """How much of what was to be counted was: planned and answered units, their word, and a note."""

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
    ``unknown`` how many of them have no value; ``inputs`` what was read, with digests."""

    figure: Figure
    value: int | float | Decimal | None
    at: At
    by: tuple[str, ...]
    where: dict[str, Any]
    across: dict[str, str]
    parts: list[dict[str, Any]]
    rows: int
    unknown: int
    coverage: Coverage
    inputs: list[dict[str, Any]] = field(default_factory=list)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the inputs: which partitions contributed, and which records were read."""
        return digest(self.inputs)

    def __str__(self) -> str:
        return f"{self.figure.name} {plain(self.where)} = {plain(self.value)}"

    def as_dict(self) -> dict[str, Any]:
        """The shape scripts read: every number a JSON number, unknown is null."""
        cover = {"planned": self.coverage.planned, "answered": self.coverage.answered, "share": self.coverage.share}
        return {
            "name": self.figure.name, "unit": self.figure.unit, "value": _json(self.value),
            "as_of": self.at.as_of.isoformat(), "known_at": plain(self.at.known_at),
            "additivity": self.figure.kind.word, "by": list(self.by), "where": plain(self.where),
            "across": self.across, "parts": [{k: _json(v) for k, v in part.items()} for part in self.parts],
            "rows": self.rows, "unknown": self.unknown, "coverage": cover,
            "definition": self.figure.definition, "fingerprint": self.fingerprint,
        }  # fmt: skip


def _json(value: Any) -> Any:
    return value if value is None or isinstance(value, int | float | str | bool) else plain(value)


def chosen(figure: Figure, at: At, by: Sequence[str], where: Mapping[str, Any]) -> Any:
    """The rows that count: filtered, then chosen as the figure's additivity says, as an expression."""
    rows = figure.run(at)
    for name, wanted in where.items():
        figure.dim(name)
        several = list(wanted) if isinstance(wanted, list | tuple | set) else [wanted]
        column = rows[name].cast("string")
        unknown = column.isnull() if UNKNOWN in several else ibis.literal(False)
        rows = rows.filter(column.isin([str(one) for one in several]) | unknown)
    return figure.kind.choose(rows, at.as_of, by)


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

    Raises Refused: ``kernel.unknown_name``, ``figures.unknown_dim``, ``figures.never_across``, ``figures.not_known_yet``.
    """
    figure = find(name)
    at = when(as_of, known_at)
    where, across = dict(where or {}), dict(across or {})
    for one in by:
        figure.dim(one)
    rows = chosen(figure, at, by, where)
    _refuse_mixing(figure, rows, by, across)
    total = _one(figure, rows)
    parts = _split(figure, rows, by) if by else []
    single = not any(figure.dim(one).time for one in by)
    answer = Value(
        figure, _number(figure, total["value"]) if single else None, at, tuple(by), where, across, parts,
        total["_rows"] or 0, total["_unknown"] or 0, Coverage(),
    )  # fmt: skip
    answer.inputs = _inputs(at, rows)
    if figure.coverage:
        answer.coverage = figure.coverage(at, rows)
    return answer


def _measures(figure: Figure, rows: Any) -> dict[str, Any]:
    measures = figure.kind.aggregates(rows)
    known = rows.value.count() if "value" in rows.columns else rows.count()
    return {**measures, "_rows": rows.count(), "_unknown": rows.count() - known}


def _one(figure: Figure, rows: Any) -> dict[str, Any]:
    found: dict[str, Any] = engines.fetch(rows.aggregate(**_measures(figure, rows))).to_pylist()[0]
    return found


def _number(figure: Figure, value: Any) -> Any:
    if isinstance(value, float) and value != value:  # NaN: an engine's way of saying nothing was divided
        return None
    return int(value) if isinstance(value, Decimal) and value == value.to_integral_value() else value


def _split(figure: Figure, rows: Any, by: Sequence[str]) -> list[dict[str, Any]]:
    grouped = rows.group_by([rows[name] for name in by]).aggregate(**_measures(figure, rows))
    parts = engines.fetch(grouped.order_by(list(by))).to_pylist()
    for part in parts:
        for name in by:
            part[name] = UNKNOWN if part[name] is None else part[name]
        part["rows"], part["unknown"] = part.pop("_rows"), part.pop("_unknown")
        part["value"] = _number(figure, part["value"])
    return parts


def _refuse_mixing(figure: Figure, rows: Any, by: Sequence[str], across: Mapping[str, str]) -> None:
    """Refuse to add over a dimension that must stay apart, unless someone said why it may be."""
    for name, why in across.items():
        figure.dim(name)
        require(why.strip(), "figures.say_why", dim=name)
    watched = [name for name in figure.never_across if name not in by and name not in across]
    if not watched:
        return
    counts = {name: rows[name].nunique() + rows[name].isnull().any().ifelse(1, 0) for name in watched}
    if by:
        each = rows.group_by([rows[name] for name in by]).aggregate(**counts)
        found = engines.fetch(each.aggregate(**{name: each[name].max() for name in watched})).to_pylist()[0]
    else:
        found = engines.fetch(rows.aggregate(**counts)).to_pylist()[0]
    for name in watched:
        if (found[name] or 0) > 1:
            label = str(figure.dim(name).label)
            raise Refused("figures.never_across", figure=figure.name, dim=name, label=label, count=found[name])


def _inputs(at: At, rows: Any) -> list[dict[str, Any]]:
    """What contributed: partitions by digest, and for records which versions were read."""
    read = [{"register": name, "digest": taken} for name, taken in sorted(at.records_read.items())]
    if "_key" not in rows.columns or not at.partitions:
        return read
    pairs = engines.fetch(rows.select("_key", "_version").distinct()).to_pylist()
    wanted = {(one["_key"], one["_version"]) for one in pairs}
    contributed = [
        {"dataset": p.dataset, "key": p.key, "version": p.version, "digest": p.digest}
        for partitions in at.partitions.values()
        for p in partitions
        if (p.key, p.version) in wanted
    ]
    return sorted(contributed, key=lambda one: (one["dataset"], one["key"], one["version"])) + read


def roll_up(answer: Value, over: str) -> list[dict[str, Any]]:
    """Add an answer's parts over one of its dimensions, as its additivity allows.

    Raises Refused ``figures.wrong_roll_up`` (a stock over time, distinct people over anything) or ``figures.never_across``.
    """
    figure = answer.figure
    dim = figure.dim(over)
    require(over in answer.by, "figures.unknown_dim", figure=figure.name, name=over, known=", ".join(answer.by))
    if over in figure.never_across and over not in answer.across:
        raise Refused("figures.never_across", figure=figure.name, dim=over, label=str(dim.label), count=len(answer.parts))
    rest = [name for name in answer.by if name != over]
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for part in answer.parts:
        groups.setdefault(tuple(part[name] for name in rest), []).append(part)
    return [
        {**dict(zip(rest, key, strict=True)), "value": figure.kind.merge(parts, dim)} for key, parts in groups.items()
    ]
