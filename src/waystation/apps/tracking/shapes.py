"""Typed values that cross tracking's doors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from waystation.kernel.codelists import codelist


@dataclass(frozen=True)
class RoundKey:
    """What makes a round: the operation's name and country (ISO alpha-3), the component and the number."""

    operation: str
    country: str
    component: str
    number: int

    @property
    def series(self) -> tuple[str, str, str]:
        """What its numbers run in: the operation, its country, the component."""
        return self.operation.casefold(), self.country, self.component


@dataclass(frozen=True)
class RoundLine:
    """A round as others may know it. ``data_version`` is the last version of its rows (0: none yet), ``standing`` the
    version that counts: the published one, else the last."""

    pk: int
    ref: str
    operation: int
    number: int
    state: str
    reporting_date: date
    data_version: int
    standing: int

    def __str__(self) -> str:
        return self.ref


@dataclass(frozen=True)
class FindingRow:
    """One thing that the quality rules found: a rule of ``finding_rule.csv``, where, and what."""

    rule: str
    place: str = ""
    row: int | None = None
    column: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def blocking(self) -> bool:
        """Whether the rule keeps a round from being validated."""
        return codelist("tracking.finding_rule").codes[self.rule].more["severity"] == "blocking"
