"""The DTM API as its official clients call it: versions 3 and 2, and the older addresses of version 2.

Read-only, published rounds only. What is asked for wrongly is answered with ``isSuccess`` false and the reason, and HTTP
200: the official client shows people the reason only then. ``result`` is null there, so that a program that does not look
fails instead of taking it for "nobody is displaced".
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from waystation.apps.counting import api as counting
from waystation.apps.counting.shapes import OperationLine, OutRound
from waystation.apps.exchange.protocols.answers import envelope, of_table, zipped
from waystation.apps.exchange.protocols.asked import Asked, read
from waystation.apps.exchange.queries.dtm import columns, dtm_table, of_level
from waystation.apps.tracking import api as tracking
from waystation.kernel import scope
from waystation.kernel.house import grantable, token_scope
from waystation.kernel.refusals import Refused
from waystation.kernel.values import digest

NEEDS = "dtm:read"  # the scope a key must have
grantable[NEEDS] = _("read published rounds through the DTM API")
HEADER = "Ocp-Apim-Subscription-Key"
KEPT_BYTES = 64 * 2**20
View = Callable[..., HttpResponse]


class Kept:
    """The last answers, ready to be sent again, the longest unused leaving first."""

    def __init__(self, most: int) -> None:
        self._most, self._size, self._lock = most, 0, Lock()
        self._answers: OrderedDict[str, bytes] = OrderedDict()

    def get(self, name: str, make: Callable[[], bytes]) -> bytes:
        """The answer of that name, made now if it is not held."""
        with self._lock:
            if name in self._answers:
                self._answers.move_to_end(name)
                return self._answers[name]
        made = make()
        with self._lock:
            self._size += len(made) - len(self._answers.get(name, b""))
            self._answers[name] = made
            while self._size > self._most:
                self._size -= len(self._answers.popitem(last=False)[1])
        return made


kept = Kept(KEPT_BYTES)


def keyed(view: View) -> View:
    """Answer only whoever sends a key of ours that covers ``dtm:read``, and show them what its holder may see."""

    @require_safe
    def answered(request: HttpRequest, **names: Any) -> HttpResponse:
        try:
            who = token_scope(request.headers.get(HEADER, ""), NEEDS)
        except Refused as refused:
            return _plain(envelope(None, 401, [f"{HEADER}: {refused}"]), 401)
        with scope.enter(who):
            try:
                return view(request, **names)
            except Refused as refused:
                return _plain(envelope(None, 400, [str(problem) for problem in refused.problems]))

    return answered


def _plain(body: bytes, status: int = 200) -> HttpResponse:
    return HttpResponse(body, content_type="application/json; charset=utf-8", status=status)


@keyed
def countries(request: HttpRequest) -> HttpResponse:
    """The countries of which something is published, by name."""
    read(request.GET, ())
    found = {(one.operation.country_name, one.operation.country) for one in tracking.rounds_out()}
    return _plain(envelope([{"admin0Name": name, "admin0Pcode": code} for name, code in sorted(found)]))


@keyed
def operations(request: HttpRequest) -> HttpResponse:
    """The operations of which something is published, by name and country."""
    read(request.GET, ())
    found = sorted({one.operation for one in tracking.rounds_out()}, key=lambda one: (one.name, one.country_name))
    rows = [
        {
            "operation": one.name,
            "operationStatus": one.status,
            "admin0Name": one.country_name,
            "admin0Pcode": one.country,
        }
        for one in found
    ]
    return _plain(envelope(rows))


@keyed
def people(request: HttpRequest, level: int, version: int) -> HttpResponse:
    """Displaced people present, by area of one level."""
    asked = read(request.GET, Asked.names(level))
    rounds = tracking.rounds_out()
    small = "gzip" in request.headers.get("Accept-Encoding", "")
    name = digest([level, version, small, asked.said, [counting.fingerprint(one) for one in rounds], _lines(rounds)])
    tag = f'"{name[:32]}"'
    if tag in request.headers.get("If-None-Match", ""):
        response = HttpResponse(status=304)
    else:
        response = _plain(kept.get(name, lambda: _made(rounds, asked, level, version, small)))
        if small:
            response["Content-Encoding"] = "gzip"
    response["ETag"], response["Cache-Control"], response["Vary"] = (
        tag,
        "private, no-cache",
        f"Accept-Encoding, {HEADER}",
    )
    return response


def _lines(rounds: list[OutRound]) -> list[list[str]]:
    lines = {(one.operation.name, one.operation.status, one.operation.country_name, one.key) for one in rounds}
    return [list(line) for line in sorted(lines)]


def _made(rounds: list[OutRound], asked: Asked, level: int, version: int, small: bool) -> bytes:
    lines: dict[int, OperationLine] = {one.operation.pk: one.operation for one in rounds}
    rows = asked.kept(of_level(counting.released_rows(rounds), level, detail=version == 3), lines)
    pieces = of_table(dtm_table(rows, lines), columns(level, version))
    return b"".join(zipped(pieces) if small else pieces)


def _level(level: int, version: int) -> dict[str, int]:
    return {"level": level, "version": version}


urlpatterns = [
    path("v3/displacement/country-list", countries),
    path("v3/displacement/operation-list", operations),
    path("v2/CountryList", countries),
    path("v2/OperationList", operations),
    *(path(f"v3/displacement/admin{n}", people, _level(n, 3)) for n in range(3)),
    *(path(f"v2/IdpAdmin{n}Data", people, _level(n, 2)) for n in range(3)),
    # addresses that scripts of 2024 and the R client's first version still call
    re_path(r"(?i)^api/common/getallcountrylist$", countries),
    re_path(r"(?i)^api/common/getalloperationlist$", operations),
    *(re_path(rf"(?i)^api/idpadmin{n}data/getadmin{n}datav2$", people, _level(n, 2)) for n in range(3)),
]
