"""Lists: what the web list is asked, asked strictly, page by page, as JSON or CSV."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pyarrow as pa
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from waystation.kernel import scope as scopes
from waystation.kernel.formats import Header, Sheet, write_csv
from waystation.kernel.refusals import Problem, Refused, require
from waystation.kernel.register import Register, find_register, registers
from waystation.surfaces.asked import Question
from waystation.surfaces.columns import column, field_at
from waystation.surfaces.rest import bodies
from waystation.surfaces.rest.door import holds, told
from waystation.surfaces.rest.paging import page
from waystation.surfaces.rest.problems import wrong
from waystation.surfaces.rest.records import address, as_json, fields_of, with_relations
from waystation.surfaces.rest.shapes import Reading, Schema, bounds, named_by, offered, refuse

MOST, USUAL = 500, 100
FORMATS = ("json", "csv")  # surfaces.files adds its own here
LIMIT: Schema = {
    "type": "integer",
    "minimum": 1,
    "maximum": MOST,
    "default": USUAL,
    "description": gettext_lazy("how many at most"),
}
CURSOR: Schema = {"type": "string", "maxLength": 4000, "description": gettext_lazy("where the page before ended")}


def parameters(register: Register) -> dict[str, Schema]:
    """What a register's list may be asked, by name, each with its schema: what the web list is asked, and pages."""
    own = register.lifecycle
    can = [act.run.__name__ for act in own.acts if not act.creates and offered(act)]
    sortable = [path for path in register.columns if column(register, path).sortable]
    found: dict[str, Schema] = {
        "q": {"type": "string", "maxLength": 200, "description": _("words to search for")},
        "sort": {"type": "string", "enum": [*sortable, *(f"-{path}" for path in sortable)],
                 "description": _("the order; with a minus, the other way round")},
        "cursor": CURSOR, "limit": LIMIT, "format": {"type": "string", "enum": list(FORMATS), "default": "json",
                   "description": _("how the page is written")},
    }  # fmt: skip
    if can:
        found["can"] = {"type": "string", "enum": can, "description": _("only records on which you may do this now")}
    through = {r.through for one in registers.values() for r in one.related if r.register == register.name}
    for name in dict.fromkeys([*register.filters, *sorted(through)]):
        found |= _filter(register, name)
    return found


def _filter(register: Register, name: str) -> dict[str, Schema]:
    spot = field_at(register.model, name)
    title = column(register, name).label
    if name == "state":
        return {name: {"type": "string", "enum": list(register.lifecycle.states), "title": title}}
    if isinstance(spot, models.DateField):
        return {f"{name}.{end}": {"type": "string", "format": "date", "title": title} for end in ("from", "to")}
    if isinstance(spot, models.BooleanField):
        return {name: {"type": "string", "enum": ["yes", "no"], "title": title}}
    if isinstance(spot, models.IntegerField):
        return {name: {"type": "integer", **bounds(spot), "title": title}}
    if isinstance(spot, models.ForeignKey) and named_by(spot.related_model) != "ref":  # offices and people: by number
        return {name: {"type": "integer", "minimum": 1, "maximum": 2**53 - 1, "title": title}}
    if spot is not None and spot.choices:
        return {name: {"type": "string", "enum": [str(code) for code, _label in spot.flatchoices], "title": title}}
    return {name: {"type": "string", "maxLength": 200, "title": title}}


def strict(query: Mapping[str, str], known: Mapping[str, Schema]) -> dict[str, Any]:
    """The parameters of a query as their schemas say. A name nobody knows is refused: a filter that is spelt wrongly must
    not show everything. Raises Refused with everything that is wrong."""
    problems: list[Problem] = []
    found: dict[str, Any] = {}
    for name, text in query.items():
        schema = known.get(name)
        if schema is None:
            problems.append(wrong("rest.unknown_parameter", "", name=name[:80], known=", ".join(sorted(known))))
        elif not bodies.usable(text):
            problems.append(Problem("rest.text_unusable"))
        elif schema.get("type") == "integer":
            number = int(text) if re.fullmatch("-?[0-9]{1,18}", text) else text
            found[name] = Reading(problems).read(int, number, f"/{name}", schema)
        else:
            kind = date if schema.get("format") == "date" else str
            found[name] = Reading(problems).read(kind, text, f"/{name}", schema)
    refuse(problems)
    return found


