"""Records as tables: as they stand, or as they stood at a moment, read back from revisions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pyarrow as pa
from django.db import models
from django.db.models import Max

from waystation.kernel.audit import values_of
from waystation.kernel.fields import privacy_of
from waystation.kernel.models import Revision
from waystation.kernel.register import find_register
from waystation.kernel.values import digest

TYPES: tuple[tuple[type[models.Field[Any, Any]], pa.DataType], ...] = (
    (models.BooleanField, pa.bool_()),
    (models.DateTimeField, pa.timestamp("us", "UTC")),
    (models.DateField, pa.date32()),
    (models.FloatField, pa.float64()),
    (models.IntegerField, pa.int64()),
    (models.AutoField, pa.int64()),
)


def schema_of(model: type[models.Model]) -> pa.Schema:
    """Arrow columns of a model's public and internal fields, and ``_model``, ``_record``, ``_version``."""
    kept = [f for f in model._meta.concrete_fields if privacy_of(f) in ("public", "internal")]
    columns = [pa.field(f.attname, _type(f)) for f in kept]
    return pa.schema([*columns, ("_model", pa.string()), ("_record", pa.string()), ("_version", pa.int32())])


def _type(field: Any) -> pa.DataType:
    field = getattr(field, "target_field", field)
    return next((arrow for kind, arrow in TYPES if isinstance(field, kind)), pa.string())


def table_at(register: str, known_at: datetime | None) -> tuple[pa.Table, str]:
    """The register's records at a moment (None: now) and a digest of which versions they are."""
    model = find_register(register).model
    found = _standing(model) if known_at is None else _stood(model, known_at)
    schema = schema_of(model)
    rows = [_typed({**values, "_model": register, "_record": key, "_version": v}, schema) for key, v, values in found]
    taken = digest(sorted((key, version, digest(values)) for key, version, values in found))
    return pa.Table.from_pylist(rows, schema=schema), taken


def _standing(model: type[models.Model]) -> list[tuple[str, int, dict[str, Any]]]:
    rows = model._base_manager.order_by("pk").iterator(chunk_size=2000)
    return [(str(one.pk), getattr(one, "version", 0), values_of(one)) for one in rows]


def _stood(model: type[models.Model], known_at: datetime) -> list[tuple[str, int, dict[str, Any]]]:
    label = model._meta.label_lower
    last = Revision.objects.filter(model=label, at__lte=known_at).values("key").annotate(last=Max("id")).values("last")
    rows = Revision.objects.filter(pk__in=last).order_by("key").values_list("key", "version", "values")
    return [(key, version, values) for key, version, values in rows]


def _typed(row: dict[str, Any], schema: pa.Schema) -> dict[str, Any]:
    """Values as a revision holds them, as the column wants them (dates and moments are ISO text there)."""
    out = {}
    for field in schema:
        value = row.get(field.name)
        if value is not None and pa.types.is_date32(field.type):
            value = datetime.fromisoformat(value).date()
        elif value is not None and pa.types.is_timestamp(field.type):
            value = datetime.fromisoformat(value)
        elif value is not None and pa.types.is_floating(field.type):
            value = float(value)
        elif value is not None and pa.types.is_string(field.type) and not isinstance(value, str):
            value = str(value)
        out[field.name] = value
    return out
