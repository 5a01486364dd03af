"""Rows of any table as neutral records, read in one consistent snapshot, and written back into either kind of database.

Everything is taken from Django's registry of models, many-to-many tables included: a table that an app adds is backed up
without a line. A record is a list of values in the order of the fields named at the head of its table. Sealed text stays
sealed; moments keep their microseconds, for the trail's digests are taken over them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.management.color import no_style
from django.db import connection, connections, models, transaction
from django.db.models.functions import Cast
from django.utils.duration import duration_iso_string

from waystation.kernel.fields import EncryptedText

SNAPSHOT = "snapshot"
BATCH = 2000  # rows read or written at once
Model = type[models.Model]


def tables(registry: Any) -> list[Model]:
    """Every model of a registry that has a table of its own, those of many-to-many relations included."""
    found = registry.get_models(include_auto_created=True, include_swapped=False)
    return sorted((m for m in found if m._meta.managed and not m._meta.proxy), key=lambda m: str(m._meta.label_lower))


def fields_of(model: Model) -> list[Any]:
    """The stored fields whose values are ours to say."""
    return [one for one in model._meta.concrete_fields if not getattr(one, "generated", False)]


@contextmanager
def snapshot() -> Iterator[str]:
    """Everything read from this database alias inside the block is as of one moment, while others go on writing."""
    connections[SNAPSHOT] = reading = connection.copy(SNAPSHOT)
    try:
        if reading.vendor == "postgresql":
            with transaction.atomic(using=SNAPSHOT):
                with reading.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                yield SNAPSHOT
        else:  # a transaction that only reads: SQLite's journal shows it the database as it was, and it holds nobody up
            with reading.cursor() as cursor:
                cursor.execute("BEGIN DEFERRED")
                yield SNAPSHOT
                cursor.execute("ROLLBACK")
    finally:
        reading.close()
        del connections[SNAPSHOT]


def read(model: Model, alias: str) -> Iterator[list[Any]]:
    """The rows of a table in the order of their keys, each as its neutral values."""
    fields = fields_of(model)
    sealed = {
        f"sealed_{f.attname}": Cast(f.attname, models.TextField()) for f in fields if isinstance(f, EncryptedText)
    }
    names = [f"sealed_{f.attname}" if isinstance(f, EncryptedText) else f.attname for f in fields]
    rows = model._base_manager.using(alias).order_by("pk").annotate(**sealed).values_list(*names)
    for row in rows.iterator(chunk_size=BATCH):
        yield [_neutral(one) for one in row]


def _neutral(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, timedelta):
        return duration_iso_string(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    return value


def line_of(row: Sequence[Any]) -> bytes:
    """A row as one line of JSON."""
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def empty(models_known: Iterable[Model]) -> None:
    """Take out what migrations put into the tables of a new house; inside a transaction, where references wait for its end."""
    with connection.cursor() as cursor:
        for model in models_known:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608 - a table's quoted name


def write(model: Model, names: Sequence[str], rows: Iterable[list[Any]]) -> None:
    """Write rows into a table exactly as they were: no default, no moment of saving is put in."""
    by_name = {f.attname: f for f in model._meta.concrete_fields}
    fields = [by_name[name] for name in names]
    rebuilt = [model(**{f.attname: _rebuilt(f, v) for f, v in zip(fields, row, strict=True)}) for row in rows]
    step = max(1, min(BATCH, connection.ops.bulk_batch_size(fields, rebuilt) or BATCH))
    for start in range(0, len(rebuilt), step):
        rows_of = model._base_manager.get_queryset()
        part = rebuilt[start : start + step]
        # what bulk_create ends in; raw: nothing is computed at saving
        rows_of._insert(part, fields=fields, using=connection.alias, raw=True)  # type: ignore[attr-defined]  # not in the stubs


def _rebuilt(field: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(field, EncryptedText):
        return models.Value(value, models.TextField())
    return field.to_python(value)


def last_keys(models_known: Iterable[Model], alias: str) -> dict[str, int]:
    """The last number each table's counter gave, so that no key of a row that is gone is given again."""
    found: dict[str, int] = {}
    reading = connections[alias]
    with reading.cursor() as cursor:
        for model in models_known:
            key, table = model._meta.pk, model._meta.db_table
            if not isinstance(key, models.AutoField | models.BigAutoField | models.SmallAutoField):
                continue
            if reading.vendor == "postgresql":
                cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [reading.ops.quote_name(table), key.column])
                sequence = cursor.fetchone()[0]
                cursor.execute(f"SELECT last_value FROM {sequence} WHERE is_called")  # noqa: S608 - named by the database itself
            else:
                cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            row = cursor.fetchone()
            if row:
                found[model._meta.label_lower] = int(row[0])
    return found


def set_last_keys(models_known: Sequence[Model], last: dict[str, int]) -> None:
    """Have the counters go on after the rows that are there, and after the last keys given where the rows came from."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(models_known)):
            cursor.execute(statement)
        for model in models_known:
            number, table = last.get(model._meta.label_lower), model._meta.db_table
            if not number:
                continue
            if connection.vendor == "postgresql":
                name, key = connection.ops.quote_name(table), model._meta.pk.column
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [name, key, number])
            else:
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, number])
