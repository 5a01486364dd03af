"""The margin of a sheet: comments, files and following, each one form; and files handed out so that no browser runs them."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from waystation.hall.notes import api as notes
from waystation.kernel.refusals import Refused, require
from waystation.kernel.register import find_register
from waystation.surfaces.web.questions import uploads
from waystation.surfaces.web.sheets import find_record, sheet_context

WRITING = ("comment", "attach")
INERT = "sandbox; default-src 'none'"


@login_required
def margin_page(request: HttpRequest, register: str, ref: str, what: str) -> HttpResponse:
    """``/r/<register>/<ref>/margin/<what>/``: what a form in the margin sends. Refused, the sheet comes again with what was
    typed. Raises Refused ``kernel.not_found``, ``kernel.unknown_name``."""
    found = find_register(register)
    record = find_record(found, ref)
    require(what in DEEDS, "kernel.unknown_name", what=_("act"), name=what, known=", ".join(DEEDS))
    sheet = reverse("sheet", args=[register, ref])
    if request.method != "POST":
        return HttpResponseRedirect(sheet)
    try:
        place = DEEDS[what](request, register, ref)
    except Refused as refused:
        if what not in WRITING:
            raise
        context = sheet_context(found, record)
        context |= {"margin_problems": refused.problems, "wrong": what, "typed": request.POST.get("text", "")}
        return render(request, "web/sheet.html", context, status=refused.status)
    return HttpResponseRedirect(f"{sheet}#{place}", status=303)


def _comment(request: HttpRequest, register: str, ref: str) -> str:
    key = request.POST.get("key", "")[:100]
    return notes.comment(register, ref, text=request.POST.get("text", ""), key=key).ref


def _attach(request: HttpRequest, register: str, ref: str) -> str:
    sent = uploads(request)
    require(sent, "notes.no_file")
    key = request.POST.get("key", "")[:100]
    for number, one in enumerate(sent):
        notes.attach(register, ref, path=one.path, name=one.name, key=f"{key}-{number}" if key else "")
    return "files"


def _follow(request: HttpRequest, register: str, ref: str) -> str:
    notes.follow(register, ref)
    messages.success(request, _("You follow {ref}: what happens to it stands on your page of notices.").format(ref=ref))
    return "main"


def _unfollow(request: HttpRequest, register: str, ref: str) -> str:
    notes.unfollow(register, ref)
    messages.success(request, _("You no longer follow {ref}.").format(ref=ref))
    return "main"


DEEDS: dict[str, Callable[[HttpRequest, str, str], str]] = {
    "comment": _comment,
    "attach": _attach,
    "follow": _follow,
    "unfollow": _unfollow,
}


@login_required
def attachment_page(request: HttpRequest, ref: str) -> HttpResponseBase:
    """``/attachments/<ref>/``: the file, always as a download. Raises Refused ``kernel.not_found``, ``notes.removed``."""
    file = notes.attachment_file(ref)
    response = FileResponse(file.path.open("rb"), as_attachment=True, filename=file.name, content_type=file.kind)
    response["Content-Security-Policy"] = INERT
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
