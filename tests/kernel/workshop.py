"""A workshop and what it makes: an app of the tests' own, so that the kernel is tried without a word of any domain.

Its table is made inside the test's transaction and goes with it; its register is known only inside ``declared``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Annotated, Any

from django.core.management import call_command
from django.db import connection, models

from waystation.kernel import scope
from waystation.kernel.acts import Outcome, act
from waystation.kernel.fields import EncryptedText, internal, personal, public, sensitive
from waystation.kernel.models import Office, Record
from waystation.kernel.register import Lifecycle, Register, Section, registers
from waystation.kernel.rules import duty
from waystation.kernel.sight import sights

maker = duty("tracking.manage")


class Piece(Record):
    """A thing made here."""

    prefix = "PIECE"
    name = public(models.CharField(max_length=80))
    weight = public(models.PositiveIntegerField(null=True))
    made_on = public(models.DateField(null=True))
    marks = internal(models.JSONField(default=dict))
    phone = personal(models.CharField(max_length=40, blank=True))
    story = sensitive(EncryptedText(null=True))

    class Meta:
        app_label = "workshop"


@act("new -> rough", by=maker, said="made it")
def make(
    *, name: str, weight: int | None = None, made_on: date | None = None, office: Office | None = None,
    phone: Annotated[str, "unsaid"] = "", story: Annotated[str, "unsaid"] = "",
) -> Outcome:  # fmt: skip
    """Make a piece."""
    person = scope.current().actor
    assert person is not None
    piece = Piece(name=name, weight=weight, made_on=made_on, phone=phone, story=story or None)
    piece.office = office or person.office
    return Outcome(record=piece)


@act("rough", by=maker, said="weighed it")
def weigh(piece: Piece, *, weight: int | None) -> Outcome:
    """Weigh it again."""
    piece.weight = weight
    return Outcome()


@act("rough -> done", by=maker, said="finished it", danger=True)
def finish(piece: Piece, *, beside: list[Any] | None = None) -> Outcome:
    """Finish it, and with it what stands beside it."""
    for one in beside or ():
        one.weight = piece.weight
    return Outcome(save=list(beside or ()))


@act("rough", by=maker, said="booked it")
def book(piece: Piece, *, moves: list[Any]) -> Outcome:
    """Book moves in the ledgers."""
    return Outcome(moves=moves)


@contextmanager
def declared() -> Iterator[Register]:
    """The register ``workshop.pieces`` and its table."""
    _make_table()
    with known() as register:
        yield register


@contextmanager
def made() -> Iterator[Register]:
    """As ``declared``, in a house of a process's own: the tables of the product are made first."""
    call_command("migrate", verbosity=0, interactive=False)
    with declared() as register:
        yield register


@contextmanager
def known() -> Iterator[Register]:
    """The register ``workshop.pieces``, where its table is already."""
    made = Register(
        name="workshop.pieces",
        model=Piece,
        word=("piece", "pieces"),
        lifecycle=Lifecycle({"rough": "rough", "done": "done"}, (make, weigh, finish, book), frozenset({"done"})),
        sight=maker,
        columns=("ref", "name", "weight", "state"),
        sections=(Section("Piece", ("name", "weight")),),
        personal=("phone", "story"),
    )
    try:
        yield made
    finally:
        del registers["workshop.pieces"]
        del sights[Piece]


def _make_table() -> None:
    editor = connection.schema_editor()
    editor.deferred_sql = []
    statement, values = editor.table_sql(Piece)
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)


def drop_table() -> None:
    """For tests that commit: what they made goes with them."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE workshop_piece")
