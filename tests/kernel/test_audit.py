"""The trail shows what was edited or removed, wherever in the chain, and costs the same however long it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from tests.personas import Personas
from waystation.kernel import audit, house
from waystation.kernel.acts import do
from waystation.kernel.models import AuditEntry, ChainHead, Revision


@pytest.fixture
def trail(personas: Personas) -> Personas:
    with personas.asking(personas.zainab):
        for _ in range(40):
            do(house.issue, grants="dtm:read")
    assert list(audit.verify()) == []
    return personas


def long_chain() -> tuple[int, int]:
    """A chain with at least three links, and its length."""
    head = ChainHead.objects.order_by("-length").first()
    assert head is not None
    assert head.length >= 3
    return head.chain, head.length


def first_break() -> audit.Break:
    found = list(audit.verify())
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("field", ["act", "subject", "purpose", "contents"])
def test_an_edited_entry_is_named(trail: Personas, field: str) -> None:
    chain, _ = long_chain()
    AuditEntry.objects.filter(chain=chain, place=2).update(**{field: "other"})
    assert (first_break().chain, first_break().place) == (chain, 2)


def test_another_actor_or_time_shows(trail: Personas) -> None:
    chain, _ = long_chain()
    AuditEntry.objects.filter(chain=chain, place=2).update(actor=trail.daniel)
    assert first_break().place == 2


def test_an_edited_revision_shows(trail: Personas) -> None:
    chain, _ = long_chain()
    entry = AuditEntry.objects.get(chain=chain, place=2)
    Revision.objects.filter(entry=entry).update(values={"state": "forged"})
    assert first_break().why == "a revision it left was edited or removed"


def test_a_removed_entry_shows(trail: Personas) -> None:
    chain, _ = long_chain()
    entry = AuditEntry.objects.filter(chain=chain, place=2)
    Revision.objects.filter(entry__in=entry).delete()
    entry.delete()
    assert first_break().place == 2


def test_removing_the_last_entries_shows_even_with_the_head_set_back(trail: Personas) -> None:
    chain, length = long_chain()
    anchors = audit.heads()
    before_last = AuditEntry.objects.get(chain=chain, place=length - 1)
    last = AuditEntry.objects.filter(chain=chain, place=length)
    Revision.objects.filter(entry__in=last).delete()
    last.delete()
    assert first_break().place == length
    ChainHead.objects.filter(chain=chain).update(length=F("length") - 1, digest=before_last.digest)
    assert list(audit.verify()) == []  # the database alone cannot tell
    assert [one.why for one in audit.verify(anchors)] == ["a release was signed over entries that are gone"]


def test_a_forged_chain_without_the_key_shows(trail: Personas, settings: Any, tmp_path: Path) -> None:
    """Someone rebuilds every digest, but with a key of their own."""
    settings.WAYSTATION_HOME = tmp_path / "elsewhere"
    settings.WAYSTATION_HOME.mkdir()
    assert len(list(audit.verify())) > 0


def test_an_act_costs_the_same_however_long_the_chain_is(trail: Personas) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen, trail.asking(trail.zainab):
            do(house.issue, grants="dtm:read")
        return len(seen)

    early = queries()
    with trail.asking(trail.zainab):
        for _ in range(60):
            do(house.issue, grants="dtm:read")
    assert queries() == early


def test_history_tells_what_changed_in_order(trail: Personas) -> None:
    with trail.asking(trail.zainab):
        key = do(house.issue, grants="dtm:read").record
        do(house.revoke, key)
        told = audit.history(key)
    assert [entry.act for entry, _ in told] == ["house.keys.issue", "house.keys.revoke"]
    assert told[1][1]["state"] == ("active", "revoked")


def test_what_is_personal_is_not_in_the_trail(personas: Personas) -> None:
    with personas.asking(personas.zainab):
        do(house.invite, username="eve", name="Eve", office=personas.hq, email="eve@example.org")
    assert not Revision.objects.filter(values__icontains="eve@example.org").exists()
    assert not AuditEntry.objects.filter(said__icontains="eve@example.org").exists()
