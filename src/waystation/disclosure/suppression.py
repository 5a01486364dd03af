"""Suppression: hide small cells, and others with them so that totals do not give the small ones back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from waystation.disclosure.attack import Leak, leaks, small
from waystation.disclosure.circuits import NEVER, TOP, ZERO, Circuit, Need, Search
from waystation.disclosure.routes import Reach
from waystation.disclosure.structure import Ints, Key, Structure
from waystation.disclosure.system import IMPLIED, LISTED, System

Reason = Literal["small", "complementary"]
REACHES: tuple[Reach, ...] = ("near", "wide", "top")
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
    _proofs: Mapping[Key, tuple[Path, Path]] = field(repr=False)
    _system: System = field(repr=False, compare=False)

    def alternatives(self, key: Key) -> tuple[dict[Key, int], dict[Key, int]]:
        """Proof that the small cell ``key`` is protected: changes to the suppressed cells, down and up.

        Added to the true table, each gives a table of counts that publishes exactly the same. In the first the cell is
        0, in the second it is the threshold less one or more. Raises KeyError for a cell that is not proved.
        """
        up, down = self._proofs[key]
        return _changes(self._system, down, -1), _changes(self._system, up, 1)


def _changes(system: System, path: Path, direction: int) -> dict[Key, int]:
    sums: dict[int, int] = {}
    for circuit, amount in path:
        for cell, sign in zip(circuit.cells.tolist(), circuit.signs.tolist(), strict=True):
            sums[cell] = sums.get(cell, 0) + sign * amount * direction
    return {system.key(cell): change for cell, change in sums.items() if change}


def suppress(cells: Mapping[Key, int | None], structure: Structure, threshold: int, *, zeros_ok: bool = True) -> Result:
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
        hidden = self.primary | ((system.kind == IMPLIED) & (system.value > 0))  # nobody printed these
        self.search = Search(system, hidden, zeros_shown=zeros_ok)
        self.proofs: dict[int, tuple[Path, Path]] = {}

    def run(self) -> Result:
        heights = self.system.heights()
        order = sorted(np.flatnonzero(self.primary).tolist(), key=lambda i: (heights[i], -self.system.value[i], i))
        for cell in order:
            if cell not in self.proofs:
                self._protect(cell)
        return self._result(order)

    def _need(self, cell: int) -> Need:
        """To zero and to the threshold less one; a cell that is there already must have another value at least."""
        value = int(self.system.value[cell])
        up = self.threshold - 1 - value
        return Need(up, value, 0) if up else Need(0, value, 1) if value > 1 else Need(1, value, 0)

    def _protect(self, cell: int) -> None:
        """From the cheapest way to the dearest: nothing new hidden, one circuit, several; tops and zeros last."""
        need = self._need(cell)
        found = self.search.find(cell, need)
        if found is not None and found.cost == 0:
            return self._accept(cell, found)
        if self._walk_both(cell, 0):
            return None
        if found is None or found.cost >= TOP:
            found = self.search.find(cell, need, reach="wide") or found
        if found is not None and found.cost < TOP:
            return self._accept(cell, found)
        if self._walk_both(cell, TOP):
            return None
        if found is not None and found.cost < ZERO:
            return self._accept(cell, found)
        self._walk_both(cell, NEVER)
        return None

    def _accept(self, cell: int, circuit: Circuit) -> None:
        """One circuit serves both ends; it may serve other small cells on it as well."""
        search = self.search
        search.hide(circuit.cells)
        for other, sign in zip(circuit.cells.tolist(), circuit.signs.tolist(), strict=True):
            if self.primary[other] and other not in self.proofs:
                need, turned = self._need(other), Circuit(circuit.cells, circuit.signs * sign, 0.0)
                if search.serves(turned, need):
                    self.proofs[other] = ([(turned, need.up)], [(turned, need.down)])

    def _walk_both(self, cell: int, budget: float) -> bool:
        """Protect ``cell`` by several circuits, each of which hides cells for less than ``budget``."""
        hidden: list[Ints] = []
        need = self._need(cell)
        up = self._walk(cell, max(need.up, 1), budget, hidden)
        down = None if up is None else self._walk(cell, -need.down, budget, hidden)
        if up is None or down is None:
            for cells in hidden:
                self.search.show(cells)
            return False
        self.proofs[cell] = (up, down)
        return True

    def _walk(self, cell: int, amount: int, budget: float, hidden: list[Ints]) -> Path | None:
        """Reach ``amount`` by circuits one after the other; leaves the cells where they were."""
        search, direction = self.search, 1 if amount > 0 else -1
        path: Path = []
        left = abs(amount)
        while left:
            circuit = self._step(cell, direction * left, budget)
            if circuit is None and left > 1:
                circuit = self._step(cell, direction, budget)
            if circuit is None:
                break
            hidden.append(search.hide(circuit.cells))
            step = search.room(circuit, direction * left)
            search.push(circuit, direction * step)
            path.append((circuit, step))
            left -= step
        for circuit, step in path:
            search.push(circuit, -direction * step)
        return None if left else path

    def _step(self, cell: int, amount: int, budget: float) -> Circuit | None:
        need = Need(up=max(amount, 0), down=max(-amount, 0))
        best: Circuit | None = None
        for reach in REACHES[: 1 if budget == 0 else None]:
            found = self.search.find(cell, need, reach=reach, free=budget == 0)
            if found is not None and (best is None or found.cost < best.cost):
                best = found
            if best is not None and best.cost < TOP:
                break
        return best if best is not None and (best.cost < budget or best.cost == 0) else None

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
        codes = [system.code(d) for d in range(len(system.trees))]
        contains = np.zeros(len(raised), dtype=bool)
        for i, total in enumerate(raised.tolist()):
            inside = np.ones(len(few), dtype=bool)
            for tree, code in zip(system.trees, codes, strict=True):
                inside &= (code[few] >= code[total]) & (code[few] < tree.end[code[total]])
            contains[i] = inside.any()
        return raised[contains]
