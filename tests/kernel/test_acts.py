"""The runner: one writer, refusals that change nothing, keys, versions, and two people at once."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest
from django.db import connection

from tests.personas import Personas, move_in
from waystation.kernel import audit, house, scope
from waystation.kernel.acts import Act, do, may
from waystation.kernel.models import AuditEntry, DutyGrant, IdempotencyKey, OutboxFact, Revision
from waystation.kernel.refusals import Refused
from waystation.kernel.scope import Scope


def standing() -> tuple[int, ...]:
    """How much is stored: a refusal must leave it as it was."""
    kinds: list[Any] = [
        DutyGrant.everything,
        AuditEntry.objects,
        Revision.objects,
        OutboxFact.objects,
        IdempotencyKey.objects,
    ]
    return tuple(kind.count() for kind in kinds)


def granted(personas: Personas, **more: Any) -> DutyGrant:
    with personas.asking(personas.zainab):
        made: DutyGrant = do(
            house.grant, holder=personas.daniel, duty="release.sign", office=personas.nairobi, **more
        ).record
    return made


def refused(personas: Personas, who: Any, act: Act, *args: Any, **said: Any) -> str:
    before = standing()
    with personas.asking(who), pytest.raises(Refused) as caught:
        do(act, *args, **said)
    assert standing() == before, "a refusal changes nothing"
    return caught.value.code


def test_an_act_leaves_a_record_a_trail_and_a_person(personas: Personas) -> None:
    grant = granted(personas)
    assert (grant.state, grant.version, grant.author) == ("held", 1, personas.zainab)
    entry = AuditEntry.objects.order_by("pk").last()
    assert entry is not None
    assert (entry.act, entry.actor, entry.subject) == ("house.duties.grant", personas.zainab, audit.label(grant))
    assert entry.revisions.get().values["duty"] == "release.sign"


def test_nobody_grants_a_duty_to_themselves(personas: Personas) -> None:
    said = {"holder": personas.zainab, "duty": "release.sign", "office": personas.hq}
    assert refused(personas, personas.zainab, house.grant, **said) == "kernel.not_allowed"


def test_who_may_not_is_told_who_may(personas: Personas) -> None:
    said = {"holder": personas.daniel, "duty": "release.sign", "office": personas.dakar}
    with personas.asking(personas.amina), pytest.raises(Refused, match="opens offices, invites people"):
        do(house.grant, **said)


def test_wrong_state_unknown_duty_and_arguments_are_refused(personas: Personas) -> None:
    grant = granted(personas)
    with personas.asking(personas.zainab):
        ended = do(house.end, grant).record
    assert refused(personas, personas.zainab, house.end, ended) == "kernel.wrong_state"
    said = {"holder": personas.daniel, "duty": "no.such", "office": personas.hq}
    assert refused(personas, personas.zainab, house.grant, **said) == "kernel.unknown_name"
    assert refused(personas, personas.zainab, house.grant, holder=personas.daniel) == "kernel.argument_missing"
    assert refused(personas, personas.zainab, house.grant, **said, extra=1) == "kernel.unknown_argument"


def test_a_record_one_may_not_see_is_not_there(personas: Personas) -> None:
    grant = granted(personas)
    assert refused(personas, personas.chiara, house.end, grant) == "kernel.not_found"


def test_a_key_does_the_act_once_and_is_not_lent_to_another(personas: Personas) -> None:
    first = granted(personas, key="phone-1")
    before = standing()
    again = granted(personas, key="phone-1")
    assert again == first
    assert standing() == before
    said = {"holder": personas.amina, "duty": "release.sign", "office": personas.nairobi, "key": "phone-1"}
    assert refused(personas, personas.zainab, house.grant, **said) == "kernel.key_reused"


def test_a_stale_version_is_refused(personas: Personas) -> None:
    grant = granted(personas)
    assert refused(personas, personas.zainab, house.end, grant, expect=7) == "kernel.changed_meanwhile"


def test_an_offices_code_is_taken_once(personas: Personas) -> None:
    said = {"code": "DKR", "name": "Another Dakar", "parent": personas.hq}
    assert refused(personas, personas.zainab, house.open_office, **said) == "kernel.already_exists"


def test_a_weak_password_is_refused(personas: Personas) -> None:
    said = {"username": "eve", "name": "Eve", "office": personas.hq, "password": "password"}
    assert refused(personas, personas.zainab, house.invite, **said) == "kernel.password_weak"


def test_duties_reach_the_offices_below_and_end_with_their_time(personas: Personas) -> None:
    assert Scope(personas.zainab).offices("house.steward") == {personas.hq.pk, personas.dakar.pk, personas.nairobi.pk}
    assert Scope(personas.amina).offices("tracking.manage") == {personas.dakar.pk}
    with personas.asking(personas.zainab):
        past = {"since": date(2020, 1, 1), "until": date(2020, 12, 31)}
        do(house.grant, holder=personas.daniel, duty="release.sign", office=personas.hq, **past)
    assert Scope(personas.daniel).offices("release.sign") == frozenset()


def test_nothing_is_read_when_nobody_asks(personas: Personas) -> None:
    with pytest.raises(scope.NoScope):
        DutyGrant.objects.count()


def test_what_may_is_what_do_does(personas: Personas) -> None:
    grant = granted(personas)
    for who in personas.everyone():
        with personas.asking(who) as asking:
            reason = may(house.end, asking, grant)
        if reason is not None:
            assert refused(personas, who, house.end, grant) in ("kernel.not_allowed", "kernel.not_found")
        else:
            assert who == personas.zainab


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_do_not_both_win() -> None:
    personas = move_in()
    grant = granted(personas)
    barrier, outcomes = threading.Barrier(2), []

    def end_it() -> None:
        try:
            with scope.enter(Scope(personas.zainab)):
                barrier.wait(5)
                do(house.end, grant)
                outcomes.append("done")
        except Refused as no:
            outcomes.append(no.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=end_it) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert sorted(outcomes) == ["done", "kernel.changed_meanwhile"]


@pytest.mark.django_db(transaction=True)
def test_the_same_key_sent_twice_at_once_does_the_act_once() -> None:
    personas = move_in()
    barrier, refs = threading.Barrier(2), []

    def grant() -> None:
        try:
            with scope.enter(Scope(personas.zainab)):
                barrier.wait(5)
                said: dict[str, Any] = {"holder": personas.daniel, "duty": "release.sign", "office": personas.hq}
                refs.append(do(house.grant, **said, key="twice").record.ref)
        finally:
            connection.close()

    threads = [threading.Thread(target=grant) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert len(refs) == 2
    assert len(set(refs)) == 1
