"""The attack: what a reader of a release can work out about the cells that were hidden.

Two independent methods, neither of which knows how the cells were chosen:

- bounds: every equation narrows what each of its cells can be, given the bounds of the others, until nothing
  narrows any more (the shuttle algorithm, over all equations);
- elimination: a hidden cell follows exactly from the published ones if and only if it is zero in every solution of
  the homogeneous equations. The equations are eliminated exactly (integers and fractions) and one random
  solution is drawn; a cell that is not derivable is zero in it with a chance below 1 in 2**30.

Every leak found is a leak. Bounds that only several equations together imply are not all found: see ``unproved``
in the suppression for the other side, cells for which no proof of protection was found.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from waystation.disclosure.structure import Ints, Key, Structure
from waystation.disclosure.system import LISTED, System, add_by
from waystation.disclosure.unsound import require

SWEEPS = 200  # bounds are valid after any number of sweeps; in practice a handful are made
Number = int | Fraction


@dataclass(frozen=True)
class Leak:
    """A small cell that lies between ``low`` and ``high`` for sure; ``high`` None means no bound was found.

    ``exact`` tells that its value follows; then low and high are that value.
    """

    key: Key
    low: int
    high: int | None
    exact: bool


def audit(
    cells: Mapping[Key, int | None],
    suppressed: Collection[Key],
    structure: Structure,
    threshold: int,
    *,
    zeros_ok: bool = True,
) -> list[Leak]:
    """Attack a release of ``cells`` without the ``suppressed`` ones; an empty list means nothing was found.

    A small cell leaks if it is published, if it follows exactly, or if some value below the threshold is ruled out
    (zero too, for a reader who does not know that zeros are published; that reader aside, the highest value).
    Complementary cells that follow exactly are reported as well: they protect nothing.
    """
    system = System(cells, structure)
    known = set(suppressed)
    hidden = np.array([k != LISTED or system.key(i) in known for i, k in enumerate(system.kind)], dtype=bool)
    return leaks(system, hidden, threshold, zeros_ok=zeros_ok, eliminate=True)


def small(system: System, threshold: int, *, zeros_ok: bool) -> np.ndarray:
    """Which cells are primary: counts below the threshold, printed or following from what is printed."""
    require(not isinstance(threshold, bool) and threshold >= 1, "disclosure.threshold", threshold=threshold)
    few: np.ndarray = (system.value < threshold) & ((system.value > 0) | (not zeros_ok))
    return few


def leaks(system: System, hidden: np.ndarray, threshold: int, *, zeros_ok: bool, eliminate: bool) -> list[Leak]:
    """What both methods find; ``hidden`` per position, cells nobody printed counting as hidden."""
    listed = system.kind == LISTED
    hidden = hidden & (listed | (system.value > 0) | (not zeros_ok))
    zeros_shown = zeros_ok and not (hidden & (system.value == 0)).any()
    unbounded = 4 * (int(system.value.max(initial=0)) + threshold)
    low, high = bounds(system, hidden, np.zeros(system.size, dtype=np.int64), unbounded)
    seen_low, seen_high = bounds(system, hidden, (listed & hidden & zeros_shown).astype(np.int64), unbounded)
    exact = hidden & ((low == high) | (seen_low == seen_high))
    if eliminate:
        exact[derivable(system, hidden & ~exact)] = True
    few = small(system, threshold, zeros_ok=zeros_ok)
    exact &= few | listed  # a cell nobody printed may follow, unless it is small
    narrow = few & ((low > 0) | (seen_high < threshold - 1) | ~hidden)
    found = []
    for i in np.flatnonzero(narrow | exact).tolist():
        value, sure = int(system.value[i]), bool(exact[i] or not hidden[i])
        top = int(seen_high[i])
        bound = None if top >= unbounded else top
        found.append(Leak(system.key(i), value if sure else int(low[i]), value if sure else bound, sure))
    return found


def bounds(system: System, hidden: np.ndarray, floor: Ints, ceiling: int) -> tuple[Ints, Ints]:
    """Lowest and highest value of every cell that the equations, one at a time, leave possible.

    ``ceiling`` stands for no bound and must be well above every count.
    """
    e = system.equations
    low = np.where(hidden, floor, system.value)
    high = np.where(hidden, ceiling, system.value)
    count = len(e.total)
    loose = np.where(e.slack > 0, ceiling, 0)
    for _ in range(SWEEPS):
        before = low.sum() - high.sum()
        parts_low, parts_high = add_by(e.equation, low[e.part], count), add_by(e.equation, high[e.part], count)
        np.maximum.at(low, e.total, parts_low)
        np.minimum.at(high, e.total, parts_high + loose)
        others_low = parts_low[e.equation] - low[e.part]
        others_high = (parts_high + loose)[e.equation] - high[e.part]
        top, bottom = high[e.total][e.equation], low[e.total][e.equation]
        np.minimum.at(high, e.part, top - others_low)
        np.maximum.at(low, e.part, bottom - others_high)
        if low.sum() - high.sum() == before:
            break
    return low, high


def derivable(system: System, hidden: np.ndarray) -> Ints:
    """Positions of the hidden cells whose value follows from the published ones by the equations alone."""
    e = system.equations
    rows: list[dict[int, Number]] = [{} for _ in range(len(e.total))]
    for r in np.flatnonzero(hidden[e.total]).tolist():
        rows[r][int(e.total[r])] = 1
    for i in np.flatnonzero(hidden[e.part]).tolist():
        rows[int(e.equation[i])][int(e.part[i])] = -1
    for r in np.flatnonzero(e.slack > 0).tolist():
        rows[r][system.size + r] = -1
    solution = _random_solution([row for row in rows if row])
    cells = np.flatnonzero(hidden)
    return cells[[solution.get(int(c), 1) == 0 for c in cells]]


def _random_solution(rows: list[dict[int, Number]]) -> dict[int, Number]:
    """A random solution of ``row . x = 0`` for all rows, exact; short rows are eliminated first to keep rows short."""
    holders: dict[int, set[int]] = {}
    for r, row in enumerate(rows):
        for cell in row:
            holders.setdefault(cell, set()).add(r)
    queue = [(len(row), r) for r, row in enumerate(rows)]
    heapq.heapify(queue)
    solved: list[tuple[int, dict[int, Number]]] = []
    done: set[int] = set()
    while queue:
        length, r = heapq.heappop(queue)
        row = rows[r]
        if r in done or length != len(row):
            continue
        done.add(r)
        if not row:
            continue
        for cell in row:
            holders[cell].discard(r)
        pivot = min(row, key=lambda cell: (abs(row[cell]) != 1, len(holders[cell])))
        solved.append((pivot, row))
        for other in list(holders[pivot]):
            _subtract(rows[other], row, pivot, other, holders)
            heapq.heappush(queue, (len(rows[other]), other))
    chance = np.random.default_rng(len(rows))
    solution: dict[int, Number] = {}
    for pivot, row in reversed(solved):
        total: Number = 0
        for cell, factor in row.items():
            if cell != pivot:
                if cell not in solution:
                    solution[cell] = int(chance.integers(2**62))
                total += factor * solution[cell]
        solution[pivot] = -total if row[pivot] == 1 else total if row[pivot] == -1 else -total / Fraction(row[pivot])
    return solution


def _subtract(
    target: dict[int, Number], row: dict[int, Number], pivot: int, name: int, holders: dict[int, set[int]]
) -> None:
    """Remove ``pivot`` from the row ``target`` by subtracting a multiple of ``row``."""
    lead = row[pivot]
    times = target[pivot] * lead if lead in (1, -1) else target[pivot] / Fraction(lead)
    for cell, factor in row.items():
        left = target.get(cell, 0) - times * factor
        if left:
            if cell not in target:
                holders[cell].add(name)
            target[cell] = left
        elif cell in target:
            del target[cell]
            holders[cell].discard(name)
