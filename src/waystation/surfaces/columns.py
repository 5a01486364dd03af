"""A register's fields as every surface reads them: labels, kinds, codes in words, and plain values for files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Literal

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.text import capfirst

from waystation.kernel.codelists import Codelist, codelist
from waystation.kernel.fields import Privacy, privacy_of
from waystation.kernel.register import Register, label_of, value_of
from waystation.kernel.values import plain

Kind = Literal["text", "number", "date", "state", "long"]


@dataclass(frozen=True)
class Column:
    """A field on a list or sheet. ``sortable`` is the path to sort by, empty when it cannot be."""

    path: str
    label: str
    kind: Kind
    sortable: str = ""
    privacy: Privacy = "internal"


def field_at(model: type[models.Model], path: str) -> models.Field[Any, Any] | None:
    """The model field at a path of double underscores; None for a property."""
    found: Any = None
    for step in path.split("__"):
        try:
            found = model._meta.get_field(step)
        except FieldDoesNotExist:
            return None
        model = getattr(found, "related_model", None) or model
    return found if isinstance(found, models.Field) else None


def column(register: Register, path: str) -> Column:
    """How a register's field is called, aligned and sorted."""
    field = field_at(register.model, path)
    label = capfirst(label_of(register.model, path))
    kind: Kind = "text"
    if path == "state":
        kind = "state"
    elif isinstance(field, models.DateField):
        kind = "date"
    elif isinstance(field, models.IntegerField | models.FloatField | models.DecimalField):
        kind = "number"
    elif isinstance(field, models.TextField | models.JSONField):
        kind = "long"
    privacy = (privacy_of(field) if field is not None else None) or "internal"
    return Column(path, label, kind, _sort_path(path, field), privacy)


def _sort_path(path: str, field: models.Field[Any, Any] | None) -> str:
    """What a column is sorted by: itself, or what the record it leads to is called. Long text and what lies behind two
    records is not sorted by: no index could lead through it."""
    if field is None or isinstance(field, models.TextField | models.JSONField | models.BinaryField):
        return ""
    if isinstance(field, models.ForeignKey):
        found = called(field.related_model)
        path = f"{path}__{found}" if found else ""
    return path if path.count("__") <= 1 else ""


def called(model: Any) -> str:
    """The text that records of a model are known by."""
    names = {f.name for f in model._meta.concrete_fields if isinstance(f, models.CharField)}
    return next((name for name in ("name", "title", "label", *model._meta.ordering, "ref") if name in names), "")


def relations(model: type[models.Model], paths: list[str]) -> list[str]:
    """The foreign keys on the way to some paths and to the names of what stands there, for ``select_related``."""
    found = named_by(model)
    for path in paths:
        steps: list[str] = []
        here: Any = model
        for step in path.split("__"):
            try:
                spot = here._meta.get_field(step)
            except FieldDoesNotExist:
                break
            if not isinstance(spot, models.ForeignKey):
                break
            steps.append(step)
            here = spot.related_model
        if steps:
            way = "__".join(steps)
            found += [way, *(f"{way}__{name}" for name in named_by(here))]
    return list(dict.fromkeys(found))


def named_by(model: type[models.Model]) -> list[str]:
    """The foreign keys that a record's name reads (a round is called by its operation): naming many must not ask for each."""
    read = set(getattr(getattr(model.__str__, "__code__", None), "co_names", ()))
    return [f.name for f in model._meta.concrete_fields if isinstance(f, models.ForeignKey) and f.name in read]


@cache
def _codelist(name: str) -> Codelist | None:
    try:
        return codelist(name)
    except (FileNotFoundError, ModuleNotFoundError):
        return None


def codelist_for(model: type[models.Model], name: str) -> Codelist | None:
    """The app's code list that a short text field holds codes of: of its own name, with its record's before it, or of
    its name's last word."""
    field = field_at(model, name)
    if isinstance(field, models.TextField | models.ForeignKey) or model._meta.app_label == "kernel":
        return None
    app, own = model._meta.app_label, model._meta.model_name
    asked = (name, f"{own}_{name}", name.rsplit("_", 1)[-1])
    return next((found for one in asked if (found := _codelist(f"{app}.{one}"))), None)


def owner_of(record: Any, path: str) -> tuple[Any, str]:
    """The object that holds the last step of a path, and that step."""
    *way, last = path.split("__")
    return (value_of(record, "__".join(way)) if way else record), last


def said_value(register: Register, record: Any, path: str) -> Any:
    """A record's value in words where it is a code or a state, else as it is."""
    value = value_of(record, path)
    if path == "state":
        return str(register.lifecycle.states.get(value, value))
    owner, last = owner_of(record, path)
    field = field_at(type(owner), last) if isinstance(owner, models.Model) else None
    if field is not None and isinstance(value, str) and value:
        if field.choices:
            return str(dict(field.flatchoices).get(value, value))
        codes = codelist_for(type(owner), last) if isinstance(field, models.CharField) else None
        if codes is not None and value in codes:
            return codes.label(value)
    return value


def exported(value: Any) -> Any:
    """A value as a file holds it: numbers and days stay what they are, moments are ISO 8601, records their name."""
    if isinstance(value, datetime):
        return plain(value)
    if value is None or isinstance(value, str | int | float | bool | Decimal | date):
        return value
    return str(value) if isinstance(value, models.Model) else str(plain(value))
