"""Values between JSON and what acts take: one reading of a declared type gives both its schema and the way it is read."""

from __future__ import annotations

import inspect
import math
import re
import types
import typing
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from types import CodeType, FunctionType
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from waystation.kernel import scope as scopes
from waystation.kernel.acts import Act, Param
from waystation.kernel.models import Actor, Office, Record
from waystation.kernel.refusals import Problem, Refused, catalogue
from waystation.kernel.rules import visible
from waystation.kernel.sight import sight_of, sights
from waystation.kernel.work import house_only
from waystation.surfaces.columns import codelist_for, field_at
from waystation.surfaces.rest.problems import wrong

Schema = dict[str, Any]
INT = (-(2**31), 2**31 - 1)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)
DECIMAL = r"^-?[0-9]{1,20}(\.[0-9]{1,10})?$"
PLAIN: dict[Any, Schema] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    float: {"type": "number"},
    Decimal: {"type": "string", "format": "decimal", "pattern": DECIMAL},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
    Any: {},
}


def without_none(kind: Any) -> tuple[Any, bool]:
    """The type without ``| None``, and whether None was allowed."""
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        rest = [one for one in typing.get_args(kind) if one is not type(None)]
        if len(rest) == 1:
            return rest[0], True
    return kind, False


def named_by(model: type[models.Model]) -> str:
    """The field that programs name a stored thing by."""
    return "ref" if issubclass(model, Record) else {Office: "code", Actor: "username"}.get(model, "pk")


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, models.Model) and any(one in sights for one in kind.__mro__)


def schema_of(kind: Any) -> Schema | None:
    """The JSON Schema of a type; None when JSON cannot say it."""
    kind, maybe = without_none(kind)
    found = _schema(kind)
    if found is None or not maybe or not found:
        return found
    return found | {"type": [found["type"], "null"]}


def _schema(kind: Any) -> Schema | None:
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Literal:
        return {"type": "string", "enum": list(args)}
    if kind in PLAIN:
        return dict(PLAIN[kind])
    if kind is int:
        return {"type": "integer", "minimum": INT[0], "maximum": INT[1]}
    if _is_model(kind):
        return {"type": "string", "minLength": 1, "maxLength": 80, "description": _("{field} of a {record}").format(
            field=named_by(kind), record=kind._meta.verbose_name)}  # fmt: skip
    if origin is list and args and (item := schema_of(args[0])) is not None:
        return {"type": "array", "items": item, "maxItems": 1000}
    if origin is dict and len(args) == 2 and args[0] is str and (item := schema_of(args[1])) is not None:
        return {"type": "object", "additionalProperties": item or True}
    return None


def schema_of_param(act: Act, param: Param) -> Schema | None:
    """As ``schema_of``, with what the field of the same name adds: lengths, bounds, codes."""
    found = schema_of(param.kind)
    spot = field_at(act.model, param.name) if act.model else None
    if found is None or not isinstance(found.get("type"), str | list):
        return found
    kind, maybe = without_none(param.kind)
    if kind is str:
        if param.required:
            found |= {"minLength": 1, "pattern": r"\S"}
        codes = _codes(act, param.name, spot)
        if codes:
            found |= {"enum": [*codes, *([] if param.required else [""]), *([None] if maybe else [])]}
        elif getattr(spot, "max_length", None):
            found["maxLength"] = spot.max_length  # type: ignore[union-attr]  # it has one
    if kind is int and isinstance(spot, models.IntegerField):
        found |= bounds(spot)
    label = str(spot.verbose_name) if spot is not None else ""
    return found | ({"title": label} if label else {})


def _codes(act: Act, name: str, spot: Any) -> list[str]:
    if spot is not None and spot.choices:
        return [str(code) for code, _label in spot.flatchoices]
    found = codelist_for(act.model, name) if act.model else None
    return list(found.codes) if found else []


def bounds(spot: Any) -> Schema:
    """What a column of whole numbers can hold, on every database."""
    small = isinstance(spot, models.SmallIntegerField | models.PositiveSmallIntegerField)
    large = isinstance(spot, models.BigIntegerField | models.PositiveBigIntegerField)
    most = 2**15 - 1 if small else 2**53 - 1 if large else 2**31 - 1
    kinds = (models.PositiveIntegerField, models.PositiveSmallIntegerField, models.PositiveBigIntegerField)
    return {"minimum": 0 if isinstance(spot, kinds) else -most, "maximum": most}


def offered(act: Act) -> bool:
    """Whether a program can say all that the act needs; the house's own acts are for its worker alone."""
    return act.by is not house_only and all(schema_of(one.kind) is not None for one in act.params if one.required)


def body_schema(act: Act) -> Schema:
    """What the body of an act may hold."""
    params = {one.name: schema_of_param(act, one) for one in act.params}
    return {
        "type": "object",
        "properties": {name: found for name, found in params.items() if found is not None},
        "required": [one.name for one in act.params if one.required],
        "additionalProperties": False,
    }


def arguments(act: Act, body: Any) -> tuple[dict[str, Any], list[Problem]]:
    """What a body says, as the act takes it, and everything that is wrong with it."""
    if not isinstance(body, dict):
        return {}, [wrong("rest.wrong_value", "", name=_("The body"), wanted=_("an object"))]
    found: list[Problem] = []
    said = {}
    schemas = body_schema(act)["properties"]
    for name in body:
        if name not in schemas:
            found.append(wrong("kernel.unknown_argument", _pointer(name), act=act.verb, name=name))
    for param in act.params:
        if param.name not in body:
            if param.required:
                found.append(wrong("kernel.argument_missing", f"/{param.name}", act=act.verb, name=param.name))
        elif param.name in schemas:
            said[param.name] = Reading(found).read(param.kind, body[param.name], f"/{param.name}", schemas[param.name])
    return said, found


