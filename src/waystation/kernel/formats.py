"""Files out: one table as CSV (with an HXL row), XLSX, GeoJSON or Parquet.

Text that a spreadsheet would take for a formula is led by an apostrophe in CSV and stored as text in XLSX; numbers stay
numbers. Unknown is an empty cell, never a zero.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from waystation.kernel.fields import Privacy

FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Header:
    """A column as it leaves: its name in files, its class, its HXL tag, its label."""

    name: str
    privacy: Privacy = "public"
    hxl: str = ""
    label: Any = ""


@dataclass(frozen=True)
class Sheet:
    """A table ready to leave. ``geometry``: GeoJSON geometry by the value of the ``place`` column."""

    name: str
    table: pa.Table
    headers: tuple[Header, ...]
    title: Any = ""
    place: str = ""
    geometry: Mapping[str, Any] = field(default_factory=dict)
    formats: tuple[str, ...] = ("csv", "xlsx", "parquet")


def disarm(value: Any) -> Any:
    """Text that begins like a formula, led by an apostrophe (OWASP CSV injection); other values unchanged."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def write_csv(sheet: Sheet, path: Path) -> None:
    """UTF-8, one header row, then the HXL row when any column has a tag."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        out = csv.writer(stream, lineterminator="\n")
        out.writerow([h.name for h in sheet.headers])
        if any(h.hxl for h in sheet.headers):
            out.writerow([h.hxl for h in sheet.headers])
        for row in _rows(sheet):
            out.writerow(["" if value is None else disarm(value) for value in row])


def write_xlsx(sheet: Sheet, path: Path) -> None:
    """One sheet; header in bold, HXL row under it, first rows frozen."""
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet(sheet.name[:31])
    tagged = any(h.hxl for h in sheet.headers)
    page.freeze_panes = "A3" if tagged else "A2"
    bold = []
    for header in sheet.headers:
        cell = WriteOnlyCell(page, header.name)
        cell.font = Font(bold=True)
        bold.append(cell)
    page.append(bold)
    if tagged:
        page.append([h.hxl for h in sheet.headers])
    for *most, last in _rows(sheet):
        # an empty last cell is written as such: readers find a row short that ends before its header does
        page.append([*(_cell(page, value) for value in most), _cell(page, "" if last is None else last)])
    book.save(path)


def _cell(page: Any, value: Any) -> Any:
    if not isinstance(value, str) or not value.startswith(FORMULA):
        return value
    cell = WriteOnlyCell(page, value)
    cell.data_type = "s"
    return cell


def write_parquet(sheet: Sheet, path: Path) -> None:
    """The table with the headers' names; HXL tags in the columns' metadata."""
    fields = [
        pa.field(h.name, sheet.table.schema.field(h.name).type, metadata={"hxl": h.hxl} if h.hxl else None)
        for h in sheet.headers
    ]
    table = sheet.table.select([h.name for h in sheet.headers]).cast(pa.schema(fields))
    pq.write_table(table, path, compression="zstd")


def write_geojson(sheet: Sheet, path: Path) -> None:
    """A FeatureCollection (RFC 7946), a feature a row; rows whose place has no geometry have a null one."""
    names = [h.name for h in sheet.headers]
    with path.open("w", encoding="utf-8") as stream:
        stream.write('{"type":"FeatureCollection","features":[')
        for number, row in enumerate(_rows(sheet)):
            values = dict(zip(names, row, strict=True))
            shape = sheet.geometry.get(str(values.get(sheet.place)))
            feature = {"type": "Feature", "geometry": shape, "properties": values}
            stream.write(("," if number else "") + "\n" + json.dumps(feature, ensure_ascii=False, default=str))
        stream.write("\n]}\n")


WRITERS = {"csv": write_csv, "xlsx": write_xlsx, "parquet": write_parquet, "geojson": write_geojson}


def _rows(sheet: Sheet) -> Any:
    names = [h.name for h in sheet.headers]
    for batch in sheet.table.select(names).to_batches(max_chunksize=5000):
        yield from zip(*(_column(batch.column(i)) for i in range(len(names))), strict=True)


def _column(column: pa.Array) -> Sequence[Any]:
    values: list[Any] = column.to_pylist()
    return values
