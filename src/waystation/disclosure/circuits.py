"""Circuits: changes of hidden cells that leave everything published as it is.

A circuit is the product of one route per dimension: because the route sums to nothing along its dimension, the
product sums to nothing along all of them. With two siblings in each dimension it is the hypercube of the
method of that name; with hierarchies it carries the change up and down the levels. A small cell is protected when circuits of
hidden cells can take it to both ends of the interval in which it must stay possible.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from waystation.disclosure.routes import Reach, Routes, routes_of
from waystation.disclosure.structure import Floats, Ints
from waystation.disclosure.system import LISTED, System

TOP, ZERO, NEVER = 1e6, 1e9, 1e15  # what the total of everything, a zero and a zero nobody printed cost
TRIED_WITH_SLACK = 24  # circuits tried in order of cost where a remainder limits them
# How many circuits are weighed at once, and routes per dimension: those chosen by rank, those that need no choosing
RANKED, RANKED_ROUTES = 2**12, 40
UNRANKED, UNRANKED_ROUTES = 2**16, 200
LAST = 10**6  # circuits weighed in the search of last resort


@dataclass(frozen=True)
class Circuit:
    """Positions and their signs (+1 with the cell it was found for, -1 against it), and the cost of hiding them."""

    cells: Ints
    signs: Ints
    cost: float


@dataclass(frozen=True)
class Need:
    """How far a cell must be moved up, and down; ``down_seen`` is how far down for a reader who knows of the zeros."""

    up: int = 0
    down: int = 0
    down_seen: int = 0


class Search:
    """Finds circuits in a system, given what is hidden so far.

    ``hidden`` per position; ``spare`` what a cell can lose at most (down to zero), ``spare_seen`` what it can lose
    for a reader who knows that a hidden printed cell is not zero.
    """

    def __init__(self, system: System, hidden: np.ndarray, *, zeros_shown: bool) -> None:
        self.system, self.hidden = system, hidden.copy()
        listed = system.kind == LISTED
        big = np.iinfo(np.int64).max // 4
        self.spare = np.append(system.value, big)
        self.spare_seen = self.spare - np.append(listed & zeros_shown, False)
        weight = (1 + system.heights()) * (1 + np.log2(1.0 + system.value))
        weight[system.tops()] += TOP
        weight[listed & (system.value == 0) & zeros_shown] += ZERO
        weight[~listed & (system.value == 0) & zeros_shown] = NEVER
        self.full_weight = np.append(weight, 0.0)
        self.weight = np.where(np.append(hidden, True), 0.0, self.full_weight)
        self.closed = np.where(self.weight > 0, NEVER, 0.0)
        self.slack = system.equations.slack.copy()
        self.limits = _limits(system)
        leaves = [len(tree.leaves) for tree in system.trees]
        self.ranked = _share(leaves, RANKED, RANKED_ROUTES)
        self.unranked = _share(leaves, UNRANKED, UNRANKED_ROUTES)
        self._routes: dict[tuple[int, int], Routes | None] = {}

    def hide(self, cells: Ints) -> Ints:
        """Hide ``cells`` from now on; returns those that were not hidden before."""
        new: Ints = cells[~self.hidden[cells]]
        self.hidden[new] = True
        self.weight[new] = self.closed[new] = 0.0
        return new

    def show(self, cells: Ints) -> None:
        """Take back ``hide`` for what it returned."""
        self.hidden[cells] = False
        self.weight[cells], self.closed[cells] = self.full_weight[cells], NEVER

    def find(self, cell: int, need: Need, *, reach: Reach = "near", free: bool = False) -> Circuit | None:
        """The cheapest circuit that moves ``cell`` as far as needed; None if there is none.

        ``free`` admits hidden cells only.
        """
        weight = self.closed if free else self.weight
        base = int(self.system.ids[cell])
        routes = [self._routes_at(d, base, weight, need, reach) for d in range(len(self.system.trees))]
        ids = np.array([0])
        for d, choice in enumerate(routes):
            ids = (ids[:, None] + choice.codes * self.system.strides[d]).ravel()
        at = self.system.positions(ids)
        costs = np.stack([weight[at] + NEVER * self._short(at, sign, need) for sign in (1, -1)])
        for choice in routes:
            costs = choice.both @ costs.reshape(2 * len(choice.codes), -1)
            costs = costs.reshape(2, len(choice.signs), -1).swapaxes(1, 2)
        for cost, pick in self._cheapest(costs.reshape(2, -1)[0]):
            circuit = self._spell(cost, pick, routes, at)
            if self._fits(circuit, need):
                return circuit
        return None

    def _short(self, at: Ints, sign: int, need: Need) -> np.ndarray:
        """Which cells cannot lose what a circuit with this sign in them would take."""
        if sign < 0:
            lacking: np.ndarray = self.spare_seen[at] < need.up
        else:
            lacking = (self.spare[at] < need.down) | (self.spare_seen[at] < need.down_seen)
        return lacking

    def serves(self, circuit: Circuit, need: Need) -> bool:
        """Whether a circuit of hidden cells moves as far as needed."""
        for sign in (1, -1):
            if self._short(circuit.cells[circuit.signs == sign], sign, need).any():
                return False
        return self._fits(circuit, need)

    def _cheapest(self, costs: Floats) -> Iterator[tuple[float, int]]:
        tries = TRIED_WITH_SLACK if self.limits else 1
        order = [int(np.argmin(costs))] if tries == 1 else np.argsort(costs, kind="stable")[:tries]
        return ((float(costs[i]), int(i)) for i in order if costs[i] < NEVER)

    def _routes_at(self, dim: int, base: int, weight: Floats, need: Need, reach: Reach) -> Routes:
        system, tree = self.system, self.system.trees[dim]
        stride = int(system.strides[dim])
        code = base // stride % int(system.sizes[dim])
        enough = self.ranked[dim]
        if reach == "near":
            if (dim, code) not in self._routes:
                known = routes_of(tree, code, None, limit=self.unranked[dim], enough=enough, reach=reach)
                self._routes[dim, code] = known
            if (known := self._routes[dim, code]) is not None:
                return known

        def rank(codes: Ints, sign: int) -> Floats:
            at = system.positions(base + (codes - code) * stride)
            return np.where(codes < 0, 0.0, weight[at] + NEVER * self._short(at, sign, need))

        limit = int(LAST ** (1 / len(system.trees))) if reach == "top" else enough
        found = routes_of(tree, code, rank, limit=limit, enough=enough, reach=reach)
        if found is None:
            raise LookupError("routes are only missing where there is nothing to rank them by")
        return found

    def _spell(self, cost: float, pick: int, routes: list[Routes], at: Ints) -> Circuit:
        signs = np.array([1])
        for choice, row in zip(routes, np.unravel_index(pick, [len(r.signs) for r in routes]), strict=True):
            signs = (signs[:, None] * choice.signs[row]).ravel()
        inside = (signs != 0) & (at < self.system.size)
        return Circuit(at[inside], signs[inside], cost)

    def _fits(self, circuit: Circuit, need: Need) -> bool:
        """Whether the remainders of incomplete totals can take the change, up and down."""
        if not self.limits:
            return True
        change = self._slack_change(circuit)
        return all(self.slack[r] + c * need.up >= 0 and self.slack[r] - c * need.down >= 0 for r, c in change.items())

    def _slack_change(self, circuit: Circuit) -> dict[int, int]:
        change: dict[int, int] = {}
        for cell, sign in zip(circuit.cells.tolist(), circuit.signs.tolist(), strict=True):
            for equation, side in self.limits.get(cell, ()):
                change[equation] = change.get(equation, 0) + sign * side
        return change

    def room(self, circuit: Circuit, amount: int) -> int:
        """How far, up to ``amount`` and by its sign, a circuit can be pushed from where the cells stand now."""
        ahead = circuit.signs * (1 if amount > 0 else -1) < 0
        spare = self.spare_seen if amount > 0 else self.spare
        room = min(abs(amount), int(spare[circuit.cells[ahead]].min(initial=abs(amount))))
        for equation, change in self._slack_change(circuit).items() if self.limits else ():
            if (loss := -change if amount > 0 else change) > 0:
                room = min(room, int(self.slack[equation]) // loss)
        return max(room, 0)

    def push(self, circuit: Circuit, amount: int) -> None:
        """Change the cells by ``amount`` along a circuit; push back by the opposite amount."""
        self.spare[circuit.cells] += circuit.signs * amount
        self.spare_seen[circuit.cells] += circuit.signs * amount
        for equation, change in self._slack_change(circuit).items() if self.limits else ():
            self.slack[equation] += change * amount


def _share(leaves: list[int], circuits: int, routes: int) -> list[int]:
    """How many routes to weigh in each dimension: all in small ones, and large ones share what is left."""
    share, left = [0] * len(leaves), float(circuits)
    for done, dim in enumerate(sorted(range(len(leaves)), key=lambda d: leaves[d])):
        share[dim] = max(3, min(routes, int(left ** (1 / (len(leaves) - done)))))
        left = max(1.0, left / min(share[dim], max(1, leaves[dim])))
    return share


def _limits(system: System) -> dict[int, list[tuple[int, int]]]:
    """Which remainders each cell moves: (equation, +1 as its total or -1 as a part), for incomplete totals."""
    e = system.equations
    limits: dict[int, list[tuple[int, int]]] = {}
    loose = e.slack > 0
    for equation in np.flatnonzero(loose).tolist():
        limits.setdefault(int(e.total[equation]), []).append((equation, 1))
    for i in np.flatnonzero(loose[e.equation]).tolist():
        limits.setdefault(int(e.part[i]), []).append((int(e.equation[i]), -1))
    return limits
