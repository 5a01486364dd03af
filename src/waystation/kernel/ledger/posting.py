"""Booking: the accounts are locked in one order, what is free is looked at, and all of an act's moves are written or none.

Called by the runner of acts alone. ``prepare`` locks and changes the balances; ``Posting.book`` writes the transfers under the
trail's entry, whose digest covers them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from waystation.kernel.ledger.declare import Move, Spot, kinds, spot_of
from waystation.kernel.models.ledger import Account, AccountPart, Hold, Transfer
from waystation.kernel.refusals import Refused, require
from waystation.kernel.values import digest, now, plain

AHEAD = timedelta(minutes=5)  # clocks differ by so much; what is said to happen later than that is refused
SAID = "(moves)"  # on the trail: no argument of an act can be called so
SOME = 500  # names in one question to the database


@dataclass(frozen=True)
class Held:
    """What is still held of one account for a record."""

    key: int
    spot: Spot
    left: int
    until: datetime | None

    def post(self, amount: int, *, to: Spot, happened_at: datetime | None = None) -> Move:
        """Give so much of it to an account; what is not posted stays held."""
        self.spot >> to
        return Move("post", self.spot, to, amount, happened_at, hold=self.key)

    def release(self, amount: int | None = None) -> Move:
        """Hold so much less of it; all that is left when nothing is said."""
        return Move("release", self.spot, None, self.left if amount is None else amount, hold=self.key)


def holds_of(record: Any) -> list[Held]:
    """What is held for a record, oldest first."""
    rows = Hold.objects.filter(on=f"{record._meta.label_lower}:{record.pk}").select_related("account").order_by("pk")
    return [Held(one.pk, spot_at(one.account), one.left, one.until) for one in rows]


def spot_at(account: Account) -> Spot:
    """The declared spot of a stored account."""
    return spot_of(kinds[account.kind], json.loads(account.key))


@dataclass
class Posting:
    """Moves whose accounts are locked and changed, waiting for the entry of the trail they are booked under."""

    rows: list[Transfer] = field(default_factory=list)

    @property
    def said(self) -> dict[str, Any]:
        """What the trail keeps of them: how many, and the digest of all."""
        if not self.rows:
            return {}
        return {SAID: {"count": len(self.rows), "sha256": digest([content(one) for one in self.rows])}}

    def book(self, entry: Any) -> None:
        """Write the transfers under an entry."""
        for one in self.rows:
            one.entry, one.booked_at = entry, entry.at
            one.late = (one.happened_at.year, one.happened_at.month) < (entry.at.year, entry.at.month)
        made = Transfer.objects.bulk_create(self.rows, batch_size=2000)
        held = [Hold(transfer=one, account_id=one.credit_id, left=one.amount, on=one.on, until=one.until)
                for one in made if one.kind == "hold"]  # fmt: skip
        Hold.objects.bulk_create(held, batch_size=2000)


def content(one: Transfer) -> list[Any]:
    """What an entry's digest covers of a transfer."""
    return [
        one.kind,
        one.credit_id,
        one.debit_id,
        one.amount,
        one.hold_id,
        one.on,
        plain(one.until),
        plain(one.happened_at),
    ]


def prepare(moves: Iterable[Move]) -> Posting:
    """Lock the accounts, change their balances and what is held; nothing is written of it yet but that.

    Raises Refused ``ledger.below_floor``, ``ledger.more_than_held``, ``ledger.hold_over`` or ``ledger.not_yet``.
    """
    wanted = [one for one in moves if one.amount]
    for one in wanted:
        require(one.happened_at is None or one.happened_at <= now() + AHEAD, "ledger.not_yet", moment=one.happened_at)
    if not wanted:
        return Posting()
    accounts = _locked({spot for one in wanted for spot in (one.credit, one.debit) if spot is not None})
    expired = _expired(accounts)
    over = {one.hold for one in expired}
    require(not any(one.kind == "post" and one.hold in over for one in wanted), "ledger.hold_over")
    wanted = [*expired, *(one for one in wanted if one.hold is None or one.hold not in over)]
    _change_holds(wanted)
    for one in wanted:
        _change(accounts, one)
    for spot, account in accounts.items():
        free = account.balance - account.held
        if account.floor is not None and free < account.floor:
            taken = sum(_takes(one) for one in wanted if one.credit == spot)
            raise Refused("ledger.below_floor", account=str(spot), free=free + taken, taken=taken, floor=account.floor)
    _store(accounts.values())
    return Posting([_row(accounts, one) for one in wanted])


