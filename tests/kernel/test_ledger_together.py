"""Many at once on the same accounts: floors hold whatever the order, and what two acts lock crosswise is sorted out."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.kernel import seats, workshop
from tests.kernel.seats import FREE, TAKEN, WORLD
from tests.kernel.test_together import at_once
from tests.kernel.workshop import Piece
from tests.personas import Personas, move_in
from waystation.kernel.acts import Outcome, act, do
from waystation.kernel.ledger import balances, holds_of
from waystation.kernel.models import Transfer
from waystation.kernel.refusals import Refused
from waystation.kernel.register import registers
from waystation.kernel.scope import Scope
from waystation.site.books import differences

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop() -> Iterator[Personas]:
    with workshop.declared():
        yield move_in()
        seats.empty()
        workshop.drop_table()


def test_eight_at_once_take_what_there_is_and_no_more(shop: Personas) -> None:
    """Takes, holds and postings of ten pieces on one row of five seats: what is refused is refused for the floor."""
    with shop.asking(shop.amina):
        pieces = [do(workshop.make, name=f"play {n}").record for n in range(8)]
        do(workshop.book, pieces[0], moves=[(WORLD(show="x") >> FREE(show="x", row=1)).of(5)])
        pieces[0] = Piece.objects.get(pk=pieces[0].pk)

    def run(number: int) -> Any:
        piece, choose = pieces[number], random.Random(number)
        codes = set()
        for _ in range(6):
            fresh = Piece.objects.get(pk=piece.pk)
            held = holds_of(piece)
            guest = TAKEN(show="x", guest=str(number))
            moves = (
                [held[0].post(1, to=guest)]
                if held and choose.random() < 0.7
                else [FREE(show="x", row=1).hold(1, on=piece)]
            )
            try:
                do(workshop.book, fresh, moves=moves)
            except Refused as refused:
                codes.add(refused.code)
        return codes

    told = at_once(Scope(shop.amina), *[lambda n=n: run(n) for n in range(8)])
    assert set().union(*told) <= {"ledger.below_floor"}
    with shop.asking(shop.amina):
        free, taken = balances(FREE), balances(TAKEN)
        assert sum(one.balance for one in free) + sum(one.balance for one in taken) == 5
        assert all(one.free >= 0 for one in free)
        assert list(differences()) == []


def test_acts_that_lock_crosswise_are_tried_again(shop: Personas) -> None:
    """Each locks its own record, waits for the other to have done so, then saves the other's: PostgreSQL breaks one off."""
    meeting = threading.Barrier(2)

    @act("rough", by=workshop.maker, said="crossed it")
    def cross(piece: Piece, *, other: int) -> Outcome:
        """Weigh another piece from this one."""
        if not meeting.broken:
            try:
                meeting.wait(1)
            except threading.BrokenBarrierError:
                pass
        beside = Piece.objects.get(pk=other)
        beside.weight = piece.pk
        return Outcome(save=[beside])

    cross.name, cross.model = "workshop.pieces.cross", Piece
    assert "workshop.pieces" in registers
    with shop.asking(shop.amina):
        one, two = (do(workshop.make, name=name).record for name in ("one", "two"))
    told = at_once(
        Scope(shop.amina),
        lambda: do(cross, one, other=two.pk).record.pk,
        lambda: do(cross, two, other=one.pk).record.pk,
    )
    assert set(map(str, told)) <= {str(one.pk), str(two.pk), "kernel.changed_meanwhile"}
    assert any(isinstance(each, int) for each in told)


TAKER = """
import sys
import django
django.setup()
from django.core.management import call_command
from tests.kernel import workshop
from tests.kernel.seats import FREE, TAKEN, WORLD
from tests.kernel.workshop import Piece
from waystation.kernel import house, scope
from waystation.kernel.acts import do
from waystation.kernel.ledger import balances
from waystation.site.books import differences
from waystation.kernel.models import Actor
from waystation.kernel.refusals import Refused

role = sys.argv[1]
with workshop.made() if role == "open" else workshop.known():
    if role == "open":
        with scope.enter(scope.house("trial")):
            office = do(house.open_office, code="HQ", name="Trial").record
            person = do(house.invite, username="amina", name="Amina", office=office).record
            do(house.grant, holder=person, duty="tracking.manage", office=office)
    person = Actor.objects.get(username="amina")
    with scope.enter(scope.Scope(person)):
        piece = do(workshop.make, name=role).record
        if role == "open":
            do(workshop.book, piece, moves=[(WORLD(show="x") >> FREE(show="x", row=1)).of(100)])
        elif role == "close":
            left = sum(one.balance for one in balances(FREE))
            taken = sum(one.balance for one in balances(TAKEN))
            print(left, taken, len(list(differences())))
        else:
            taken = 0
            for _ in range(50):
                try:
                    piece = do(workshop.book, piece, moves=[(FREE(show="x", row=1) >> TAKEN(show="x", guest=role)).of(1)]).record
                    taken += 1
                except Refused as refused:
                    assert refused.code == "ledger.below_floor", refused
            print(taken)
"""


def test_four_processes_on_one_sqlite_file(tmp_path: Path) -> None:
    """Each takes up to fifty of a hundred seats; together they take exactly the hundred, and nobody is told the file is locked."""
    if connection.vendor != "sqlite":
        pytest.skip("SQLite: processes on a file of their own")
    root = Path(__file__).parents[2]
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | {
        "WAYSTATION_HOME": str(tmp_path / "four"), "DJANGO_SETTINGS_MODULE": "waystation.site.settings",
        "PYTHONPATH": f"{root}:{root / 'src'}",
    }  # fmt: skip
    (tmp_path / "four").mkdir()

    def start(role: str) -> subprocess.Popen[str]:
        return subprocess.Popen([sys.executable, "-c", TAKER, role], env=environment, text=True, stdout=subprocess.PIPE)

    opener = start("open")
    opener.communicate(timeout=120)
    assert opener.returncode == 0
    takers = [start(f"taker {n}") for n in range(4)]
    taken = [int(one.communicate(timeout=120)[0]) for one in takers]
    assert all(one.returncode == 0 for one in takers)
    told = start("close").communicate(timeout=60)[0].split()
    assert (sum(taken), told) == (100, ["0", "100", "0"])


def test_a_taken_transfer_is_there_for_every_taker(shop: Personas) -> None:
    """The same key sent by two connections at once is booked once."""
    with shop.asking(shop.amina):
        piece = do(workshop.make, name="one").record
        do(workshop.book, piece, moves=[(WORLD(show="x") >> FREE(show="x", row=1)).of(5)])
        fresh = Piece.objects.get(pk=piece.pk)
    move = (FREE(show="x", row=1) >> TAKEN(show="x", guest="a")).of(2)
    at_once(Scope(shop.amina), *[lambda: do(workshop.book, fresh, key="once", moves=[move]).entry for _ in range(4)])
    assert Transfer.objects.filter(debit__kind="seats.taken").count() == 1
