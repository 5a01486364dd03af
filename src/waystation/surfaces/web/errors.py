"""Pages that say what went wrong: what happened, why, what to do, and the code."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from waystation.kernel.refusals import Problem, Refused

log = logging.getLogger(__name__)


def page(request: HttpRequest, status: int, title: str, text: str, code: str, **more: Any) -> HttpResponse:
    """One error page in the frame."""
    context = {"title": title, "text": text, "code": code, "status": status, **more}
    return render(request, "web/error.html", context, status=status)


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """The page of a refusal: its sentences and codes. Someone who is not signed in is asked to sign in first."""
    if refusal.status == 403 and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    titles = {403: _("You may not do this"), 404: _("Not found"), 409: _("Not possible now"), 413: _("Too large")}
    problems: list[Problem] = refusal.problems
    title = titles.get(refusal.status, _("This was refused"))
    return page(request, refusal.status, title, "", refusal.code, problems=problems)


def wrong_method(request: HttpRequest, allowed: list[str]) -> HttpResponse:
    """405: the address is there, but not for this."""
    text = _("This page takes nothing that is sent to it, so nothing was done. Open it, and use the buttons it shows.")
    response = page(request, 405, _("Not possible here"), text, "web.wrong_method")
    response["Allow"] = ", ".join(allowed)
    return response


def too_large(limit: int) -> HttpResponse:
    """413: more was sent than ``limit`` bytes; nothing of it was kept."""
    megabytes = limit // (1024 * 1024)
    text = _("What was sent is larger than %(limit)s MB, so none of it was kept. Split it and send the parts.")
    return plain_page(413, _("Too large"), text % {"limit": megabytes}, "web.too_large")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what the browser sent cannot be understood."""
    if isinstance(exception, RequestDataTooBig):
        return too_large(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    if isinstance(exception, TooManyFilesSent):
        text = _("More than %(most)s files were sent at once, so none was kept. Send them in several turns.")
        return plain_page(
            413, _("Too many files"), text % {"most": settings.DATA_UPLOAD_MAX_NUMBER_FILES}, "web.too_many_files"
        )
    text = _("The browser sent something that cannot be understood, so nothing was done. Go back and try again.")
    return plain_page(400, _("Not understood"), text, "web.bad_request")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403 raised outside our own rules."""
    text = _("You may not see or do this. Ask someone who holds the duty for it.")
    return page(request, 403, _("You may not do this"), text, "web.forbidden")


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of the forgery check: the form was too old, or it was not ours."""
    text = _(
        "This form was open for too long or came from somewhere else, so nothing was done. Load the page again, then repeat."
    )
    return plain_page(403, _("The form was not accepted"), text, "web.stale_form")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no such address, or nothing there for this reader."""
    text = _("There is nothing at this address that you may see. Check the address, or search for the reference.")
    return page(request, 404, _("Not found"), text, "web.not_found")


def broken(request: HttpRequest) -> HttpResponse:
    """500: a fault of ours. It asks neither the database nor the session for anything."""
    text = _("Something broke on our side. What you were doing was not saved. Try again; if it happens again, tell your steward "
             "when it happened and what you did.")  # fmt: skip
    return plain_page(500, _("Something broke"), text, "web.broken")


def plain_page(status: int, title: str, text: str, code: str) -> HttpResponse:
    """An error page that needs nothing but its template."""
    from django.template.loader import render_to_string
    from django.utils.translation import get_language, get_language_bidi

    about = {
        "title": title, "text": text, "code": code, "status": status, "organisation": settings.ORGANISATION, "plain": True,
        "language": get_language() or "en", "direction": "rtl" if get_language_bidi() else "ltr",
    }  # fmt: skip
    return HttpResponse(render_to_string("web/error.html", about), status=status)
