"""Doing an act through its form: asked twice when it is dangerous, done once however often it is sent."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from waystation.kernel import scope as scopes
from waystation.kernel.acts import Act, Done, do, may, may_create
from waystation.kernel.refusals import Problem, Refused, require
from waystation.kernel.register import Register, find_register
from waystation.kernel.values import fresh_id
from waystation.surfaces.web.acting import arguments, askable, form_for, purpose, verb
from waystation.surfaces.web.cells import html, sheet_url
from waystation.surfaces.web.sheets import find_record

DANGEROUS = "sure"


@login_required
def act_page(request: HttpRequest, register: str, ref: str, verb: str) -> HttpResponse:
    """``/r/<register>/<ref>/do/<act>/``: GET the form, POST does it. Raises Refused."""
    found = find_register(register)
    asked, record = found.act(verb), find_record(found, ref)
    require(not asked.creates and askable(asked), "kernel.unknown_name", what=_("act"), name=verb, known="")
    if request.method == "GET" and (refused := may(asked, scopes.current(), record)):
        raise refused
    return _attempt(request, found, asked, record)


@login_required
def create_page(request: HttpRequest, register: str, verb: str) -> HttpResponse:
    """``/r/<register>/new/<act>/``: as ``act_page`` for an act that makes a record. Raises Refused."""
    found = find_register(register)
    asked = found.act(verb)
    require(asked.creates and askable(asked), "kernel.unknown_name", what=_("act"), name=verb, known="")
    if not may_create(asked, scopes.current()):
        raise Refused("kernel.not_allowed", act=asked.verb, rule=asked.by.sentence)
    return _attempt(request, found, asked, None)


def _attempt(request: HttpRequest, register: Register, asked: Act, record: Any) -> HttpResponse:
    scope = scopes.current()
    if request.method != "POST":
        form = form_for(asked, record, scope)
        form.initial.update({name: value for name, value in request.GET.items() if name in form.fields})
        return _form(request, register, asked, record, form)
    form = form_for(asked, record, scope, request.POST)
    if not form.is_valid():
        return _form(request, register, asked, record, form, status=422)
    if asked.danger and request.POST.get(DANGEROUS) != "yes":
        return _form(request, register, asked, record, form, sure=True)
    expect = request.POST.get("expect", "")
    try:
        said = arguments(asked, form)
        seen = int(expect) if expect.isdigit() and record is not None else None
        done = do(asked, record, key=request.POST.get("key", "")[:100], expect=seen, **said)
    except Refused as refused:
        return _form(request, register, asked, record, form, status=refused.status, problems=refused.problems)
    return _told(request, register, asked, done)


def _form(
    request: HttpRequest, register: Register, asked: Act, record: Any, form: forms.Form, *, status: int = 200,
    sure: bool = False, problems: list[Problem] | None = None,
) -> HttpResponse:  # fmt: skip
    sent = request.POST if request.method == "POST" else {}
    context = {
        "register": register, "act": asked, "record": record, "form": form, "sure": sure, "problems": problems or [],
        "title": capfirst(verb(asked)), "purpose": purpose(asked), "key": (not problems and sent.get("key")) or fresh_id(),
        # A refused form keeps the version its reader saw: only looking at the sheet again shows a newer one.
        "expect": sent.get("expect", record.version if record is not None else ""),
        "next": _next(request),
        "back": _next(request)
        or (sheet_url(register, record) if record is not None else reverse("list", args=[register.name])),
    }  # fmt: skip
    return render(request, "web/act.html", context, status=status)


def _told(request: HttpRequest, register: Register, asked: Act, done: Done) -> HttpResponse:
    """The sheet, or the act's answer when it has one: a key that is shown once is never kept in a session."""
    url = sheet_url(register, done.record)
    visible = register.model.objects.filter(pk=done.record.pk).exists()
    if done.answer:
        answer = [(capfirst(_(name.replace("_", " "))), html(value)) for name, value in done.answer.items()]
        context = {"title": capfirst(verb(asked)), "answer": answer, "url": url if visible else "", "record": done.record,
                   "register": register}  # fmt: skip
        response = render(request, "web/answer.html", context)
        response["Cache-Control"] = "no-store"
        return response
    if done.repeated:
        messages.info(request, _("This had been done already; nothing was done twice."))
    else:
        messages.success(request, _("Done: {act}.").format(act=verb(asked)))
    if not visible:
        url = reverse("list", args=[register.name])
    return HttpResponseRedirect(_next(request) or url, status=303)


def _next(request: HttpRequest) -> str:
    """Where the page that has the act's button wants its reader back: a path of this site, else nothing."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    safe = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if safe else ""
