"""What transfers add up to: the one sum behind balances as of a moment, closings and the check of the books."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Case, F, Q, Sum, When
from django.db.models.functions import Coalesce

from waystation.kernel.models.ledger import Transfer

MOVED = Q(kind__in=("move", "post"))
GIVEN = Coalesce(Sum("amount", filter=MOVED), 0)
HELD = Sum(Case(When(kind="hold", then=F("amount")), When(kind__in=("post", "release"), then=-F("amount")), default=0))
Sums = Mapping[int, tuple[int, int]]  # by account: balance, held


def added(known: Sums, which: Q, *, given: Q | None = None, received: Q | None = None) -> dict[int, tuple[int, int]]:
    """``known`` with the transfers of a filter added to it; ``given`` and ``received`` keep each side to some accounts."""
    sums = dict(known)
    gave = Transfer.objects.filter(which, given or Q()).values("credit").order_by().annotate(_less=GIVEN, _held=HELD)
    for pk, less, held in gave.values_list("credit", "_less", "_held").iterator(5000):
        before = sums.get(pk, (0, 0))
        sums[pk] = before[0] - int(less), before[1] + int(held)
    got = (
        Transfer.objects.filter(which, received or Q(), MOVED).values("debit").order_by().annotate(_more=Sum("amount"))
    )
    for pk, more in got.values_list("debit", "_more").iterator(5000):
        before = sums.get(pk, (0, 0))
        sums[pk] = before[0] + int(more), before[1]
    return sums


def of_ledger(name: str) -> Q:
    """Transfers of a ledger: both accounts of one are in the same."""
    return Q(credit__kind__startswith=f"{name}.")
