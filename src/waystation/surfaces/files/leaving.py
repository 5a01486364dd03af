"""Records on their way out: a register's rows as batches of typed columns, written batch by batch."""

from __future__ import annotations

import json
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from operator import attrgetter
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.db import models
from django.utils.translation import gettext_lazy as _

from waystation.kernel.fields import privacy_of
from waystation.kernel.formats import WRITERS, Header, Sheet
from waystation.kernel.refusals import require
from waystation.kernel.register import Register, value_of
from waystation.kernel.values import plain
from waystation.surfaces.columns import Column, column, exported, field_at, relations
from waystation.surfaces.files import refusals as refusals  # declared before they are raised

AT_ONCE = 50_000  # rows that are made while their reader waits; more are made by the worker
BATCH = 5_000
MOST_IN_XLSX = 1_048_576 - 2  # rows of a sheet, less the two heads
GEOMETRY = "geometry"
FORMATS: dict[str, Any] = {
    "csv": _("CSV"),
    "xlsx": _("Excel (XLSX)"),
    "hxl": _("CSV with HXL tags"),
    "geojson": _("GeoJSON"),
    "parquet": _("Parquet"),
}
TAGS = {"ref": "#meta+ref", "state": "#status", "office": "#org+office", "created_at": "#date+created"}
Told = Callable[[int], None]


@dataclass(frozen=True)
class Leaving:
    """``rows`` of a register, as the scope may see them and in order, with the columns asked for (paths)."""

    register: Register
    paths: tuple[str, ...]
    rows: models.QuerySet[Any]

    @cached_property
    def columns(self) -> list[Column]:
        """The columns that leave."""
        return [column(self.register, path) for path in self.paths if path not in set(self.kept_in)]

    @property
    def kept_in(self) -> list[str]:
        """Columns that were asked for and are somebody's own: they stay in the house."""
        return [path for path in self.paths if _somebodys(self.register.model, path)]


def _somebodys(model: type[models.Model], path: str) -> bool:
    steps = path.split("__")
    spots = (field_at(model, "__".join(steps[: n + 1])) for n in range(len(steps)))
    return any(privacy_of(spot) in ("personal", "sensitive") for spot in spots if spot is not None)


def geometry_of(register: Register) -> Callable[[Any], Any] | None:
    """What draws a record: its ``__geo_interface__``, as shapely and others say it, or its longitude and latitude (WGS 84,
    degrees). None where the register is of no places, or keeps them to itself."""
    model = register.model
    if hasattr(model, "__geo_interface__"):
        return lambda record: record.__geo_interface__
    pair = ("longitude", "latitude")
    if any(field_at(model, one) is None or _somebodys(model, one) for one in pair):
        return None
    return _point


def _point(record: Any) -> Any:
    if record.longitude is None or record.latitude is None:
        return None
    return {"type": "Point", "coordinates": [float(record.longitude), float(record.latitude)]}


def offered(register: Register) -> dict[str, Any]:
    """The formats that a register's lists leave in, with their names."""
    placed = geometry_of(register) is not None
    return {kind: name for kind, name in FORMATS.items() if kind != "geojson" or placed}


def write(leaving: Leaving, kind: str, path: Path, told: Told | None = None) -> int:
    """Write the file; returns how many rows it holds. ``told`` hears now and then how many are written.

    Raises Refused ``kernel.unknown_name`` for a format there is not, ``files.too_many_for_xlsx``.
    """
    known = offered(leaving.register)
    require(kind in known, "kernel.unknown_name", what=_("format"), name=kind, known=", ".join(known))
    too_many = kind == "xlsx" and leaving.rows[: MOST_IN_XLSX + 1].count() > MOST_IN_XLSX
    require(not too_many, "files.too_many_for_xlsx", most=f"{MOST_IN_XLSX:,}")
    counted = [0]
    reader = pa.RecordBatchReader.from_batches(_schema(leaving, kind), _batches(leaving, kind, counted, told))
    tagged = kind != "csv"
    headers = tuple(
        Header(c.path, c.privacy, _tag(leaving.register, c) if tagged else "", c.label) for c in leaving.columns
    )
    sheet = Sheet(leaving.register.name, reader, headers, str(leaving.register.word[1]), place=GEOMETRY)
    WRITERS["csv" if kind == "hxl" else kind](sheet, path)
    return counted[0]


