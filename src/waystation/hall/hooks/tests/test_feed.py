"""The feed misses nothing although transactions end out of order, and tells only what its reader may see."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from tests.kernel import workshop
from tests.kernel.workshop import Piece
from tests.personas import Personas, move_in
from waystation.hall.hooks import api
from waystation.hall.hooks.shapes import Change, Cursor
from waystation.kernel import audit, house, scope
from waystation.kernel.acts import do
from waystation.kernel.models import ChainHead
from waystation.kernel.refusals import Refused
from waystation.kernel.register import Register, registers
from waystation.kernel.scope import Scope

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop() -> Iterator[Personas]:
    with workshop.declared():
        yield move_in()
        workshop.drop_table()


def pieces() -> list[Register]:
    return [registers["workshop.pieces"]]


def read(personas: Personas, cursor: str = "", most: int = 100) -> tuple[list[Change], str]:
    """Everything after a cursor, page by page, as Amina."""
    told: list[Change] = []
    with personas.asking(personas.amina):
        while True:
            page = api.changes(cursor=cursor, registers=pieces(), most=most)
            told += page.changes
            cursor = page.cursor.sealed()
            if not page.more:
                return told, cursor


def make(personas: Personas, name: str) -> Piece:
    with personas.asking(personas.amina):
        made: Piece = do(workshop.make, name=name, weight=1).record
    return made


@pytest.mark.parametrize("most", [1, 3, 100])
def test_every_version_of_every_record_is_told_once_whatever_the_page(shop: Personas, most: int) -> None:
    made = [make(shop, f"chair {n}") for n in range(9)]
    with shop.asking(shop.amina):
        for piece in made[:4]:
            do(workshop.weigh, piece, weight=9)
        do(
            workshop.finish,
            Piece.objects.get(pk=made[4].pk),
            beside=list(Piece.objects.filter(pk__in=[m.pk for m in made[5:]])),
        )
    told, cursor = read(shop, most=most)
    want = {(m.ref, 1) for m in made} | {(m.ref, 2) for m in made}
    assert sorted((one.ref, one.version) for one in told) == sorted(want)
    assert {one.ref for one in told if one.subject and one.act.endswith("finish")} == {made[4].ref}
    assert len({one.entry for one in told if one.act.endswith("finish")}) == 1
    assert read(shop, cursor)[0] == []
    late = make(shop, "a late one")
    assert [one.ref for one in read(shop, cursor)[0]] == [late.ref]


def test_what_is_committed_late_is_told_later_and_not_missed(shop: Personas) -> None:
    """An act takes its ids, then waits; another one, on a record of another chain, takes later ids and commits first."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one write at a time, so that acts cannot end out of order there")
    slow, quick = _of_two_chains(shop)
    _told, cursor = read(shop)
    written, free = threading.Event(), threading.Event()

    def linger() -> None:
        try:
            with scope.enter(Scope(shop.amina)), transaction.atomic():
                do(workshop.weigh, slow, weight=70)
                written.set()
                assert free.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=linger)
    thread.start()
    try:
        assert written.wait(20)
        with shop.asking(shop.amina):
            entry = do(workshop.weigh, quick, weight=80).entry
        first, cursor = read(shop, cursor)
    finally:
        free.set()
        thread.join(30)
    assert [one.ref for one in first] == [quick.ref]
    second, cursor = read(shop, cursor)
    assert [(one.ref, one.version) for one in second] == [(slow.ref, 2)]
    with scope.enter(scope.house("tests")):
        late = audit.history(slow)[-1][0]
    assert late.pk < entry, "the late one has the smaller id: a cursor of ids would have gone past it"
    assert read(shop, cursor)[0] == []


def _of_two_chains(shop: Personas) -> tuple[Piece, Piece]:
    first = make(shop, "slow")
    while True:
        other = make(shop, "quick")
        if audit.hash_chain(other) != audit.hash_chain(first):
            return first, other


def test_many_at_once_are_each_told_once_to_who_reads_all_the_while(shop: Personas) -> None:
    made = [make(shop, f"piece {n}") for n in range(6)]
    _told, cursor = read(shop)

    def work(piece: Piece) -> None:
        try:
            with scope.enter(Scope(shop.amina)):
                for weight in range(8):
                    do(workshop.weigh, Piece.objects.get(pk=piece.pk), weight=weight)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(piece,)) for piece in made]
    for one in threads:
        one.start()
    told: list[Change] = []
    while any(one.is_alive() for one in threads):
        some, cursor = read(shop, cursor, most=5)
        told += some
    for one in threads:
        one.join()
    told += read(shop, cursor)[0]
    assert sorted((one.ref, one.version) for one in told) == sorted((m.ref, v) for m in made for v in range(2, 10))


def test_another_office_is_told_nothing_and_its_cursor_tells_nothing(shop: Personas) -> None:
    with shop.asking(shop.chiara):
        before = api.changes(cursor="", registers=pieces(), most=10)
    made = make(shop, "a chair")
    with shop.asking(shop.chiara):
        page = api.changes(cursor=before.cursor.sealed(), registers=pieces(), most=10)
        assert page.changes == []
        assert not page.more
        assert not any(part in page.cursor.sealed() for part in (made.ref, "[", ","))
        do(house.issue, grants="read")


def test_a_cursor_that_is_not_ours_or_from_another_time_is_refused(shop: Personas) -> None:
    make(shop, "a chair")
    for wrong in ("x", "gAAAA", Cursor().sealed()[:-4], Cursor((1, 2)).sealed()):
        with shop.asking(shop.amina), pytest.raises(Refused) as no:
            api.changes(cursor=wrong, registers=pieces(), most=10)
        assert no.value.code == "hooks.cursor_wrong"
    _told, cursor = read(shop)
    ChainHead.objects.update(length=0)  # the database was set back
    with shop.asking(shop.amina), pytest.raises(Refused) as no:
        api.changes(cursor=cursor, registers=pieces(), most=10)
    assert no.value.code == "hooks.cursor_ahead"


def test_now_begins_at_the_end(shop: Personas) -> None:
    make(shop, "before")
    with shop.asking(shop.amina):
        page = api.changes(cursor="now", registers=pieces(), most=10)
    assert page.changes == []
    after = make(shop, "after")
    assert [one.ref for one in read(shop, page.cursor.sealed())[0]] == [after.ref]
