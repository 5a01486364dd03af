"""What someone does in the margin of a record they may see."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from waystation.hall.notes.models import Attachment, Comment
from waystation.hall.notes.queries import margins, stored
from waystation.hall.notes.rules import as_its_record
from waystation.hall.notes.shapes import CheckedFile
from waystation.kernel import scope as scopes
from waystation.kernel.acts import Outcome, Unsaid, act
from waystation.kernel.models import Record
from waystation.kernel.refusals import require
from waystation.kernel.rules import author, duty, signed_in

LONGEST = 4_000
steward = duty("house.steward")


@act("new -> written", by=signed_in & as_its_record, said=_("commented"))
def comment(*, about: Record, text: Unsaid) -> Outcome:
    """Write something about a record. With @name people are told, if they may see it."""
    register, record = margins.stored(about, scopes.current())
    named = margins.mentioned(_fitting(text), register, record)
    made = Comment(register=register.name, key=record.pk, office=record.office, text=text.strip())
    return Outcome(record=made, links=[(made, "mentioned", named)] if named else [])


@act("written", by=author, said=_("edited the comment"))
def amend(comment: Comment, *, text: Unsaid) -> Outcome:
    """Write the comment anew. That it was edited shows; people it names for the first time are told."""
    found = margins.about(comment)
    named = margins.mentioned(_fitting(text), *found) if found else []
    comment.text = text.strip()
    return Outcome(links=[(comment, "mentioned", named)] if named else [])


@act("written -> withdrawn", by=author, said=_("withdrew the comment"), danger=True)
def withdraw(comment: Comment) -> Outcome:
    """Take the comment back: its words go, that there was one stays."""
    comment.text = ""
    return Outcome()


@act("written -> erased", by=steward, said=_("erased the comment"), danger=True)
def erase(comment: Comment) -> Outcome:
    """Erase what someone wrote about a person and should not have: its words go, that there was one stays."""
    comment.text = ""
    return Outcome()


def _fitting(text: str) -> str:
    require(len(text.strip()) <= LONGEST, "notes.too_long", length=len(text.strip()), most=LONGEST)
    return text


@act("new -> attached", by=signed_in & as_its_record, said=_("attached a file"))
def attach(*, about: Record, file: CheckedFile) -> Outcome:
    """Put a file to a record. Whoever may see the record may have it."""
    register, record = margins.stored(about, scopes.current())
    stored.keep(file)
    made = Attachment(register=register.name, key=record.pk, office=record.office, name=file.name)
    made.kind, made.size, made.digest = file.kind, file.size, file.digest
    return Outcome(record=made)


@act("attached -> removed", by=author | steward, said=_("removed the file"), danger=True)
def remove(attachment: Attachment) -> Outcome:
    """Take the file away, with its name. Its content is deleted unless another record has it; that it was here stays."""
    attachment.name = ""
    transaction.on_commit(partial(stored.clear, attachment.digest))
    return Outcome()
