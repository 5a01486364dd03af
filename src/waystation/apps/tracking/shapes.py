"""Typed values that cross tracking's doors."""

from __future__ import annotations

from dataclasses import dataclass

from waystation.kernel.models import Partition


@dataclass(frozen=True, slots=True)
class OperationLine:
    """An operation as programs list it. ``status`` is Active or Inactive, ``country`` ISO 3166-1 alpha-3 with its English
    ``country_name``; ``min_cell`` is the smallest count that may be shown (0 or 1: any)."""

    pk: int
    name: str
    status: str
    country: str
    country_name: str
    min_cell: int


@dataclass(frozen=True, slots=True)
class OutRound:
    """A round as it is out: the partition of its observations in force, that of its source's totals if there is one, and
    the operation it belongs to."""

    observations: Partition
    levels: Partition | None
    operation: OperationLine

    @property
    def key(self) -> str:
        """The round's reference."""
        return self.observations.key
