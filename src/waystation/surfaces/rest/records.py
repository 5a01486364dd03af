"""Records as JSON: which fields, of what type, and what of others they name as far as their reader may see it."""

from __future__ import annotations

import math
import typing
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.urls import reverse

from waystation.kernel.fields import privacy_of
from waystation.kernel.register import Register, register_of, value_of
from waystation.kernel.rules import ALL, visible
from waystation.kernel.scope import Scope
from waystation.kernel.sight import sight_of
from waystation.kernel.values import plain
from waystation.surfaces.columns import codelist_for, field_at, relations
from waystation.surfaces.rest.door import holds
from waystation.surfaces.rest.shapes import Schema, bounds, named_by, schema_of

ALWAYS = ("ref", "state", "version")
NAMED = {"type": ["object", "null"], "properties": {"register": {"type": ["string", "null"]}, "id": {"type": "string"},
         "name": {"type": "string"}}, "required": ["register", "id", "name"], "additionalProperties": False}  # fmt: skip


def fields_of(register: Register, scope: Scope, *, whole: bool) -> list[str]:
    """The paths shown in a list, or of a record by itself. Personal fields are for people, and for keys that say so."""
    paths = [*ALWAYS, *register.columns]
    if whole:
        paths += ["office", "author", "created_at", *(path for section in register.sections for path in section.fields)]
    personal = holds(scope, "personal:read")
    return [path for path in dict.fromkeys(paths) if personal or not _is_personal(register, path)]


def _is_personal(register: Register, path: str) -> bool:
    spot = field_at(register.model, path)
    return spot is not None and privacy_of(spot) in ("personal", "sensitive")


def with_relations(rows: models.QuerySet[Any], register: Register, paths: list[str]) -> models.QuerySet[Any]:
    """The rows with all that their fields name, asked for at once."""
    return rows.select_related(*relations(register.model, paths))


def as_json(register: Register, records: list[Any], paths: list[str], scope: Scope) -> list[dict[str, Any]]:
    """Records as JSON objects, a key for each path. What a record points to is named when the reader may see it, and null
    else. As many questions to the database for many records as for one."""
    values = [{path: value_of(one, path) for path in paths} for one in records]
    seen = Seen(scope, (value for row in values for value in row.values()))
    return [{path: said(value, seen) for path, value in row.items()} for row in values]


class Seen:
    """Which of the things that some values point to may be seen."""

    def __init__(self, scope: Scope, values: Iterable[Any]) -> None:
        wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
        for value in values:
            if isinstance(value, models.Model):
                wanted[type(value)].add(value.pk)
        self._barred: dict[type[models.Model], set[Any]] = {}
        for model, keys in wanted.items():
            rule = _rule(model, scope)
            if rule is not None and rule != ALL:
                kept = model._base_manager.filter(rule, pk__in=keys).values_list("pk", flat=True)
                self._barred[model] = keys - set(kept)
            elif rule is None:
                self._barred[model] = keys

    def __call__(self, value: models.Model) -> bool:
        return value.pk not in self._barred.get(type(value), ())


def _rule(model: type[models.Model], scope: Scope) -> Any:
    try:
        return visible(sight_of(model), scope)
    except LookupError:  # nobody said who may see it
        return None


def said(value: Any, seen: Seen) -> Any:
    """Any value as JSON holds it: exact decimals as text, days and moments as ISO 8601, what is named as its reference."""
    if isinstance(value, models.Model):
        return named(value) if seen(value) else None
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Decimal | date | datetime):
        return plain(value)
    if isinstance(value, dict):
        return {str(name): said(one, seen) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [said(one, seen) for one in value]
    return plain(value)


def named(value: models.Model) -> dict[str, Any]:
    """What is pointed to: its register when it has one, how programs name it, and its name for people."""
    register = register_of(type(value))
    key = getattr(value, named_by(type(value)))
    return {"register": register.name if register else None, "id": str(key), "name": str(value)}


def address(register: Register, ref: str = "", *rest: str) -> str:
    """Where a register, one of its records, or what belongs to that is."""
    if not ref:
        return reverse("api-list", args=[register.name])
    return "/".join([reverse("api-record", args=[register.name, ref]), *rest])


def schema(register: Register, paths: list[str]) -> Schema:
    """What ``as_json`` gives for these paths."""
    return {
        "type": "object",
        "properties": {path: _field(register, path) for path in paths},
        "required": paths,
        "additionalProperties": False,
    }


def _field(register: Register, path: str) -> Schema:
    if path == "state":
        return {"type": "string", "enum": list(register.lifecycle.states)}
    spot = field_at(register.model, path)
    if spot is None:
        return _property(register.model, path)
    found = _stored(spot)
    if found.get("type") == "string" and (codes := codelist_for(register.model, path)):
        found["x-codes"] = {one.code: one.label for one in codes.codes.values()}
    if "type" in found and (spot.null or "__" in path) and isinstance(found["type"], str):
        found["type"] = [found["type"], "null"]
    return {"title": str(spot.verbose_name), **found}


def _stored(spot: Any) -> Schema:
    if isinstance(spot, models.ForeignKey):
        return dict(NAMED)
    if isinstance(spot, models.BooleanField):
        return {"type": "boolean"}
    if isinstance(spot, models.IntegerField):
        return {"type": "integer", **bounds(spot)}
    if isinstance(spot, models.FloatField):
        return {"type": ["number", "null"]}
    if isinstance(spot, models.DecimalField):
        return {"type": "string", "format": "decimal"}
    if isinstance(spot, models.DateTimeField):
        return {"type": "string", "format": "date-time"}
    if isinstance(spot, models.DateField):
        return {"type": "string", "format": "date"}
    return {} if isinstance(spot, models.JSONField) else {"type": "string"}


def _property(model: type[models.Model], path: str) -> Schema:
    """A property that says what it returns; any value for one that does not."""
    found = getattr(model, path, None)
    made = typing.get_type_hints(found.fget) if isinstance(found, property) and found.fget else {}
    return schema_of(made["return"]) or {} if made.get("return") in (str, int, float, bool, date) else {}
