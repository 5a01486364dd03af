"""Books: accounts by their dimensions, transfers that are never edited, what is held, and closing balances."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from waystation.kernel.fields import internal
from waystation.kernel.models.trail import AuditEntry
from waystation.kernel.values import now


class Account(models.Model):
    """A place in a ledger where a quantity can be. ``balance`` and ``held`` are what its transfers add up to, kept so that
    they need not be added; the database itself refuses to let what is free fall below the floor."""

    kind = internal(models.CharField(max_length=80))
    key = internal(models.CharField(max_length=300))
    floor = internal(models.BigIntegerField(null=True))
    balance = internal(models.BigIntegerField(default=0))
    held = internal(models.BigIntegerField(default=0))

    class Meta:
        app_label = "kernel"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("kind", "key"), name="account_once"),
            models.CheckConstraint(
                condition=Q(floor=None) | Q(balance__gte=F("floor") + F("held")), name="account_above_floor"
            ),
            models.CheckConstraint(condition=Q(held__gte=0), name="account_held"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class AccountPart(models.Model):
    """One dimension of an account, so that accounts are found by it."""

    account = internal(models.ForeignKey(Account, models.PROTECT, related_name="parts"))
    name = internal(models.CharField(max_length=40))
    value = internal(models.CharField(max_length=120))

    class Meta:
        app_label = "kernel"
        constraints: ClassVar = [models.UniqueConstraint(fields=("account", "name"), name="account_part_once")]
        indexes: ClassVar = [models.Index(fields=("name", "value", "account"), name="account_part")]


class Transfer(models.Model):
    """A quantity that went from one account (``credit``, which gives) to another (``debit``, which receives), or what was
    held and released. Never edited and never removed: triggers of the database refuse both."""

    kind = internal(models.CharField(max_length=8))
    credit = internal(models.ForeignKey(Account, models.PROTECT, related_name="given"))
    debit = internal(models.ForeignKey(Account, models.PROTECT, null=True, related_name="received"))
    amount = internal(models.BigIntegerField())
    hold = internal(models.ForeignKey("self", models.PROTECT, null=True, related_name="+"))
    on = internal(models.CharField(max_length=120, blank=True))
    until = internal(models.DateTimeField(null=True))
    happened_at = internal(models.DateTimeField())
    booked_at = internal(models.DateTimeField())
    late = internal(models.BooleanField(default=False))
    entry = internal(models.ForeignKey(AuditEntry, models.PROTECT, related_name="transfers"))

    class Meta:
        app_label = "kernel"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="transfer_amount"),
            models.CheckConstraint(
                condition=Q(kind__in=("move", "post"), debit__isnull=False)
                | Q(kind__in=("hold", "release"), debit=None),
                name="transfer_one_debit",
            ),
            models.CheckConstraint(condition=Q(happened_at__lte=F("booked_at")), name="transfer_in_time"),
            models.CheckConstraint(condition=Q(debit=None) | ~Q(debit=F("credit")), name="transfer_two_accounts"),
            models.CheckConstraint(
                condition=Q(kind__in=("post", "release"), hold__isnull=False) | Q(kind__in=("move", "hold"), hold=None),
                name="transfer_of_hold",
            ),
        ]
        # All that a balance as of a moment reads is in these two, so that it never has to look at the rows themselves.
        indexes: ClassVar = [
            models.Index(fields=("credit", "happened_at", "booked_at", "kind", "amount"), name="transfer_credit"),
            models.Index(fields=("debit", "happened_at", "booked_at", "amount"), name="transfer_debit"),
            models.Index(fields=("credit",), condition=Q(late=True), name="transfer_late_credit"),
            models.Index(fields=("debit",), condition=Q(late=True), name="transfer_late_debit"),
        ]


class Hold(models.Model):
    """What of a held amount is still held; gone when nothing of it is."""

    transfer = internal(models.OneToOneField(Transfer, models.PROTECT, primary_key=True, related_name="+"))
    account = internal(models.ForeignKey(Account, models.PROTECT, related_name="holds"))
    left = internal(models.BigIntegerField())
    on = internal(models.CharField(max_length=120))
    until = internal(models.DateTimeField(null=True, db_index=True))

    class Meta:
        app_label = "kernel"
        constraints: ClassVar = [models.CheckConstraint(condition=Q(left__gt=0), name="hold_left")]
        indexes: ClassVar = [models.Index(fields=("on",), name="hold_on")]


class Closing(models.Model):
    """A ledger's balances at the first instant of a month: those of accounts that were not empty."""

    ledger = internal(models.CharField(max_length=40))
    at = internal(models.DateTimeField())
    made_at = internal(models.DateTimeField(default=now))

    class Meta:
        app_label = "kernel"
        constraints: ClassVar = [models.UniqueConstraint(fields=("ledger", "at"), name="closing_once")]


class ClosingBalance(models.Model):
    """One account at a closing."""

    closing = internal(models.ForeignKey(Closing, models.PROTECT, related_name="balances"))
    account = internal(models.ForeignKey(Account, models.PROTECT, related_name="+"))
    balance = internal(models.BigIntegerField())
    held = internal(models.BigIntegerField())

    class Meta:
        app_label = "kernel"
        constraints: ClassVar = [models.UniqueConstraint(fields=("closing", "account"), name="closing_balance_once")]
