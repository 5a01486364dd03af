"""Letting somebody in: after every step that is asked of them, into a session that did not exist before."""

from __future__ import annotations

import re
import time
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from waystation.hall.entry import api
from waystation.kernel.models import Actor
from waystation.kernel.values import now

HALF = "half in"  # what the session holds of somebody who has done the first step
HALF_SECONDS = 10 * 60
SECOND = {"app", "passkey"}  # any of these is a second step
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
    ("curl", "curl"),
)
SYSTEMS = (
    ("Android", "Android"), ("iPhone|iPad", "iOS"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)  # fmt: skip


def safe_next(request: HttpRequest, asked: str) -> str:
    """Where to go after signing in: only to an address of this house."""
    ours = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if asked and ours else "/"


def device(request: HttpRequest) -> str:
    """The browser and system in words; of what the browser says of itself nothing else is kept."""
    said = request.META.get("HTTP_USER_AGENT", "")
    browser = next((name for mark, name in BROWSERS if mark in said), "")
    system = next((name for mark, name in SYSTEMS if re.search(mark, said)), "")
    return f"{browser}, {system}" if browser and system else browser or system


def proceed(request: HttpRequest, person: Actor, steps: list[str], after: str) -> HttpResponse:
    """Let the person in, or ask for the second step first when they have one and have not done it."""
    ways = {one.kind for one in api.ways_in(person=person)}
    if not SECOND & set(steps) and ways & {"app", "passkey"}:
        request.session.flush()
        request.session[HALF] = {"person": person.pk, "steps": steps, "at": time.time(), "next": after}
        return redirect("second-step")
    return let_in(request, person, steps, after)


def half_in(request: HttpRequest) -> dict[str, Any] | None:
    """What is known of somebody who has done the first step not long ago."""
    half: dict[str, Any] | None = request.session.get(HALF)
    return half if half is not None and time.time() - half["at"] < HALF_SECONDS else None


def let_in(request: HttpRequest, person: Actor, steps: list[str], after: str = "/") -> HttpResponse:
    """Sign the person in: a new session, with what it was opened by."""
    request.session.flush()
    login(request, person, backend="django.contrib.auth.backends.ModelBackend")
    request.session.update(
        {"steps": steps, "device": device(request) or _("unknown device"), "began": now().isoformat()}
    )
    return in_their_language(request, HttpResponseRedirect(safe_next(request, after)), person)


def in_their_language(request: HttpRequest, response: HttpResponse, person: Any) -> HttpResponse:
    """The person's own language, unless this browser has chosen one."""
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and person.language in dict(settings.LANGUAGES):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, person.language, samesite="Lax", secure=request.is_secure())
    return response


def stepped(request: HttpRequest, step: str) -> None:
    """Remember that this session has done a second step."""
    request.session["steps"] = [*request.session.get("steps", []), step]