def list_records(request: HttpRequest, register: str) -> HttpResponse:
    """``GET /api/v1/<register>``. Raises Refused."""
    found, scope = find_register(register), scopes.current()
    asked = strict(request.GET, parameters(found))
    question = Question(found, scope, _kept(request))
    paths = fields_of(found, scope, whole=False)
    rows = with_relations(question.rows(), found, paths)
    part = page(question, rows, asked.get("cursor", ""), asked.get("limit", USUAL))
    items = as_json(found, part.records, paths, scope)
    onward = f"{request.path}?{urlencode({**request.GET.dict(), 'cursor': part.next})}" if part.next else None
    link: dict[str, Any] = {"Link": f'<{onward}>; rel="next"'} if onward else {}
    if wanted(request, asked.get("format", "")) == "csv":
        return as_csv(found, paths, items, link)
    return told({"items": items, "next": onward}, **link)


def _kept(request: HttpRequest) -> Any:
    """The query without what only says which part of the answer is wanted, and how."""
    query = request.GET.copy()
    for name in ("cursor", "limit", "format", "after", "before"):
        query.pop(name, None)
    return query


def wanted(request: HttpRequest, asked: str) -> str:
    """The format that is asked for, by name or by Accept; JSON when anything will do. Raises Refused
    ``rest.not_acceptable``."""
    if asked:
        return asked
    accepts = request.headers.get("Accept", "*/*").lower()
    if any(kind in accepts for kind in ("application/json", "*/*", "application/*")):
        return "json"
    require("text/csv" in accepts or "text/*" in accepts, "rest.not_acceptable", format=accepts[:80], known="json, csv")
    return "csv"


def as_csv(register: Register, paths: list[str], items: list[dict[str, Any]], headers: dict[str, str]) -> HttpResponse:
    """The same page as CSV: what is pointed to is its reference; formulas are disarmed, tags stand under the header."""
    table = pa.table({path: _column([item[path] for item in items]) for path in paths})
    heads = tuple(Header(path, hxl=register.hxl.get(path, "")) for path in paths)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        write_csv(Sheet(register.name, table, heads), path)
        content = path.read_bytes()
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers or None)


def _column(values: list[Any]) -> pa.Array:
    flat = [one["id"] if isinstance(one, dict) and "id" in one else one for one in values]
    if any(isinstance(one, dict | list) for one in flat):
        flat = [None if one is None else str(one) for one in flat]
    try:
        return pa.array(flat)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.array([None if one is None else str(one) for one in flat])


def list_registers(request: HttpRequest) -> HttpResponse:
    """``GET /api/v1/registers``: what there is to read and do. Raises Refused."""
    strict(request.GET, {})
    return told({"items": [about(one) for one in readable()]})


def readable() -> list[Register]:
    """The registers that whoever asks may read."""
    scope = scopes.current()
    return [one for name, one in sorted(registers.items()) if scope.actor and holds(scope, "read", name)]


def about(register: Register) -> dict[str, Any]:
    """A register as its declaration says."""
    return {
        "name": register.name, "title": str(register.word[1]), "url": address(register),
        "states": {name: str(label) for name, label in register.lifecycle.states.items()},
        "fields": fields_of(register, scopes.current(), whole=False), "parameters": sorted(parameters(register)),
        "acts": [act.run.__name__ for act in register.lifecycle.acts if offered(act)],
    }  # fmt: skip


def unknown(_request: HttpRequest, **_names: str) -> HttpResponse:
    """Any other address under ``/api/``. Raises Refused ``rest.no_such_address``."""
    raise Refused("rest.no_such_address")
