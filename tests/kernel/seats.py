"""A ledger of the tests' own: seats of a theatre, so that no quantity of any app is needed to try the mechanism."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from django.db import connection

from waystation.kernel.ledger import Ledger
from waystation.kernel.models import Account, AccountPart, Closing, ClosingBalance, Hold, Transfer

seats = Ledger("seats", unit="seat")
WORLD = seats.account("world", by=("show",), floor=None)
FREE = seats.account("free", by=("show", "row"))
TAKEN = seats.account("taken", by=("show", "guest"))
_guard = import_module("waystation.kernel.migrations.0002_ledger")


@contextmanager
def changes_allowed() -> Iterator[None]:
    """As someone who owns the database and takes its triggers away."""
    editor = connection.schema_editor()
    editor.deferred_sql = []
    _guard.allow_changes(None, editor)
    try:
        yield
    finally:
        _guard.refuse_changes(None, editor)


def empty() -> None:
    """Remove every transfer, for tests that commit."""
    with changes_allowed():
        for model in (ClosingBalance, Closing, Hold):
            model.objects.all().delete()
        Transfer.objects.filter(hold__isnull=False).delete()
        Transfer.objects.all().delete()
        AccountPart.objects.all().delete()
        Account.objects.all().delete()
