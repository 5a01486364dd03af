"""Answers in the DTM API's envelope, as JSON bytes.

Rows are written column by column: each different text is quoted once, numbers are printed by Arrow, and the pieces of a
row are joined there too. 100,000 rows take a fraction of a second; ``benchmarks/dtm_api.py`` measures it.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

AT_ONCE = 20_000  # rows joined at a time


def envelope(result: Any, status: int = 200, problems: list[str] | None = None) -> bytes:
    """A small answer: a list of dicts, or None with the ``problems`` that are the reason."""
    body = {
        "result": result, "statusCode": status, "isSuccess": not problems, "errorMessages": problems or [],
        "totalRecordsCount": len(result or ()),
    }  # fmt: skip
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def of_table(table: pa.Table, names: list[str]) -> Iterator[bytes]:
    """The answer that holds the ``names`` columns of a table, a dict a row, in pieces."""
    yield b'{"result":['
    for start in range(0, table.num_rows, AT_ONCE):
        rows = _rows(table.slice(start, AT_ONCE).select(names))
        yield (b"," if start else b"") + ",".join(rows.to_pylist()).encode()
    yield b'],"statusCode":200,"isSuccess":true,"errorMessages":[],"totalRecordsCount":%d}' % table.num_rows


def _rows(table: pa.Table) -> pa.Array:
    pieces: list[Any] = []
    for number, name in enumerate(table.column_names):
        pieces += [("{" if not number else ",") + f'"{name}":', _printed(table.column(name))]
    return pc.binary_join_element_wise(*pieces, "}", "")


def _printed(column: pa.ChunkedArray) -> pa.Array:
    column = column.combine_chunks()
    if not pa.types.is_string(column.type):
        return pc.fill_null(pc.cast(column, pa.string()), "null")
    coded = column.dictionary_encode(null_encoding="encode")
    quoted = [json.dumps(value, ensure_ascii=False) for value in coded.dictionary.to_pylist()]
    return pa.array(quoted, pa.string()).take(coded.indices)


def zipped(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same pieces, compressed on the way (gzip, quickest)."""
    press = zlib.compressobj(1, zlib.DEFLATED, 31)
    for piece in pieces:
        yield press.compress(piece)
    yield press.flush()
