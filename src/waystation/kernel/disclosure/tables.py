"""Suppression for a table of rows, as it is about to be released."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from waystation.kernel.disclosure.cells import Row, cells_from, key_of
from waystation.kernel.disclosure.structure import Structure
from waystation.kernel.disclosure.suppression import suppress
from waystation.kernel.refusals import Problem, Refused

MARK = "suppressed"  # the added column, and its one mark where reasons are not told


def suppress_table(
    rows: pa.Table | Sequence[Row],
    structure: Structure,
    threshold: int,
    *,
    value: str = "value",
    zeros_ok: bool = True,
    reasons: bool = True,
) -> pa.Table | list[dict[str, Any]]:
    """The same table with the suppressed values null and a text column ``suppressed``.

    ``rows`` are the linked tables of one population under each other: a pyarrow table or dicts, with a column of counts
    called ``value`` and one column of codes per dimension. A missing or null code stands for the dimension's total.
    ``suppressed`` is "small", "complementary" or null; with ``reasons`` false it is "suppressed" or null. Release the
    latter: a reader told which cells are small knows more than the audit assumes.

    Refuses, and returns nothing, where a small cell could not be proved safe (``disclosure.unprotected``), and what
    ``cells_from`` and ``suppress`` refuse.
    """
    listed = rows.to_pylist() if isinstance(rows, pa.Table) else rows
    cells = cells_from(listed, structure, value=value)
    result = suppress(cells, structure, threshold, zeros_ok=zeros_ok)
    exposed = dict.fromkeys([*result.audit.unproved, *(leak.key for leak in result.audit.leaks)])
    if exposed:
        raise Refused(problems=[Problem("disclosure.unprotected", {"key": ", ".join(key)}) for key in exposed])
    marks: list[str | None] = [result.suppressed.get(key_of(row, structure)) for row in listed]
    # a null value was never known, whatever another table says of the same cell
    values = [None if mark else row[value] for row, mark in zip(listed, marks, strict=True)]
    if not reasons:
        marks = [mark and MARK for mark in marks]
    if not isinstance(rows, pa.Table):
        return [{**row, value: v, MARK: m} for row, v, m in zip(listed, values, marks, strict=True)]
    at = rows.schema.get_field_index(value)
    kept = rows.set_column(at, value, pa.array(values, type=rows.schema.field(at).type))
    kept = kept.drop_columns([MARK]) if MARK in kept.column_names else kept
    return kept.append_column(MARK, pa.array(marks, type=pa.string()))
