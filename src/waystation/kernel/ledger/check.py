"""The books held against themselves: everything recomputed from the transfers, each difference named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any

from django.db.models import Q, Sum

from waystation.kernel.ledger.posting import SAID, content
from waystation.kernel.ledger.summing import Sums, added, of_ledger
from waystation.kernel.models.ledger import Account, Closing, ClosingBalance, Hold, Transfer
from waystation.kernel.models.trail import AuditEntry
from waystation.kernel.values import digest


@dataclass(frozen=True)
class Difference:
    """What does not add up: which account, hold, closing or entry, what is kept and what the transfers say."""

    what: str
    kept: Any
    counted: Any

    def __str__(self) -> str:
        return f"{self.what}: {self.kept} is kept, the transfers say {self.counted}"


def differences() -> Iterator[Difference]:
    """Every difference, balances first. Reads all transfers; memory stays small."""
    yield from _accounts()
    yield from _holds()
    yield from _closings()
    yield from _entries()


def _accounts() -> Iterator[Difference]:
    sums = added({}, Q())
    for one in Account.objects.order_by("pk").iterator(2000):
        counted, held = sums.get(one.pk, (0, 0))
        if (one.balance, one.held) != (counted, held):
            yield Difference(f"account {one}", (one.balance, one.held), (counted, held))
        if one.floor is not None and counted - held < one.floor:
            yield Difference(f"floor of account {one}", one.floor, counted - held)


def _holds() -> Iterator[Difference]:
    rows = Transfer.objects.exclude(hold=None).values("hold").order_by().annotate(_gone=Sum("amount"))
    taken = dict(rows.values_list("hold", "_gone").iterator(5000))
    kept = dict(Hold.objects.values_list("pk", "left"))
    for pk, amount in Transfer.objects.filter(kind="hold").order_by("pk").values_list("pk", "amount").iterator(5000):
        left = amount - int(taken.get(pk, 0))
        if kept.get(pk, 0) != left:
            yield Difference(f"hold {pk}", kept.get(pk, 0), left)


def _closings() -> Iterator[Difference]:
    """Each closing is the one before it and what was booked since: nothing happens after it is booked."""
    for ledger in Closing.objects.order_by("ledger").values_list("ledger", flat=True).distinct():
        counted: Sums = {}
        since = of_ledger(ledger)
        for closing in Closing.objects.filter(ledger=ledger).order_by("at"):
            counted = added(counted, since & Q(booked_at__lt=closing.at))
            since = of_ledger(ledger) & Q(booked_at__gte=closing.at)
            yield from _closing(closing, {pk: one for pk, one in counted.items() if any(one)})


def _closing(closing: Closing, counted: Sums) -> Iterator[Difference]:
    rows = ClosingBalance.objects.filter(closing=closing).values_list("account", "balance", "held")
    kept = {pk: (balance, held) for pk, balance, held in rows.iterator(5000)}
    for pk in sorted({*kept, *counted}):
        if kept.get(pk, (0, 0)) != counted.get(pk, (0, 0)):
            what = f"closing of {closing.ledger} at {closing.at:%Y-%m-%d}, account {pk}"
            yield Difference(what, kept.get(pk, (0, 0)), counted.get(pk, (0, 0)))


def _entries() -> Iterator[Difference]:
    """The digests that the trail keeps, and is chained over, against the transfers as they stand."""
    seen = 0
    rows = Transfer.objects.order_by("entry", "pk").iterator(5000)
    booked = groupby(rows, key=lambda one: one.entry_id)
    found = ((pk, [content(one) for one in of_entry]) for pk, of_entry in booked)
    while some := {pk: {"count": len(taken), "sha256": digest(taken)} for pk, taken in islice(found, 1000)}:
        seen += len(some)
        told = dict(AuditEntry.objects.filter(pk__in=some).values_list("pk", "said"))
        for pk, counted in some.items():
            kept = told[pk].get(SAID)
            if kept != counted:
                yield Difference(f"trail entry {pk}", kept, counted)
    with_moves = AuditEntry.objects.filter(said__has_key=SAID).count()
    if with_moves != seen:
        yield Difference("trail entries with transfers", with_moves, seen)
