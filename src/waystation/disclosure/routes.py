"""Routes: the ways one dimension can take a change in one of its codes so that every sum along it still holds.

A change of +1 in a code runs down to one leaf below it and out again: up through its ancestors as far as a common
ancestor with another leaf, and down to that leaf as -1; or up to the root. These are the circuits of the network
that a hierarchy of sums is (Cox 1995); a dimension whose codes never add up has the single route "itself".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from waystation.disclosure.structure import Floats, Ints, Tree

Reach = Literal["near", "wide", "top"]  # nearest relatives; relatives on every level; only up to the root
Rank = Callable[[Ints, int], Floats]  # codes (any shape, -1 for none), sign -> what each code would cost


@dataclass(frozen=True)
class Routes:
    """Alternatives over one set of codes: ``signs`` has one row per route (+1, -1 or 0 per code).

    ``both`` is the block matrix [[plus, minus], [minus, plus]] that turns costs per code into costs per route.
    """

    codes: Ints
    signs: Ints
    both: Floats


def routes_of(tree: Tree, code: int, rank: Rank | None, *, limit: int, enough: int, reach: Reach) -> Routes | None:
    """The routes of ``code`` within ``reach``, about ``limit`` of them at most.

    Of the leaves below, and of the relatives on one level, the cheapest by ``rank`` are kept; None if there are more
    than ``limit`` and no rank. "near" climbs to further relatives as long as that makes no more than ``enough``.
    """
    kept = limit if rank is None or tree.fanout[code] == 0 else max(2, round(limit**0.5) + 1)
    inner = _chains(tree, tree.leaves_under(code), tree.depth[code] + 1)
    inner_kept = _cheapest(inner, 1, rank, limit if rank is None or reach == "top" else max(1, limit // kept))
    if inner_kept is None:
        return None
    spine, top, climbed = np.full(tree.lineage.shape[1], -1, dtype=np.int64), code, 0
    spine[0] = code
    spines: list[Ints] = []
    exits: list[Ints] = []
    while True:
        out = _exits(tree, top, reach)
        so_far = sum(map(len, exits))
        if so_far and reach == "near" and len(inner_kept) * (so_far + len(out)) > enough:
            break
        out_kept = _cheapest(out, -1, rank, kept)
        if out_kept is None or (rank is None and len(inner_kept) * (so_far + len(out)) > limit):
            return None
        exits.append(out_kept)
        spines.append(np.broadcast_to(spine, out_kept.shape))
        climbed, top = climbed + 1, int(tree.parent[top])
        if top < 0:
            break
        spine = spine.copy()
        spine[climbed] = top
    return _tabulate(inner_kept, np.concatenate(spines), np.concatenate(exits), tree.size)


def _exits(tree: Tree, top: int, reach: Reach) -> Ints:
    """Where a change can leave after climbing to ``top``: down to a relative's leaf, or nowhere from a root."""
    up = int(tree.parent[top])
    if up < 0:
        return np.full((1, tree.lineage.shape[1]), -1, dtype=np.int64)
    if reach == "top":
        return tree.lineage[:0]
    return _chains(tree, tree.leaves_under(up), tree.depth[up] + 1, without=tree.leaves_under(top))


def _chains(tree: Tree, span: tuple[int, int], depth: int, without: tuple[int, int] | None = None) -> Ints:
    """The codes from ``depth`` down to each leaf in ``span``, one row per leaf, -1 where there is none."""
    rows = tree.lineage[slice(*span)]
    if without is not None:
        rows = np.concatenate((tree.lineage[span[0] : without[0]], tree.lineage[without[1] : span[1]]))
    chains = rows.copy()
    chains[:, :depth] = -1
    return chains


def _cheapest(chains: Ints, sign: int, rank: Rank | None, keep: int) -> Ints | None:
    if len(chains) <= keep:
        return chains
    if rank is None:
        return None
    kept: Ints = chains[np.argpartition(rank(chains, sign).sum(axis=1), keep)[:keep]]
    return kept


def _tabulate(inner: Ints, spines: Ints, exits: Ints, size: int) -> Routes:
    """Every way in with every way out, as a table of signs over the codes they touch."""
    ways = np.tile(np.arange(len(exits)), len(inner))
    with_code = np.hstack((np.repeat(inner, len(exits), axis=0), spines[ways]))
    against = exits[ways]
    seen = np.zeros(size + 1, dtype=bool)
    seen[with_code] = seen[against] = True
    seen[size] = False  # where -1, none, was marked
    codes, column = np.flatnonzero(seen), np.cumsum(seen) - 1
    column[size] = len(codes)
    row = np.arange(len(ways))[:, None]
    signs = np.zeros((len(ways), len(codes) + 1), dtype=np.int64)
    signs[row, column[with_code]] = 1
    signs[row, column[against]] = -1
    signs = signs[:, :-1]
    n, width = signs.shape
    both = np.empty((2 * n, 2 * width))
    both[:n, :width] = both[n:, width:] = signs > 0
    both[:n, width:] = both[n:, :width] = signs < 0
    return Routes(codes, signs, both)
