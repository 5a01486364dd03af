"""What a file of outlines holds, once it is read: features and a layer of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from waystation.kernel.refusals import Problem


@dataclass
class Feature:
    """One feature: ``row`` counts from 1 in the file, ``shape`` is None where there is none that can be read.
    ``retyped`` is (what it said, how it is nested) when they differ."""

    row: int
    values: dict[str, Any]
    shape: Any
    retyped: tuple[str, str] | None = None


@dataclass
class Layer:
    """The features of a file, and what was noticed while reading."""

    features: list[Feature] = field(default_factory=list)
    findings: list[Problem] = field(default_factory=list)

    @property
    def columns(self) -> list[str]:
        """All columns, in the order they come."""
        return list(dict.fromkeys(name for one in self.features for name in one.values))
