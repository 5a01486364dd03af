"""Pages of a list: found by the values of the record one stands at, never by counting from the start.

An order is a key of one to three columns that ends with the record's own, so that every record has one place in it. What
lies beyond a place is read in runs, each a range of one index (``surfaces.indexes`` keeps them): "the same name and a later
record", then "later names", then "no name at all". So the last page of a million records costs what the first does, in both
databases. Values that are not there come last, whichever way the list is sorted.

Sorted by what another record is called, a long list is read from those others in the order of their names, each with its
own records, so that it costs what the others cost and not what the list does.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.models import Case, Exists, F, Max, Min, OuterRef, Q, Value, When

from waystation.surfaces.columns import field_at

PAGE = 50
COUNTED = 2_000  # records that are counted one by one, and sorted rather than met in order
SMALL = 50_000  # records of a table that is counted whatever it costs
DRAWN = 2_000  # records that are asked whether they answer, where it is estimated how many do
Order = tuple[str, bool]  # a column's path, and whether it descends
Place = tuple[Any, ...]  # a record's values in an order's key


@dataclass(frozen=True)
class Count:
    """How many there are: exactly, or about (``at_least`` where not even that is known)."""

    number: int
    exact: bool = True
    at_least: bool = False


@dataclass
class Slice:
    """A page of rows and the references to go on from, empty at either end."""

    rows: list[Any]
    after: str = ""
    before: str = ""


def key_of(model: type[models.Model], path: str) -> tuple[str, ...]:
    """The columns of an order: the asked one, the record it is in when that is another one, the record itself."""
    if path in ("id", "pk"):
        return ("pk",)
    way, _two, last = path.rpartition("__")
    spot = field_at(model, path)
    if not way and spot is not None and spot.unique and not spot.null:
        return (path,)
    return (path, way, "pk") if way and last else (path, "pk")


def place_of(rows: models.QuerySet[Any], order: Order, pk: int) -> Place | None:
    """Where a record stands in an order; None when it is not among the rows."""
    found: Place | None = rows.filter(pk=pk).values_list(*key_of(rows.model, order[0])).first()
    return found


def beyond(
    rows: models.QuerySet[Any], order: Order, at: Place | None, size: int, *, back: bool = False, long: bool = False
) -> list[Any]:
    """Up to ``size`` rows beyond a place (None: from the start), read onward or ``back``; always in the order's order.

    ``long``: there may be more rows than one would sort.
    """
    found: list[Any] = []
    for run in _runs(rows, order, at, back, size if long else 0):
        found += run[: size - len(found)]
        if len(found) == size:
            break
    return found[::-1] if back else found


def page_of(
    rows: models.QuerySet[Any], order: Order, after: str, before: str, size: int = PAGE, *, long: bool = False
) -> Slice:
    """``size`` rows after (or before) the record with a reference."""
    model: Any = rows.model
    stood = model.objects.filter(ref=after or before).values_list("pk", flat=True).first() if after or before else None
    at = place_of(model.objects.all(), order, stood) if stood is not None else None
    back = bool(before and not after and at is not None)
    found = beyond(rows, order, at, size + 1, back=back, long=long)
    more = len(found) > size
    found = found[-size:] if back else found[:size]
    onward = found[-1].ref if found and (more or back) else ""
    return Slice(found, onward, found[0].ref if found and (more if back else at is not None) else "")


def _runs(rows: Any, order: Order, at: Place | None, back: bool, long: int) -> Iterator[Any]:
    """Ranges that together are all rows beyond a place, in order; ``long``: how many others to read through, if any."""
    path, descending = order
    key, down = key_of(rows.model, path), descending != back
    absent = _absent(rows.model, path)
    some = rows.filter(**{f"{absent}__isnull": False}) if absent else rows
    none = rows.filter(**{f"{absent}__isnull": True}).order_by(_by("pk", down)) if absent else None
    if none is not None and at is not None and at[0] is None:
        yield none.filter(_past("pk", at[-1], down))
        if back:
            yield from _ranges(some, key, None, down)
        return
    through = long and len(key) == 3 and "__" not in key[1]
    yield from _through_others(some, key, at, down, long) if through else _ranges(some, key, at, down)
    if none is not None and not back:
        yield none


def _absent(model: type[models.Model], path: str) -> str:
    """The column that puts a record last in an order when it is empty; none where it never is."""
    if path in ("id", "pk"):
        return ""
    way = path.rpartition("__")[0]
    for one in (path, way):
        spot = field_at(model, one) if one else None
        if spot is not None and spot.null:
            return one
    return ""


def _ranges(rows: Any, key: tuple[str, ...], at: Place | None, down: bool) -> Iterator[Any]:
    """The longest run of equal values first: the same name, a later record; then later names."""
    if at is None:
        yield rows.order_by(*(_by(one, down) for one in key))
        return
    for depth in range(len(key) - 1, -1, -1):
        same = dict(zip(key[:depth], at, strict=False))
        yield rows.filter(_past(key[depth], at[depth], down), **same).order_by(*(_by(one, down) for one in key[depth:]))


def _through_others(rows: Any, key: tuple[str, ...], at: Place | None, down: bool, size: int) -> Iterator[Any]:
    """The rows of the next others in the order of their names: at most ``size`` others, for each has a row."""
    path, way, _own = key
    if at is not None:
        yield rows.filter(_past("pk", at[2], down), **{way: at[1]}).order_by(_by("pk", down))
    to: Any = field_at(rows.model, way)
    others = to.related_model._base_manager.filter(Exists(rows.filter(**{way: OuterRef("pk")}).order_by()))
    name = path.rpartition("__")[2]
    place = at and at[: len(key_of(others.model, name))]
    left = [one.pk for one in beyond(others, (name, down), place, size)]
    many = 1
    while left:
        some, left, many = left[:many], left[many:], many * 2
        rank = Case(*(When(**{way: pk}, then=Value(n)) for n, pk in enumerate(some)))
        yield rows.filter(**{f"{way}__in": some}).order_by(*([rank] if len(some) > 1 else []), _by("pk", down))


def _past(path: str, value: Any, down: bool) -> Q:
    return Q(**{f"{path}__{'lt' if down else 'gt'}": value})


def _by(path: str, down: bool) -> Any:
    return F(path).desc() if down else F(path).asc()


def count_of(rows: models.QuerySet[Any]) -> Count:
    """How many rows there are, at a price that does not grow with them: counted while they or their table are few, then
    estimated from how many of some records, drawn by lot, are among them."""
    counted = rows.order_by()[: COUNTED + 1].count()
    if counted <= COUNTED:
        return Count(counted)
    ends = rows.model._base_manager.aggregate(first=Min("pk"), last=Max("pk"))
    first, span = ends["first"], ends["last"] - ends["first"] + 1  # records are numbered one after the other, and kept
    if span <= SMALL:
        return Count(rows.order_by().count())
    about = span
    if _chosen(rows):
        lot = random.Random(span).sample(range(first, first + span), DRAWN)  # noqa: S311 - the same each time, no secret
        about = rows.filter(pk__in=lot).order_by().count() * span // DRAWN
    return Count(_rounded(about), exact=False) if about > COUNTED else Count(COUNTED, exact=False, at_least=True)


def _chosen(rows: models.QuerySet[Any]) -> bool:
    """Whether they are not simply all there are."""
    try:
        return "WHERE" in rows.order_by().values("pk").query.sql_with_params()[0]
    except EmptyResultSet:  # what the filters ask for cannot be
        return False


def _rounded(number: int) -> int:
    digits = len(str(number)) - 2
    return round(number, -digits)


def few(rows: models.QuerySet[Any], count: Count) -> models.QuerySet[Any]:
    """The rows, found by their filters before they are sorted where few answer: a database that hopes to meet them early in
    the order would read most of the table."""
    if not count.exact or count.number > COUNTED or not _chosen(rows):
        return rows
    everything: models.QuerySet[Any] = rows.model._base_manager.all()
    return everything.filter(pk__in=rows.order_by().values("pk")[: COUNTED + 1])
