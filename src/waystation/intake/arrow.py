"""Rows as Arrow record batches, for datasets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from waystation.intake.fields import Field
from waystation.intake.mapping import Mapping
from waystation.intake.reading import Row, Tally, rows
from waystation.intake.source import Source

# 15 decimals hold every digit a spreadsheet keeps; counts are int64 and never floats.
_TYPES: dict[str, pa.DataType] = {
    "integer": pa.int64(),
    "decimal": pa.decimal128(38, 15),
    "date": pa.date32(),
    "text": pa.string(),
    "code": pa.string(),
}


def schema(fields: Sequence[Field]) -> pa.Schema:
    """The columns of the batches: ``origin_row`` (int64) and one for each field."""
    return pa.schema([pa.field("origin_row", pa.int64()), *(pa.field(f.name, _TYPES[f.kind]) for f in fields)])


def batches(
    source: Source, mapping: Mapping, fields: Sequence[Field], size: int = 10_000, tally: Tally | None = None
) -> Iterator[pa.RecordBatch]:
    """Yield the rows without problems in batches of at most ``size``; ``tally`` holds what the others had.

    A batch has the columns of ``schema(fields)``. Decimals are rounded to 15 places.
    """
    tally = tally if tally is not None else Tally()
    waiting: list[Row] = []
    for row in rows(source, mapping, fields, tally):
        if not row.problems:
            waiting.append(row)
            if len(waiting) == size:
                yield _batch(waiting, fields)
                waiting.clear()
    if waiting:
        yield _batch(waiting, fields)


def _batch(found: list[Row], fields: Sequence[Field]) -> pa.RecordBatch:
    arrays = [pa.array([r.origin for r in found], pa.int64())]
    for field in fields:
        values = [r.values.get(field.name) for r in found]
        try:
            arrays.append(pa.array(values, _TYPES[field.kind]))
        except pa.ArrowInvalid:  # only decimals can have more places than the type
            arrays.append(pa.array([None if v is None else round(v, 15) for v in values], _TYPES[field.kind]))
    return pa.RecordBatch.from_arrays(arrays, schema=schema(fields))
