"""What adds up to what: dimensions, their codes and totals.

Every dimension is a forest of codes in which a parent is the sum of its children. A hierarchy of places, the
pair "parts and their total", and a plain list of codes that never add up are all that one shape.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from waystation.disclosure.unsound import Unsound, require

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Key = tuple[str, ...]


@dataclass(frozen=True)
class Dim:
    """One dimension of a table.

    ``hierarchy`` maps child to parent, a parent being the sum of its children; ``parts`` with ``total`` says the
    same for one level; ``parts`` without ``total`` are codes that do not add up to anything published. A
    dimension with none of these accepts any code and adds nothing up.
    Refuses ``disclosure.two_parents``, ``cycle`` and ``parts_missing``.
    """

    name: str
    hierarchy: Mapping[str, str] = field(default_factory=dict)
    parts: Collection[str] = ()
    total: str | None = None

    def __post_init__(self) -> None:
        if self.total is not None:
            require(self.parts, "disclosure.parts_missing", dim=self.name, total=self.total)
        for code in self.parts:
            first = self.hierarchy.get(code, self.total)
            if self.total is not None and first != self.total:
                raise Unsound("disclosure.two_parents", dim=self.name, code=code, first=first, second=self.total)
        self._refuse_cycles()

    def _refuse_cycles(self) -> None:
        sound: set[str] = set()
        for start in self.parents:
            seen: set[str] = set()
            code: str | None = start
            while code is not None and code not in sound:
                require(code not in seen, "disclosure.cycle", dim=self.name, code=code)
                seen.add(code)
                code = self.parents.get(code)
            sound |= seen

    @cached_property
    def parents(self) -> Mapping[str, str]:
        """Child to parent over the whole dimension."""
        levels = dict(self.hierarchy)
        if self.total is not None:
            levels |= dict.fromkeys(self.parts, self.total)
        return levels

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The declared codes in the order of declaration; empty for a dimension that accepts any."""
        parts = sorted(self.parts) if isinstance(self.parts, Set) else self.parts  # a set has no order to keep
        return tuple(dict.fromkeys([*self.hierarchy.values(), *self.hierarchy, *filter(None, [self.total]), *parts]))

    @cached_property
    def top(self) -> str | None:
        """The one code that stands for the whole dimension, or None where there is not exactly one."""
        roots = [code for code in self.codes if code not in self.parents]
        return roots[0] if len(roots) == 1 else None


@dataclass(frozen=True)
class Structure:
    """The dimensions of the tables of one release. A cell's key gives its codes in this order."""

    dims: tuple[Dim, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "dims", tuple(self.dims))
        require(self.dims, "disclosure.no_dims")
        names = [dim.name for dim in self.dims]
        for name in names:
            require(names.count(name) == 1, "disclosure.same_dim", dim=name)


class Tree:
    """A dimension's forest as arrays, codes numbered depth first so that a subtree is a run of numbers.

    ``parent``, ``depth``, ``height``, ``fanout`` (children), ``end`` (one past the subtree's last code), ``breadth``
    (leaves below or at) are indexed by code number; ``lineage`` has one row per leaf: its ancestors from the root
    down to itself, padded with -1.
    """

    def __init__(self, dim: Dim, observed: Iterable[str]) -> None:
        self.names = self._depth_first(dim, dim.codes or tuple(dict.fromkeys(observed)))
        self.number = {name: i for i, name in enumerate(self.names)}
        n = self.size = len(self.names)
        above = [dim.parents.get(name) for name in self.names]
        self.parent = np.array([-1 if up is None else self.number[up] for up in above], dtype=np.int64)
        self.depth, self.height, self.breadth, self.fanout = (np.zeros(n, dtype=np.int64) for _ in range(4))
        self.end = np.arange(1, n + 1)
        for i in range(n):
            if self.parent[i] >= 0:
                self.depth[i] = self.depth[self.parent[i]] + 1
                self.fanout[self.parent[i]] += 1
        self.breadth[self.fanout == 0] = 1
        for i in range(n - 1, -1, -1):
            if (p := self.parent[i]) >= 0:
                self.end[p] = max(self.end[p], self.end[i])
                self.height[p] = max(self.height[p], self.height[i] + 1)
                self.breadth[p] += self.breadth[i]
        self.child_sum = np.zeros(n, dtype=np.int64)
        below = self.parent >= 0
        np.add.at(self.child_sum, self.parent[below], np.flatnonzero(below))
        self._number_leaves()

    @staticmethod
    def _depth_first(dim: Dim, codes: tuple[str, ...]) -> list[str]:
        children: dict[str | None, list[str]] = {}
        for code in codes:
            children.setdefault(dim.parents.get(code), []).append(code)
        order: list[str] = []
        stack = children.get(None, [])[::-1]
        while stack:
            order.append(code := stack.pop())
            stack += children.get(code, [])[::-1]
        return order

    def _number_leaves(self) -> None:
        leaf = self.fanout == 0
        self.leaves = np.flatnonzero(leaf)
        self.leaf_start = np.concatenate(([0], np.cumsum(leaf)))
        self.lineage = np.full((len(self.leaves), int(self.depth.max(initial=0)) + 1), -1, dtype=np.int64)
        for row, code in enumerate(self.leaves):
            while code >= 0:
                self.lineage[row, self.depth[code]] = code
                code = self.parent[code]

    def leaves_under(self, code: int) -> tuple[int, int]:
        """The run of rows of ``lineage`` that belong to ``code``."""
        return int(self.leaf_start[code]), int(self.leaf_start[self.end[code]])
