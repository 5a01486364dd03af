"""Routes: the ways one dimension can take a change in one of its codes so that every sum along it still holds.

A change of +1 in a code runs down to one leaf below it and out again: up through its ancestors as far as a common
ancestor with another leaf, and down to that leaf as -1; or up to the root. These are the circuits of the network
that a hierarchy of sums is (Cox 1995); a dimension whose codes never add up has the single route "itself".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from waystation.kernel.disclosure.structure import Floats, Ints, Tree

Rank = Callable[[Ints, int], Floats]  # codes (any shape, -1 for none), sign -> what each code would cost


@dataclass(frozen=True)
class Routes:
    """Alternatives over one set of codes: ``signs`` has one row per route (+1, -1 or 0 per code).

    ``both`` is the block matrix [[plus, minus], [minus, plus]] that turns costs per code into costs per route.
    """

    codes: Ints
    signs: Ints
    both: Floats


def routes_of(tree: Tree, code: int, rank: Rank | None, *, limit: int, wide: bool) -> Routes | None:
    """The routes of ``code``: through the nearest relatives only, or through all of them if ``wide``.

    At most about ``limit`` are returned, the cheapest by ``rank``; None if there are more and no rank was given.
    """
    exits_kept = limit if tree.fanout[code] == 0 else max(2, round(limit**0.5) + 1)
    inner = _cheapest(tree, tree.leaves_under(code), tree.depth[code] + 1, 1, rank, max(1, limit // exits_kept))
    found: list[tuple[list[int], Ints]] = []
    spine, top = [code], code
    while inner is not None:
        up = int(tree.parent[top])
        if up < 0:
            found.append((spine, np.zeros(0, dtype=np.int64)))
            break
        if tree.fanout[up] > 1:
            chains = _cheapest(tree, tree.leaves_under(up), tree.depth[up] + 1, -1, rank, exits_kept, top)
            if chains is None:
                return None
            found += [(spine, chain) for chain in chains]
            if not wide:
                break
        spine, top = [*spine, up], up
    return None if inner is None else _tabulate(inner, found)


def _cheapest(
    tree: Tree, span: tuple[int, int], depth: int, sign: int, rank: Rank | None, keep: int, without: int | None = None
) -> list[Ints] | None:
    """Chains of codes from ``depth`` down to the leaves in ``span``, the ``keep`` cheapest."""
    chains = tree.lineage[span[0] : span[1], depth:]
    if without is not None:
        first, last = (row - span[0] for row in tree.leaves_under(without))
        chains = np.concatenate((chains[:first], chains[last:]))
    if len(chains) > keep:
        if rank is None:
            return None
        costs = rank(chains, sign).sum(axis=1)
        chains = chains[np.argpartition(costs, keep)[:keep]]
    return [chain[chain >= 0] for chain in chains]


def _tabulate(inner: list[Ints], found: list[tuple[list[int], Ints]]) -> Routes:
    codes = np.unique(np.concatenate([*inner, *(np.array(spine) for spine, _ in found), *(out for _, out in found)]))
    signs = np.zeros((len(inner) * len(found), len(codes)), dtype=np.int64)
    row = 0
    for down in inner:
        for spine, out in found:
            signs[row, np.searchsorted(codes, down)] = 1
            signs[row, np.searchsorted(codes, spine)] = 1
            signs[row, np.searchsorted(codes, out)] = -1
            row += 1
    plus, minus = (signs > 0).astype(np.float64), (signs < 0).astype(np.float64)
    return Routes(codes, signs, np.block([[plus, minus], [minus, plus]]))
