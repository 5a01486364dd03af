"""What was refused, as ``application/problem+json`` (RFC 9457) with our codes, a pointer to each field, and nothing hidden."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse

from waystation.kernel.refusals import Problem, Refused
from waystation.surfaces.rest.refusals import status_of

MEDIA = "application/problem+json"


def wrong(code: str, at: str, **params: Any) -> Problem:
    """A problem with what was sent; ``at`` is the JSON pointer of the field."""
    return Problem(code, params, column=f"#{at}")


def body_of(refused: Refused, status: int) -> dict[str, Any]:
    """The problem document of a refusal."""
    found = {**refused.as_dict(), "status": status}
    found["problems"] = [_told(one) for one in refused.problems]
    return found


def _told(one: Problem) -> dict[str, Any]:
    told = one.as_dict()
    if (one.column or "").startswith("#"):
        told["pointer"] = told.pop("column")
    return told


def answer(refused: Refused, status: int | None = None) -> HttpResponse:
    """The response; ``status`` where it depends on how one asked (412 where If-Match was sent)."""
    code = status or status_of(refused.code)
    body = json.dumps(body_of(refused, code), ensure_ascii=False).encode()
    response = HttpResponse(body, content_type=MEDIA, status=code)
    response["Cache-Control"] = "no-store"
    if code == 401:
        trouble = ', error="invalid_token"' if refused.code == "kernel.token_refused" else ""
        response["WWW-Authenticate"] = f'Bearer realm="waystation"{trouble}'
    return response
