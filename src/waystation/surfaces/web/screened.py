"""Pages of apps: a screen drawn as HTML, printed as PDF, its tables as files."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

import pyarrow as pa
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.http import url_has_allowed_host_and_scheme

from waystation.kernel.formats import Header, Sheet
from waystation.kernel.pages import Asked, Page, pages
from waystation.kernel.refusals import Refused, require
from waystation.kernel.screens import Form, Progress, Screen, Table
from waystation.kernel.values import now
from waystation.surfaces import files, paper
from waystation.surfaces.web import errors, questions, said
from waystation.surfaces.web.drawn import draw

log = logging.getLogger(__name__)
OWN = ("format", "table")


def addresses() -> list[URLPattern]:
    """A route for every declared page."""
    return [path(one.path, view_of(one), name=f"page-{one.name}") for one in pages]


def view_of(page: Page) -> Callable[..., HttpResponse]:
    """The view of a declared page; only public ones are shown without signing in."""

    def view(request: HttpRequest, **names: Any) -> HttpResponse:
        query = {key: str(value) for key, value in request.GET.items() if key not in OWN}
        asked = Asked({k: str(v) for k, v in names.items()}, query)
        if request.method == "POST" and page.receive is not None:
            return received(request, page, page.receive, asked)
        if request.method not in ("GET", "HEAD"):
            return errors.wrong_method(request, ["GET", "HEAD", *(["POST"] if page.receive else [])])
        screen = page.draw(asked)
        kind = request.GET.get("format", "html")
        if kind == "pdf":
            return printed(request, screen, page.name)
        if kind != "html":
            return table_file(screen, page.name, request.GET.get("table", "0"), kind)
        return screen_page(request, screen, query)

    return view if page.public else login_required(view)


def received(request: HttpRequest, page: Page, receive: Callable[[Asked], str], asked: Asked) -> HttpResponse:
    """Give the page what its form sent: on to where it says, or the page again with what is wrong and what was typed."""
    given = replace(asked, form=questions.sent(request), files=questions.uploads(request))
    try:
        where = receive(given)
    except Refused as refused:
        drawn = page.draw(given)
        blocks = [questions.kept(one, given.form) if isinstance(one, Form) else one for one in drawn.blocks]
        return screen_page(request, replace(drawn, blocks=blocks), dict(asked.query), refused)
    if not (where.startswith("/") and url_has_allowed_host_and_scheme(where, allowed_hosts=None)):
        log.error("page %s leads to %r, which is no path of this site", page.name, where)
        where = request.path
    return HttpResponseRedirect(where, status=303)


def screen_page(
    request: HttpRequest, screen: Screen, query: dict[str, str], refused: Refused | None = None
) -> HttpResponse:
    """A screen in the frame; under what was ``refused`` of it, with that refusal's status."""
    blocks = draw(screen.blocks, query)
    asks = any(isinstance(one, Form | Progress) for one in screen.blocks)
    context = {
        "title": screen.title,
        "screen": screen,
        "blocks": blocks,
        "pdf": "" if asks else "?" + urlencode({**query, "format": "pdf"}),
        "problems": refused.problems if refused else [],
        "running": any(one.more.get("running") for one in blocks),
    }
    return render(request, "web/page.html", context, status=refused.status if refused else 200)


def printed(request: HttpRequest, screen: Screen, name: str) -> HttpResponse:
    """The screen on A4."""
    made = paper.pdf(
        screen, locale=said.locale(), printed_at=now(), organisation=settings.ORGANISATION,
        page_url=request.build_absolute_uri(request.path),
    )  # fmt: skip
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"', "Cache-Control": "no-store"}
    return HttpResponse(made, content_type="application/pdf", headers=headers)


def table_file(screen: Screen, name: str, which: str, kind: str) -> HttpResponse:
    """One table of a screen as a file. Raises Refused ``kernel.unknown_name``."""
    tables = [block for block in screen.blocks if isinstance(block, Table)]
    found = which.isdigit() and int(which) < len(tables)
    require(found, "kernel.unknown_name", what="table", name=which, known=", ".join(str(n) for n in range(len(tables))))
    table = tables[int(which)]
    rows = [*table.rows, *([table.total] if table.total is not None else [])]
    columns = {c.key: files.as_typed([_leaving(row.get(c.key)) for row in rows]) for c in table.columns}
    headers = tuple(Header(c.key, label=c.label) for c in table.columns)
    return files.sent(Sheet(name, pa.table(columns), headers, str(table.title or screen.title)), kind)


def _leaving(value: Any) -> Any:
    value = getattr(value, "text", value)
    return value if value is None or isinstance(value, int | float | bool | date) else str(value)
