"""What is sent: JSON, of a size and depth that cannot hurt, without what two readers would read in two ways."""

from __future__ import annotations

import json
import re
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, UnreadablePostError

from waystation.kernel.refusals import Refused, require

STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
BRACKETS = re.compile(rb"[\[\]{}]")
UNUSABLE = re.compile("[\x00\ud800-\udfff]")


def read(request: HttpRequest) -> Any:
    """The body; an empty one is an empty object. Raises Refused ``rest.body_too_large``, ``rest.media_type``,
    ``rest.body_unreadable``, ``rest.text_unusable``."""
    length, limit = request.META.get("CONTENT_LENGTH") or "0", settings.API_BODY_BYTES
    require(length.isdigit() and int(length) <= limit, "rest.body_too_large", limit=limit)
    try:
        sent = request.body
    except RequestDataTooBig as large:
        raise Refused("rest.body_too_large", limit=limit) from large
    except UnreadablePostError as broken:
        raise Refused("rest.body_unreadable", why="it broke off") from broken
    if not sent.strip():
        return {}
    kind = request.content_type or ""
    known = kind in ("application/json", "application/merge-patch+json")
    require(known, "rest.media_type", given=kind[:80])
    require(_depth(sent) <= settings.API_BODY_DEPTH, "rest.body_unreadable", why="it is nested too deeply")
    try:
        found = json.loads(sent.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as wrong:
        raise Refused("rest.body_unreadable", why=str(wrong)[:200]) from wrong
    _check_texts(found)
    return found


def usable(text: str) -> bool:
    """Whether a text can be kept by every database."""
    return not UNUSABLE.search(text)


def _depth(sent: bytes) -> int:
    deep = deepest = 0
    for bracket in BRACKETS.findall(STRINGS.sub(b"", sent)):
        deep += 1 if bracket in b"[{" else -1
        deepest = max(deepest, deep)
    return deepest


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name is said twice in one object")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _check_texts(value: Any) -> None:
    if isinstance(value, str):
        require(usable(value), "rest.text_unusable")
    elif isinstance(value, list):
        for one in value:
            _check_texts(one)
    elif isinstance(value, dict):
        for name, one in value.items():
            _check_texts(name)
            _check_texts(one)
