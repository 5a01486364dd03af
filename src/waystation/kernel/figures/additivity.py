"""How a figure may be rolled up, and the refusal of any other way.

The vocabulary is that of semi-additive measures in dimensional modelling (Kimball; MetricFlow's measures): additive
over everything; a stock adds over places but takes the last value over time; a share keeps numerator and denominator apart;
distinct people, latest and maximum never add.

A figure's rows carry the columns named here; aggregates are Ibis expressions over them. Sums are exact: floating values
are added as decimals (nine places), for the sum of floats depends on the order in which an engine happens to add them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from waystation.kernel.refusals import Refused, require

EXACT = "decimal(38, 9)"
Part = Mapping[str, Any]


def _sum(column: Any) -> Any:
    return (column.cast(EXACT) if column.type().is_floating() else column).sum()


@dataclass(frozen=True)
class Additive:
    """``value`` adds over every dimension and over time (events, people who arrived). ``at``: the column of its date."""

    at: str = ""
    word = "additive"
    keeps_dates_apart = False

    def last(self, rows: Any) -> Any:
        """Of rows up to the date, those that still count; here all of them."""
        return rows

    def choose(self, rows: Any, as_of: date) -> Any:
        """The rows that count at the date."""
        return rows.filter(rows[self.at] <= as_of) if self.at else rows

    def known(self, rows: Any) -> Any:
        """How many rows of a group have a value at all: what is unknown is said, not added as zero."""
        return rows.value.count()

    def aggregates(self, rows: Any) -> dict[str, Any]:
        """What is computed of a group of rows; ``value`` is null where no row of it is known."""
        return {"value": _sum(rows.value)}

    def check(self, parts: Sequence[Part]) -> None:
        """Refuse groups that hold what does not add. Raises Refused ``figures.wrong_roll_up``."""

    def merge(self, parts: Sequence[Part], over: Any) -> Any:
        """The value of a group from the values of its parts. Raises Refused ``figures.wrong_roll_up``."""
        if self.keeps_dates_apart:
            require(not over.steps, "figures.wrong_roll_up", kind=self.word, over=over.name)
        return self.total(parts)

    def total(self, parts: Sequence[Part]) -> Any:
        """What parts make together, None when none of them is known."""
        known = [part["value"] for part in parts if part["value"] is not None]
        return sum(known) if known else None


@dataclass(frozen=True)
class Stock(Additive):
    """``value`` adds over places; over time the last one counts, for each ``per`` (an operation's last round)."""

    per: tuple[str, ...] = ()
    word = "stock"
    keeps_dates_apart = True

    def last(self, rows: Any) -> Any:
        """Of rows up to the date, those of the last date of each ``per``; columns stay as they are."""
        each = rows.group_by([rows[name] for name in self.per]) if self.per else rows
        last = each.aggregate(_last=rows[self.at].max())
        pairs = [rows[name].identical_to(last[name]) for name in self.per]
        kept = rows.inner_join(last, [*pairs, rows[self.at] == last._last])
        return kept.select(*rows.columns)


@dataclass(frozen=True)
class Share(Stock):
    """``numerator`` and ``denominator`` add apart; the value is their quotient, None when there is nothing to share."""

    word = "share"

    def known(self, rows: Any) -> Any:
        return (rows.numerator.notnull() & rows.denominator.notnull()).sum()

    def aggregates(self, rows: Any) -> dict[str, Any]:
        both = rows.numerator.notnull() & rows.denominator.notnull()  # a half-known row is no part of either
        return {"numerator": rows.numerator.sum(where=both), "denominator": rows.denominator.sum(where=both)}

    def merge(self, parts: Sequence[Part], over: Any) -> Any:
        if self.at:
            require(not over.steps, "figures.wrong_roll_up", kind=self.word, over=over.name)
        return self.total(parts)

    def total(self, parts: Sequence[Part]) -> Any:
        whole = sum(part["denominator"] or 0 for part in parts)
        return float(sum(part["numerator"] or 0 for part in parts) / whole) if whole else None


@dataclass(frozen=True)
class Distinct(Additive):
    """Different ``identity`` values are counted once; parts never add, for one may stand in several."""

    identity: str = "identity"
    word = "distinct"

    def known(self, rows: Any) -> Any:
        return rows[self.identity].count()

    def aggregates(self, rows: Any) -> dict[str, Any]:
        return {"value": rows[self.identity].nunique()}

    def merge(self, parts: Sequence[Part], over: Any) -> Any:
        raise Refused("figures.wrong_roll_up", kind=self.word, over=over.name)


@dataclass(frozen=True)
class Latest(Stock):
    """The last value known of one thing; several are never added, so a group may hold one row only."""

    word = "latest"

    def aggregates(self, rows: Any) -> dict[str, Any]:
        return {"value": rows.value.max()}

    def check(self, parts: Sequence[Part]) -> None:
        most = max((part["_rows"] for part in parts), default=0)
        require(most <= 1, "figures.wrong_roll_up", kind=self.word, over=" · ".join(self.per) or self.at)

    def merge(self, parts: Sequence[Part], over: Any) -> Any:
        raise Refused("figures.wrong_roll_up", kind=self.word, over=over.name)


@dataclass(frozen=True)
class Maximum(Additive):
    """The largest ``value``."""

    word = "maximum"

    def aggregates(self, rows: Any) -> dict[str, Any]:
        return {"value": rows.value.max()}

    def total(self, parts: Sequence[Part]) -> Any:
        known = [part["value"] for part in parts if part["value"] is not None]
        return max(known) if known else None
