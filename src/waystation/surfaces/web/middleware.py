"""What holds for every request: somebody asks for it, refusals become pages, and browsers are told what a page may do."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from waystation.hall.wording import api as wording
from waystation.kernel import scope
from waystation.kernel.refusals import Refused
from waystation.surfaces.web import errors

Next = Callable[[HttpRequest], HttpResponse]
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
SIP = 256 * 1024
MOST_SWALLOWED = 5  # times the limit
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def guarded(get_response: Next) -> Next:
    """Say in headers what a page may load and who may frame it, and turn away what is too large before it is read."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method == "TRACE":
            return errors.wrong_method(request, ["GET", "HEAD", "POST", "OPTIONS"])
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) > settings.UPLOAD_LIMIT_BYTES:
            _swallow(request)
            response = errors.too_large(settings.UPLOAD_LIMIT_BYTES)
        else:
            response = get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return middleware


def _swallow(request: HttpRequest) -> None:
    """Read what is turned away, keeping none of it: a browser shows the answer only once it has sent everything.

    Of what is far beyond the limit no more than some is read; its browser then says that the connection broke.
    """
    left = MOST_SWALLOWED * settings.UPLOAD_LIMIT_BYTES
    while left > 0 and (part := request.read(SIP)):
        left -= len(part)


def worded(get_response: Next) -> Next:
    """Say what reviewers of translations last corrected, whichever process they were answered by."""

    def middleware(request: HttpRequest) -> HttpResponse:
        wording.keep_current()
        return get_response(request)

    return middleware


class Asking:
    """Run the view inside the scope of whoever is signed in; what is refused becomes the page that says so."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        who = scope.Scope(request.user) if request.user.is_authenticated else scope.PUBLIC
        with scope.enter(who):
            response = self.get_response(request)
        if request.user.is_authenticated:
            # What one person saw must not come back from a cache when another one sits at the same computer.
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    def process_exception(self, request: HttpRequest, trouble: Exception) -> HttpResponse | None:
        """A refusal that no view drew on its own page."""
        return errors.refused(request, trouble) if isinstance(trouble, Refused) else None


asking = Asking
