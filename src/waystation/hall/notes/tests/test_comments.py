"""Comments: read and written by whoever may see the record, and by nobody else; people are mentioned; words can go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from tests.kernel.workshop import declared
from tests.personas import Personas
from waystation.hall.entry.registers import duties_held
from waystation.hall.notes import acts, api
from waystation.hall.notes.models import Comment
from waystation.hall.notes.rules import as_its_record
from waystation.hall.notes.tests.making import REGISTER, piece
from waystation.kernel import audit
from waystation.kernel.acts import do
from waystation.kernel.models import DutyGrant
from waystation.kernel.refusals import Refused
from waystation.kernel.scope import Scope

SECRET = "Her sister Maryam lives by the river"


@pytest.fixture
def tent(personas: Personas) -> Iterator[Any]:
    with declared():
        yield piece(personas)


def everywhere(but: str = "") -> str:
    """Every value of every table but one, as text."""
    with connection.cursor() as cursor:
        told = []
        for table in connection.introspection.table_names(cursor):
            if table != but:
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
                told += [str(row) for row in cursor.fetchall()]
    return "\n".join(told)


def refused(code: str, what: Any, *args: Any, **more: Any) -> Refused:
    with pytest.raises(Refused) as no:
        what(*args, **more)
    assert no.value.code == code
    return no.value


def test_whoever_sees_the_record_reads_and_writes(personas: Personas, tent: Any) -> None:
    with personas.asking(personas.amina):
        first = api.comment(REGISTER, tent.ref, text="  The pole is missing.\nشكرا ")
        assert (first.author, first.username, first.text) == ("Amina Diallo", "amina", "The pole is missing.\nشكرا")
        assert first.acts == ("amend", "withdraw")
        assert [one.ref for one in api.comments_of(REGISTER, tent.ref)] == [first.ref]


def test_whoever_does_not_see_it_finds_nothing_there(personas: Personas, tent: Any) -> None:
    with personas.asking(personas.amina):
        made = api.comment(REGISTER, tent.ref, text="Here")
    for who in (personas.chiara, personas.daniel, None):
        with personas.asking(who):
            for ask in (api.comments_of, api.attachments_of, api.follow, api.unfollow):
                refused("kernel.not_found", ask, REGISTER, tent.ref)
            refused("kernel.not_found", api.comment, REGISTER, tent.ref, text="Hello")
            assert not Comment.objects.exists()
            comment = Comment._base_manager.get(ref=made.ref)
            refused("kernel.not_found", do, acts.amend, comment, text="Mine")


def test_sight_moves_with_the_record_in_both_faces(personas: Personas, tent: Any) -> None:
    with personas.asking(personas.amina):
        made = api.comment(REGISTER, tent.ref, text="Here")
    comment = Comment._base_manager.get(ref=made.ref)
    type(tent).everything.filter(pk=tent.pk).update(office=personas.nairobi)
    for who, sees in ((personas.amina, False), (personas.chiara, True), (personas.daniel, False), (None, False)):
        assert as_its_record.allows(Scope(who), comment) is sees
        with personas.asking(who):
            assert Comment.objects.filter(pk=comment.pk).exists() is sees
    Comment._base_manager.filter(pk=comment.pk).update(register="workshop.gone")
    for who in personas.everyone():
        assert not as_its_record.allows(Scope(who), comment.__class__._base_manager.get(pk=comment.pk))
        with personas.asking(who):
            assert not Comment.objects.exists()


def test_forged_records_are_not_there(personas: Personas, tent: Any) -> None:
    """What is stored counts and not what is held: neither another key nor another office opens a margin."""
    with personas.asking(personas.chiara):
        tent.office, tent.author = personas.nairobi, personas.chiara
        hidden = refused("kernel.not_found", do, acts.comment, about=tent, text="Mine")
        tent.pk = 10**9
        assert str(refused("kernel.not_found", do, acts.comment, about=tent, text="Mine")) == str(hidden)
    assert not Comment._base_manager.exists()


def test_only_people_who_see_the_record_are_mentioned(personas: Personas, tent: Any) -> None:
    with personas.asking(personas.amina):
        told = [
            str(refused("notes.cannot_mention", api.comment, REGISTER, tent.ref, text=f"Ask @{name}.")).replace(
                name, "X"
            )
            for name in ("chiara", "someone", "bakary")
        ]
        assert len(set(told)) == 1, "who may not see it and who is not there are refused alike"
        assert not Comment._base_manager.exists()
        api.comment(
            REGISTER, tent.ref, text="Write to amina@example.org or see /@chiara; @Amina, @amina: note to self."
        )
        many = " ".join(f"@name{n}" for n in range(21))
        refused("notes.too_many_mentions", api.comment, REGISTER, tent.ref, text=many)
    assert [one.username for one in Comment._base_manager.get().mentioned.all()] == ["amina"]


def test_nobody_is_mentioned_who_has_left(personas: Personas, tent: Any) -> None:
    type(personas.amina).objects.filter(pk=personas.amina.pk).update(is_active=False)
    with personas.asking(personas.amina):
        refused("notes.cannot_mention", api.comment, REGISTER, tent.ref, text="@amina")


def test_the_author_edits_and_takes_back(personas: Personas, tent: Any) -> None:
    with personas.asking(personas.amina):
        comment = Comment.objects.get(ref=api.comment(REGISTER, tent.ref, text=SECRET).ref)
        assert SECRET not in everywhere(but="notes_comment"), "the trail keeps no words"
        do(acts.amend, comment, text=f"{SECRET}, I think")
        (shown,) = api.comments_of(REGISTER, tent.ref)
        assert (shown.edited, shown.text) == (True, f"{SECRET}, I think")
    with personas.asking(personas.zainab):
        refused("kernel.not_found", do, acts.amend, Comment._base_manager.get(), text="No")
    with personas.asking(personas.amina):
        do(acts.withdraw, Comment.objects.get())
        (shown,) = api.comments_of(REGISTER, tent.ref)
        assert (shown.state, shown.text, shown.acts) == ("withdrawn", "", ())
    assert SECRET not in everywhere()
    assert [entry.act.rpartition(".")[2] for entry, _changed in audit.history(comment)] == [
        "comment",
        "amend",
        "withdraw",
    ]
    assert list(audit.verify()) == []


def test_a_steward_who_sees_it_erases_what_someone_else_wrote(personas: Personas) -> None:
    with personas.asking(personas.zainab):
        grant = DutyGrant.objects.filter(holder=personas.amina).first()
        made = api.comment(duties_held.name, grant.ref, text=SECRET)
        assert "erase" in made.acts
        do(acts.erase, Comment.objects.get())
        assert SECRET not in everywhere()
        assert api.comments_of(duties_held.name, grant.ref)[0].state == "erased"


def test_margins_have_no_margins_and_comments_an_end(personas: Personas, tent: Any) -> None:
    with personas.asking(personas.amina):
        made = api.comment(REGISTER, tent.ref, text="x" * acts.LONGEST)
        refused("notes.too_long", api.comment, REGISTER, tent.ref, text="x" * (acts.LONGEST + 1))
        refused("kernel.argument_missing", api.comment, REGISTER, tent.ref, text=" \n ")
        refused("notes.on_a_note", api.comment, made.register, made.ref, text="And this?")
        refused("notes.on_a_note", api.follow, made.register, made.ref)


def test_sent_twice_it_is_there_once(personas: Personas, tent: Any) -> None:
    with personas.asking(personas.amina):
        refs = {api.comment(REGISTER, tent.ref, text="Once", key="k").ref for _turn in range(2)}
    assert len(refs) == Comment._base_manager.count() == 1


def test_reading_a_margin_asks_as_much_for_many_as_for_one(
    personas: Personas, tent: Any, django_assert_num_queries: Any
) -> None:
    with personas.asking(personas.amina):
        for number in range(3):
            api.comment(REGISTER, tent.ref, text=f"Number {number}")
        with django_assert_num_queries(2):  # the record, its comments
            assert len(api.comments_of(REGISTER, tent.ref)) == 3
