"""Notices: who follows or is mentioned is told, once, in the act's own transaction, and only of what they may still see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from tests.kernel.workshop import Piece, declared, finish, make, maker, weigh
from tests.personas import Personas
from waystation.hall.notes import acts as noting
from waystation.hall.notes import api as notes
from waystation.hall.notes.models import Comment
from waystation.hall.notes.tests.making import REGISTER, attach, piece
from waystation.hall.notices import acts, api
from waystation.hall.notices.models import Notice
from waystation.kernel import acts as kernel_acts
from waystation.kernel import house, scope
from waystation.kernel.acts import Outcome, act, do
from waystation.kernel.models import Actor
from waystation.kernel.refusals import Refused
from waystation.kernel.register import Lifecycle
from waystation.kernel.values import today


@act("rough -> done", by=maker, said="polished it")
def polish(piece: Piece) -> Outcome:
    """Polish it: it is done."""
    return Outcome()


@pytest.fixture
def tent(personas: Personas) -> Iterator[Any]:
    with declared() as register:
        life = Lifecycle(register.lifecycle.states, (make, weigh, finish, polish), register.lifecycle.final)
        replace(register, lifecycle=life, due="made_on")
        yield piece(personas)


@pytest.fixture
def moussa(personas: Personas) -> Actor:
    """A second person who sees what Dakar makes, with an e-mail address."""
    office = personas.dakar
    with scope.enter(scope.house("tests")):
        made: Actor = do(
            house.invite, username="moussa", name="Moussa Sarr", office=office, email="moussa@example.org"
        ).record
        do(house.grant, holder=made, duty="tracking.manage", office=office)
    return made


def told(personas: Personas, who: Actor) -> list[str]:
    with personas.asking(who):
        return [f"{one.why}: {one.sentence}" for one in api.notices()[0]]


def follows(personas: Personas, who: Actor, ref: str) -> None:
    with personas.asking(who):
        notes.follow(REGISTER, ref)
        notes.follow(REGISTER, ref)  # which is once


def test_followers_are_told_what_others_do(personas: Personas, tent: Any, moussa: Actor, tmp_path: Any) -> None:
    follows(personas, moussa, tent.ref)
    with personas.asking(moussa):
        tent = do(weigh, tent, weight=1).record
    with personas.asking(personas.amina):
        do(weigh, tent, weight=2)
        notes.comment(REGISTER, tent.ref, text="Heavy")
        attach(tmp_path, tent.ref, b"text")
    assert told(personas, moussa) == [
        "followed: Amina Diallo attached a file",
        "followed: Amina Diallo commented",
        "followed: Amina Diallo weighed it",
    ]
    assert told(personas, personas.amina) == [], "whoever acts or comments follows nothing by it"
    with personas.asking(moussa):
        notes.unfollow(REGISTER, tent.ref)
    with personas.asking(personas.amina):
        do(weigh, Piece.objects.get(), weight=3)
    assert len(told(personas, moussa)) == 3


def test_followers_of_records_changed_beside_are_told(personas: Personas, tent: Any, moussa: Actor) -> None:
    pole = piece(personas, "Pole")
    follows(personas, moussa, pole.ref)
    with personas.asking(personas.amina):
        do(finish, tent, beside=[pole])
    assert told(personas, moussa) == ["followed: Amina Diallo finished it"]
    with personas.asking(moussa):
        assert api.notices()[0][0].ref == pole.ref


def test_who_is_mentioned_is_told_once(personas: Personas, tent: Any, moussa: Actor) -> None:
    follows(personas, moussa, tent.ref)
    with personas.asking(personas.amina):
        notes.comment(REGISTER, tent.ref, text="@moussa, look")
        do(noting.amend, Comment.objects.get(), text="@moussa, please look")
    assert told(personas, moussa) == ["mentioned: Amina Diallo mentioned you in a comment"]
    with personas.asking(personas.amina):
        notes.comment(REGISTER, tent.ref, text="look")
        do(noting.amend, Comment.objects.order_by("-pk").first(), text="look, @moussa")
    assert len(told(personas, moussa)) == 3  # the second comment, and then being mentioned in it


def test_what_may_no_longer_be_seen_is_not_told(personas: Personas, tent: Any, moussa: Actor, settings: Any) -> None:
    settings.EMAIL_BACKEND = "waystation.site.outbox.Outbox"
    follows(personas, moussa, tent.ref)
    with personas.asking(moussa):
        api.choose("at_once")
    with personas.asking(personas.amina):
        do(weigh, tent, weight=2)
        notes.comment(REGISTER, tent.ref, text="@moussa")
    Piece.everything.update(office=personas.nairobi)
    cache.clear()
    assert told(personas, moussa) == []
    assert api.unread(moussa) == 0
    assert api.send_at_once().sent == 0
    assert not list(settings.WAYSTATION_HOME.glob("outbox/*"))
    page = Client()
    page.force_login(moussa)
    assert tent.ref not in page.get("/notices/").content.decode() + page.get("/").content.decode()


def test_a_notice_is_there_with_its_act_or_not_at_all(
    personas: Personas, tent: Any, moussa: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is written in the transaction of the act: what stops the act stops it, a lost process too."""
    follows(personas, moussa, tent.ref)

    def lost(entry: Any, left: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(kernel_acts, "afterwards", [*kernel_acts.afterwards, lost])
    with personas.asking(personas.amina), pytest.raises(KeyboardInterrupt):
        do(weigh, tent, weight=2)
    assert not Notice.everything.exists()


def test_notices_are_read_by_whom_they_are_for(personas: Personas, tent: Any, moussa: Actor) -> None:
    follows(personas, moussa, tent.ref)
    with personas.asking(personas.amina):
        for weight in (1, 2, 3):
            tent = do(weigh, tent, weight=weight).record
        ids = list(Notice.everything.values_list("pk", flat=True))
        assert api.mark_read(ids) == api.mark_read() == 0, "another's notices are nobody's"
    assert api.unread(moussa) == 3
    with personas.asking(moussa):
        assert api.mark_read(ids[:1]) == 1
        assert api.unread(moussa) == 2
        assert [one.unread for one in api.notices()[0]] == [True, True, False]
        assert api.mark_read() == 2
    assert api.unread(moussa) == 0


def test_older_notices_are_a_page_further(personas: Personas, tent: Any, moussa: Actor) -> None:
    follows(personas, moussa, tent.ref)
    with personas.asking(personas.amina):
        for weight in range(5):
            tent = do(weigh, tent, weight=weight).record
    with personas.asking(moussa):
        first, onward = api.notices(3)
        rest, end = api.notices(3, onward)
    assert [len(first), len(rest), end] == [3, 2, None]
    assert len({one.id for one in [*first, *rest]}) == 5


def test_what_is_late_is_told_once_and_until_it_is_done(personas: Personas, tent: Any, moussa: Actor) -> None:
    due = today() - timedelta(days=3)
    with personas.asking(personas.amina):
        do(make, name="In time", made_on=today())
        late = do(make, name="Late", made_on=due).record
    assert acts.tell_of_late(today()) == 2  # Amina and Moussa may polish it; Chiara and Daniel do not see it
    assert acts.tell_of_late(today()) == 0
    (line,) = told(personas, moussa)
    assert line.startswith("late: It was due on")
    assert "“polish” waits for you" in line
    with personas.asking(moussa):
        (waits,) = api.waiting_for(scope.current(), lambda act: True)
        assert (waits.act.verb, waits.count, waits.late, waits.first[0]) == ("polish", 3, 1, (late.ref, due))
        do(polish, late)
        assert [one.count for one in api.waiting_for(scope.current(), lambda act: True)] == [2]
    assert told(personas, moussa) == []
    assert told(personas, personas.chiara) == []


def test_one_is_told_in_a_way_there_is(personas: Personas) -> None:
    with personas.asking(personas.amina):
        assert api.chosen() == "page"
        with pytest.raises(Refused) as no:
            api.choose("by pigeon")
        assert no.value.code == "notices.unknown_way"
        api.choose("daily")
        assert api.chosen() == "daily"
    with personas.asking(personas.bakary):
        assert api.chosen() == "page"


def test_nothing_changed_so_nothing_is_asked_again(
    personas: Personas, tent: Any, moussa: Actor, django_assert_num_queries: Any
) -> None:
    with personas.asking(moussa) as asking:
        scope.current().offices("")
        first = api.waiting_for(asking, lambda act: True)
        with django_assert_num_queries(1):  # the state of the house
            assert api.waiting_for(asking, lambda act: True) == first
