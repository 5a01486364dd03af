"""Bringing a table into a register: what it must hold, what is wrong with it cell by cell, and then all of its rows at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from waystation.kernel import scope as scopes
from waystation.kernel.acts import Act
from waystation.kernel.files import put
from waystation.kernel.refusals import Refused, require
from waystation.kernel.register import Register, find_register
from waystation.kernel.values import file_digest, fresh_id, now
from waystation.surfaces.bringing import Table, bringable, brought, columns_of, read, rejected, template, tried
from waystation.surfaces.files import sent
from waystation.surfaces.web.acting import purpose, verb

MOST_ROWS = 2_000  # each row is an act that is done and taken back while its reader waits
SHOWN = 200
KEPT = 24 * 3600  # seconds


@login_required
def bring_page(request: HttpRequest, register: str, verb: str) -> HttpResponse:
    """``/r/<register>/bring/<act>/``: GET says what the table must hold, or gives its template (``?template=csv``) or the rows
    that were refused (``?rejected=``); POST a file shows it row by row, POST its ``table`` brings it in. Raises Refused."""
    found = find_register(register)
    act = found.act(verb)
    require(act in bringable(found, scopes.current()), "kernel.not_allowed", act=act.verb, rule=act.by.sentence)
    if kind := request.GET.get("template"):
        return sent(template(found, act), kind)
    if token := request.GET.get("rejected"):
        return _rejected(found, act, *_opened(request, act, token))
    if request.method != "POST":
        return _page(request, found, act)
    try:
        if "table" in request.POST:
            return _bring(request, found, act, *_opened(request, act, request.POST["table"]))
        return _preview(request, found, act)
    except Refused as refused:
        return _page(request, found, act, status=refused.status, problems=refused.problems[:SHOWN])


def _page(request: HttpRequest, register: Register, act: Act, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "register": register, "act": act, "title": _("{act}: a table of them").format(act=capfirst(verb(act))),
        "purpose": purpose(act), "wanted": columns_of(act), "back": reverse("list", args=[register.name]),
        "others": [(capfirst(verb(one)), reverse("bring", args=[register.name, one.run.__name__]))
                   for one in bringable(register, scopes.current()) if one is not act],
        "most": MOST_ROWS, "problems": [], **more,
    }  # fmt: skip
    return render(request, "web/bring.html", context, status=status)


def _preview(request: HttpRequest, register: Register, act: Act) -> HttpResponse:
    file = request.FILES.get("file")
    if file is None or not file.size:
        raise Refused("kernel.argument_missing", act=act.verb, name=_("file"))
    _forget_old()
    path = _folder() / fresh_id()
    put(path, file.chunks(), mode=0o600)
    name = Path(file.name or "").name[:120] or "table"
    try:
        table = read(path, name, act, MOST_ROWS)
        trial = tried(register, act, table)
    except Refused:
        path.unlink()
        raise
    token = signing.dumps([path.name, name, request.user.pk, act.name], salt="table")
    return _page(request, register, act, table=_shown(table), trial=trial, token=token, file=name)


def _shown(table: Table) -> dict[str, Any]:
    """The lines that have problems first, then some of the others."""
    wrong = [line for line in table.lines if line.problems]
    good = [line for line in table.lines if not line.problems]
    lines = [*wrong[:SHOWN], *good[: max(10, 30 - len(wrong))]]
    rows = [
        (line.row, _cells(table, line), [one for one in line.problems if one.column not in table.headers])
        for line in lines
    ]
    return {
        "headers": table.headers,
        "rows": sorted(rows, key=lambda one: one[0]),
        "left": len(table.lines) - len(rows),
    }


def _cells(table: Table, line: Any) -> list[tuple[Any, list[Any]]]:
    """Each cell with the problems that are said of its column."""
    by_column: dict[str, list[Any]] = {}
    for one in line.problems:
        by_column.setdefault((one.column or "").casefold().replace("_", " "), []).append(one)
    cells = [line.cells[n] if n < len(line.cells) else None for n in range(len(table.headers))]
    return [
        (cell, by_column.get(header.casefold().replace("_", " "), []))
        for cell, header in zip(cells, table.headers, strict=True)
    ]


def _bring(request: HttpRequest, register: Register, act: Act, path: Path, name: str) -> HttpResponse:
    table = read(path, name, act, MOST_ROWS)
    try:
        refs = brought(register, act, table, file_digest(path))
    except Refused as refused:
        trial = tried(register, act, read(path, name, act, MOST_ROWS))
        return _page(request, register, act, status=refused.status, table=_shown(table), trial=trial,
                     token=request.POST["table"], file=name, problems=refused.problems[:1])  # fmt: skip
    path.unlink(missing_ok=True)
    return _page(request, register, act, done=len(refs), file=name)


def _rejected(register: Register, act: Act, path: Path, name: str) -> HttpResponse:
    """The refused rows as a file, with what is wrong with each."""
    table = read(path, name, act, MOST_ROWS)
    tried(register, act, table)
    return sent(rejected(table), "xlsx")


def _folder() -> Path:
    found = Path(settings.WAYSTATION_HOME) / "tables"
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def _opened(request: HttpRequest, act: Act, token: str) -> tuple[Path, str]:
    """The kept table of a token: this person's, for this act, not older than a day. Raises Refused ``table.gone``."""
    try:
        kept, name, person, asked = signing.loads(token, salt="table", max_age=KEPT)
    except signing.BadSignature:
        raise Refused("table.gone") from None
    path = _folder() / kept
    require((person, asked) == (request.user.pk, act.name) and path.is_file(), "table.gone")
    return path, name


def _forget_old() -> None:
    """Tables may hold personal values: none is kept for longer than a day, and none after it was brought in."""
    for path in _folder().iterdir():
        if now().timestamp() - path.stat().st_mtime > KEPT:
            path.unlink(missing_ok=True)
