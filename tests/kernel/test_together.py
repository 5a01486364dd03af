"""Two at once, on connections of their own: one wins, the other is told, and a request sent twice is done once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from tests.kernel import workshop
from tests.kernel.workshop import Piece
from tests.personas import Personas, move_in
from waystation.kernel import audit, house, scope
from waystation.kernel.acts import do
from waystation.kernel.models import AuditEntry, Office
from waystation.kernel.refusals import Refused
from waystation.kernel.scope import Scope

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop() -> Iterator[Personas]:
    with workshop.declared():
        yield move_in()
        workshop.drop_table()


def at_once(asking: Scope, *calls: Callable[[], Any]) -> list[Any]:
    """What each call returned, or the code it was refused with; all begin together, each on its own connection."""
    barrier, told = threading.Barrier(len(calls)), []

    def run(call: Callable[[], Any]) -> None:
        try:
            with scope.enter(asking):
                connection.ensure_connection()
                barrier.wait(10)
                told.append(call())
        except Refused as no:
            told.append(no.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert len(told) == len(calls), "one of them broke or hung"
    return told


def made(personas: Personas, name: str) -> Piece:
    with personas.asking(personas.amina):
        piece: Piece = do(workshop.make, name=name, weight=1).record
    return piece


def test_eight_writers_on_one_record_and_one_wins(shop: Personas) -> None:
    piece = made(shop, "a chair")
    calls = [lambda n=n: do(workshop.weigh, piece, weight=n).record.weight for n in range(8)]
    told = at_once(Scope(shop.amina), *calls)
    won = [one for one in told if isinstance(one, int)]
    assert sorted(map(str, told)) == sorted([*map(str, won), *["kernel.changed_meanwhile"] * 7])
    assert (Piece.everything.get().weight, Piece.everything.get().version) == (won[0], 2)
    assert list(audit.verify()) == []


def test_a_record_changed_beside_another_is_not_written_over(shop: Personas) -> None:
    """The act that finishes one piece has read its neighbour; meanwhile somebody weighs the neighbour."""
    piece, neighbour = made(shop, "a chair"), made(shop, "a table")
    with shop.asking(shop.amina):
        read = Piece.objects.get(pk=neighbour.pk)
        do(workshop.weigh, neighbour, weight=70)
        with pytest.raises(Refused) as late:
            do(workshop.finish, piece, beside=[read])
    assert late.value.code == "kernel.changed_meanwhile"
    kept = Piece.everything.get(pk=neighbour.pk)
    assert (kept.weight, kept.version) == (70, 2)
    assert Piece.everything.get(pk=piece.pk).state == "rough"


def test_finishing_one_and_weighing_its_neighbour_at_once_loses_neither(shop: Personas) -> None:
    for turn in range(6):
        piece, neighbour = made(shop, f"chair {turn}"), made(shop, f"table {turn}")
        read = Piece.everything.get(pk=neighbour.pk)
        told = at_once(
            Scope(shop.amina),
            lambda p=piece, n=read: do(workshop.finish, p, beside=[n]).record.state,
            lambda n=neighbour: do(workshop.weigh, n, weight=70).record.state,
        )
        kept = Piece.everything.get(pk=neighbour.pk)
        assert kept.version == 2, "exactly one of them changed it"
        assert kept.weight == (1 if "done" in told else 70)
        assert told.count("kernel.changed_meanwhile") == 1


def test_a_request_sent_eight_times_at_once_is_done_once(shop: Personas) -> None:
    calls = [lambda: do(workshop.make, name="a stool", key="form-7").record.ref] * 8
    told = at_once(Scope(shop.amina), *calls)
    assert len(set(told)) == 1
    assert Piece.everything.count() == 1
    assert AuditEntry.objects.filter(act="workshop.pieces.make").count() == 1


def test_the_house_itself_repeats_itself_without_doing_it_twice(shop: Personas) -> None:
    """No person: in SQL nothing equals nothing, so a plain constraint would let both through."""
    said = {"code": "LOM", "name": "Lomé", "parent": shop.hq}
    calls = [lambda: do(house.open_office, **said, key="boot-1").record.code] * 4
    assert set(at_once(scope.house("start"), *calls)) == {"LOM"}
    assert Office.everything.filter(code="LOM").count() == 1


def test_the_same_key_with_another_request_at_once_is_told(shop: Personas) -> None:
    calls = [lambda n=n: do(workshop.make, name=f"stool {n}", key="form-8").record.name for n in range(2)]
    told = at_once(Scope(shop.amina), *calls)
    assert "kernel.key_reused" in told
    assert Piece.everything.count() == 1


def test_acts_on_different_records_all_win_and_no_chain_forks(shop: Personas) -> None:
    pieces = [made(shop, f"piece {n}") for n in range(8)]
    calls = [lambda p=p: do(workshop.weigh, p, weight=9).record.weight for p in pieces]
    assert at_once(Scope(shop.amina), *calls) == [9] * 8
    assert list(audit.verify()) == []
    assert sum(head["length"] for head in audit.heads()) == AuditEntry.objects.count()
