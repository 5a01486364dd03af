"""The feed: everything that changed, read along the trail, so that nothing is missed although acts end out of order.

The trail has several chains. A link is written under its chain's lock, which is held until the act's transaction ends, so
within a chain whoever sees a link sees all before it, on PostgreSQL as on SQLite; ids and times have no such order. The
cursor is therefore how many links of *each* chain were read: what another transaction has not yet committed lies beyond
it, whichever ids it took. Links are numbered without gaps, so a page reads a bounded piece of each chain.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.db.models import Q

from waystation.hall.hooks.shapes import Change, Cursor, FeedPage
from waystation.kernel.audit import CHAINS
from waystation.kernel.models import AuditEntry, ChainHead, OutboxFact, Revision
from waystation.kernel.refusals import require
from waystation.kernel.register import Register

NAMED_BY = 24  # hexadecimal digits of a link's digest that name it to programs


def present() -> Cursor:
    """Where one stands who has read everything."""
    lengths = dict(ChainHead.objects.values_list("chain", "length"))
    return Cursor(tuple(lengths.get(chain, 0) for chain in range(CHAINS)))


def read(cursor: Cursor, registers: Collection[Register], most: int, facts: Collection[str] = ()) -> FeedPage:
    """At most ``most`` changes after the cursor, of records that the current scope may see. Hidden ones are left out, so a
    page may be shorter, or empty, and there be ``more``. Raises Refused ``hooks.cursor_ahead``."""
    heads = present().places
    require(all(read <= head for read, head in zip(cursor.places, heads, strict=True)), "hooks.cursor_ahead")
    if cursor.places == heads:
        return FeedPage([], cursor, more=False)
    links = {one.pk: one for one in _links(cursor, most)}
    revisions = _revisions(cursor, links, registers, most)
    cut = len(revisions) > most
    revisions = revisions[:most]
    last = revisions[-1] if cut else None
    places = list(cursor.places)
    for link in links.values():
        if last is None or link.pk < last.entry_id:
            places[link.chain] = max(places[link.chain], link.place)
    onward = Cursor(tuple(places), last.pk, links[last.entry_id].chain) if last else Cursor(tuple(places))
    told = _facts(links, facts) if facts else []
    return FeedPage(_visible(revisions, links, registers), onward, cut or len(links) == most, told)


def _links(cursor: Cursor, most: int) -> list[AuditEntry]:
    """The next links of all chains, oldest first. Of each chain they are the next ones: its ids grow as its places do."""
    ahead = Q()
    for chain, place in enumerate(cursor.places):
        ahead |= Q(chain=chain, place__gt=place, place__lte=place + most)
    rows = AuditEntry.objects.filter(ahead).order_by("id")
    return list(rows.only("id", "chain", "place", "at", "act", "subject", "digest")[:most])


def _revisions(
    cursor: Cursor, links: dict[int, AuditEntry], registers: Collection[Register], most: int
) -> list[Revision]:
    models = [one.model._meta.label_lower for one in registers]
    rows = Revision.objects.filter(entry__in=links, model__in=models)
    if cursor.within:
        begun = [pk for pk, one in links.items() if (one.chain, one.place - 1) == (cursor.of, cursor.places[cursor.of])]
        rows = rows.exclude(entry__in=begun, pk__lte=cursor.within)
    return list(rows.order_by("entry_id", "id").only("id", "entry_id", "model", "key", "version")[: most + 1])


def _visible(revisions: list[Revision], links: dict[int, AuditEntry], registers: Collection[Register]) -> list[Change]:
    keys: dict[str, set[str]] = defaultdict(set)
    for one in revisions:
        keys[one.model].add(one.key)
    by_label = {one.model._meta.label_lower: one for one in registers}
    refs: dict[tuple[str, str], Any] = {
        (label, str(pk)): ref
        for label, wanted in keys.items()
        for pk, ref in by_label[label].model.objects.filter(pk__in=wanted).values_list("pk", "ref")
    }
    found = []
    for one in revisions:
        link, ref = links[one.entry_id], refs.get((one.model, one.key))
        if ref is not None:
            found.append(
                Change(link.digest[:NAMED_BY], by_label[one.model].name, ref, link.act, link.at, one.version,
                       link.subject == f"{one.model}:{one.key}")
            )  # fmt: skip
    return found


def _facts(links: dict[int, AuditEntry], names: Collection[str]) -> list[tuple[str, str]]:
    rows = OutboxFact.objects.filter(entry__in=links, name__in=names).order_by("id").values_list("name", "entry_id")
    return [(name, links[entry].digest[:NAMED_BY]) for name, entry in rows]
