"""Every request is asked for by somebody: the signed-in person, or the public."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from waystation.kernel import scope


def asking(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Run the view inside the scope of whoever is signed in."""

    def middleware(request: HttpRequest) -> HttpResponse:
        who = scope.Scope(request.user) if request.user.is_authenticated else scope.PUBLIC
        with scope.enter(who):
            return get_response(request)

    return middleware
