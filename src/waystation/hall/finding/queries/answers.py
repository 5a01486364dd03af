"""Answers of the index: the filter for a register's list, and the records that words find wherever they are.

Neither asks who may see what: both are joined with the sight rule of each register by those who ask.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection, models
from django.db.models import F, Func, Q

from waystation.hall.finding.models import Entry
from waystation.hall.finding.queries.asking import Wanted, wanted
from waystation.hall.finding.queries.keys import BITS, offset, span
from waystation.kernel.register import Register

# As many answers are looked up one by one and sorted; when there are more, records are read in the asked order and each is
# asked for its words, until a page is full.
MANY = {"sqlite": 20_000, "postgresql": 5_000}
DEEP = 200


SQL = {
    "sqlite": {
        "count": "SELECT count(*) FROM (SELECT 1 FROM finding_words WHERE finding_words MATCH %s"
        " AND rowid BETWEEN %s AND %s LIMIT %s)",
        "newest": "SELECT rowid FROM finding_words WHERE finding_words MATCH %s AND rowid < %s ORDER BY rowid DESC LIMIT %s",
        "among": "%(expressions)s IN (SELECT rowid - %%s FROM finding_words WHERE finding_words MATCH %%s"
        " AND rowid BETWEEN %%s AND %%s)",
        "holds": "(SELECT %(probe)s FROM finding_entry WHERE id = %(expressions)s + %%s)",
    },
    "postgresql": {
        "count": "SELECT count(*) FROM (SELECT 1 FROM finding_entry WHERE words @@ %s::tsquery"
        " AND id BETWEEN %s AND %s LIMIT %s) AS answers",
        "newest": "SELECT id FROM finding_entry WHERE words @@ %s::tsquery AND id < %s ORDER BY id DESC LIMIT %s",
        "among": "%(expressions)s IN (SELECT id - %%s FROM finding_entry WHERE words @@ %%s::tsquery"
        " AND id BETWEEN %%s AND %%s)",
        "holds": "(SELECT %(probe)s FROM finding_entry WHERE id = %(expressions)s + %%s)",
    },
}


class Among(Func):
    """Whether a record's key is among those that the index gives."""

    output_field = models.BooleanField()

    def __init__(self, key: Any, *, register: str, asked: Wanted) -> None:
        super().__init__(key)
        self.register, self.asked = register, asked

    def as_sql(self, compiler: Any, connection: Any, **more: Any) -> tuple[str, list[Any]]:  # type: ignore[override]  # any sequence will do
        sql, given = super().as_sql(compiler, connection, template=SQL[connection.vendor]["among"])
        start = offset(self.register)
        return sql, [*given, start, _text(self.asked), start, start + (1 << BITS) - 1]


class Holds(Among):
    """Whether a record's own entry holds the words: asked of one record after the other."""

    def as_sql(self, compiler: Any, connection: Any, **more: Any) -> tuple[str, list[Any]]:  # type: ignore[override]  # as above
        probe, words = ("words @@ %s::tsquery", [self.asked.tsquery])
        if connection.vendor == "sqlite":
            probe, words = self.asked.probe("text")
        sql, given = Func.as_sql(self, compiler, connection, template=SQL[connection.vendor]["holds"], probe=probe)
        return sql, [*words, *given, offset(self.register)]


def holding(register: Register, words: str) -> Q:
    """The filter for a register's records in which each of some words is the beginning of a word.

    Asks the index first how common that is (at most ``MANY`` answers are counted), and chooses the cheaper way to filter.
    """
    asked = wanted(words)
    if asked is None:
        return Q(pk__in=[])
    most = MANY[connection.vendor]
    how = Among if counted(asked, register, most + 1) <= most else Holds
    return Q(how(F("pk"), register=register.name, asked=asked))


def counted(asked: Wanted, register: Register, most: int) -> int:
    """How many entries of a register answer, counted to ``most``, whoever may see them: for choosing a way, never for showing."""
    with connection.cursor() as cursor:
        cursor.execute(SQL[connection.vendor]["count"], [_text(asked), *span(register), most])
        return int(cursor.fetchone()[0])


def _text(asked: Wanted) -> str:
    return asked.tsquery if connection.vendor == "postgresql" else asked.fts5


def newest(asked: Wanted) -> Iterator[tuple[int, list[int]]]:
    """For each register that holds the words, newest register key first: its offset, and the keys of its newest ``DEEP`` answers."""
    below = (1 << 62) + (1 << BITS)
    with connection.cursor() as cursor:
        while True:
            cursor.execute(SQL[connection.vendor]["newest"], [_text(asked), below, DEEP])
            some = [found for (found,) in cursor.fetchall()]
            if not some:
                return
            by_register: dict[int, list[int]] = {}
            for found in some:
                by_register.setdefault(found >> BITS << BITS, []).append(found)
            *whole, last = by_register
            yield from ((start, [one - start for one in by_register[start]]) for start in whole)
            if whole and len(some) == DEEP:
                below = last + (1 << BITS)  # the last one was cut short by the others before it: ask it anew
                continue
            yield last, [one - last for one in by_register[last]]
            if len(some) < DEEP:
                return
            below = last


def called(asked: Wanted) -> dict[int, list[int]]:
    """Records whose whole name or reference is what was typed, and then those whose name begins with it, by the offset of their register."""
    whole = asked.whole
    ends = Q(name__gte=whole, name__lt=whole + "\U0010ffff")
    named = list(Entry.objects.filter(ends).order_by("name", "-id").values_list("id", flat=True)[:DEEP])
    found: dict[int, list[int]] = {}
    for one in dict.fromkeys([*Entry.objects.filter(ref=whole).values_list("id", flat=True)[:DEEP], *named]):
        found.setdefault(one >> BITS << BITS, []).append(one & ((1 << BITS) - 1))
    return found
