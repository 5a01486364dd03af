"""The book that benchmarks/ledger.py measures: ten hubs with a thousand lots each, and transfers over two years."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from django.db import connection, transaction

from waystation.kernel import house, scope
from waystation.kernel.acts import Outcome, act, do
from waystation.kernel.ledger import Ledger, balances, close_months
from waystation.kernel.models import AccessToken, Account, Actor, AuditEntry
from waystation.kernel.rules import signed_in
from waystation.kernel.values import clock, now
from waystation.site.books import differences
from waystation.site.commands.opening import open_house

HUBS, LOTS, DAYS = 10, 1_000, 700
START = datetime(2024, 1, 1, tzinfo=UTC)
INSERT = (
    'INSERT INTO kernel_transfer (kind, credit_id, debit_id, amount, "on", happened_at, booked_at, late, entry_id) '
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
goods = Ledger("goods", unit="piece")
OUTSIDE = goods.account("outside", by=("lot",), floor=None)
SHELF = goods.account("shelf", by=("hub", "lot"))


@act("active", by=signed_in)
def book(token: AccessToken, *, moves: list[Any]) -> Outcome:
    """Book moves."""
    return Outcome(moves=moves)


book.name, book.model = "benchmark.book", AccessToken


class Book:
    """A house with one clerk, and the book."""

    def __init__(self) -> None:
        with scope.enter(scope.house("benchmark")):
            open_house("Benchmark")
            office = house.Office.objects.get(code="HQ")
            person: Actor = do(house.invite, username=f"ben{now():%H%M%S}", name="Ben", office=office).record
        self.asking = scope.enter(scope.Scope(person))  # kept: it ends with the book
        self.asking.__enter__()
        self.subject = do(house.issue, grants="read").record
        self.choose = random.Random(1)

    def fill(self, count: int) -> None:
        """``count`` transfers, written as the runner would, without their acts: one entry of the trail for all of them."""
        moves = [(OUTSIDE(lot=n) >> SHELF(hub=n % HUBS, lot=n)).of(1_000_000) for n in range(HUBS * LOTS)]
        with clock(START):
            for start in range(0, len(moves), 1000):
                self._book(moves[start : start + 1000])
        accounts = dict(Account.objects.values_list("key", "pk"))
        shelves = [accounts[SHELF(hub=n % HUBS, lot=n).key] for n in range(HUBS * LOTS)]
        outside = [accounts[OUTSIDE(lot=n).key] for n in range(HUBS * LOTS)]
        entry = AuditEntry.objects.order_by("-pk")[0]
        net: Counter[int] = Counter()
        rows = self._rows(count, shelves, outside, entry.pk, net)
        while some := list(islice(rows, 50_000)):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.executemany(INSERT, some)
        with connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE kernel_account SET balance = balance + %s WHERE id = %s",
                [(more, pk) for pk, more in net.items()],
            )
            cursor.execute("ANALYZE")

    def _rows(self, count: int, shelves: list[int], outside: list[int], entry: int, net: Counter[int]) -> Any:
        for number in range(count):
            lot = self.choose.randrange(len(shelves))
            giver, taker = (shelves[lot], outside[lot]) if number % 2 else (outside[lot], shelves[lot])
            happened = START + timedelta(seconds=DAYS * 86_400 * number / count)
            booked = happened + timedelta(days=20) if number % 500 == 0 else happened
            net[giver] -= 1
            net[taker] += 1
            late = (happened.year, happened.month) < (booked.year, booked.month)
            yield "move", giver, taker, 1, "", self._kept(happened), self._kept(booked), late, entry

    def _kept(self, moment: datetime) -> Any:
        return connection.ops.adapt_datetimefield_value(moment)

    def close(self) -> int:
        """Close every month."""
        return close_months(goods)

    def _book(self, moves: list[Any]) -> None:
        self.subject = do(book, self.subject, moves=moves).record

    def post(self, lines: int) -> None:
        """An act with so many lines, from shelves to the outside."""
        lots = self.choose.sample(range(HUBS * LOTS), lines)
        self._book([(SHELF(hub=n % HUBS, lot=n) >> OUTSIDE(lot=n)).of(1) for n in lots])

    def ten_lines(self) -> None:
        """An act with ten lines."""
        self.post(10)

    def bare(self) -> None:
        """The rows that an act with ten lines leaves, without looking at anything."""
        lots = self.choose.sample(range(HUBS * LOTS), 10)
        with transaction.atomic(), connection.cursor() as cursor:
            for n in lots:
                for spot, more in ((SHELF(hub=n % HUBS, lot=n), -1), (OUTSIDE(lot=n), 1)):
                    cursor.execute("UPDATE kernel_account SET held = held + %s - %s WHERE kind = %s AND key = %s",
                                   [more, more, *spot.named])  # fmt: skip

    def balance(self) -> None:
        """What one shelf holds now."""
        n = self.choose.randrange(HUBS * LOTS)
        assert balances(SHELF, where={"hub": n % HUBS, "lot": n})

    def hub_then(self) -> None:
        """Every shelf of a hub as of the middle of a month a year ago."""
        assert len(balances(SHELF, where={"hub": 3}, as_of=START + timedelta(days=380))) == LOTS

    def check(self) -> int:
        """How many differences there are, without the trail's own (the book was filled without acts)."""
        return sum(1 for one in differences() if not one.what.startswith("trail"))
