"""What the surfaces ask of views."""

from __future__ import annotations

from waystation.hall.views.models import View
from waystation.hall.views.shapes import ViewShape
from waystation.kernel import scope as scopes

MOST = 100


def views_of(*, register: str) -> list[ViewShape]:
    """The views of a list that the asking scope sees: one's own first, then by name; at most a hundred."""
    me = scopes.current().actor
    rows = View.objects.filter(register=register, state="kept").select_related("author", "shared_with")[:MOST]
    found = [
        ViewShape(
            one.ref, one.name, one.query, one.author == me, one.first and one.author == me,
            str(one.author.name if one.author else ""),
        )
        for one in rows
    ]  # fmt: skip
    return sorted(found, key=lambda one: (not one.mine, one.name.casefold()))
