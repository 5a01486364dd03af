"""Cells: the counts of one population, each with its key, gathered from the tables that show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from waystation.disclosure.structure import Dim, Key, Structure
from waystation.disclosure.unsound import Flaw, Unsound

Cells = Mapping[Key, int | None]
Row = Mapping[str, Any]


def as_count(value: Any, key: Key) -> int | None:
    """``value`` as a count, or None where the source does not know it. Refuses ``disclosure.not_a_count``."""
    if value is None or (isinstance(value, float | np.floating) and np.isnan(value)):
        return None
    try:
        count = -1 if isinstance(value, str | bool | np.bool_) else int(value)
    except (TypeError, ValueError, OverflowError):  # no number, or an infinite one
        count = -1
    if count < 0 or count != value:
        raise Unsound("disclosure.not_a_count", value=value, key=", ".join(key))
    return count


def code_of(row: Row, dim: Dim) -> str:
    """The row's code in ``dim``; a table without that column speaks of the dimension's total."""
    code = row.get(dim.name)
    if code is None:
        if dim.top is None:
            raise Unsound("disclosure.no_code", dim=dim.name)
        return dim.top
    return str(code)


def key_of(row: Row, structure: Structure) -> Key:
    """The row's key: its code in each dimension, in the structure's order."""
    return tuple(code_of(row, dim) for dim in structure.dims)


def cells_from(rows: Iterable[Row], structure: Structure, *, value: str = "value") -> dict[Key, int | None]:
    """Gather the cells of one or several linked tables; a cell that appears in several is one cell.

    Where one table knows a value and another does not, the known value counts. Refuses all rows at once, by row
    number from 1: ``disclosure.not_a_count``, ``no_code``, ``no_value``, ``conflict`` (two values for one cell).
    """
    cells: dict[Key, int | None] = {}
    flaws: list[Flaw] = []
    for number, row in enumerate(rows, start=1):
        try:
            if value not in row:
                raise Unsound("disclosure.no_value", value=value)
            key = key_of(row, structure)
            count, known = as_count(row[value], key), cells.get(key)
            if count is not None and known is not None and count != known:
                raise Unsound("disclosure.conflict", key=", ".join(key), first=known, second=count)
        except Unsound as found:
            flaws += [replace(one, row=number, column=value) for one in found.flaws]
            continue
        cells[key] = known if count is None else count
    if flaws:
        raise Unsound(flaws=flaws)
    return cells
