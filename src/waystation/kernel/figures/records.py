"""Records as tables: as they stand, or as they stood at a moment, read back from revisions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import pyarrow as pa
from django.db import models
from django.db.models import Max

from waystation.kernel.audit import values_of
from waystation.kernel.fields import privacy_of
from waystation.kernel.models import Revision
from waystation.kernel.register import find_register
from waystation.kernel.values import canonical, digest

TYPES: tuple[tuple[type[models.Field[Any, Any]], pa.DataType], ...] = (
    (models.BooleanField, pa.bool_()),
    (models.DateTimeField, pa.timestamp("us", "UTC")),
    (models.DateField, pa.date32()),
    (models.FloatField, pa.float64()),
    (models.IntegerField, pa.int64()),
)
Standing = list[tuple[str, int, dict[str, Any]]]


def schema_of(model: type[models.Model]) -> pa.Schema:
    """Arrow columns of a model's public and internal fields, and ``_model``, ``_record``, ``_version``.

    Decimals, JSON and whatever else has no column type of its own are text.
    """
    columns = [pa.field(f.attname, _type(f)) for f in _kept(model)]
    return pa.schema([*columns, ("_model", pa.string()), ("_record", pa.string()), ("_version", pa.int32())])


def _kept(model: type[models.Model]) -> list[Any]:
    return [f for f in model._meta.concrete_fields if privacy_of(f) in ("public", "internal")]


def _type(field: Any) -> pa.DataType:
    field = getattr(field, "target_field", field)
    return next((arrow for kind, arrow in TYPES if isinstance(field, kind)), pa.string())


def table_at(register: str, known_at: datetime | None) -> tuple[pa.Table, str]:
    """The register's records at a moment (None: now) and a digest of which versions they are."""
    model = find_register(register).model
    found, schema = _found(model, known_at), schema_of(model)
    rows = [_typed({**values, "_model": register, "_record": key, "_version": v}, schema) for key, v, values in found]
    return pa.Table.from_pylist(rows, schema=schema), _taken(found)


def listed_at(register: str, known_at: datetime | None) -> tuple[list[dict[str, Any]], str]:
    """As ``table_at``, as plain values: what JSON fields hold stays as deep as it is."""
    model = find_register(register).model
    found, kept = _found(model, known_at), [f.attname for f in _kept(model)]
    own = [{"_model": register, "_record": key, "_version": version} for key, version, _ in found]
    return [{name: one[2].get(name) for name in kept} | o for one, o in zip(found, own, strict=True)], _taken(found)


def edited_since(register: str, known_at: datetime) -> list[dict[str, Any]]:
    """The records of a register that were made or changed after a moment: ``{"ref", "change", "before", "after"}``."""
    label = find_register(register).model._meta.label_lower
    later = Revision.objects.filter(model=label, at__gt=known_at).order_by("id").values_list("key", "version", "values")
    last = {key: (version, values) for key, version, values in later}
    before = {key: version for key, version, _ in _stood(label, known_at, list(last))}
    return [
        {"ref": values.get("ref", key), "change": "edited" if key in before else "added",
         "before": before.get(key), "after": version}
        for key, (version, values) in last.items()
    ]  # fmt: skip


def _found(model: type[models.Model], known_at: datetime | None) -> Standing:
    return _standing(model) if known_at is None else _stood(model._meta.label_lower, known_at)


def _taken(found: Standing) -> str:
    return digest([[key, version, digest(values)] for key, version, values in sorted(found, key=lambda one: one[0])])


def _standing(model: type[models.Model]) -> Standing:
    rows = model._base_manager.order_by("pk").iterator(chunk_size=2000)
    return [(str(one.pk), getattr(one, "version", 0), values_of(one)) for one in rows]


def _stood(label: str, known_at: datetime, keys: Iterable[str] | None = None) -> Standing:
    kept = Revision.objects.filter(model=label, at__lte=known_at)
    if keys is not None:
        kept = kept.filter(key__in=keys)
    last = kept.values("key").annotate(last=Max("id")).values("last")
    rows = Revision.objects.filter(pk__in=last).values_list("key", "version", "values")
    return sorted(rows, key=lambda one: (len(one[0]), one[0]))


def _typed(row: dict[str, Any], schema: pa.Schema) -> dict[str, Any]:
    """Values as a revision holds them, as the column wants them (dates and moments are ISO text there)."""
    return {field.name: _cast(row.get(field.name), field.type) for field in schema}


def _cast(value: Any, kind: pa.DataType) -> Any:
    if value is None:
        return None
    if pa.types.is_date32(kind):
        return date.fromisoformat(value)
    if pa.types.is_timestamp(kind):
        return datetime.fromisoformat(value)
    if pa.types.is_floating(kind):
        return float(value)
    if pa.types.is_string(kind) and not isinstance(value, str):
        return canonical(value).decode()
    return value
