"""How a figure may be rolled up, and the refusal of any other way.

The vocabulary is that of semi-additive measures in dimensional modelling (Kimball; MetricFlow's measures): additive
over everything; a stock adds over places but takes the last value over time; a share keeps numerator and denominator apart;
distinct people, latest and maximum never add.

A figure's rows carry the columns named here; aggregates are Ibis expressions over them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis

from waystation.kernel.refusals import require


@dataclass(frozen=True)
class Additive:
    """``value`` adds over every dimension and over time (events, people who arrived)."""

    at: str = ""
    word = "additive"

    def choose(self, rows: Any, as_of: date, by: Sequence[str]) -> Any:
        """The rows that count at the date."""
        return rows.filter(rows[self.at] <= as_of) if self.at else rows

    def aggregates(self, rows: Any) -> dict[str, Any]:
        """What is computed of a group of rows."""
        return {"value": rows.value.sum()}

    def merge(self, parts: list[dict[str, Any]], over: Any) -> Any:
        """The value of a group from the values of its parts. Raises Refused ``figures.wrong_roll_up``."""
        known = [part["value"] for part in parts if part["value"] is not None]
        return sum(known) if known else None


@dataclass(frozen=True)
class Stock(Additive):
    """``value`` adds over places; over time the last one counts, for each ``per`` (an operation's last round)."""

    per: tuple[str, ...] = ()
    word = "stock"

    def choose(self, rows: Any, as_of: date, by: Sequence[str]) -> Any:
        rows = rows.filter(rows[self.at] <= as_of)
        if self.at in by:
            return rows
        last = rows.group_by([rows[name] for name in self.per]).aggregate(_last=rows[self.at].max())
        pairs = [rows[name].identical_to(last[name]) for name in self.per]
        kept = rows.inner_join(last, [*pairs, rows[self.at] == last._last]) if pairs else rows.cross_join(last)
        kept = kept.filter(kept[self.at] == kept._last)
        return kept.select(*rows.columns)

    def merge(self, parts: list[dict[str, Any]], over: Any) -> Any:
        require(not getattr(over, "time", False), "figures.wrong_roll_up", kind=self.word, over=over.name)
        return super().merge(parts, over)


@dataclass(frozen=True)
class Share(Stock):
    """``numerator`` and ``denominator`` add apart; the value is their quotient, None when there is nothing to share."""

    word = "share"

    def choose(self, rows: Any, as_of: date, by: Sequence[str]) -> Any:
        return super().choose(rows, as_of, by) if self.at else rows

    def aggregates(self, rows: Any) -> dict[str, Any]:
        whole = rows.denominator.sum()
        part = rows.numerator.sum()
        return {"numerator": part, "denominator": whole, "value": part.cast("float64") / whole.nullif(0)}

    def merge(self, parts: list[dict[str, Any]], over: Any) -> Any:
        whole = sum(part["denominator"] or 0 for part in parts)
        return sum(part["numerator"] or 0 for part in parts) / whole if whole else None


@dataclass(frozen=True)
class Distinct(Additive):
    """Different ``identity`` values are counted once; parts never add, for one may stand in several."""

    identity: str = "identity"
    word = "distinct"

    def aggregates(self, rows: Any) -> dict[str, Any]:
        return {"value": rows[self.identity].nunique()}

    def merge(self, parts: list[dict[str, Any]], over: Any) -> Any:
        require(False, "figures.wrong_roll_up", kind=self.word, over=over.name)


@dataclass(frozen=True)
class Latest(Stock):
    """The last value known; it does not add over anything but what ``per`` names."""

    word = "latest"

    def merge(self, parts: list[dict[str, Any]], over: Any) -> Any:
        require(False, "figures.wrong_roll_up", kind=self.word, over=over.name)


@dataclass(frozen=True)
class Maximum(Additive):
    """The largest ``value``."""

    word = "maximum"

    def aggregates(self, rows: Any) -> dict[str, Any]:
        return {"value": rows.value.max()}

    def merge(self, parts: list[dict[str, Any]], over: Any) -> Any:
        known = [part["value"] for part in parts if part["value"] is not None]
        return max(known) if known else None


def count_known(rows: Any) -> Any:
    """How many rows of a group have a value at all: what is unknown is said, not added as zero."""
    return rows.value.count() if "value" in rows.columns else ibis.literal(None, "int64")
