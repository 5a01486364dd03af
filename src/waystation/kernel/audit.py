"""The trail: append-only, hash-chained, keyed with a secret that is not in the database.

Each entry's digest is HMAC-SHA-256 over its own content, the digest of the revisions it left, and the digest of
the entry before it in its chain. There are several chains (``CHAINS``), chosen by the record, so that acts on
different records seldom wait for each other; adding a link costs the same however long the chain is. Someone who
can write to the database but does not hold the key can neither change, insert, reorder nor remove an entry, at the
end of a chain included, without ``verify`` naming the first broken link. Release manifests carry the heads of all chains,
so that even a restored old database shows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models.functions import Lag

from waystation.kernel.fields import privacy_of
from waystation.kernel.keys import keyed_digest
from waystation.kernel.models import AuditEntry, ChainHead, Revision
from waystation.kernel.scope import Scope
from waystation.kernel.values import canonical, digest, now, plain

CHAINS = 8
NOTHING = "0" * 64


def label(record: Any) -> str:
    """``app.model:pk``, the way the trail names a record."""
    return f"{record._meta.label_lower}:{record.pk}"


def values_of(record: models.Model) -> dict[str, Any]:
    """A record's values for its revision: personal ones only as "it was set", sensitive ones not at all."""
    found: dict[str, Any] = {}
    for field in record._meta.concrete_fields:
        kind = privacy_of(field)
        if kind in ("public", "internal"):
            found[field.attname] = plain(getattr(record, field.attname))
        elif kind == "personal":
            value = plain(getattr(record, field.attname))
            found[field.attname] = keyed_digest("audit", canonical([field.name, record.pk, value])) if value else value
    return found


def _contents(revisions: Iterable[Revision]) -> str:
    taken = hashlib.sha256()
    for one in revisions:
        taken.update(canonical([one.model, one.key, one.version, one.values]) + b"\n")
    return taken.hexdigest()


def _link(entry: AuditEntry) -> str:
    content = [entry.chain, entry.place, entry.at, entry.actor_id, entry.purpose, entry.act, entry.subject]
    return keyed_digest("audit", canonical([*content, entry.said, entry.contents, entry.previous]))


def write(scope: Scope, act: str, subject: models.Model, said: dict[str, Any], left: list[models.Model]) -> AuditEntry:
    """Add one entry and the revisions of the records it left. Called by the runner as the last thing before facts."""
    chain = hash_chain(subject)
    revisions = [
        Revision(
            model=one._meta.label_lower, key=str(one.pk), version=getattr(one, "version", 0), values=values_of(one)
        )
        for one in left
    ]
    contents = _contents(revisions)
    head = ChainHead.objects.select_for_update().filter(chain=chain).first()
    if head is None:
        ChainHead.objects.bulk_create([ChainHead(chain=n) for n in range(CHAINS)], ignore_conflicts=True)
        head = ChainHead.objects.select_for_update().get(chain=chain)
    entry = AuditEntry(
        chain=chain, place=head.length + 1, at=now(), actor=scope.actor, purpose=scope.purpose, act=act,
        subject=label(subject), said=plain(said), contents=contents, previous=head.digest,
    )  # fmt: skip
    entry.digest = _link(entry)
    entry.save(force_insert=True)
    ChainHead.objects.filter(chain=chain).update(length=entry.place, digest=entry.digest)
    for one in revisions:
        one.entry, one.at = entry, entry.at
    Revision.objects.bulk_create(revisions, batch_size=2000)
    return entry


def hash_chain(subject: models.Model) -> int:
    """Which chain a record's entries go to: stable, spread evenly."""
    return hashlib.sha256(label(subject).encode()).digest()[0] % CHAINS


def heads() -> list[dict[str, Any]]:
    """Length and last digest of every chain, as printed in release manifests."""
    return [dict(one) for one in ChainHead.objects.order_by("chain").values("chain", "length", "digest")]


def mark() -> str:
    """Another one after every act: what was computed from records at the same mark still holds."""
    return digest(heads())


@dataclass(frozen=True)
class Break:
    """The first link of a chain that does not hold, and why."""

    chain: int
    place: int
    why: str
    subject: str = ""


def verify(anchors: Iterable[dict[str, Any]] = ()) -> Iterator[Break]:
    """Walk every chain; yield its first broken link. ``anchors`` are heads printed elsewhere (release manifests)."""
    marks: dict[int, dict[int, set[str]]] = {}
    for one in anchors:
        if one["length"]:
            marks.setdefault(one["chain"], {}).setdefault(one["length"], set()).add(one["digest"])
    heads = {head.chain: head for head in ChainHead.objects.all()}
    used = set(AuditEntry.objects.order_by().values_list("chain", flat=True).distinct())
    for chain in sorted({*heads, *used, *marks, *(range(CHAINS) if heads else ())}):
        if chain not in heads:
            yield Break(chain, 1, "the head of the chain was removed")
        elif broken := _first_break(heads[chain], marks.get(chain, {})):
            yield broken
    before = models.Window(Lag("version"), [models.F("model"), models.F("key")], "id")
    swapped = Revision.objects.annotate(before=before).filter(before__gt=models.F("version")).select_related("entry")
    for row in swapped[:1]:
        yield Break(row.entry.chain, row.entry.place, "a revision was put behind a later one", row.entry.subject)


def _first_break(head: ChainHead, marks: dict[int, set[str]]) -> Break | None:
    place, previous = 0, NOTHING
    rows = (
        AuditEntry.objects.filter(chain=head.chain)
        .order_by("place")
        .prefetch_related(models.Prefetch("revisions", Revision.objects.order_by("id")))
    )
    for entry in rows.iterator(chunk_size=500):
        place += 1
        if entry.place != place:
            return Break(head.chain, place, "an entry was removed", entry.subject)
        if entry.previous != previous:
            return Break(head.chain, place, "the entry before it is not the one it was written after", entry.subject)
        left = entry.revisions.all()
        if entry.contents != _contents(left) or any(one.at != entry.at for one in left):
            return Break(head.chain, place, "a revision it left was edited or removed", entry.subject)
        if entry.digest != _link(entry):
            return Break(head.chain, place, "the entry was edited", entry.subject)
        if marks.get(place, {entry.digest}) != {entry.digest}:
            return Break(head.chain, place, "a release was signed over another entry here", entry.subject)
        previous = entry.digest
    if (place, previous) != (head.length, head.digest):
        return Break(head.chain, place + 1, "entries at the end were removed or the head was edited")
    beyond = [length for length in marks if length > place]
    return Break(head.chain, place + 1, "a release was signed over entries that are gone") if beyond else None


def history(record: models.Model) -> list[tuple[AuditEntry, dict[str, tuple[Any, Any]]]]:
    """What was done to a record, oldest first, each with its changed values (field: before, after)."""
    rows = Revision.objects.filter(model=record._meta.label_lower, key=str(record.pk)).order_by("id")
    told: list[tuple[AuditEntry, dict[str, tuple[Any, Any]]]] = []
    before: dict[str, Any] = {}
    for row in rows.select_related("entry__actor"):
        changed = {k: (before.get(k), v) for k, v in row.values.items() if before.get(k) != v}
        told.append((row.entry, changed))
        before = row.values
    return told
