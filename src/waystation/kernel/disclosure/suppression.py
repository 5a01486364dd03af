"""Suppression: hide small cells, and others with them so that totals do not give the small ones back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from waystation.kernel.disclosure.attack import Leak, leaks, small
from waystation.kernel.disclosure.circuits import ZERO, Circuit, Search
from waystation.kernel.disclosure.structure import Ints, Key, Structure
from waystation.kernel.disclosure.system import IMPLIED, LISTED, System

Reason = Literal["small", "complementary"]
Path = list[tuple[Circuit, int]]  # circuits, and how far to push the cells along each


@dataclass(frozen=True)
class Audit:
    """What was checked after suppression.

    ``leaks``: small cells a reader can recover or bound too narrowly, by the bounds attack. ``unproved``: small cells
    for which no pair of alternative tables was found; treat them as leaks. ``proved``: the number that have one.
    """

    leaks: tuple[Leak, ...]
    unproved: tuple[Key, ...]
    proved: int

    @property
    def safe(self) -> bool:
        """Whether every small cell is proved to be protected."""
        return not self.leaks and not self.unproved


@dataclass(frozen=True)
class Result:
    """What to hide and why.

    ``suppressed``: key to reason. ``raised``: totals hidden because they would have given a small cell below them
    back (each contains that cell in every dimension). ``audit``: see ``Audit``.
    """

    suppressed: Mapping[Key, Reason]
    raised: tuple[Key, ...]
    audit: Audit
    _proofs: Mapping[Key, tuple[Path, Path]] = field(repr=False, default_factory=dict)
    _system: System | None = field(repr=False, compare=False, default=None)

    def alternatives(self, key: Key) -> tuple[dict[Key, int], dict[Key, int]]:
        """Proof that the small cell ``key`` is protected: changes to the suppressed cells, down and up.

        Added to the true table, each gives a table of counts that publishes exactly the same. In the first the cell is
        0, in the second it is the threshold less one or more. Raises KeyError for a cell that is not proved.
        """
        up, down = self._proofs[key]
        assert self._system is not None
        return _changes(self._system, down, -1), _changes(self._system, up, 1)


def _changes(system: System, path: Path, direction: int) -> dict[Key, int]:
    sums: dict[int, int] = {}
    for circuit, amount in path:
        for cell, sign in zip(circuit.cells.tolist(), circuit.signs.tolist(), strict=True):
            sums[cell] = sums.get(cell, 0) + sign * amount * direction
    return {system.key(cell): change for cell, change in sums.items() if change}


def suppress(
    cells: Mapping[Key, int | None], structure: Structure, threshold: int, *, zeros_ok: bool = True
) -> Result:
    """Choose the cells to hide so that every count below ``threshold`` stays uncertain.

    Primary: 0 < count < threshold (0 too unless ``zeros_ok``). Complementary: the cheapest circuits of further
    cells (small counts low in the hierarchies first; the total of everything, and then zeros, only if nothing else is
    left), until for every primary cell all counts from 0 to threshold - 1 are possible: there are two tables of counts
    that publish the same and in which the cell is at either end. Deterministic.
    Refuses ``disclosure.threshold`` and what ``System`` refuses.
    """
    system = System(cells, structure)
    return _Suppression(system, threshold, zeros_ok).run()


class _Suppression:
    def __init__(self, system: System, threshold: int, zeros_ok: bool) -> None:
        self.system, self.threshold, self.zeros_ok = system, threshold, zeros_ok
        self.primary = small(system, threshold, zeros_ok=zeros_ok)
        hidden = self.primary | ((system.kind == IMPLIED) & (system.value > 0))
        self.search = Search(system, hidden, zeros_shown=zeros_ok)
        self.down = np.where(self.primary, system.value, 0)
        self.up = np.where(self.primary, np.maximum(threshold - 1 - system.value, 1), 0)
        self.proofs: dict[int, tuple[Path, Path]] = {}

    def run(self) -> Result:
        heights = self.system.heights()
        order = sorted(np.flatnonzero(self.primary).tolist(), key=lambda i: (heights[i], -self.system.value[i], i))
        for cell in order:
            if cell not in self.proofs:
                self._protect(cell)
        return self._result(order)

    def _protect(self, cell: int) -> None:
        up, down = int(self.up[cell]), int(self.down[cell])
        near = self.search.find(cell, up, down)
        if near is not None and near.cost == 0:
            return self._accept(cell, near)
        if self._walk_both(cell, free=True):
            return None
        if near is None or near.cost >= ZERO:
            near = self.search.find(cell, up, down, wide=True)
        if near is not None and near.cost < ZERO:
            return self._accept(cell, near)
        self._walk_both(cell, free=False)
        return None

    def _accept(self, cell: int, circuit: Circuit) -> None:
        """One circuit serves both ends; it may serve other small cells on it as well."""
        search = self.search
        search.hide(circuit.cells)
        self.proofs[cell] = ([(circuit, int(self.up[cell]))], [(circuit, int(self.down[cell]))])
        for other, sign in zip(circuit.cells.tolist(), circuit.signs.tolist(), strict=True):
            if self.primary[other] and other not in self.proofs:
                turned = Circuit(circuit.cells, circuit.signs * sign, 0.0)
                up, down = int(self.up[other]), int(self.down[other])
                if search.room(turned, up) >= up and search.room(turned, -down) >= down:
                    self.proofs[other] = ([(turned, up)], [(turned, down)])

    def _walk_both(self, cell: int, *, free: bool) -> bool:
        ways = []
        for amount in (int(self.up[cell]), -int(self.down[cell])):
            path = self._walk(cell, amount, free=free)
            if path is None:
                return False
            ways.append(path)
        self.proofs[cell] = (ways[0], ways[1])
        return True

    def _walk(self, cell: int, amount: int, *, free: bool) -> Path | None:
        """Reach ``amount`` by several circuits one after the other; leaves the cells where they were."""
        search, direction = self.search, 1 if amount > 0 else -1
        path: Path = []
        left = abs(amount)
        while left:
            circuit = self._step(cell, left, direction, free=free) or self._step(cell, 1, direction, free=free)
            if circuit is None:
                break
            search.hide(circuit.cells)
            step = search.room(circuit, direction * left)
            search.push(circuit, direction * step)
            path.append((circuit, step))
            left -= step
        for circuit, step in path:
            search.push(circuit, -direction * step)
        return None if left else path

    def _step(self, cell: int, size: int, direction: int, *, free: bool) -> Circuit | None:
        up, down = (size, 0) if direction > 0 else (0, size)
        found = self.search.find(cell, up, down, free=free)
        if found is None and not free:
            found = self.search.find(cell, up, down, wide=True)
        return found

    def _result(self, order: list[int]) -> Result:
        system, hidden = self.system, self.search.hidden
        found = leaks(system, hidden, self.threshold, zeros_ok=self.zeros_ok, eliminate=False)
        unproved = [i for i in order if i not in self.proofs]
        keys = {i: system.key(i) for i in np.flatnonzero(hidden & (system.kind == LISTED)).tolist()}
        return Result(
            suppressed={k: "small" if self.primary[i] else "complementary" for i, k in keys.items()},
            raised=tuple(keys[i] for i in self._raised().tolist()),
            audit=Audit(tuple(found), tuple(system.key(i) for i in unproved), len(self.proofs)),
            _proofs={system.key(i): proof for i, proof in self.proofs.items()},
            _system=system,
        )

    def _raised(self) -> Ints:
        """Complementary cells that contain a small cell in every dimension."""
        system = self.system
        listed = self.search.hidden & (system.kind == LISTED)
        raised = np.flatnonzero(listed & ~self.primary)
        few = np.flatnonzero(self.primary)
        inside = np.ones((len(raised), len(few)), dtype=bool)
        for d, tree in enumerate(system.trees):
            code, above = system.code(d), system.code(d)[raised][:, None]
            inside &= (code[few] >= above) & (code[few] < tree.end[above])
        return raised[inside.any(axis=1)]
