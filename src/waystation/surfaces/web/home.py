"""Home: what waits for me, what changed in what I may see, the figures of the house."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from waystation.kernel import audit, figures
from waystation.kernel import scope as scopes
from waystation.kernel.acts import Act
from waystation.kernel.models import AuditEntry
from waystation.kernel.refusals import Refused
from waystation.kernel.register import Register, registers
from waystation.kernel.rules import nothing
from waystation.kernel.scope import Scope
from waystation.kernel.values import today
from waystation.kernel.work import jobs
from waystation.surfaces.columns import field_at
from waystation.surfaces.paging import page_of
from waystation.surfaces.web import said
from waystation.surfaces.web.acting import askable, verb
from waystation.surfaces.web.cells import sheet_url
from waystation.surfaces.web.history import known_acts, sentence

FEW = 5
LOOKED_AT = 300
SHOWN_CHANGES = 12
MOST_FIGURES = 4
FIGURE_SECONDS = 0.8


@dataclass(frozen=True)
class Waiting:
    """Records on which this person may do an act now: how many, how many of them late, and the first few."""

    act: Act
    label: str
    register: Register
    url: str
    count: int
    late: int
    first: list[tuple[str, str, Any]]


def home(request: HttpRequest) -> HttpResponse:
    """``/``: my work; the public is led to what is open."""
    return _my_work(request) if request.user.is_authenticated else redirect("open")


@login_required
def _my_work(request: HttpRequest) -> HttpResponse:
    scope = scopes.current()
    waiting = waiting_for(scope)
    under_way = list(
        jobs.model.objects.filter(author=scope.actor, state__in=("waiting", "running")).order_by("-pk")[:FEW]
    )
    context = {
        "title": _("My work"),
        "waiting": waiting,
        "changes": changes(),
        "jobs": [(job, sheet_url(jobs, job)) for job in under_way],
        "numbers": numbers(),
    }
    return render(request, "web/home.html", context)


def waiting_for(scope: Scope) -> list[Waiting]:
    """What this person may move on, late first. One or two small queries for each act whose rule can hold."""
    found = []
    for register in registers.values():
        if register is jobs or nothing(register.sight.q(scope)):
            continue
        for act in register.lifecycle.acts:
            if moves_on(register, act) and not nothing(act.by.q(scope)):
                one = _waiting(register, act, scope)
                found += [one] if one else []
    return sorted(found, key=lambda one: -one.late)


def moves_on(register: Register, act: Act) -> bool:
    """Acts that are work waiting to be done: they lead on in the record's life, and neither make, undo nor describe it."""
    order = list(register.lifecycle.states)
    leads = act.target in order and any(
        order.index(one) < order.index(act.target) for one in act.sources if one in order
    )
    from_end = act.sources <= register.lifecycle.final
    return not act.creates and not act.danger and leads and not from_end and askable(act)


def _waiting(register: Register, act: Act, scope: Scope) -> Waiting | None:
    rows = register.model.objects.filter(Q(state__in=act.sources) & act.by.q(scope))
    due = field_at(register.model, "due_on") is not None
    first = page_of(rows, ("due_on" if due else "id", False), "", "", FEW + 1).rows
    if not first:
        return None
    count = len(first) if len(first) <= FEW else rows.count()
    late = rows.filter(due_on__lt=today()).count() if due else 0
    url = f"{reverse('list', args=[register.name])}?can={act.run.__name__}"
    told = [(sheet_url(register, one), one.ref, getattr(one, "due_on", None)) for one in first[:FEW]]
    return Waiting(act, verb(act), register, url, count, late, told)


@dataclass(frozen=True)
class Change:
    """Something done to a record this reader may see."""

    sentence: str
    ref: str
    url: str
    at: Any
    word: str


def changes() -> list[Change]:
    """The last acts on records that the current scope may see."""
    by_label = {r.model._meta.label_lower: r for r in registers.values()}
    entries = list(AuditEntry.objects.select_related("actor").order_by("-pk")[:LOOKED_AT])
    wanted: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        model, _colon, key = entry.subject.partition(":")
        if model in by_label and key.isdigit():
            wanted[model].add(key)
    seen = {
        f"{model}:{pk}": (by_label[model], ref)
        for model, keys in wanted.items()
        for pk, ref in by_label[model].model.objects.filter(pk__in=keys).values_list("pk", "ref")
    }
    acts = known_acts()
    found: list[Any] = []
    for entry in entries:
        if entry.subject in seen and len(found) < SHOWN_CHANGES:
            register, ref = seen[entry.subject]
            url = reverse("sheet", args=[register.name, ref])
            found.append(Change(sentence(entry, acts), ref, url, entry.at, str(register.word[0])))
    return found


@dataclass(frozen=True)
class Tile:
    """A figure on the home page; ``text`` is its number in words or why there is none."""

    label: Any
    number: str
    unit: str
    url: str


def numbers() -> list[Tile]:
    """A few figures as of today. They are computed once for each state of the house: any act makes them anew."""
    if not figures.figures:
        return []
    key = f"home:{today()}:{get_language()}:{audit.mark()}"
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
