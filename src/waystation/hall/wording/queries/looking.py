"""Messages as reviewers look at them: what the catalogue says, what stands now, and who has looked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from waystation.hall.wording.models import Correction
from waystation.hall.wording.queries.catalogues import Forms, entries, forms_of, message_of, read
from waystation.hall.wording.shapes import TO_REVIEW, Message
from waystation.kernel.refusals import Refused


@dataclass(frozen=True)
class Looked:
    """A message, its words now, and its state: ``missing``, ``to_review``, ``reviewed`` or ``corrected``."""

    message: Message
    forms: Forms
    state: str
    record: Correction | None = None


@cache
def _held(language: str) -> dict[str, tuple[Message, Forms, bool]]:
    """By digest: the message, its forms, whether a machine made them. A catalogue does not change while a process runs."""
    told = {}
    for entry in entries(read(language)):
        one = message_of(entry)
        told[one.digest] = (one, forms_of(entry), TO_REVIEW in entry.flags)
    return told


def find(language: str, digest: str) -> Message:
    """A message by its digest. Raises Refused ``wording.no_message``."""
    held = _held(language)
    if digest not in held:
        raise Refused("wording.no_message", message=digest)
    return held[digest][0]


def catalogued(language: str, message: Message) -> Forms:
    """What the catalogue calls a message."""
    return _held(language)[message.digest][1]


def looked_at(language: str) -> Iterator[Looked]:
    """Every message of a language, in the order of their texts."""
    records = {one.digest: one for one in Correction.objects.filter(language=language)}
    for digest, (message, forms, by_machine) in _held(language).items():
        record = records.get(digest)
        if record is not None:
            yield Looked(message, tuple(record.forms) if record.state == "corrected" else forms, record.state, record)
        elif not all(forms):
            yield Looked(message, forms, "missing")
        else:
            yield Looked(message, forms, "to_review" if by_machine else "reviewed")
