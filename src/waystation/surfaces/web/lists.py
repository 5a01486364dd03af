"""Lists: a register's records, filtered, searched, sorted, page by page, in columns of one's choice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from waystation.hall.views.api import views_of
from waystation.hall.views.shapes import ViewShape
from waystation.kernel import scope as scopes
from waystation.kernel.acts import may_create
from waystation.kernel.register import Register, find_register
from waystation.kernel.scope import Scope
from waystation.kernel.values import fresh_id
from waystation.kernel.work import jobs
from waystation.surfaces import files
from waystation.surfaces.asked import Question, Word, offered_columns
from waystation.surfaces.columns import Column, column, relations
from waystation.surfaces.paging import Count, count_of, few, page_of
from waystation.surfaces.web.acting import askable, purpose, verb
from waystation.surfaces.web.cells import cell, sheet_url
from waystation.surfaces.web.many import offered_acts


@dataclass(frozen=True)
class Row:
    """A record on a list: its reference and sheet, and its cells beside their columns."""

    url: str
    cells: list[tuple[Column, SafeString]]
    ref: str = ""


@dataclass(frozen=True)
class Head:
    """A column's head: the address that sorts by it, and how it is sorted now (``ascending``, ``descending``)."""

    column: Column
    url: str
    sorted: str


@dataclass(frozen=True)
class Chooser:
    """A column one may show, with the addresses of the list with it, without it, and with it moved; empty where not."""

    label: str
    shown: bool
    other: str
    earlier: str = ""
    later: str = ""


def shown_columns(register: Register) -> list[Column]:
    """The register's columns; the reference comes first."""
    rest = [path for path in register.columns if path != "ref"]
    return [column(register, path) for path in ["ref", *rest]]


def rows_of(register: Register, columns: list[Column], records: list[Any]) -> list[Row]:
    """Records as rows of cells."""
    return [
        Row(sheet_url(register, one), [(c, cell(register, one, c.path)) for c in columns], one.ref) for one in records
    ]


@login_required
def list_page(request: HttpRequest, register: str) -> HttpResponse:
    """``/r/<register>/``. Raises Refused ``kernel.unknown_name``."""
    found, scope = find_register(register), scopes.current()
    question, views = Question(found, scope, request.GET), views_of(register=register)
    first = next((one for one in views if one.first), None)
    if first is not None and first.query and not request.GET:
        return redirect(f"{request.path}?{first.query}")
    rows = question.rows()
    count = count_of(rows)
    if request.GET.get("format"):
        return _file(request, question, count)
    columns = [column(found, path) for path in question.columns]
    shown = few(rows, count).select_related(*relations(found.model, question.columns))
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    part = page_of(shown, question.order, after, before, long=not count.exact)
    words = [*_can_in_words(question), *question.in_words()]
    context = {
        "register": found,
        "title": str(found.word[1]),
        "count": count.number,
        "counted": count,
        "question": question,
        "words": words,
        "everything": "?all=1" if first is not None else "?",
        "heads": [_head(question, c) for c in columns],
        "choosers": choosers(question),
        "choosing": request.GET.get("panel") == "columns",
        "usual": question.address(columns=None, panel="columns") if request.GET.get("columns") else "",
        "rows": rows_of(found, columns, part.rows),
        "next": question.address(after=part.after) if part.after else "",
        "previous": question.address(before=part.before) if part.before else "",
        "creating": _creating(found, scope),
        "files": [(name, question.address(format=kind)) for kind, name in files.offered(found).items()],
        "views": views,
        "view": _view_in_force(question, views),
        "acts": offered_acts(found, scope) if part.rows else [],
        "key": fresh_id(),
    }
    return render(request, "web/list.html", context)


def _view_in_force(question: Question, views: list[ViewShape]) -> ViewShape | None:
    """The view that shows just this."""
    asked = sorted(QueryDict(question.asked).lists())
    return next((one for one in views if asked and sorted(QueryDict(one.query).lists()) == asked), None)


def _creating(register: Register, scope: Scope) -> list[tuple[str, str, str]]:
    return [
        (capfirst(verb(act)), reverse("create", args=[register.name, act.run.__name__]), purpose(act))
        for act in register.creating
        if askable(act) and may_create(act, scope)
    ]


def _head(question: Question, of: Column) -> Head:
    asked = question.query.get("sort", "")
    now = "descending" if asked == f"-{of.path}" else "ascending" if asked == of.path else ""
    sortable = of.sortable and of.path in question.register.columns
    url = question.address(sort=f"-{of.path}" if now == "ascending" else of.path) if sortable else ""
    return Head(of, url, now)


def _can_in_words(question: Question) -> list[Word]:
    if question.can is None:
        return []
    return [Word(_("waits for me to"), [(verb(question.can), question.address(can=None))])]


def choosers(question: Question) -> list[Chooser]:
    """The columns one may show: first those shown, in their order, then the others. The reference is always there."""
    shown, found = question.columns, []

    def to(paths: list[str]) -> str:
        return question.address(columns=",".join(paths), panel="columns")

    for place, path in enumerate(shown[1:], start=1):
        rest = [one for one in shown if one != path]
        earlier = to([*rest[: place - 1], path, *rest[place - 1 :]]) if place > 1 else ""
        later = to([*rest[: place + 1], path, *rest[place + 1 :]]) if place < len(shown) - 1 else ""
        found.append(Chooser(column(question.register, path).label, True, to(rest), earlier, later))
    others = [one for one in offered_columns(question.register) if one not in shown]
    return [*found, *(Chooser(column(question.register, one).label, False, to([*shown, one])) for one in others)]


def _file(request: HttpRequest, question: Question, count: Count) -> HttpResponse:
    """The file, or a page that offers to make it in the background when it is large."""
    kind = request.GET["format"]
    if (count.exact and count.number <= files.AT_ONCE) or kind not in files.offered(question.register):
        return files.answer(files.leaving_of(question), kind)
    context = {
        "register": question.register, "title": _("A large file"), "count": count.number, "counted": count,
        "kind": kind, "name": files.FORMATS[kind], "asked": question.asked, "key": fresh_id(),
        "back": question.address(),
    }  # fmt: skip
    return render(request, "web/later.html", context)


@require_POST
@login_required
def file_later(request: HttpRequest, register: str) -> HttpResponse:
    """``/r/<register>/file/``: have a large file made; leads to the job that makes it. Raises Refused."""
    said = request.POST
    asked, kind = said.get("asked", ""), said.get("kind", "")
    job = files.later(find_register(register), asked, kind, key=said.get("key", "")[:100])
    return HttpResponseRedirect(sheet_url(jobs, job), status=303)


@login_required
def file_made(request: HttpRequest, ref: str) -> Any:
    """``/files/<job>/``: the file that a job made, for who asked for it. Raises Refused."""
    return files.fetched(ref)
