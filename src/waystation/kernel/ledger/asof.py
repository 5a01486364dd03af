"""Balances as of a moment, as known at another: the closing of the month before, and what was booked since.

A closing at S holds what had happened and was booked before S. As of T and known at K (S not after either) a balance is the closing,
and what happened from S to T booked by K, and what happened before S but was booked from S to K. The last are few, and
have an index of their own (``late``: booked in a later month than it happened).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from waystation.kernel.ledger.declare import Kind, Ledger, said
from waystation.kernel.ledger.summing import MOVED, added, of_ledger
from waystation.kernel.models.ledger import Account, AccountPart, Closing, ClosingBalance, Transfer
from waystation.kernel.values import now

SETTLED = timedelta(hours=1)  # an act books for no longer: what was booked before is all there
Where = Mapping[str, Any]


@dataclass(frozen=True)
class Balance:
    """What one account holds (``balance``), how much of it is held for someone, and its dimensions as accounts keep them."""

    account: int
    parts: Mapping[str, str]
    balance: int
    held: int

    @property
    def free(self) -> int:
        """What can be taken."""
        return self.balance - self.held


def accounts_of(kind: Kind, where: Where) -> Any:
    """The accounts of a kind whose dimensions are as asked (a value, or a list of values)."""
    rows = Account.objects.filter(kind=kind.name)
    for name, wanted in where.items():
        if name not in kind.by:
            raise TypeError(f"{kind.name} has no dimension {name}")
        several = wanted if isinstance(wanted, list | tuple | set | frozenset) else [wanted]
        rows = rows.filter(
            pk__in=AccountPart.objects.filter(name=name, value__in=[said(one) for one in several]).values("account")
        )
    return rows


def balances(
    kind: Kind, *, where: Where | None = None, as_of: datetime | None = None, known_at: datetime | None = None
) -> list[Balance]:
    """The accounts of a kind that hold something or are held; now, or as of a moment as known at another."""
    rows = accounts_of(kind, where or {})
    if as_of is None and known_at is None:
        found = rows.exclude(balance=0, held=0).values_list("pk", "key", "balance", "held")
        return [Balance(pk, json.loads(key), balance, held) for pk, key, balance, held in found]
    known = known_at or now()
    sums = _sums(kind.ledger, as_of or known, known, rows)
    keys = dict(rows.values_list("pk", "key"))
    return [Balance(pk, json.loads(keys[pk]), *sums[pk]) for pk in sorted(sums) if any(sums[pk])]


def _sums(ledger: Ledger, as_of: datetime, known_at: datetime, accounts: Any = None) -> dict[int, tuple[int, int]]:
    """Balance and held of each account, as of and as known at; of all when none are named: then the book is read through."""
    closing = Closing.objects.filter(ledger=ledger.name, at__lte=min(as_of, known_at)).order_by("-at").first()
    whole, here = of_ledger(ledger.name), None if accounts is None else accounts.values("pk")
    sides = {
        "given": whole if here is None else Q(credit__in=here),
        "received": whole if here is None else Q(debit__in=here),
    }
    happened = Q(happened_at__lte=as_of, booked_at__lte=known_at)
    if closing is None:
        return added({}, happened, **sides)
    rows = ClosingBalance.objects.filter(closing=closing)
    rows = rows if here is None else rows.filter(account__in=here)
    sums = {pk: (balance, held) for pk, balance, held in rows.values_list("account", "balance", "held")}
    late = Q(late=True, happened_at__lt=closing.at, booked_at__gte=closing.at, booked_at__lte=known_at)
    return added(added(sums, late, **sides), happened & Q(happened_at__gte=closing.at), **sides)


def transfers(
    *, credit: Kind | None = None, debit: Kind | None = None, since: datetime | None = None, until: datetime | None = None,
    known_at: datetime | None = None, where: Where | None = None,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """Transfers out of a kind of account and into another (one may be left out), oldest first: what, when, under which entry,
    and the dimensions of both accounts as ``from_...`` and ``to_...``. ``where`` keeps to dimensions of the first one named."""
    rows = Transfer.objects.filter(MOVED)
    for side, kind in (("credit", credit), ("debit", debit)):
        if kind is not None:
            rows = rows.filter(**{f"{side}__in": accounts_of(kind, where or {}).values("pk")})
            where = None
    for name, moment in (("happened_at__gte", since), ("happened_at__lte", until), ("booked_at__lte", known_at)):
        rows = rows.filter(**{name: moment}) if moment is not None else rows
    told = (
        "pk", "amount", "happened_at", "booked_at", "entry_id", "credit__kind", "credit__key", "debit__kind", "debit__key",
    )  # fmt: skip
    for pk, amount, happened, booked, entry, giver, gives, receiver, gets in (
        rows.order_by("happened_at", "pk").values_list(*told).iterator(5000)
    ):
        yield {
            "transfer": pk, "amount": amount, "happened_at": happened, "booked_at": booked, "entry": entry,
            "from": giver, "to": receiver,
            **{f"from_{name}": value for name, value in json.loads(gives).items()},
            **{f"to_{name}": value for name, value in json.loads(gets).items()},
        }  # fmt: skip


def close_months(ledger: Ledger, until: datetime | None = None) -> int:
    """Write the closings of the months that are over and have none, oldest first. Returns how many were written."""
    last = Closing.objects.filter(ledger=ledger.name).order_by("-at").first()
    first = Transfer.objects.filter(of_ledger(ledger.name)).order_by("booked_at").first()
    if first is None:
        return 0
    at, written = _next_month(last.at if last else first.booked_at), 0
    while at <= (until or now()) - SETTLED:
        _close(ledger, at)
        at, written = _next_month(at), written + 1
    return written


def _next_month(moment: datetime) -> datetime:
    return (moment.astimezone(UTC).replace(day=1) + timedelta(days=32)).replace(
        day=1, hour=0, minute=0, second=0, microsecond=0
    )


def _close(ledger: Ledger, at: datetime) -> None:
    just_before = at - timedelta(microseconds=1)
    sums = _sums(ledger, just_before, just_before)
    with transaction.atomic():
        closing = Closing.objects.create(ledger=ledger.name, at=at)
        rows = [
            ClosingBalance(closing=closing, account_id=pk, balance=one[0], held=one[1])
            for pk, one in sums.items()
            if any(one)
        ]
        ClosingBalance.objects.bulk_create(rows, batch_size=2000)