def _tag(register: Register, of: Column) -> str:
    """The HXL tag that the register declares for a column, else what any register's column of its kind is."""
    return register.hxl.get(of.path) or TAGS.get(of.path) or ("#date" if of.kind == "date" else "")


def _schema(leaving: Leaving, kind: str) -> pa.Schema:
    fields = [pa.field(c.path, _type(leaving.register.model, c.path)) for c in leaving.columns]
    return pa.schema([*fields, pa.field(GEOMETRY, pa.string())] if kind == "geojson" else fields)


def _type(model: type[models.Model], path: str) -> pa.DataType:
    spot = field_at(model, path)
    if isinstance(spot, models.DecimalField):
        return pa.decimal128(spot.max_digits, spot.decimal_places)
    if isinstance(spot, models.DateTimeField):
        return pa.string()  # moments are ISO 8601 text, for spreadsheets hold no time zones
    for kind, made in (
        (models.BooleanField, pa.bool_()), (models.IntegerField, pa.int64()), (models.FloatField, pa.float64()),
        (models.DateField, pa.date32()),
    ):  # fmt: skip
        if isinstance(spot, kind):
            return made
    return _hinted(model, path) if spot is None else pa.string()


def _hinted(model: type[models.Model], path: str) -> pa.DataType:
    """What a property of the model says it gives."""
    got = getattr(getattr(model, path, None), "fget", None)
    kinds: dict[Any, pa.DataType] = {bool: pa.bool_(), int: pa.int64(), float: pa.float64(), date: pa.date32()}
    return kinds.get(typing.get_type_hints(got).get("return"), pa.string()) if got else pa.string()


def _batches(leaving: Leaving, kind: str, counted: list[int], told: Told | None) -> Iterator[pa.RecordBatch]:
    schema, paths = _schema(leaving, kind), [c.path for c in leaving.columns]
    draw = geometry_of(leaving.register) if kind == "geojson" else None
    rows = leaving.rows.select_related(*relations(leaving.register.model, paths))
    held: list[Any] = []
    for record in rows.iterator(chunk_size=BATCH):
        held.append(record)
        if len(held) == BATCH:
            yield _batch(held, paths, draw, schema)
            counted[0] += len(held)
            if told is not None:
                told(counted[0])
            held = []
    yield _batch(held, paths, draw, schema)
    counted[0] += len(held)


def _batch(
    records: list[Any], paths: list[str], draw: Callable[[Any], Any] | None, schema: pa.Schema
) -> pa.RecordBatch:
    columns = []
    for path in paths:
        kind, read = schema.field(path).type, _reader(type(records[0]), path) if records else None
        columns.append(pa.array([_leaving(read(one), kind) for one in records] if read else [], kind))
    if draw is not None:
        shapes = [draw(one) for one in records]
        columns.append(pa.array([json.dumps(one) if one is not None else None for one in shapes], pa.string()))
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _reader(model: type[models.Model], path: str) -> Callable[[Any], Any]:
    """What reads a record's value: its own columns at once, what lies elsewhere step by step."""
    spot = field_at(model, path)
    own = spot is not None and "__" not in path and not isinstance(spot, models.ForeignKey)
    return attrgetter(path) if own else lambda record: value_of(record, path)


def _leaving(value: Any, kind: pa.DataType) -> Any:
    if value is None or kind != pa.string() or isinstance(value, str):
        return value
    if isinstance(value, dict | list):
        return json.dumps(plain(value), ensure_ascii=False)
    kept = exported(value)
    return kept if isinstance(kept, str) else str(kept)


def as_typed(values: list[Any]) -> pa.Array:
    """Values of a screen's column; one of mixed kinds leaves as text."""
    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.array([None if one is None else str(one) for one in values])
