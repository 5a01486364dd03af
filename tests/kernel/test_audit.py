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
from waystation.site import cli


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


def test_two_entries_in_each_others_place_show(trail: Personas) -> None:
    chain, _ = long_chain()
    two, three = (AuditEntry.objects.get(chain=chain, place=place) for place in (2, 3))
    AuditEntry.objects.filter(pk=two.pk).update(place=10**6)
    AuditEntry.objects.filter(pk=three.pk).update(place=2)
    AuditEntry.objects.filter(pk=two.pk).update(place=3)
    assert (first_break().chain, first_break().place) == (chain, 2)


def test_an_entry_moved_to_another_chain_shows_there_and_here(trail: Personas) -> None:
    here, other = ChainHead.objects.order_by("-length")[:2]
    AuditEntry.objects.filter(chain=here.chain, place=here.length).update(chain=other.chain, place=other.length + 1)
    assert {(one.chain, one.place) for one in audit.verify()} == {
        (here.chain, here.length), (other.chain, other.length + 1),
    }  # fmt: skip


def test_an_entry_in_a_chain_that_is_none_shows(trail: Personas) -> None:
    entry = AuditEntry.objects.order_by("-pk")[0]
    entry.pk, entry.chain, entry.place = None, 99, 1
    entry.save(force_insert=True)
    assert first_break().why == "the head of the chain was removed"


@pytest.mark.parametrize("every", [False, True])
def test_removed_heads_show_though_their_entries_went_with_them(trail: Personas, every: bool) -> None:
    chain, _ = long_chain()
    gone = ChainHead.objects.all() if every else ChainHead.objects.filter(chain=chain)
    if not every:
        entries = AuditEntry.objects.filter(chain=chain)
        Revision.objects.filter(entry__in=entries).delete()
        entries.delete()
    gone.delete()
    assert {one.why for one in audit.verify()} == {"the head of the chain was removed"}
    assert chain in {one.chain for one in audit.verify()}


def test_a_house_emptied_of_its_trail_shows_against_a_release(trail: Personas) -> None:
    anchors = audit.heads()
    Revision.objects.all().delete()
    AuditEntry.objects.all().delete()
    ChainHead.objects.all().delete()
    assert list(audit.verify()) == [], "a database alone cannot tell that it was another one"
    assert len(list(audit.verify(iter(anchors)))) == sum(1 for one in anchors if one["length"])


def test_two_releases_that_tell_of_different_pasts_show(trail: Personas) -> None:
    """The database was set back and went on otherwise; each of the releases alone would fit one of the pasts."""
    chain, length = long_chain()
    true = audit.heads()
    other = [{**one, "digest": "f" * 64} if one["chain"] == chain else one for one in true]
    for order in (true + other, other + true):
        found = list(audit.verify(order))
        assert [(one.chain, one.place) for one in found] == [(chain, length)]


@pytest.mark.parametrize("change", [{"at": "2020-01-01T00:00:00Z"}, {"version": 9}, {"key": "1"}, {"model": "x.y"}])
def test_a_revision_put_elsewhere_in_time_or_given_to_another_shows(trail: Personas, change: dict[str, Any]) -> None:
    chain, _ = long_chain()
    entry = AuditEntry.objects.get(chain=chain, place=2)
    Revision.objects.filter(entry=entry).update(**change)
    assert ((one := first_break()).chain, one.place, one.why) == (
        chain, 2, "a revision it left was edited or removed",
    )  # fmt: skip


def test_a_record_given_back_its_past_by_changing_the_order_of_its_revisions_shows(trail: Personas) -> None:
    """What a record was is the last of its revisions: whoever swaps two numbers makes an old one the last."""
    with trail.asking(trail.zainab):
        key = do(house.issue, grants="dtm:read").record
        do(house.revoke, key)
    first, last = Revision.objects.filter(model="kernel.accesstoken", key=str(key.pk)).order_by("id")
    for one, number in ((first, 10**6), (last, first.pk)):
        Revision.objects.filter(pk=one.pk).update(id=number)
    assert {one.why for one in audit.verify()} == {"a revision was put behind a later one"}


def test_check_audit_names_the_first_broken_link_and_refuses(
    trail: Personas, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["check", "audit"]) == 0
    assert "all whole" in capsys.readouterr().out
    chain, _ = long_chain()
    AuditEntry.objects.filter(chain=chain, place__gte=2).update(purpose="other")
    subject = AuditEntry.objects.get(chain=chain, place=2).subject
    assert cli.main(["check", "audit"]) == 1
    assert capsys.readouterr().out.strip() == f"chain {chain}, link 2: the entry was edited ({subject})"
    assert cli.main(["check", "all"]) == 1
    assert f"chain {chain}, link 2" in capsys.readouterr().out


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


def work() -> int:
    """How much the database has done on this connection: rows that it read, or steps of SQLite's machine."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables"
            )
            return int(cursor.fetchone()[0])
    return steps[0]


steps = [0]


def count_steps() -> None:
    steps[0] += 10


def test_an_act_costs_the_same_however_long_the_chain_is(trail: Personas) -> None:
    """The same questions, and as many rows touched, after a hundred acts as after a thousand."""
    if connection.vendor == "sqlite":
        connection.connection.set_progress_handler(count_steps, 10)

    def cost() -> tuple[int, float]:
        before = work()
        with CaptureQueriesContext(connection) as seen, trail.asking(trail.zainab):
            for _ in range(20):
                do(house.issue, grants="dtm:read")
        return len(seen), (work() - before) / 20

    early = cost()
    with trail.asking(trail.zainab):
        for _ in range(700):
            do(house.issue, grants="dtm:read")
    late = cost()
    if connection.vendor == "sqlite":
        connection.connection.set_progress_handler(None, 10)
    assert early[1] > 0
    assert late[0] == early[0]
    assert late[1] < early[1] * 1.15, "trees grow a level now and then, and nothing else"


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
