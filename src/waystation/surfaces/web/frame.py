"""What every page's frame needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, get_language_bidi

from waystation.hall.notices import api as notices
from waystation.kernel import scope as scopes
from waystation.surfaces.web.street import Block, street


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context for the template that all pages extend. The menu asks the database only when it is drawn."""

    def menu() -> list[Block]:
        try:
            asking = scopes.current()
        except scopes.NoScope:  # an error page drawn outside the scope
            return []
        return street(asking, request.path)

    user = getattr(request, "user", None)
    me = user if user is not None and user.is_authenticated else None
    return {
        "organisation": settings.ORGANISATION,
        "me": me,
        "unread": SimpleLazyObject(lambda: notices.unread(me) if me is not None else 0),
        "street": SimpleLazyObject(menu),
        "languages": settings.LANGUAGES,
        "language": get_language() or "en",
        "direction": "rtl" if get_language_bidi() else "ltr",
        "here": request.get_full_path(),
        "folded": request.COOKIES.get("street") == "folded",
        "demo": settings.WAYSTATION_DEMO,
    }
