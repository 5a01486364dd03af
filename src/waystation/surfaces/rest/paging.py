"""Pages by cursor: the next one begins after the values of the last record, wherever that record is by then."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import F, Q

from waystation.kernel.keys import seal, unseal
from waystation.kernel.refusals import Refused, require
from waystation.kernel.values import digest, plain
from waystation.surfaces.asked import Question
from waystation.surfaces.columns import field_at


@dataclass(frozen=True)
class Page:
    """Some records, and the cursor to go on from; empty at the end."""

    records: list[Any]
    next: str


def page(question: Question, rows: models.QuerySet[Any], cursor: str, limit: int) -> Page:
    """At most ``limit`` of the rows that answer a question, after the cursor. Raises Refused ``rest.cursor_wrong``.

    The cursor is sealed (it holds values of a record) and belongs to its question. Rows are found by those values, never
    counted from the start; what is not there comes last. A record that changes meanwhile so that it moves in the order may
    be met twice or not at all; all others are met once.
    """
    path, descending = question.order
    asked = digest([question.register.name, path, descending, *sorted(question.query.lists())])
    spot = field_at(question.register.model, path)
    maybe = path not in ("id", "pk") and (spot is None or spot.null or "__" in path)
    if cursor:
        rows = rows.filter(_after(path, descending, maybe, spot, _opened(cursor, asked)))
    first = F(path).desc(nulls_last=maybe or None) if descending else F(path).asc(nulls_last=maybe or None)
    found = list(rows.annotate(_at=F(path)).order_by(first, "-pk" if descending else "pk")[: limit + 1])
    more, found = len(found) > limit, found[:limit]
    return Page(found, seal(json.dumps([asked, plain(found[-1]._at), found[-1].pk])) if more else "")


def _opened(cursor: str, asked: str) -> tuple[Any, int]:
    try:
        of, value, pk = json.loads(unseal(cursor))
    except (Refused, ValueError, TypeError) as wrong:
        raise Refused("rest.cursor_wrong") from wrong
    require(of == asked, "rest.cursor_wrong")
    return value, pk


def _after(path: str, descending: bool, maybe: bool, spot: Any, at: tuple[Any, int]) -> Q:
    value, pk = at
    side = "lt" if descending else "gt"
    beyond = Q(**{f"pk__{side}": pk})
    if path in ("id", "pk"):
        return beyond
    if value is None:
        return Q(**{f"{path}__isnull": True}) & beyond
    if spot is not None and not isinstance(spot, models.CharField | models.TextField):
        value = spot.to_python(value)
    # Said twice, so that an index on the path is walked from there: "from here on, and past this very record".
    further = Q(**{f"{path}__{side}e": value}) & (Q(**{f"{path}__{side}": value}) | beyond)
    return further | Q(**{f"{path}__isnull": True}) if maybe else further
