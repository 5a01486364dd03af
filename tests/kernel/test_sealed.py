"""What is personal or sensitive at rest: sealed in the database, through a rotation of keys, and in no copy beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.db import connection

from tests.kernel import workshop
from tests.kernel.workshop import Piece
from tests.personas import Personas
from waystation.kernel import house, keys
from waystation.kernel.acts import do
from waystation.kernel.fields import reseal
from waystation.kernel.models import AuditEntry, IdempotencyKey, Revision
from waystation.kernel.refusals import Refused

STORY = "he walked for nine days"
PHONE = "+253 77 12 34 56"


@pytest.fixture
def shop(personas: Personas) -> Iterator[Personas]:
    """The workshop is open and Amina, who makes pieces, is asking."""
    with workshop.declared(), personas.asking(personas.amina):
        yield personas


def made(**more: Any) -> Piece:
    piece: Piece = do(workshop.make, name="a chair", **more).record
    return piece


def everything_stored() -> str:
    """Every value of every table, as somebody who copied the database would read it."""
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # the names come from the database
            found += [str(row) for row in cursor.fetchall()]
    return "\n".join(found)


def test_a_sensitive_value_is_nowhere_in_the_database_and_opens_for_its_reader(shop: Personas) -> None:
    piece = made(story=STORY, phone=PHONE)
    do(workshop.weigh, piece, weight=3)
    stored = everything_stored()
    assert "a chair" in stored
    assert STORY not in stored
    assert Piece.objects.get().story == STORY


def test_a_personal_value_is_in_its_own_row_and_in_no_trail(shop: Personas) -> None:
    made(story=STORY, phone=PHONE)
    assert everything_stored().count(PHONE) == 1
    assert not AuditEntry.objects.filter(said__icontains=PHONE[-5:]).exists()
    assert not Revision.objects.filter(values__icontains=PHONE[-5:]).exists()
    told = Revision.objects.get(model="workshop.piece").values
    assert told["name"] == "a chair"
    assert "story" not in told


@pytest.mark.parametrize("lookup", ["story", "story__icontains", "story__startswith", "story__gt", "story__in"])
def test_what_is_sealed_cannot_be_looked_up(shop: Personas, lookup: str) -> None:
    made(story=STORY)
    with pytest.raises(FieldError, match="cannot be filtered"):
        Piece.objects.filter(**{lookup: [STORY] if lookup.endswith("__in") else STORY}).exists()
    assert Piece.objects.filter(story__isnull=False).count() == 1


def test_after_a_rotation_old_stories_open_new_ones_are_sealed_anew_and_all_can_be(shop: Personas, home: Path) -> None:
    old = made(story=STORY)
    first = keys_held(home)
    keys.rotate()
    new = made(story=f"and then {STORY}")
    assert [one.story for one in Piece.objects.order_by("pk")] == [STORY, f"and then {STORY}"]
    assert keys_held(home)[1:] == first
    assert reseal() == 1, "one was sealed with the older key"
    assert reseal() == 0
    only_with(keys_held(home)[:1], home)
    assert {one.pk: one.story for one in Piece.objects.all()} == {old.pk: STORY, new.pk: f"and then {STORY}"}
    only_with(first, home)
    with pytest.raises(Refused) as lost:
        list(Piece.objects.all())
    assert lost.value.code == "kernel.key_missing"


def test_a_process_that_read_the_keys_before_a_rotation_opens_what_was_sealed_after(home: Path) -> None:
    keys.seal("warm")
    read_before = keys._fernet(str(home))
    keys.rotate()
    sealed = keys.seal("after")
    keys._fernet.cache_clear()
    other, keys._fernet = keys._fernet, _Remembering(keys._fernet, read_before)
    try:
        assert keys.unseal(sealed) == "after"
    finally:
        keys._fernet = other


class _Remembering:
    """The keys as another process remembers them until it is told to forget."""

    def __init__(self, real: Any, before: Any) -> None:
        self.real, self.before = real, before

    def __call__(self, home: str) -> Any:
        return self.before or self.real(home)

    def cache_clear(self) -> None:
        self.before = None


def test_a_key_that_is_shown_once_is_not_kept_for_who_repeats_the_request(personas: Personas) -> None:
    with personas.asking(personas.amina):
        first = do(house.issue, grants="dtm:read", key="form-1")
        again = do(house.issue, grants="dtm:read", key="form-1")
    assert again.repeated
    assert again.answer == first.answer
    assert first.answer["key"] not in everything_stored()
    assert IdempotencyKey.objects.get().answer["answer"]


def keys_held(home: Path) -> list[str]:
    return (home / "keys" / "secret.keys").read_text().split()


def only_with(held: list[str], home: Path) -> None:
    (home / "keys" / "secret.keys").write_text("\n".join(held) + "\n")
    keys._fernet.cache_clear()
