"""Lists: a register's records, filtered, searched, sorted, page by page; and what is shown as a file."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from waystation.kernel import scope as scopes
from waystation.kernel.acts import may_create
from waystation.kernel.formats import WRITERS, Header, Sheet
from waystation.kernel.refusals import Refused
from waystation.kernel.register import Register, find_register, value_of
from waystation.kernel.release.folder import MEDIA
from waystation.kernel.scope import Scope
from waystation.kernel.values import today
from waystation.surfaces.asked import Choice, Question, page_of
from waystation.surfaces.bringing import bringable
from waystation.surfaces.columns import Column, column, exported, relations
from waystation.surfaces.web.acting import askable, purpose, verb
from waystation.surfaces.web.cells import cell, sheet_url
from waystation.surfaces.web.street import usable

COUNTED = 10_000
MOST_EXPORTED = 100_000


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
    columns = shown_columns(found)
    rows = question.rows().select_related(*relations(found.model, [c.path for c in columns]))
    kind = request.GET.get("format", "")
    if kind:
        return download(found, columns, rows.order_by(*_ordering(question)), kind)
    counted = question.rows()[: COUNTED + 1].count()
    choices = question.choices()
    part = page_of(rows, question.order, request.GET.get("after", ""), request.GET.get("before", ""))
    context = {
        "register": found,
        "title": str(found.word[1]),
        "count": min(counted, COUNTED),
        "uncounted": counted > COUNTED,
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
        "open": usable(found, scope),
    }
    return render(request, "web/list.html", context)


def _creating(register: Register, scope: Scope) -> list[tuple[str, str, str]]:
    return [
        (capfirst(verb(act)), reverse("create", args=[register.name, act.run.__name__]), purpose(act))
        for act in register.creating
        if askable(act) and may_create(act, scope)
    ]


def _ordering(question: Question) -> tuple[str, str]:
    path, descending = question.order
    sign = "-" if descending else ""
    return f"{sign}{path}", f"{sign}pk"


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


def download(register: Register, columns: list[Column], rows: Any, kind: str) -> HttpResponse:
    """What is shown, as a file. Raises Refused ``kernel.unknown_name`` for a format there is not."""
    values: list[list[Any]] = [[] for _column in columns]
    for record in rows[:MOST_EXPORTED].iterator(chunk_size=2000):
        for place, one in enumerate(columns):
            values[place].append(exported(value_of(record, one.path)))
    table = pa.table({c.path: _array(v) for c, v in zip(columns, values, strict=True)})
    headers = tuple(Header(c.path, c.privacy, register.hxl.get(c.path, ""), c.label) for c in columns)
    return as_file(Sheet(register.name, table, headers, str(register.word[1])), kind)


def _array(values: list[Any]) -> pa.Array:
    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError):  # a column of mixed kinds leaves as text
        return pa.array([None if one is None else str(one) for one in values])


def as_file(sheet: Sheet, kind: str) -> HttpResponse:
    """A sheet as a download, written by the kernel's formats (formulas disarmed, HXL row)."""
    offered = {"csv", "xlsx"}
    if kind not in offered:
        raise Refused("kernel.unknown_name", what=_("format"), name=kind, known=", ".join(sorted(offered)))
    name = f"{sheet.name}-{today():%Y%m%d}.{kind}"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        WRITERS[kind](sheet, path)
        content = path.read_bytes()
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=MEDIA[kind], headers=headers)
