"""Home: what waits for me, what I am told, what changed in what I follow, the figures of the house."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from waystation.hall.notices import api as notices
from waystation.hall.notices.shapes import Waiting
from waystation.kernel import figures
from waystation.kernel import scope as scopes
from waystation.kernel.refusals import Refused
from waystation.kernel.values import today
from waystation.kernel.work import jobs
from waystation.surfaces.web import said
from waystation.surfaces.web.acting import askable, verb
from waystation.surfaces.web.cells import sheet_url

FEW = 5
SHOWN_CHANGES = 10
LOOKED_AT = 40
MOST_FIGURES = 4
FIGURE_SECONDS = 0.8


@dataclass(frozen=True)
class Task:
    """Records on which this person may do an act now: how many, how many of them late, and the first few."""

    waiting: Waiting
    label: str
    url: str
    first: list[tuple[str, str, Any]]


def home(request: HttpRequest) -> HttpResponse:
    """``/``: my work; the public is led to what is open."""
    return _my_work(request) if request.user.is_authenticated else redirect("open")


@login_required
def _my_work(request: HttpRequest) -> HttpResponse:
    scope, state = scopes.current(), notices.house_state()
    under_way = list(
        jobs.model.objects.filter(author=scope.actor, state__in=("waiting", "running")).order_by("-pk")[:FEW]
    )
    told, _onward = notices.notices(LOOKED_AT)
    context = {
        "title": _("My work"),
        "waiting": [_task(one) for one in notices.waiting_for(scope, askable, state)],
        "told": [one for one in told if one.unread and one.why != "followed"][:FEW],
        "changes": [one for one in told if one.why == "followed"][:SHOWN_CHANGES],
        "jobs": [(job, sheet_url(jobs, job)) for job in under_way],
        "numbers": numbers(state),
    }
    return render(request, "web/home.html", context)


def _task(one: Waiting) -> Task:
    url = f"{reverse('list', args=[one.register.name])}?can={one.act.run.__name__}"
    first = [(reverse("sheet", args=[one.register.name, ref]), ref, due) for ref, due in one.first]
    return Task(one, verb(one.act), url, first)


@dataclass(frozen=True)
class Tile:
    """A figure on the home page; ``text`` is its number in words or why there is none."""

    label: Any
    number: str
    unit: str
    url: str


def numbers(state: str) -> list[Tile]:
    """A few figures as of today. They are computed once for each state of the house: any act makes them anew."""
    if not figures.figures:
        return []
    key = f"home:{today()}:{get_language()}:{state}"
    kept: list[Tile] | None = cache.get(key)
    if kept is None:
        kept, all_of_them = _computed()
        cache.set(key, kept, 600 if all_of_them else 5)
    return kept


def _computed() -> tuple[list[Tile], bool]:
    """The tiles, and whether there was time for all of them: just after a start there may not be."""
    found: list[Tile] = []
    begun = time.monotonic()
    for one in figures.figures.values():
        if len(found) == MOST_FIGURES:
            break
        if found and time.monotonic() - begun > FIGURE_SECONDS:
            return found, False
        if one.never_across:  # it must be split: its own page says how
            continue
        try:
            answer = figures.value(one.name)
        except Refused:
            continue
        if answer.value is not None:
            number = said.share(answer.value) if one.unit == "share" else said.number(answer.value, one.places or None)
            found.append(Tile(str(one.label), number, _(one.unit), reverse("figure", args=[one.name])))
    return found, True
