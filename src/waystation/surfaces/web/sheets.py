"""Sheets: one record with what may be done to it, its fields, its history and what belongs to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from waystation.hall.entry.rules import steward
from waystation.hall.notes import api as notes
from waystation.kernel import scope as scopes
from waystation.kernel.acts import Act, may, may_create
from waystation.kernel.refusals import Refused
from waystation.kernel.register import Register, Related, find_register, registers
from waystation.kernel.rules import admits
from waystation.kernel.scope import Scope
from waystation.kernel.values import fresh_id
from waystation.surfaces.columns import column, field_at, relations
from waystation.surfaces.web import beside
from waystation.surfaces.web.acting import askable, inner, verb
from waystation.surfaces.web.cells import cell, state, tone
from waystation.surfaces.web.history import timeline, with_margin
from waystation.surfaces.web.lists import Row, rows_of, shown_columns

MOST_RELATED = 10


@dataclass(frozen=True)
class Button:
    """An act on a sheet: ``why_not`` says why this reader may not do it; ``at_once``: needs no form."""

    act: Act
    label: str
    url: str
    why_not: str = ""
    at_once: bool = False


@dataclass(frozen=True)
class Kin:
    """A short list of records that belong to the one shown: how many there are, and how to make one (label, address)."""

    title: Any
    heads: list[Any]
    rows: list[Row]
    count: int
    more: str
    new: list[tuple[str, str]]


def find_record(register: Register, ref: str) -> Any:
    """The record the scope may see, with what its sheet shows. Raises Refused ``kernel.not_found``."""
    paths = [*register.columns, *(p for s in register.sections for p in s.fields)]
    with_them = ["office", "author", *relations(register.model, paths)]
    record = register.model.objects.select_related(*dict.fromkeys(with_them)).filter(ref=ref).first()
    if record is None:
        raise Refused("kernel.not_found", ref=ref)
    return record


@login_required
def sheet_page(request: HttpRequest, register: str, ref: str) -> HttpResponse:
    """``/r/<register>/<ref>/``. Raises Refused ``kernel.unknown_name``, ``kernel.not_found``."""
    found = find_register(register)
    return render(request, "web/sheet.html", sheet_context(found, find_record(found, ref)))


def sheet_context(register: Register, record: Any) -> dict[str, Any]:
    """All that a sheet shows of a record, for the current scope."""
    scope = scopes.current()
    now, refused = buttons(register, record, scope)
    name = str(record)
    margin = notes.margin_of(register, record)
    return {
        "register": register,
        "record": record,
        "title": record.ref,
        "name": "" if name == record.ref else name,
        "tone": tone(register, record.state),
        "state": state(register, record.state),
        "summary": summary(register, record),
        "buttons": now,
        "refused": refused,
        "key": fresh_id(),
        "sections": [(s.title, [_field(register, record, path) for path in s.fields]) for s in register.sections],
        "margin": margin,
        "files": [one for one in margin.attachments if not one.removed],
        "attachment_mb": settings.ATTACHMENT_LIMIT_BYTES // (1024 * 1024),
        "here_url": reverse("sheet", args=[register.name, record.ref]),
        "history": with_margin(timeline(register, record), margin),
        "kin": [kin for one in register.related if (kin := _kin(one, record, scope))],
        "beside": beside.beside(register, record),
        "who": reverse("record-access", args=[register.name, record.ref]) if admits(steward, scope, record) else "",
        "page": register.page_of(record),
        "list_url": reverse("list", args=[register.name]),
    }


def _field(register: Register, record: Any, path: str) -> tuple[str, SafeString]:
    return column(register, path).label, cell(register, record, path)


def buttons(register: Register, record: Any, scope: Scope) -> tuple[list[Button], list[Button]]:
    """What this reader may do now, in the order of the work, and what others may, each with the reason."""
    now, refused = [], []
    for act in register.acts_on(record):
        if act.creates or not askable(act):
            continue
        why = may(act, scope, record)
        url = reverse("act", args=[register.name, record.ref, act.run.__name__])
        if why is None:
            now.append(Button(act, capfirst(verb(act)), url, at_once=not act.params and not act.danger))
        else:
            refused.append(Button(act, capfirst(verb(act)), url, why.problems[0].message))
    return now, refused


def summary(register: Register, record: Any) -> str:
    """One sentence a colleague could read aloud."""
    word, words = capfirst(str(register.word[0])), str(register.lifecycle.states.get(record.state, record.state))
    who = record.author.name if record.author else _("the system")
    from waystation.surfaces.web.said import day

    return _("{word} of {office}, made by {who} on {day}; it is {state}.").format(
        word=word, office=record.office, who=who, day=day(record.created_at), state=words
    )


def _kin(related: Related, record: Any, scope: Scope) -> Kin | None:
    register = registers.get(related.register)
    if register is None or field_at(register.model, related.through) is None:
        return None
    columns = [c for c in shown_columns(register) if c.path != related.through][:6]
    paths = [c.path for c in columns]
    rows = register.model.objects.filter(**{related.through: record}).select_related(*relations(register.model, paths))
    found = list(rows.order_by("-pk")[: MOST_RELATED + 1])
    count, more = len(found), ""
    if count > MOST_RELATED:
        count, more = rows.count(), f"{reverse('list', args=[register.name])}?{related.through}={record.ref}"
    shown = rows_of(register, columns, found[:MOST_RELATED])
    return Kin(related.title, columns, shown, count, more, _ways_to_make(register, record, scope))


def _ways_to_make(register: Register, record: Any, scope: Scope) -> list[tuple[str, str]]:
    """Acts that make a record of a register belonging to this one, for those who may: the form opens with it filled in."""
    found = []
    for act in register.creating:
        asks = next((p.name for p in act.params if inner(p.kind)[0] is type(record)), None)
        if asks and askable(act) and may_create(act, scope):
            url = reverse("create", args=[register.name, act.run.__name__])
            found.append((capfirst(verb(act)), f"{url}?{urlencode({asks: record.ref})}"))
    return found
