"""Asking people about what matching left uncertain: each name of a source once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from waystation.apps.naming.acts.deciding import ask
from waystation.apps.naming.models import Question
from waystation.apps.naming.queries.rows import under
from waystation.apps.naming.queries.spelling import spelling
from waystation.apps.naming.shapes import Candidate, Found
from waystation.kernel.acts import do
from waystation.kernel.models import Office

WAITING = ("open", "aside")


def ask_about(country: str, source: str, office: Office, found: Iterable[tuple[Found, int]]) -> int:
    """Open a question for each uncertain name that has none; how many of the names wait, with those asked before."""
    waiting = Question.objects.filter(state__in=WAITING, source=source.strip(), country=country)
    known = set(waiting.values_list("level", "under", "key"))
    names: set[tuple[int, str, str]] = set()
    with transaction.atomic():
        for one, rows in found:
            said = one.level, under(one.above, one.above_said), spelling(one.text).key[:300]
            if one.standing not in ("uncertain", "unknown") or said in names or not said[2]:
                continue
            names.add(said)
            if said not in known:
                do(
                    ask, source=source, country=country, level=one.level, text=one.text, office=office, above=one.above,
                    above_said=one.within or one.above_said, rows=rows, doubt=one.doubt or one.standing,
                    candidates=[plain(candidate) for candidate in one.candidates],
                )  # fmt: skip
    return len(names)


def plain(one: Candidate) -> dict[str, Any]:
    """A candidate as a question keeps it."""
    place = one.place
    return {"code": place.code, "name": place.name, "above": place.above[0] if place.above else "",
            "score": one.score, "way": one.way, "as": one.name}  # fmt: skip


def waiting(source: str) -> int:
    """How many names of a source wait for an answer."""
    return Question.objects.filter(state__in=WAITING, source=source.strip()).count()
