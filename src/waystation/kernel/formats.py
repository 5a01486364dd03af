"""Files out: one table as CSV (with an HXL row), XLSX, GeoJSON or Parquet.

Text that a spreadsheet would take for a formula is led by an apostrophe in CSV and stored as text in XLSX; numbers stay
numbers. Unknown is an empty cell, never a zero.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
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
    """A table ready to leave, or a reader of its batches where it is too large to hold. ``geometry``: GeoJSON geometry by
    the value of the ``place`` column; without it that column, which may be without a header, holds GeoJSON text."""

    name: str
    table: pa.Table | pa.RecordBatchReader
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
        for row in _rows(sheet, [h.name for h in sheet.headers]):
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
    for *most, last in _rows(sheet, [h.name for h in sheet.headers]):
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
    names, schema = [h.name for h in sheet.headers], pa.schema(fields)
    if isinstance(sheet.table, pa.Table):
        pq.write_table(sheet.table.select(names).cast(schema), path, compression="zstd")
        return
    with pq.ParquetWriter(path, schema, compression="zstd") as out:
        for batch in sheet.table:
            out.write_batch(batch.select(names).cast(schema))


def write_geojson(sheet: Sheet, path: Path) -> None:
    """A FeatureCollection (RFC 7946), a feature a row; rows whose place has no geometry have a null one."""
    names = [h.name for h in sheet.headers]
    apart = [sheet.place] if sheet.place and sheet.place not in names else []
    with path.open("w", encoding="utf-8") as stream:
        stream.write('{"type":"FeatureCollection","features":[')
        for number, row in enumerate(_rows(sheet, [*names, *apart])):
            values = dict(zip([*names, *apart], row, strict=True))
            place = values.pop(sheet.place) if apart else values.get(sheet.place)
            shape = json.loads(place or "null") if apart else sheet.geometry.get(str(place))
            feature = {"type": "Feature", "geometry": shape, "properties": values}
            stream.write(("," if number else "") + "\n" + json.dumps(feature, ensure_ascii=False, default=str))
        stream.write("\n]}\n")


WRITERS = {"csv": write_csv, "xlsx": write_xlsx, "parquet": write_parquet, "geojson": write_geojson}


def _rows(sheet: Sheet, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    whole = isinstance(sheet.table, pa.Table)
    for batch in sheet.table.to_batches(max_chunksize=5000) if whole else sheet.table:
        yield from zip(*(batch.column(name).to_pylist() for name in names), strict=True)
