"""The indexes of lists: what a register declares that one may sort and filter by is found without reading the table.

They follow from the declarations, so that a new register has its own and one that sorts no more loses it; ``settle`` makes
them when a house is opened, brought up to date or served, and does nothing where they are as they should be.
"""

from __future__ import annotations

from typing import Any

from django.db import connection, models, transaction

from waystation.kernel.register import Register, registers
from waystation.kernel.values import digest
from waystation.surfaces.columns import column, field_at

PREFIX = "list_"
Wanted = dict[str, tuple[type[models.Model], str]]


def settle() -> tuple[int, int]:
    """Make the indexes that are missing and drop those nobody wants any more. Returns how many were made and dropped."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # several processes may start at once
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('waystation lists'))")
        held = _held(cursor)
        wanted = {name: one for name, one in _wanted().items() if not _served(one, held)}
        there = {name for names in held.values() for name in names if name.startswith(PREFIX)}
        quote = connection.ops.quote_name
        for name in sorted(there - set(wanted)):
            cursor.execute(f"DROP INDEX {quote(name)}")
        missing = sorted(set(wanted) - there)
        for name in missing:
            model, of = wanted[name]
            key: Any = model._meta.pk
            columns = ", ".join(quote(one) for one in (of, str(key.column)))
            cursor.execute(f"CREATE INDEX {quote(name)} ON {quote(model._meta.db_table)} ({columns})")
        if missing:  # else the planner does not know what they are good for
            cursor.execute("ANALYZE")
    return len(missing), len(there - set(wanted))


def _wanted() -> Wanted:
    """Index names with the column each leads through, before the record's own key."""
    spots = [spot for register in registers.values() for spot in _spots(register)]
    named = {}
    for model, field in spots:
        of = str(field.column)
        named[f"{PREFIX}{digest([model._meta.db_table, of])[:20]}"] = (model, of)
    return named


def _spots(register: Register) -> list[tuple[type[models.Model], Any]]:
    """The fields that a register's lists sort and filter by, here and where its records lead; whose they are is seen by
    office."""
    sorts = [column(register, path).sortable for path in register.columns]
    asked = {*sorts, register.order.lstrip("-"), *register.filters, "state", "office"} - {"", "id", "pk"}
    found = []
    for path in sorted(asked):
        way, _two, _last = path.partition("__")
        here, first = field_at(register.model, path), field_at(register.model, way)
        for model, spot in ((register.model, first), (here.model if here is not None else None, here)):
            if model is not None and spot is not None and _worth(spot):
                found.append((model, spot))
    return found


UNFIT = (models.TextField, models.JSONField, models.BinaryField, models.ManyToManyField)


def _worth(spot: models.Field[Any, Any]) -> bool:
    return bool(spot.concrete) and not spot.unique and not isinstance(spot, UNFIT)


def _held(cursor: Any) -> dict[str, dict[str, list[str]]]:
    """The indexes of every register's table and of what they lead to: table -> index -> columns."""
    tables = {model._meta.db_table for model, _of in _wanted().values()}
    known = {}
    for table in tables & set(connection.introspection.table_names(cursor)):
        told = connection.introspection.get_constraints(cursor, table)
        known[table] = {name: one["columns"] for name, one in told.items() if one["index"]}
    return known


def _served(one: tuple[type[models.Model], str], held: dict[str, dict[str, list[str]]]) -> bool:
    """Whether another index does the same: SQLite ends every index with the record's key by itself."""
    model, of = one
    if model._meta.db_table not in held:
        return True  # no table yet: nothing to lead through
    others = [c for name, c in held[model._meta.db_table].items() if not name.startswith(PREFIX)]
    return connection.vendor == "sqlite" and [of] in others
