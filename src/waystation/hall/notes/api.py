"""What others may ask of the margins. Everything is asked and done in the current scope; what it may not see is not there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import models

from waystation.hall.notes import acts
from waystation.hall.notes.models import Attachment, Comment, Follow, Note
from waystation.hall.notes.queries import kinds, margins, stored
from waystation.hall.notes.rules import writable
from waystation.hall.notes.shapes import AttachedFile, Margin, Remark, ServedFile, Telling
from waystation.kernel import audit
from waystation.kernel import scope as scopes
from waystation.kernel.acts import do, may
from waystation.kernel.models import Record
from waystation.kernel.refusals import Refused, require
from waystation.kernel.register import Register, find_register, register_of
from waystation.kernel.rules import admits

MOST = 200


def comments_of(register: str, ref: str) -> list[Remark]:
    """The newest comments on a record (200 at most), oldest first. Raises Refused ``kernel.not_found``."""
    found = find_register(register)
    return [_remark(one) for one in margins.written_on(Comment, found, _record(register, ref), MOST)]


def comment(register: str, ref: str, *, text: str, key: str = "") -> Remark:
    """Comment on a record; ``key`` makes repeating harmless. Raises Refused."""
    return _remark(do(acts.comment, about=_record(register, ref), text=text, key=key).record)


def attachments_of(register: str, ref: str) -> list[AttachedFile]:
    """The newest attachments of a record (200 at most), removed ones included, oldest first. Raises Refused."""
    found = find_register(register)
    return [_attached(one) for one in margins.written_on(Attachment, found, _record(register, ref), MOST)]


def attach(register: str, ref: str, *, path: Path, name: str, key: str = "") -> AttachedFile:
    """Put a file on this machine's disk to a record. Raises Refused for a kind of content that is not taken."""
    about = _record(register, ref)
    margins.register_for(about)
    return _attached(do(acts.attach, about=about, file=kinds.checked(path, name), key=key).record)


def attachment_file(ref: str) -> ServedFile:
    """An attachment's content, to be handed out as a download and never shown. Raises Refused ``kernel.not_found``, ``notes.removed``."""
    found: Any = Attachment.objects.filter(ref=ref).first()
    if found is None:
        raise Refused("kernel.not_found", ref=ref)
    path = stored.path_of(found.digest)
    require(found.state == "attached" and path.is_file(), "notes.removed")
    return ServedFile(path, kinds.served_name(found.name, found.kind), found.kind, found.size)


def follow(register: str, ref: str) -> None:
    """Have the actor told what happens to a record. Raises Refused ``kernel.not_found``, ``notes.on_a_note``."""
    record, person = _record(register, ref), scopes.current().actor
    margins.register_for(record)
    if person is not None:
        Follow.everything.get_or_create(person=person, subject=audit.label(record))


def unfollow(register: str, ref: str) -> None:
    """Stop it. Raises Refused ``kernel.not_found``."""
    Follow.objects.filter(subject=audit.label(_record(register, ref))).delete()


def margin_of(register: Register, record: Record) -> Margin:
    """All in the margin of a record that is in hand, in three questions; nothing for one that the scope may not see."""
    scope = scopes.current()
    if not writable(register):
        return Margin(writable=False)
    if scope.actor is None or not admits(register.sight, scope, record):
        return Margin()
    written = margins.written_on(Comment, register, record, MOST + 1)
    files = margins.written_on(Attachment, register, record, MOST)
    following = Follow.objects.filter(subject=audit.label(record)).exists()
    said = tuple(_remark(one) for one in written[-MOST:])
    return Margin(said, tuple(_attached(one) for one in files), following, len(written) > MOST)


def about(note: Any) -> tuple[str, str] | None:
    """(register, reference) of the record that a comment or an attachment is about; None for any other record."""
    found = margins.about(note) if isinstance(note, Note) else None
    return (found[0].name, found[1].ref) if found else None


def told_of(left: list[models.Model]) -> Iterator[Telling]:
    """Who is to be told of an act that left these records, followers and people mentioned; some may not see them any more."""
    return margins.told_of(left)


def sweep() -> int:
    """Delete contents of attachments that a lost process left behind. Returns how many."""
    return stored.sweep()


def _record(register: str, ref: str) -> Any:
    """The record as the scope sees it, with what its rule may ask. Raises Refused ``kernel.not_found``."""
    found = find_register(register).model.objects.filter(ref=ref).first()
    if found is None:
        raise Refused("kernel.not_found", ref=ref)
    return found


def _acts(register: Register, note: Note) -> tuple[str, ...]:
    """Names of the acts that the reader may do on a note now."""
    scope = scopes.current()
    return tuple(
        one.run.__name__ for one in register.acts_on(note) if not one.creates and may(one, scope, note) is None
    )


def _its_register(note: Note) -> Register:
    found = register_of(type(note))
    if found is None:
        raise LookupError(f"{type(note).__name__} has no register")
    return found


def _remark(one: Comment) -> Remark:
    register = _its_register(one)
    edited = one.state == "written" and one.version > 1
    return Remark(
        register.name, one.ref, one.author.name if one.author else "", one.author.username if one.author else "", one.created_at,
        one.state, register.lifecycle.states[one.state], one.text, tuple(margins.names_in(one.text)), edited, one.version, _acts(register, one),
    )  # fmt: skip


def _attached(one: Attachment) -> AttachedFile:
    register = _its_register(one)
    word = kinds.KINDS[one.kind].word if one.kind in kinds.KINDS else one.kind
    return AttachedFile(
        register.name, one.ref, one.name, one.kind, word, one.size, one.digest, one.author.name if one.author else "", one.created_at,
        one.state != "attached", _acts(register, one),
    )  # fmt: skip
