"""The cells of a release as a system of linear equations: every total is the sum of its parts.

The reader of a release sees this system. A cell that nobody printed but that follows from printed ones (the total of
listed parts, the one part missing from a listed total) belongs to it. Where several parts of a listed total are
neither listed nor implied, they enter as one remainder, the *slack* of that equation: if it is nothing, the missing
parts are taken for zero, because a publisher who drops empty rows says just that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from waystation.disclosure.cells import as_count
from waystation.disclosure.structure import Ints, Key, Structure, Tree
from waystation.disclosure.unsound import Flaw, Unsound, require

LISTED, IMPLIED = 0, 1  # printed; follows from what is printed
SHOWN_PROBLEMS = 20
DIRECT = 2**21  # up to so many combinations of codes a plain table finds a cell; beyond, a sorted search


@dataclass(frozen=True)
class Equations:
    """``total[r] = sum(part[i] for i where equation[i] == r) + slack[r]``; cells by position, slack a count."""

    total: Ints
    equation: Ints
    part: Ints
    slack: Ints


class System:
    """The cells and equations of one population.

    ``ids``, ``codes`` (one column per dimension), ``value`` and ``kind`` are indexed by position; ``keys`` gives the
    positions' keys. Refuses ``disclosure.not_a_count``, ``unknown_code``, ``not_additive`` and ``too_large``.
    """

    def __init__(self, cells: Mapping[Key, int | None], structure: Structure) -> None:
        self.structure = structure
        width = len(structure.dims)
        for key in cells:
            if len(key) != width:
                raise Unsound("disclosure.no_code", dim=structure.dims[min(len(key), width - 1)].name)
        self.trees = [Tree(dim, (key[d] for key in cells)) for d, dim in enumerate(structure.dims)]
        self.sizes = np.array([max(tree.size, 1) for tree in self.trees], dtype=np.int64)
        spaces = [1]
        for size in self.sizes[:0:-1]:
            spaces.append(spaces[-1] * int(size))
        require(spaces[-1] * int(self.sizes[0]) < 2**62, "disclosure.too_large")
        self.strides = np.array(spaces[::-1], dtype=np.int64)
        space = spaces[-1] * int(self.sizes[0])
        self._direct: Ints | None = np.zeros(space, dtype=np.int64) if space <= DIRECT else None
        known = {key: count for key, value in cells.items() if (count := as_count(value, key)) is not None}
        self._number(known)
        while True:
            self._imply()
            self.equations, empty = self._equations()
            if not len(empty):
                break
            self._add(empty, np.zeros(len(empty), dtype=np.int64))

    def _number(self, known: Mapping[Key, int]) -> None:
        ids = np.zeros(len(known), dtype=np.int64)
        for d, tree in enumerate(self.trees):
            try:
                ids += np.array([tree.number[key[d]] for key in known], dtype=np.int64) * self.strides[d]
            except KeyError as missing:
                name = self.structure.dims[d].name
                raise Unsound("disclosure.unknown_code", code=missing.args[0], dim=name) from None
        values = np.array(list(known.values()), dtype=np.int64)
        self._set(ids, values, np.full(len(ids), LISTED))

    def _set(self, ids: Ints, values: Ints, kinds: Ints) -> None:
        order = np.argsort(ids, kind="stable")
        self.value, self.kind = values[order], kinds[order]
        self.ids = np.append(ids[order], np.iinfo(np.int64).max)
        if self._direct is not None:
            self._direct[:] = self.size
            self._direct[self.ids[:-1]] = np.arange(self.size)

    def _add(self, ids: Ints, counts: Ints) -> None:
        kinds = np.append(self.kind, np.full(len(ids), IMPLIED))
        self._set(np.append(self.ids[:-1], ids), np.append(self.value, counts), kinds)

    @property
    def size(self) -> int:
        """Number of cells; the position one past the last stands for any cell outside the system."""
        return len(self.ids) - 1

    def positions(self, ids: Ints) -> Ints:
        """The positions of ``ids``; ``size`` for those outside the system."""
        if self._direct is not None:
            return self._direct[ids]
        at = np.searchsorted(self.ids, ids)
        found: Ints = np.where(self.ids[at] == ids, at, self.size)
        return found

    def code(self, dim: int, ids: Ints | None = None) -> Ints:
        """The code numbers of the cells (or of ``ids``) in ``dim``."""
        of = self.ids[:-1] if ids is None else ids
        numbers: Ints = of // self.strides[dim] % self.sizes[dim]
        return numbers

    def key(self, cell: int) -> Key:
        """The key of the cell at position ``cell``."""
        at = self.ids[cell]
        return tuple(t.names[at // s % n] for t, s, n in zip(self.trees, self.strides, self.sizes, strict=True))

    def _imply(self) -> None:
        """Add what follows from one total or one part at a time, until nothing more does."""
        while True:
            ids, values = [], []
            for dim in range(len(self.trees)):
                found, counts = self._implied_along(dim)
                ids.append(found)
                values.append(counts)
            new, first = np.unique(np.concatenate(ids), return_index=True)
            if not len(new):
                return
            counts = np.concatenate(values)[first]
            self._add(new, counts)

    def _implied_along(self, dim: int) -> tuple[Ints, Ints]:
        tree, stride, code = self.trees[dim], self.strides[dim], self.code(dim)
        below = np.flatnonzero(tree.parent[code] >= 0)
        code = code[below]
        total, which = np.unique(self.ids[below] + (tree.parent[code] - code) * stride, return_inverse=True)
        count = np.bincount(which, minlength=len(total))
        parts, codes = add_by(which, self.value[below], len(total)), add_by(which, code, len(total))
        parent, at = self.code(dim, total), self.positions(total)
        missing = tree.fanout[parent] - count
        summed = (at == self.size) & (missing == 0)
        lone = np.flatnonzero((at < self.size) & (missing == 1))
        remainder = self.value[at[lone]] - parts[lone]
        self._refuse_unsound(dim, at[lone], parts[lone], remainder < 0)
        child = tree.child_sum[parent[lone]] - codes[lone]
        lone_ids = total[lone] + (child - parent[lone]) * stride
        return np.concatenate((total[summed], lone_ids)), np.concatenate((parts[summed], remainder))

    def _refuse_unsound(self, dim: int, totals: Ints, parts: Ints, wrong: np.ndarray) -> None:
        bad = np.flatnonzero(wrong)[:SHOWN_PROBLEMS]
        if len(bad):
            name = self.structure.dims[dim].name
            shown = [(", ".join(self.key(totals[i])), int(self.value[totals[i]]), int(parts[i])) for i in bad]
            raise Unsound(
                flaws=[
                    Flaw("disclosure.not_additive", {"dim": name, "key": key, "total": total, "parts": part})
                    for key, total, part in shown
                ]
            )

    def _equations(self) -> tuple[Equations, Ints]:
        """Every known total over its nearest known parts, and the ids of the cells taken for zero."""
        totals, equations, cells, slacks, empty = [], [], [], [], []
        start = 0
        for dim, tree in enumerate(self.trees):
            part, up = self._nearest_totals(dim)
            total, which = np.unique(up, return_inverse=True)
            sums = add_by(which, self.value[part], len(total))
            covered = add_by(which, tree.breadth[self.code(dim)[part]], len(total))
            slack = self.value[total] - sums
            whole = covered == tree.breadth[self.code(dim)[total]]
            self._refuse_unsound(dim, total, sums, (slack < 0) | (whole & (slack != 0)))
            order = np.argsort(which, kind="stable")
            groups = np.split(part[order], np.searchsorted(which[order], np.arange(1, len(total))))
            for r in np.flatnonzero(~whole & (slack == 0)).tolist():
                empty.append(self._uncovered(dim, int(total[r]), groups[r]))
            totals.append(total)
            equations.append(which + start)
            cells.append(part)
            slacks.append(slack)
            start += len(total)
        none = np.zeros(0, dtype=np.int64)
        joined = Equations(*(np.concatenate(x) for x in (totals, equations, cells, slacks)))
        return joined, np.unique(np.concatenate([none, *empty]))

    def _nearest_totals(self, dim: int) -> tuple[Ints, Ints]:
        """Cells that have a known total above them in ``dim``, and the position of the nearest such total."""
        tree, stride, code = self.trees[dim], self.strides[dim], self.code(dim)
        nearest = np.full(self.size, self.size)
        above, waiting = tree.parent[code], np.arange(self.size)
        while len(waiting := waiting[above[waiting] >= 0]):
            nearest[waiting] = self.positions(self.ids[waiting] + (above[waiting] - code[waiting]) * stride)
            waiting = waiting[nearest[waiting] == self.size]
            above[waiting] = tree.parent[above[waiting]]
        part = np.flatnonzero(nearest < self.size)
        return part, nearest[part]

    def _uncovered(self, dim: int, total: int, parts: Ints) -> Ints:
        tree, code = self.trees[dim], self.code(dim)
        first, last = tree.leaves_under(int(code[total]))
        free = np.ones(last - first, dtype=bool)
        for part in code[parts]:
            begin, end = tree.leaves_under(int(part))
            free[begin - first : end - first] = False
        ids: Ints = self.ids[total] + (tree.leaves[first:last][free] - code[total]) * self.strides[dim]
        return ids

    def heights(self) -> Ints:
        """How far above the leaves each cell stands, summed over the dimensions."""
        levels = [tree.height[self.code(d)] for d, tree in enumerate(self.trees)]
        heights: Ints = np.sum(levels, axis=0, dtype=np.int64)
        return heights

    def tops(self) -> np.ndarray:
        """Which cells are the total of everything: a root in every dimension, and a total in one at least."""
        roots = [tree.parent[self.code(d)] < 0 for d, tree in enumerate(self.trees)]
        top: np.ndarray = np.logical_and.reduce(roots) & (self.heights() > 0)
        return top


def add_by(index: Ints, amounts: Ints, size: int) -> Ints:
    """Sum ``amounts`` by ``index`` exactly (integers)."""
    sums = np.zeros(size, dtype=np.int64)
    np.add.at(sums, index, amounts)
    return sums