def _pointer(name: str) -> str:
    return "/" + name.replace("~", "~0").replace("/", "~1")[:80]


class Reading:
    """Reads a JSON value as a declared type; what is wrong is put on the list, and None read instead."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems

    def wrong(self, at: str, wanted: str) -> None:
        """Note that a value is not what was wanted."""
        self.problems.append(wrong("rest.wrong_value", at, name=at.lstrip("/") or _("The body"), wanted=wanted))

    def read(self, kind: Any, value: Any, at: str, schema: Schema) -> Any:
        """The value as the type says."""
        kind, maybe = without_none(kind)
        origin, args = typing.get_origin(kind), typing.get_args(kind)
        if value is None and (maybe or kind is Any):
            return None
        if kind is Any:
            return value
        if origin is list:
            return self._list(args[0], value, at, schema)
        if origin is dict:
            if not isinstance(value, dict):
                return self.wrong(at, _("an object"))
            item = schema_of(args[1]) or {}
            return {name: self.read(args[1], one, at + _pointer(name), item) for name, one in value.items()}
        if _is_model(kind):
            return self._one(kind, value, at)
        if kind in (int, float, Decimal):
            return self._number(kind, value, at, schema)
        if kind is bool:
            return value if isinstance(value, bool) else self.wrong(at, _("true or false"))
        return self._text(kind, value, at, schema)

    def _list(self, kind: Any, value: Any, at: str, schema: Schema) -> Any:
        if not isinstance(value, list) or len(value) > schema.get("maxItems", 1000):
            return self.wrong(at, _("a list of at most {n}").format(n=schema.get("maxItems", 1000)))
        return [self.read(kind, one, f"{at}/{n}", schema.get("items", {})) for n, one in enumerate(value)]

    def _one(self, kind: type[models.Model], value: Any, at: str) -> Any:
        by = named_by(kind)
        if (
            not isinstance(value, str)
            or not 0 < len(value) <= 80
            or (by == "pk" and not re.fullmatch("[0-9]{1,18}", value))
        ):
            return self.wrong(at, _("the {field} of a record, as text").format(field=by))
        rows = kind._base_manager.filter(visible(sight_of(kind), scopes.current()), **{by: value})
        found = (rows.filter(is_active=True) if kind is Actor else rows).first()
        if found is None:
            self.problems.append(wrong("rest.unknown_reference", at, name=at.lstrip("/"), ref=value))
        return found

    def _number(self, kind: Any, value: Any, at: str, schema: Schema) -> Any:
        if kind is Decimal and isinstance(value, str) and re.fullmatch(DECIMAL, value):
            return Decimal(value)
        whole = kind is int
        if isinstance(value, bool) or not isinstance(value, int | float) or (whole and value != int(value)):
            return self.wrong(at, _("a whole number") if whole else _("a number"))
        least, most = schema.get("minimum", -math.inf), schema.get("maximum", math.inf)
        if not least <= value <= most or abs(value) > 1e300:
            return self.wrong(at, _("between {least} and {most}").format(least=least, most=most))
        try:
            return kind(str(value)) if kind is Decimal else kind(value)
        except InvalidOperation:
            return self.wrong(at, _("a number"))

    def _text(self, kind: Any, value: Any, at: str, schema: Schema) -> Any:
        if not isinstance(value, str):
            return self.wrong(at, _("a text"))
        if kind in (date, datetime):
            return self._moment(kind, value, at)
        if "enum" in schema and value not in schema["enum"]:
            return self.wrong(at, _("one of: {known}").format(known=", ".join(str(one) for one in schema["enum"])))
        if len(value) > schema.get("maxLength", len(value)):
            return self.wrong(at, _("at most {n} characters long").format(n=schema["maxLength"]))
        if schema.get("minLength") and not value.strip():
            return self.wrong(at, _("said"))
        return value

    def _moment(self, kind: Any, value: str, at: str) -> Any:
        pattern = DAY if kind is date else MOMENT
        try:
            if pattern.fullmatch(value):
                return kind.fromisoformat(value.upper())
        except ValueError:
            pass
        return self.wrong(at, _("a day (YYYY-MM-DD)") if kind is date else _("a moment (RFC 3339, with its zone)"))


def codes_of(run: Callable[..., Any]) -> list[str]:
    """The refusal codes written in a function and in the functions of the street that it names."""
    waiting, seen, found = [inspect.unwrap(run)], set(), set()
    while waiting:
        function = waiting.pop()
        if function in seen:
            continue
        seen.add(function)
        names, said = _written(function.__code__)
        found |= {one for one in said if one in catalogue}
        for name in names:
            for there in (function.__globals__.get(name), *_of_modules(function, name)):
                if isinstance(there, FunctionType) and there.__module__.startswith(
                    ("waystation.apps", "waystation.hall")
                ):
                    waiting.append(there)
    return sorted(found)


def _of_modules(function: Any, name: str) -> list[Any]:
    """Functions of that name in modules that the function's module knows by name (``siting.place``)."""
    rooms = [one for one in function.__globals__.values() if isinstance(one, types.ModuleType)]
    return [getattr(one, name, None) for one in rooms if one.__name__.startswith("waystation.")]


def _written(code: CodeType) -> tuple[set[str], set[str]]:
    names, said = set(code.co_names), {one for one in code.co_consts if isinstance(one, str)}
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            more = _written(inner)
            names, said = names | more[0], said | more[1]
    return names, said


def refuse(problems: list[Problem]) -> None:
    """Raise Refused with all of the problems, when there are any."""
    if problems:
        raise Refused(problems=problems)
