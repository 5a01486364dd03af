"""One record: what it says, what was done to it, what may be done to it, what belongs to it."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from waystation.hall.hooks.api import NAMED_BY
from waystation.kernel import audit
from waystation.kernel import scope as scopes
from waystation.kernel.acts import Act, may, may_create
from waystation.kernel.fields import privacy_of
from waystation.kernel.refusals import Refused
from waystation.kernel.register import Register, find_register, registers
from waystation.surfaces.columns import field_at, named_by
from waystation.surfaces.rest.door import holds, tag_of, told
from waystation.surfaces.rest.lists import strict
from waystation.surfaces.rest.records import Seen, address, as_json, fields_of, said, with_relations
from waystation.surfaces.rest.shapes import body_schema, offered

FEW = 10
NOT_SHOWN = "(not shown)"


def find(register: Register, ref: str) -> Any:
    """The record with all that its sheet names. Raises Refused ``kernel.not_found`` for what is not there or not seen."""
    paths = fields_of(register, scopes.current(), whole=True)
    found = with_relations(register.model.objects.filter(ref=ref), register, paths).first()
    if found is None:
        raise Refused("kernel.not_found", ref=ref)
    return found


def sheet(register: Register, record: Any) -> dict[str, Any]:
    """A record by itself, as JSON."""
    scope = scopes.current()
    return as_json(register, [record], fields_of(register, scope, whole=True), scope)[0]


def tag(shown: dict[str, Any]) -> str:
    """A record's ETag. It begins with its version, so that it can be sent back as If-Match."""
    return f'"{shown["version"]}-{tag_of(json.dumps(shown).encode())}"'


def one(request: HttpRequest, register: str, ref: str) -> HttpResponse:
    """``GET /api/v1/<register>/<ref>``. Raises Refused."""
    strict(request.GET, {})
    found = find_register(register)
    shown = sheet(found, find(found, ref))
    return told(shown, ETag=tag(shown))


def history(request: HttpRequest, register: str, ref: str) -> HttpResponse:
    """``GET /api/v1/<register>/<ref>/history``: every act, oldest first. Raises Refused."""
    strict(request.GET, {})
    found = find_register(register)
    record = find(found, ref)
    shown = fields_of(found, scopes.current(), whole=True)
    fields = {f.attname: f for f in found.model._meta.concrete_fields if f.name in shown and f.name != "version"}
    steps = audit.history(record)
    names = _names(fields, [changed for _entry, changed in steps])
    items = []
    for entry, changed in steps:
        why = entry.said.get("why") or entry.said.get("reason") or ""
        items.append({
            "entry": entry.digest[:NAMED_BY], "act": entry.act, "at": entry.at.isoformat(),
            "by": entry.actor.name if entry.actor else None, "why": why if isinstance(why, str) else "",
            "changes": {f.name: _change(f, changed[key], names) for key, f in fields.items() if key in changed},
        })  # fmt: skip
    return told({"items": items})


def _change(spot: Any, values: tuple[Any, Any], names: dict[Any, Any]) -> dict[str, Any]:
    if privacy_of(spot) in ("personal", "sensitive"):
        return {"before": NOT_SHOWN, "after": NOT_SHOWN}
    if isinstance(spot, models.ForeignKey):
        values = tuple(names.get((spot.related_model, spot.target_field.attname, one)) for one in values)  # type: ignore[assignment]  # still two values
    elif isinstance(spot, models.FloatField):  # the trail keeps them as text
        values = tuple(None if one is None else float(one) for one in values)  # type: ignore[assignment]  # still two values
    return {"before": values[0], "after": values[1]}


def _names(fields: dict[str, Any], changes: list[dict[str, tuple[Any, Any]]]) -> dict[Any, Any]:
    """What changed values point to, as far as it may be seen, read once for the whole history."""
    wanted: dict[tuple[Any, str], set[Any]] = defaultdict(set)
    for changed in changes:
        for name, values in changed.items():
            spot = fields.get(name)
            if isinstance(spot, models.ForeignKey):
                wanted[spot.related_model, spot.target_field.attname].update(one for one in values if one is not None)
    there = [
        (to, by, one)
        for (to, by), keys in wanted.items()
        for one in to._base_manager.filter(**{f"{by}__in": keys}).select_related(*named_by(to))
    ]
    seen = Seen(scopes.current(), (one for _to, _by, one in there))
    return {(to, by, getattr(one, by)): said(one, seen) for to, by, one in there}


def acts(request: HttpRequest, register: str, ref: str) -> HttpResponse:
    """``GET /api/v1/<register>/<ref>/acts``: every act on such a record, whether you may do it now, and why not."""
    strict(request.GET, {})
    found = find_register(register)
    record = find(found, ref)
    scope = scopes.current()
    items = []
    for act in found.lifecycle.acts:
        if not act.creates and offered(act):
            no = may(act, scope, record)
            if no is None and not holds(scope, "act", register):
                no = Refused("rest.scope_missing", grant=f"{register}:act")
            items.append({**_act(act), "url": address(found, ref, "acts", act.run.__name__), **_verdict(no)})
    return told({"items": items})


def creating(request: HttpRequest, register: str) -> HttpResponse:
    """``GET /api/v1/<register>/acts``: the acts that make a record, and whether you may do them anywhere."""
    strict(request.GET, {})
    found, scope = find_register(register), scopes.current()
    items = []
    for act in found.creating:
        if offered(act):
            no = None
            if not may_create(act, scope):
                no = Refused("kernel.not_allowed", act=act.verb, rule=act.by.sentence)
            elif not holds(scope, "act", register):
                no = Refused("rest.scope_missing", grant=f"{register}:act")
            url = reverse("api-create", args=[register, act.run.__name__])
            items.append({**_act(act), "url": url, **_verdict(no)})
    return told({"items": items})


def _act(act: Act) -> dict[str, Any]:
    return {
        "act": act.run.__name__, "title": _(act.verb), "purpose": _(act.purpose) if act.purpose else "",
        "from": sorted(act.sources), "to": act.target, "danger": act.danger, "body": body_schema(act),
    }  # fmt: skip


def _verdict(no: Refused | None) -> dict[str, Any]:
    return {"allowed": no is None, "code": no.code if no else None, "reason": no.problems[0].message if no else None}


def related(request: HttpRequest, register: str, ref: str) -> HttpResponse:
    """``GET /api/v1/<register>/<ref>/related``: the first records of others that belong to this one. Raises Refused."""
    strict(request.GET, {})
    found, scope = find_register(register), scopes.current()
    record = find(found, ref)
    items = []
    for kin in found.related:
        other = registers.get(kin.register)
        if other is None or field_at(other.model, kin.through) is None or not holds(scope, "read", other.name):
            continue
        paths = fields_of(other, scope, whole=False)
        rows = with_relations(other.model.objects.filter(**{kin.through: record}), other, paths).order_by("-pk")
        some = list(rows[: FEW + 1])
        everything = f"{address(other)}?{kin.through}={record.ref}"
        items.append({"title": str(kin.title), "register": other.name, "items": as_json(other, some[:FEW], paths, scope),
                      "more": len(some) > FEW, "all": everything})  # fmt: skip
    return told({"items": items})
