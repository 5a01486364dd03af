"""Lists: a register's records, filtered, searched, sorted, page by page; and what is shown as a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from waystation.kernel import scope as scopes
from waystation.kernel.acts import may_create
from waystation.kernel.register import Register, find_register
from waystation.kernel.scope import Scope
from waystation.surfaces import files
from waystation.surfaces.asked import Choice, Question
from waystation.surfaces.bringing import bringable
from waystation.surfaces.columns import Column, column, relations
from waystation.surfaces.paging import count_of, few, page_of
from waystation.surfaces.web.acting import askable, purpose, verb
from waystation.surfaces.web.cells import cell, sheet_url


@dataclass(frozen=True)
class Row:
    """A record on a list: its sheet, and its cells beside their columns."""

    url: str
    cells: list[tuple[Column, SafeString]]


@dataclass(frozen=True)
class Head:
    """A column's head: the address that sorts by it, and how it is sorted now (``ascending``, ``descending``)."""

    column: Column
    url: str
    sorted: str


def shown_columns(register: Register) -> list[Column]:
    """The register's columns; the reference comes first."""
    rest = [path for path in register.columns if path != "ref"]
    return [column(register, path) for path in ["ref", *rest]]


def rows_of(register: Register, columns: list[Column], records: list[Any]) -> list[Row]:
    """Records as rows of cells."""
    return [Row(sheet_url(register, one), [(c, cell(register, one, c.path)) for c in columns]) for one in records]


@login_required
def list_page(request: HttpRequest, register: str) -> HttpResponse:
    """``/r/<register>/``. Raises Refused ``kernel.unknown_name``."""
    found, scope = find_register(register), scopes.current()
    question = Question(found, scope, request.GET)
    columns = [column(found, path) for path in question.columns]
    kind = request.GET.get("format", "")
    if kind:
        return files.answer(files.leaving_of(question), kind)
    rows = question.rows()
    count = count_of(rows)
    choices = question.choices()
    shown = few(rows, count).select_related(*relations(found.model, [c.path for c in columns]))
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    part = page_of(shown, question.order, after, before, long=not count.exact)
    context = {
        "register": found,
        "title": str(found.word[1]),
        "count": count.number,
        "counted": count,
        "question": question,
        "choices": choices,
        "words": _in_words(question, choices),
        "heads": [_head(question, c) for c in columns],
        "rows": rows_of(found, columns, part.rows),
        "next": question.address(after=part.after) if part.after else "",
        "previous": question.address(before=part.before) if part.before else "",
        "creating": _creating(found, scope),
        "bring": [
            reverse("bring", args=[found.name, act.run.__name__]) for act in bringable(found, scope) if act.creates
        ][:1],
        "csv": question.address(format="csv"),
        "xlsx": question.address(format="xlsx"),
    }
    return render(request, "web/list.html", context)


def _creating(register: Register, scope: Scope) -> list[tuple[str, str, str]]:
    return [
        (capfirst(verb(act)), reverse("create", args=[register.name, act.run.__name__]), purpose(act))
        for act in register.creating
        if askable(act) and may_create(act, scope)
    ]


def _head(question: Question, of: Column) -> Head:
    asked = question.query.get("sort", "")
    now = "descending" if asked == f"-{of.path}" else "ascending" if asked == of.path else ""
    url = question.address(sort=f"-{of.path}" if now == "ascending" else of.path) if of.sortable else ""
    return Head(of, url, now)


def _in_words(question: Question, choices: list[Choice]) -> list[tuple[str, str, str]]:
    """The filters in force as (label, value in words, address without it)."""
    said = [(c.label, c.said, question.address(**{c.name: None})) for c in choices if c.value]
    if question.can is not None:
        said.insert(0, (_("waits for me to"), verb(question.can), question.address(can=None)))
    if question.words:
        said.append((_("search"), question.words, question.address(q=None)))
    return said
