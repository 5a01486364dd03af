"""What is in the margin of a record, whom a comment names, and who is to be told of an act."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection, models

from waystation.hall.notes.models import Attachment, Comment, Note
from waystation.hall.notes.rules import writable
from waystation.hall.notes.shapes import Telling
from waystation.kernel import audit
from waystation.kernel.models import Actor, Record
from waystation.kernel.refusals import Refused, require
from waystation.kernel.register import Register, register_of, registers
from waystation.kernel.rules import admits
from waystation.kernel.scope import Scope

MOST_MENTIONS = 20
MENTION = re.compile(r"(?<![\w@.+/-])@([\w.+-]{1,80})")  # not the middle of an e-mail address
FOLLOWERS = (
    "SELECT person_id, subject FROM notes_follow WHERE subject IN ({})"  # asked in every act, so without the ORM
)


def register_for(record: Record) -> Register:
    """The register whose record this is, which must have margins. Raises Refused ``notes.on_a_note``, ``kernel.not_found``."""
    register = register_of(type(record))
    if register is None:
        raise Refused("kernel.not_found", ref=record.ref)
    require(writable(register), "notes.on_a_note")
    return register


def stored(record: Record, scope: Scope) -> tuple[Register, Any]:
    """The register and the record as it is stored, when the scope may see it. Raises Refused: what is hidden is not there."""
    register = register_for(record)
    found = register.model._base_manager.select_related("office").filter(pk=record.pk).first()
    if found is None or not admits(register.sight, scope, found):
        raise Refused("kernel.not_found", ref=record.ref)
    return register, found


def about(note: Note) -> tuple[Register, Any] | None:
    """The register and the record a note is about, whoever asks; None when it is no more."""
    register = registers.get(note.register)
    found = register.model._base_manager.filter(pk=note.key).first() if register else None
    return (register, found) if register and found is not None else None


def written_on(kind: type[models.Model], register: Register, record: Any, most: int) -> list[Any]:
    """The newest notes of a kind on a record, oldest first. The caller has made sure that the record may be seen."""
    rows = kind._base_manager.filter(register=register.name, key=record.pk).select_related("author", "office")
    return list(rows.order_by("-pk")[:most])[::-1]


def names_in(text: str) -> list[str]:
    """The user names that a text mentions, each once, as written."""
    return list(dict.fromkeys(found.rstrip(".-+") for found in MENTION.findall(text) if found.rstrip(".-+")))


def mentioned(text: str, register: Register, record: Any) -> list[Actor]:
    """The people a text mentions. Raises Refused ``notes.cannot_mention`` alike for whom there is not and who may not see the
    record, ``notes.too_many_mentions``."""
    names = names_in(text)
    require(len(names) <= MOST_MENTIONS, "notes.too_many_mentions", count=len(names), most=MOST_MENTIONS)
    return [_seeing(name, register, record) for name in names]


def _seeing(name: str, register: Register, record: Any) -> Actor:
    people = Actor.objects.filter(username__iexact=name, is_active=True)
    for person in sorted(people, key=lambda one: one.username != name):
        if register.sight.allows(Scope(person), record):
            return person
    raise Refused("notes.cannot_mention", name=name)


def told_of(left: list[models.Model]) -> Iterator[Telling]:
    """Who is to be told that an act left these: whom a comment names, and who follows a record it changed."""
    if left and isinstance(left[0], Note):
        yield from _told_of_note(left[0])
    else:
        yield from followers(audit.label(one) for one in left if isinstance(one, Record))


def _told_of_note(note: Note) -> Iterator[Telling]:
    """Whom a comment names is told; its followers are told of new comments and of files that come and go."""
    register = registers[note.register]
    subject = f"{register.model._meta.label_lower}:{note.key}"
    if isinstance(note, Comment) and note.state == "written":
        for person in note.mentioned.order_by("pk").values_list("pk", flat=True):
            yield Telling(person, subject, mentioned=True)
    if isinstance(note, Attachment) or note.version == 1:
        yield from followers([subject])


def followers(subjects: Iterable[str]) -> Iterator[Telling]:
    """Who follows one of these records."""
    asked = list(subjects)
    with connection.cursor() as cursor:
        for start in range(0, len(asked), 500):
            some = asked[start : start + 500]
            cursor.execute(FOLLOWERS.format(",".join(["%s"] * len(some))), some)
            yield from [Telling(person, subject) for person, subject in cursor.fetchall()]
