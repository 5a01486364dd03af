"""Ledgers: nothing appears or vanishes, nothing goes below its floor, and any past balance can be asked for."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.kernel import workshop
from tests.kernel.seats import FREE, TAKEN, WORLD, changes_allowed, seats
from tests.kernel.workshop import Piece
from tests.personas import Personas
from waystation.kernel import audit, scope
from waystation.kernel.acts import do
from waystation.kernel.ledger import Ledger, balances, close_months, holds_of, release_expired, transfers
from waystation.kernel.models import Account, AuditEntry, Hold, Transfer
from waystation.kernel.refusals import Refused
from waystation.kernel.values import clock
from waystation.site.books import differences

JANUARY = datetime(2026, 1, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def piece(personas: Personas) -> Iterator[Piece]:
    with workshop.declared(), personas.asking(personas.amina):
        yield do(workshop.make, name="Hamlet").record


def book(piece: Piece, *moves: Any) -> int:
    return do(workshop.book, Piece.objects.get(pk=piece.pk), moves=list(moves)).entry


def code(call: Any) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.code


def row(number: int = 1) -> Any:
    return FREE(show="Hamlet", row=number)


def opened(piece: Piece, count: int = 10) -> None:
    book(piece, (WORLD(show="Hamlet") >> row()).of(count))


def free() -> tuple[int, int, int]:
    found = [one for one in balances(FREE) if one.parts["row"] == "1"]
    return (found[0].balance, found[0].held, found[0].free) if found else (0, 0, 0)


def test_what_one_account_gives_another_receives(piece: Piece) -> None:
    opened(piece)
    book(piece, (row() >> TAKEN(show="Hamlet", guest="Amina")).of(4))
    assert free() == (6, 0, 6)
    assert [(one.parts, one.balance) for one in balances(TAKEN)] == [({"guest": "Amina", "show": "Hamlet"}, 4)]
    assert sum(Account.objects.values_list("balance", flat=True)) == 0
    assert list(differences()) == []


def test_nothing_goes_below_its_floor_and_a_refusal_changes_nothing(piece: Piece) -> None:
    opened(piece)
    before = (free(), Transfer.objects.count(), AuditEntry.objects.count())
    guest = TAKEN(show="Hamlet", guest="Bakary")
    assert code(lambda: book(piece, (row() >> guest).of(4), (row() >> guest).of(7))) == "ledger.below_floor"
    assert (free(), Transfer.objects.count(), AuditEntry.objects.count()) == before
    book(piece, (row() >> guest).of(4), (row() >> guest).of(6))
    with pytest.raises(DatabaseError), transaction.atomic():
        Account.objects.filter(kind="seats.free").update(balance=-1)


def test_amounts_are_whole_and_nothing_is_no_transfer(piece: Piece) -> None:
    route = WORLD(show="Hamlet") >> row()
    for wrong in (-1, 1.5, True, 10**16):
        assert code(lambda wrong=wrong: route.of(wrong)) == "ledger.not_whole"
    book(piece, route.of(0))
    assert Transfer.objects.count() == 0


def test_a_wrong_word_is_a_fault_of_the_code() -> None:
    other = Ledger("boxes", unit="box").account("kept", by=("room",))
    with pytest.raises(TypeError):
        FREE(show="Hamlet")
    with pytest.raises(TypeError):
        row() >> other(room=1)
    with pytest.raises(TypeError):
        row() >> row()
    with pytest.raises(TypeError):
        FREE(show="Hamlet", row=1.5)
    with pytest.raises(TypeError):
        balances(FREE, where={"guest": "Amina"})


def test_what_is_held_cannot_be_taken_and_is_posted_in_parts(piece: Piece) -> None:
    opened(piece)
    guest = TAKEN(show="Hamlet", guest="Chiara")
    book(piece, row().hold(8, on=piece))
    assert free() == (10, 8, 2)
    assert code(lambda: book(piece, (row() >> guest).of(3))) == "ledger.below_floor"
    assert code(lambda: book(piece, row().hold(3, on=piece))) == "ledger.below_floor"
    (held,) = holds_of(piece)
    book(piece, held.post(5, to=guest))
    assert free() == (5, 3, 2)
    (held,) = holds_of(piece)
    assert code(lambda: book(piece, held.post(4, to=guest))) == "ledger.more_than_held"
    book(piece, held.release(1))
    assert free() == (5, 2, 3)
    book(piece, *[one.release() for one in holds_of(piece)])
    assert (free(), holds_of(piece)) == ((5, 0, 5), [])
    assert code(lambda: book(piece, held.post(1, to=guest))) == "ledger.hold_over"
    assert list(differences()) == []


def test_a_hold_ends_by_itself_when_its_time_is_over(piece: Piece) -> None:
    guest = TAKEN(show="Hamlet", guest="Daniel")
    with clock(JANUARY):
        opened(piece)
        book(piece, row().hold(8, on=piece, until=JANUARY + DAY))
        (held,) = holds_of(piece)
    with clock(JANUARY + 2 * DAY):
        assert code(lambda: book(piece, held.post(1, to=guest))) == "ledger.hold_over"
        book(piece, (row() >> guest).of(9))
        assert (free(), holds_of(piece)) == ((1, 0, 1), [])
        assert list(differences()) == []
    with clock(JANUARY + 3 * DAY):
        book(piece, row().hold(1, on=piece, until=JANUARY + 4 * DAY))
    with clock(JANUARY + 5 * DAY):
        book(piece, *release_expired())
        assert free() == (1, 0, 1)
        assert list(differences()) == []


def test_what_is_still_to_come_is_refused(piece: Piece) -> None:
    with clock(JANUARY):
        move = (WORLD(show="Hamlet") >> row()).of(1, happened_at=JANUARY + DAY)
        assert code(lambda: book(piece, move)) == "ledger.not_yet"
        book(piece, (WORLD(show="Hamlet") >> row()).of(1, happened_at=JANUARY + timedelta(minutes=2)))
    assert Transfer.objects.get().happened_at == JANUARY


def test_the_database_itself_refuses_to_change_the_past(piece: Piece) -> None:
    opened(piece)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Transfer.objects.update(amount=11)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM kernel_transfer")
    assert Transfer.objects.get().amount == 10


def test_who_changes_the_books_all_the_same_is_found_out(piece: Piece) -> None:
    with clock(JANUARY):
        opened(piece)
        book(piece, row().hold(2, on=piece))
    with clock(JANUARY + 60 * DAY):
        close_months(seats)
        assert list(differences()) == []
        with changes_allowed():
            Transfer.objects.filter(kind="move").update(amount=12)
        found = [str(one) for one in differences()]
        for what in ("account seats.free", "account seats.world", "closing of seats at 2026-02-01", "trail entry"):
            assert any(one.startswith(what) for one in found), what
        with changes_allowed():
            Transfer.objects.filter(kind="move").update(amount=10)
        Hold.objects.update(left=1)
        Account.objects.filter(kind="seats.world").update(balance=-9)
        assert [str(one).split(":")[0][:7] for one in differences()] == [
            "account",
            "hold " + str(Hold.objects.get().pk)[:2],
        ]


def test_a_removed_transfer_is_missed_by_the_trail(piece: Piece) -> None:
    opened(piece)
    with changes_allowed():
        Transfer.objects.all().delete()
    Account.objects.update(balance=0)
    assert [str(one) for one in differences()] == ["trail entries with transfers: 1 is kept, the transfers say 0"]
    assert list(audit.verify()) == []


def test_balances_as_of_one_moment_as_known_at_another(piece: Piece) -> None:
    with clock(JANUARY):
        opened(piece)
    with clock(JANUARY + 40 * DAY):  # booked late: it happened in January
        book(piece, (row() >> TAKEN(show="Hamlet", guest="Amina")).of(3, happened_at=JANUARY + DAY))
        close_months(seats)
    asked = [
        ((JANUARY - DAY, None), 0),
        ((JANUARY, None), 10),
        ((JANUARY + 2 * DAY, None), 7),
        ((JANUARY + 2 * DAY, JANUARY + 3 * DAY), 10),
        ((JANUARY + 50 * DAY, None), 7),
    ]
    with clock(JANUARY + 80 * DAY):
        for closed in (False, True):
            if closed:
                assert close_months(seats) == 1
            for (as_of, known_at), expected in asked:
                found = balances(FREE, where={"row": 1}, as_of=as_of, known_at=known_at)
                assert sum(one.balance for one in found) == expected, (as_of, known_at, closed)
        assert list(differences()) == []


ONE_STEP = st.tuples(
    st.sampled_from(("open", "take", "hold", "post", "release", "late", "close", "wait")),
    st.integers(0, 3),
    st.integers(0, 9),
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(ONE_STEP, min_size=3, max_size=25))
def test_any_order_of_steps_adds_up(piece: Piece, steps: list[tuple[str, int, int]]) -> None:
    """Floors hold, a closing and what followed equal a full recount at every moment, and the check finds nothing."""
    with transaction.atomic():
        moment, codes = JANUARY, set()
        guest = TAKEN(show="Hamlet", guest="Amina")
        for what, number, amount in steps:
            moment += timedelta(hours=1) if what != "wait" else (amount + 1) * 5 * DAY
            with clock(moment):
                held = holds_of(piece)
                moves = {
                    "open": lambda n=number, a=amount: [(WORLD(show="Hamlet") >> row(n)).of(a)],
                    "take": lambda n=number, a=amount: [(row(n) >> guest).of(a)],
                    "late": lambda n=number, a=amount, m=moment: [
                        (WORLD(show="Hamlet") >> row(n)).of(a, happened_at=m - a * 10 * DAY)
                    ],
                    "hold": lambda n=number, a=amount: [row(n).hold(a, on=piece)],
                    "post": lambda a=amount, h=held: [h[0].post(a, to=guest)] if h else [],
                    "release": lambda a=amount, h=held: [h[0].release(a)] if h else [],
                }
                try:
                    book(piece, *moves.get(what, list)())
                except Refused as refused:
                    codes.add(refused.code)
                if what == "close":
                    close_months(seats)
        assert codes <= {"ledger.below_floor", "ledger.more_than_held"}
        with clock(moment + DAY):
            _recounted(moment)
        transaction.set_rollback(True)


def _recounted(moment: datetime) -> None:
    assert list(differences()) == []
    rows = list(Transfer.objects.select_related("credit", "debit"))
    choose = random.Random(len(rows))
    for _ in range(6):
        as_of, known_at = (moment - choose.random() * 90 * DAY for _ in range(2))
        counted: Counter[int] = Counter()
        for one in rows:
            if one.happened_at <= as_of and one.booked_at <= known_at and one.debit is not None:
                counted[one.credit_id] -= one.amount
                counted[one.debit_id] += one.amount
        for kind in (WORLD, FREE, TAKEN):
            found = {one.account: one.balance for one in balances(kind, as_of=as_of, known_at=known_at) if one.balance}
            expected = {one.pk: counted[one.pk] for one in Account.objects.filter(kind=kind.name) if counted[one.pk]}
            assert found == expected


def test_transfers_tell_where_from_and_where_to(piece: Piece) -> None:
    opened(piece)
    book(piece, (row() >> TAKEN(show="Hamlet", guest="Amina")).of(4))
    (told,) = transfers(credit=FREE, debit=TAKEN, where={"row": 1})
    assert (told["amount"], told["from_row"], told["to_guest"]) == (4, "1", "Amina")
    assert list(transfers(credit=TAKEN)) == []
    assert list(transfers(debit=FREE, since=told["happened_at"] + DAY)) == []


def test_the_same_request_sent_twice_is_booked_once(piece: Piece) -> None:
    move = (WORLD(show="Hamlet") >> row()).of(1)
    fresh = Piece.objects.get(pk=piece.pk)
    for _ in range(2):
        do(workshop.book, fresh, key="sent-1", moves=[move])
    assert scope.current().actor is not None
    assert free() == (1, 0, 1)