def _takes(one: Move) -> int:
    """By how much a move lowers what is free of the account that gives."""
    return {"move": one.amount, "hold": one.amount, "post": 0, "release": -one.amount}[one.kind]


def _change(accounts: dict[Spot, Account], one: Move) -> None:
    giver = accounts[one.credit]
    giver.held += {"hold": one.amount, "move": 0}.get(one.kind, -one.amount)
    if one.debit is not None:
        giver.balance -= one.amount
        accounts[one.debit].balance += one.amount


def _row(accounts: dict[Spot, Account], one: Move) -> Transfer:
    to = accounts[one.debit] if one.debit is not None else None
    return Transfer(kind=one.kind, credit=accounts[one.credit], debit=to, amount=one.amount, hold_id=one.hold, on=one.on,
                    until=one.until, happened_at=min(one.happened_at or now(), now()))  # fmt: skip


def _locked(spots: set[Spot]) -> dict[Spot, Account]:
    """The accounts of some spots, made where there are none, locked in the order of their keys."""
    named = {spot.named: spot for spot in spots}
    found = _accounts(named)
    missing = sorted(named.keys() - found.keys())
    if missing:
        fresh = [Account(kind=kind, key=key, floor=named[kind, key].kind.floor) for kind, key in missing]
        Account.objects.bulk_create(fresh, ignore_conflicts=True)
        found = _accounts(named)
        parts = [AccountPart(account=found[name], name=part, value=value) for name in missing
                 for part, value in named[name].parts]  # fmt: skip
        AccountPart.objects.bulk_create(parts, ignore_conflicts=True)
    return {spot: found[name] for name, spot in named.items()}


def _some(many: list[Any]) -> Iterator[list[Any]]:
    return (many[start : start + SOME] for start in range(0, len(many), SOME))


def _accounts(named: dict[tuple[str, str], Spot]) -> dict[tuple[str, str], Account]:
    """Those that there are, locked. An act of more than ``SOME`` accounts may cross another: the runner tries it again."""
    found: dict[tuple[str, str], Account] = {}
    asked = sorted({kind for kind, _ in named})
    for some in _some(sorted({key for _, key in named})):
        rows = Account.objects.select_for_update().filter(kind__in=asked, key__in=some).order_by("pk")
        found.update({(one.kind, one.key): one for one in rows if (one.kind, one.key) in named})
    return found


def _store(accounts: Iterable[Account]) -> None:
    """What Django's ``bulk_update`` does, at a tenth of its cost: this is the hot path of every posting."""
    changed = [(one.balance, one.held, one.pk) for one in accounts]
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE kernel_account SET balance = %s, held = %s WHERE id = %s", changed)


def _expired(accounts: dict[Spot, Account]) -> list[Move]:
    """Releases of what was held until a moment that is over, on the accounts at hand."""
    here = {one.pk: spot for spot, one in accounts.items() if one.held}
    rows = [one for some in _some(list(here)) for one in Hold.objects.filter(account__in=some, until__lte=now())]
    return [Move("release", here[one.account_id], None, one.left, hold=one.pk, on=one.on) for one in rows]


def _change_holds(moves: list[Move]) -> None:
    """Lessen what is held by what is posted and released. The accounts are locked, so no one else can."""
    asked: dict[int, int] = {}
    for one in moves:
        if one.hold is not None:
            asked[one.hold] = asked.get(one.hold, 0) + one.amount
    if not asked:
        return
    rows = {one.pk: one for one in Hold.objects.filter(pk__in=asked)}
    for key, amount in asked.items():
        require(key in rows, "ledger.hold_over")
        require(amount <= rows[key].left, "ledger.more_than_held", left=rows[key].left, amount=amount)
        rows[key].left -= amount
    Hold.objects.filter(pk__in=[one.pk for one in rows.values() if not one.left]).delete()
    Hold.objects.bulk_update([one for one in rows.values() if one.left], ["left"], batch_size=200)


def release_expired() -> list[Move]:
    """Moves that release everything held until a moment that is over: for an act that the worker does now and then."""
    rows = Hold.objects.filter(until__lte=now()).select_related("account").order_by("account", "pk")[:1000]
    return [replace(Held(one.pk, spot_at(one.account), one.left, one.until).release(), on=one.on) for one in rows]
