"""Typed values that cross counting's doors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from waystation.kernel.models import Partition

DISPLACED = "displaced"  # the population group
MEASURES = ("individuals", "males", "females")  # what published rows count
PARTS = ("coverage_gained", "coverage_lost", "arrivals", "returns", "reassessment")  # of a change between rounds


@dataclass(frozen=True, slots=True)
class OperationLine:
    """An operation as programs list it. ``status`` is Active or Inactive, ``country`` ISO 3166-1 alpha-3 with its English
    ``country_name``; ``min_cell`` is the smallest count that may be shown (0 or 1: any)."""

    pk: int
    ref: str
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


@dataclass(frozen=True)
class AreaChange:
    """Displaced people of an area in two rounds (None: counted nowhere in it) and the parts of the change, signed.
    ``path`` are the codes (or names) of admin 1 and 2, as far down as the area lies."""

    path: tuple[str, ...]
    name: str
    before: int | None
    after: int | None
    parts: Mapping[str, int]

    @property
    def change(self) -> int:
        """After less before."""
        return (self.after or 0) - (self.before or 0)

    @property
    def coverage(self) -> int:
        """What of the change is only that other places were counted."""
        return self.parts["coverage_gained"] + self.parts["coverage_lost"]


@dataclass(frozen=True)
class Change:
    """``whole`` over all areas, ``areas`` by level (1 and 2); ``dated``: the later round dates arrivals; numbers of places
    ``gained``, ``lost``, ``counted_twice``, of these ``taken_over``; ``moved`` lie in another area than before."""

    whole: AreaChange
    areas: Mapping[int, Sequence[AreaChange]]
    dated: bool
    gained: int
    lost: int
    counted_twice: int
    taken_over: int
    moved: int
