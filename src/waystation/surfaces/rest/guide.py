"""The interface as a page for people, drawn from its own description; no script, nothing from outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from waystation.kernel import facts
from waystation.kernel import scope as scopes
from waystation.surfaces.rest.opened import document

MOST_NAMED = 12


@dataclass(frozen=True)
class Field:
    """A parameter or a field of a body: its name, what it may be, whether it must be said."""

    name: str
    kind: str
    required: bool
    says: str
    body: bool = False


@dataclass(frozen=True)
class Operation:
    """One thing to call."""

    method: str
    path: str
    summary: str
    fields: list[Field]
    refusals: list[dict[str, Any]]


def guide(request: HttpRequest) -> HttpResponse:
    """``/api/``: what there is for programs, as far as its reader may use it."""
    found = document()
    tags: dict[str, list[Operation]] = {one["name"]: [] for one in found["tags"]}
    for path, methods in found["paths"].items():
        for method, one in methods.items():
            tags[one["tags"][0]].append(_operation(method, path, one))
    told = sorted(facts.kinds) if scopes.current().actor else []
    context = {"title": _("For programs"), "tags": list(tags.items()), "facts": told}
    return render(request, "rest/guide.html", context)


def _operation(method: str, path: str, one: dict[str, Any]) -> Operation:
    asked = [Field(p["name"], _kind(p["schema"]), p["required"], p.get("description", p["schema"].get("title", "")))
             for p in one["parameters"]]  # fmt: skip
    body = one.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    fields: dict[str, Field] = {}
    for either in body.get("anyOf", [body]):
        needed = either.get("required", [])
        for name, schema in either.get("properties", {}).items():
            says = schema.get("title") or schema.get("description", "")
            needs = name in needed and "anyOf" not in body
            fields.setdefault(name, Field(name, _kind(schema), needs, says, body=True))
    own = [r for r in one["x-refusals"] if not r["code"].startswith("rest.") and r["status"] != 401]
    return Operation(method.upper(), path, one["summary"], [*asked, *fields.values()], own)


def _kind(schema: dict[str, Any]) -> str:
    """What a value may be, in a few words."""
    if "enum" in schema:
        known = [str(one) for one in schema["enum"] if one]
        return " | ".join(known[:MOST_NAMED]) + (" …" if len(known) > MOST_NAMED else "")
    kind = schema.get("type", _("anything"))
    kind = ", ".join(kind) if isinstance(kind, list) else str(kind)
    if kind == "array":
        return _("list of {kind}").format(kind=_kind(schema["items"]))
    return f"{kind} ({schema['format']})" if "format" in schema else kind
