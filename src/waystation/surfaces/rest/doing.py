"""Doing: records are made and changed by acts alone, each an address of its own; PATCH finds the act that changes just that."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from waystation.hall.hooks.api import NAMED_BY
from waystation.kernel import scope as scopes
from waystation.kernel.acts import Act, Done, do, may, may_create
from waystation.kernel.refusals import Refused, require
from waystation.kernel.register import Register, find_register
from waystation.surfaces.rest import bodies
from waystation.surfaces.rest.door import holds, told
from waystation.surfaces.rest.lists import strict
from waystation.surfaces.rest.records import Seen, address, said
from waystation.surfaces.rest.shapes import arguments, offered, refuse
from waystation.surfaces.rest.sheets import find, sheet, tag

TAG = re.compile(r'(?:W/)?"([0-9]{1,9})-[0-9a-f]+"')
MOST_KEY = 100


def create(request: HttpRequest, register: str) -> HttpResponse:
    """``POST /api/v1/<register>``: make a record by the creating act that takes what is sent. Raises Refused."""
    strict(request.GET, {})
    found, body = find_register(register), bodies.read(request)
    return _do(request, found, _fitting([one for one in found.creating if offered(one)], body), None, body)


def create_by(request: HttpRequest, register: str, verb: str) -> HttpResponse:
    """``POST /api/v1/<register>/acts/<act>``: make a record by a named act. Raises Refused."""
    strict(request.GET, {})
    found = find_register(register)
    return _do(request, found, _named(found, verb, creates=True), None, bodies.read(request))


def act(request: HttpRequest, register: str, ref: str, verb: str) -> HttpResponse:
    """``POST /api/v1/<register>/<ref>/acts/<act>``. Raises Refused."""
    strict(request.GET, {})
    found = find_register(register)
    record = _there(found, ref)
    return _do(request, found, _named(found, verb, creates=False), record, bodies.read(request))


def amend(request: HttpRequest, register: str, ref: str) -> HttpResponse:
    """``PATCH /api/v1/<register>/<ref>``: the act that leaves the state as it is and changes just that. Raises Refused."""
    strict(request.GET, {})
    found = find_register(register)
    record, body = _there(found, ref), bodies.read(request)
    asked = _fitting(amending(found), body)
    return _do(request, found, asked, record, body)


def _there(register: Register, ref: str) -> Any:
    """The record as it is now, without what its sheet names: the runner reads it anew. Raises Refused ``kernel.not_found``."""
    found = register.model.objects.filter(ref=ref).first()
    if found is None:
        raise Refused("kernel.not_found", ref=ref)
    return found


def amending(register: Register) -> list[Act]:
    """The acts that change what a record says and not its state."""
    return [one for one in register.lifecycle.acts if one.target is None and one.params and offered(one)]


def _named(register: Register, verb: str, *, creates: bool) -> Act:
    asked = register.act(verb)
    known = ", ".join(one.run.__name__ for one in register.lifecycle.acts if one.creates == creates and offered(one))
    require(asked.creates == creates and offered(asked), "kernel.unknown_name", what=_("act"), name=verb, known=known)
    return asked


def _fitting(among: list[Act], body: Any) -> Act:
    """The one act that takes all that was sent and needs nothing else; the only one there is, so that it says what is
    wrong. Raises Refused ``rest.amend_unclear``."""
    names = set(body) if isinstance(body, dict) else set()
    fits = [
        one for one in among
        if names <= {p.name for p in one.params} and {p.name for p in one.params if p.required} <= names
    ]  # fmt: skip
    chosen = fits if len(fits) == 1 else among
    known = ", ".join(one.run.__name__ for one in among) or "-"
    require(len(chosen) == 1 and (names or len(among) == 1), "rest.amend_unclear", known=known)
    return chosen[0]


def _do(request: HttpRequest, register: Register, asked: Act, record: Any, body: Any) -> HttpResponse:
    args, problems = arguments(asked, body)
    expect = _expected(request, record)
    if problems:  # what one may not do is said before what one said wrongly
        _refuse_first(asked, record)
        refuse(problems)
    key = request.headers.get("Idempotency-Key", "")
    require(len(key) <= MOST_KEY and bodies.usable(key), "rest.wrong_value", name="Idempotency-Key",
            wanted=_("at most {n} characters long").format(n=MOST_KEY))  # fmt: skip
    minimal = "return=minimal" in request.headers.get("Prefer", "")
    return _told(register, asked, do(asked, record, key=key, expect=expect, **args), minimal=minimal)


def _refuse_first(asked: Act, record: Any) -> None:
    scope = scopes.current()
    if asked.creates and not may_create(asked, scope):
        raise Refused("kernel.not_allowed", act=asked.verb, rule=asked.by.sentence)
    no = None if asked.creates else may(asked, scope, record)
    if no is not None:
        raise no


def _expected(request: HttpRequest, record: Any) -> int | None:
    """The version that the caller saw, from If-Match; ``*`` is any. Raises Refused ``rest.version_unsaid``,
    ``rest.version_unread``, ``kernel.changed_meanwhile``."""
    sent = request.headers.get("If-Match", "").strip()
    if record is None or sent == "*":
        return None
    require(sent or not settings.API_IF_MATCH, "rest.version_unsaid")
    if not sent:
        return None
    seen = [int(found[1]) for one in sent.split(",") if (found := TAG.fullmatch(one.strip()))]
    require(seen, "rest.version_unread")
    return record.version if record.version in seen else seen[0]


def _told(register: Register, asked: Act, done: Done, *, minimal: bool) -> HttpResponse:
    """What was done, what the act answers, and (unless little is preferred) the record as it is now, when it may be read."""
    scope = scopes.current()
    headers = {"Idempotency-Replayed": "true"} if done.repeated else {}
    if minimal:
        headers["Preference-Applied"] = "return=minimal"
    if asked.creates:
        headers["Location"] = address(register, done.record.ref)
    try:
        readable = holds(scope, "read", register.name) and not minimal
        shown = sheet(register, find(register, done.record.ref)) if readable else None
    except Refused:
        shown = None
    content = {
        "ref": done.record.ref,
        "entry": done.link[:NAMED_BY],
        "repeated": done.repeated,
        "answer": said(done.answer, Seen(scope, done.answer.values())),
        "record": shown,
    }
    if shown is not None:
        headers["ETag"] = tag(shown)
    if done.answer:
        headers["Cache-Control"] = "no-store"
    return told(content, 201 if asked.creates and not done.repeated else 200, **headers)
