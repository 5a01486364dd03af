"""Readers of a release, for the tests: they know the sums and the published cells, and nothing else."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from waystation.disclosure import Key, Structure

Table = dict[Key, int]


def children(structure: Structure, dim: int) -> dict[str, list[str]]:
    """Parent to children in one dimension."""
    below: dict[str, list[str]] = {}
    for child, parent in structure.dims[dim].parents.items():
        below.setdefault(parent, []).append(child)
    return below


def sums(structure: Structure, keys: Mapping[Key, object]) -> Iterator[tuple[Key, list[Key], bool]]:
    """Every total among ``keys`` with its listed parts, and whether all its parts are listed."""
    for dim in range(len(structure.dims)):
        below = children(structure, dim)
        for key in keys:
            parts = [(*key[:dim], code, *key[dim + 1 :]) for code in below.get(key[dim], [])]
            listed = [part for part in parts if part in keys]
            if listed:
                yield key, listed, len(listed) == len(parts)


def whole_table(structure: Structure, leaves: Mapping[Any, int]) -> Table:
    """The leaves' counts with all their totals in every dimension."""
    table: Table = {}
    for leaf, count in leaves.items():
        chains = []
        for dim, code in zip(structure.dims, leaf, strict=True):
            chain = [code]
            while chain[-1] in dim.parents:
                chain.append(dim.parents[chain[-1]])
            chains.append(chain)
        for key in itertools.product(*chains):
            table[key] = table.get(key, 0) + count
    return table


def possible_values(
    structure: Structure, table: Table, hidden: set[Key], most: int, least: int = 0
) -> dict[Key, set[int]]:
    """Every value of every hidden cell in any table of counts that agrees with the published cells.

    Tries all values from 0 to ``most`` for the hidden leaves (``least`` applies to all hidden cells).
    """
    inner = {c for d in structure.dims for c in d.parents.values()}
    leaves = [key for key in table if not inner & set(key)]
    free = [key for key in leaves if key in hidden]
    grid = np.indices((most + 1,) * len(free)).reshape(len(free), -1) if free else np.zeros((0, 1), dtype=int)
    made = {key: np.zeros(grid.shape[1], dtype=int) for key in table}
    for leaf in leaves:
        counts = grid[free.index(leaf)] if leaf in hidden else np.full(grid.shape[1], table[leaf])
        for key in whole_table(structure, {leaf: 1}):
            made[key] = made[key] + counts
    agrees = np.ones(grid.shape[1], dtype=bool)
    for key, count in table.items():
        agrees &= (made[key] >= least) if key in hidden else (made[key] == count)
    return {key: set(made[key][agrees].tolist()) for key in hidden}
