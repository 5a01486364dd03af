"""Search: one box over records by reference and searched fields, figures, and pages."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from waystation.kernel import scope as scopes
from waystation.kernel.figures import figures
from waystation.kernel.register import Register, registers
from waystation.kernel.rules import nothing
from waystation.surfaces.asked import matching
from waystation.surfaces.columns import relations
from waystation.surfaces.web.cells import sheet_url, state
from waystation.surfaces.web.street import Door, menu_pages

FEW = 6


@dataclass(frozen=True)
class Found:
    """What one register has: the first few records and the way to all of them."""

    label: str
    rows: list[tuple[str, str, str, object]]
    more: str


@login_required
def search_page(request: HttpRequest) -> HttpResponse:
    """``/search/?q=``: a whole reference leads straight to its sheet."""
    words = request.GET.get("q", "").strip()[:200]
    found, scope = [], scopes.current()
    for register in registers.values() if words else ():
        if nothing(register.sight.q(scope)):
            continue
        exact = register.model.objects.filter(ref__iexact=words).first()
        if exact is not None:
            return redirect(sheet_url(register, exact))
        one = _in(register, words)
        found += [one] if one.rows else []
    doors = [*_figures(words), *_pages(words)] if words else []
    return render(request, "web/search.html", {"title": _("Search"), "words": words, "found": found, "doors": doors})


def _in(register: Register, words: str) -> Found:
    paths = [*register.columns, *register.search]
    rows = register.model.objects.filter(matching(register, words)).select_related(*relations(register.model, paths))
    some = list(rows.order_by("-pk")[: FEW + 1])
    more = f"{reverse('list', args=[register.name])}?q={words}" if len(some) > FEW else ""
    told: list[tuple[str, str, str, object]] = [
        (sheet_url(register, r), r.ref, str(r) if str(r) != r.ref else "", state(register, r.state)) for r in some[:FEW]
    ]
    return Found(capfirst(str(register.word[1])), told, more)


def _figures(words: str) -> list[Door]:
    small = words.lower()
    return [
        Door(str(one.label), reverse("figure", args=[one.name]))
        for one in figures.values()
        if small in one.name.lower() or small in str(one.label).lower()
    ]


def _pages(words: str) -> list[Door]:
    small = words.lower()
    return [Door(str(p.menu), f"/{p.path}") for p in menu_pages(scopes.current()) if small in str(p.menu).lower()]
