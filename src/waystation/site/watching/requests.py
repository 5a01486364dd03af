"""Every request: its number, its line in the log, its place in the counts."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from waystation.site.watching import counts, logs

log = logging.getLogger(__name__)
NUMBER = re.compile(r"[0-9a-fA-F-]{16,64}")  # as proxies make them; nothing that could say a word


def watched(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Give the request a number (a proxy's ``X-Request-ID`` is kept), answer it, then log and count it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        given = request.headers.get("X-Request-ID", "")
        number = given if NUMBER.fullmatch(given) else uuid.uuid4().hex
        token = logs.request_id.set(number)
        try:
            response = get_response(request)
            response["X-Request-ID"] = number
            _tell(request, response, time.perf_counter() - began)
            return response
        finally:
            logs.request_id.reset(token)

    return middleware


def route_of(request: HttpRequest) -> str:
    """The name of what answered; the address itself is never said, for it may hold what somebody typed."""
    match = request.resolver_match
    if match is not None:
        return match.view_name or match.route
    return "static" if request.path.startswith(f"/{settings.STATIC_URL.strip('/')}/") else "none"


def _tell(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    route, status = route_of(request), response.status_code
    person = getattr(request, "user", None)
    told = {"method": request.method, "route": route, "status": status, "ms": round(seconds * 1000, 1)}
    told["actor"] = person.pk if person is not None else None
    level = logging.ERROR if status >= 500 else logging.INFO
    message = "%(method)s %(route)s %(status)s in %(ms)s ms, actor %(actor)s"
    log.log(level, message, told, extra={"told": told})
    counts.request(route, status, seconds)
