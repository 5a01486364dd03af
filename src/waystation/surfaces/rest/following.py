"""The feed of changes, and who asks."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse

from waystation.hall.hooks import api as hooks
from waystation.kernel import scope as scopes
from waystation.kernel.models import Actor
from waystation.kernel.refusals import require
from waystation.kernel.register import find_register
from waystation.surfaces.rest.door import told
from waystation.surfaces.rest.lists import CURSOR, LIMIT, USUAL, readable, strict
from waystation.surfaces.rest.records import address
from waystation.surfaces.rest.shapes import Schema

REGISTER: Schema = {"type": "string", "maxLength": 80}


def changes(request: HttpRequest) -> HttpResponse:
    """``GET /api/v1/changes``: what changed after a cursor in the registers one may read. Raises Refused."""
    asked = strict(request.GET, {"cursor": CURSOR, "limit": LIMIT, "register": REGISTER})
    may_read = {one.name: one for one in readable()}
    require(may_read, "rest.scope_missing", grant="read")
    names = request.GET.getlist("register") or list(may_read)
    for name in names:
        find_register(name)
        require(name in may_read, "rest.scope_missing", grant=f"{name}:read")
    wanted = [may_read[name] for name in dict.fromkeys(names)]
    page = hooks.changes(cursor=asked.get("cursor", ""), registers=wanted, most=asked.get("limit", USUAL))
    items = [
        {"entry": one.entry, "register": one.register, "ref": one.ref, "act": one.act, "at": one.at.isoformat(),
         "version": one.version, "url": address(may_read[one.register], one.ref)}
        for one in page.changes
    ]  # fmt: skip
    cursor = page.cursor.sealed()
    query = {**dict(request.GET.lists()), "cursor": cursor}
    return told(
        {"items": items, "cursor": cursor, "more": page.more, "next": f"{request.path}?{urlencode(query, doseq=True)}"}
    )


def me(request: HttpRequest) -> HttpResponse:
    """``GET /api/v1/me``: who the house takes the caller for, and what the key holds."""
    strict(request.GET, {})
    scope = scopes.current()
    actor = scope.actor
    if not isinstance(actor, Actor):
        return told({"user": None, "name": None, "office": None, "duties": [], "grants": []})
    grants = None if scope.grants is None else sorted(scope.grants)
    return told({"user": actor.username, "name": actor.name, "office": actor.office.code,
                 "duties": sorted(scope.duties), "grants": grants})  # fmt: skip
