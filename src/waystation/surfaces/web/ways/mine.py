"""One's own page: duties and how long they last, ways in, sessions, keys."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from waystation.hall.entry import api
from waystation.hall.entry.models import Way
from waystation.kernel.models import Actor, DutyGrant
from waystation.kernel.rules import duties
from waystation.kernel.scope import in_force
from waystation.kernel.values import today

SOON = timedelta(days=30)  # what ends within it is said ahead


@login_required
def me_page(request: HttpRequest) -> HttpResponse:
    """``/me/``: who I am here, what I may do where and until when, what I lent, and how I come in."""
    person: Any = request.user
    context = {
        "title": _("Me"),
        "held": held_by(person),
        "asked": DutyGrant.objects.filter(holder=person, state="asked").select_related("office"),
        "lent": lent_by(person),
        "ways": api.ways_in(person=person),
        "kinds": Way.KINDS,
        "sittings": api.sittings(person=person, here=request.session.session_key or ""),
        "labels": duties,
        "soon": today() + SOON,
    }
    return render(request, "web/me.html", context)


def held_by(person: Actor) -> list[tuple[str, list[DutyGrant]]]:
    """The duties a person holds today, each with the grants that give it."""
    found: dict[str, list[DutyGrant]] = defaultdict(list)
    rows = DutyGrant.objects.filter(in_force(today()), holder=person).select_related("office", "lent_from__holder")
    for one in rows.order_by("duty", "pk"):
        found[one.duty].append(one)
    return [(str(duties.get(name, name)), grants) for name, grants in found.items()]


def lent_by(person: Actor) -> list[DutyGrant]:
    """What a person has lent and has not ended, today or later."""
    rows = DutyGrant.objects.filter(lent_from__holder=person, state="held", until__gte=today())
    return list(rows.select_related("office", "holder").order_by("since", "pk"))


@login_required
@require_POST
def sign_out_page(request: HttpRequest) -> HttpResponse:
    """``/me/sessions/``: end one of one's own sessions (``session``), or all others."""
    person: Any = request.user
    only = request.POST.get("session", "")
    count = api.sign_out(person=person, but=request.session.session_key or "", only=only)
    messages.success(request, ngettext("{n} session was ended.", "{n} sessions were ended.", count).format(n=count))
    return redirect("me")
