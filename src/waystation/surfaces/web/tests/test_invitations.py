"""Links that let people in once, and one's own password."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.personas import PASSWORD, Personas
from waystation.hall.entry import acts, api
from waystation.hall.entry.models import Invitation, Session
from waystation.kernel.acts import Secret, do
from waystation.kernel.models import Actor, AuditEntry
from waystation.kernel.refusals import Refused
from waystation.kernel.values import clock, now

FRESH = "seven boats crossed before noon"


def signed_in(username: str, password: str = PASSWORD) -> Client:
    client = Client()
    assert client.post("/sign-in/", {"username": username, "password": password}).status_code == 302
    return client


def path_of(text: str) -> str:
    """The link that a page or an answer shows, as a path."""
    return re.search(r"/invitation/\w+/", text)[0]


def invited(steward: Client, username: str = "noor") -> str:
    """Invite somebody as a steward does, by the form; the link is shown once."""
    said = {"username": username, "name": "Noor Khan", "office": "DKR", "language": "fr", "email": "noor@example.org"}
    form = steward.get("/r/house.people/new/invite/").content.decode()
    assert 'type="password"' not in form, "a steward sets nobody's password"
    said["office"] = re.search(r'<option value="(\d+)">Dakar', form)[1]
    shown = steward.post("/r/house.people/new/invite/", said)
    assert shown.status_code == 200, shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    return path_of(shown.content.decode())


def accept(address: str, password: str = FRESH, again: str = "") -> Any:
    return Client().post(address, {"password": password, "again": again or password})


def test_whoever_is_invited_sets_a_password_once_and_is_in(personas: Personas) -> None:
    address = invited(signed_in("zainab"))
    assert Client().post("/sign-in/", {"username": "noor", "password": ""}).status_code == 200
    newcomer = Client()
    page = newcomer.get(address)
    assert "Noor Khan" in page.content.decode()
    # To other hosts nothing is said of the address; without any referrer a browser's own form would be taken for a forged one.
    assert (page["Referrer-Policy"], "no-store" in page["Cache-Control"]) == ("same-origin", True)
    assert newcomer.post(address, {"password": FRESH, "again": FRESH}).url == "/"
    assert newcomer.get("/me/").status_code == 200
    assert signed_in("noor", FRESH)
    used = newcomer.get(address)
    assert (used.status_code, "entry.link_used" in used.content.decode()) == (409, True)
    entry = AuditEntry.objects.get(act="entry.invitations.use")
    assert (entry.actor, entry.purpose, entry.said) == (None, "a link was used", {})


@pytest.mark.parametrize(
    "password,again,told",
    [
        ("password", "", "kernel.password_weak"),
        ("elevenchars", "", "kernel.password_weak"),
        ("Waystation-2026!", "", "kernel.password_weak"),
        ("password welcome 1", "", "kernel.password_weak"),
        ("noor khan noor", "", "kernel.password_weak"),
        (FRESH, "another one", "not the same"),
    ],
)
def test_weak_passwords_leave_the_link_as_it_was(personas: Personas, password: str, again: str, told: str) -> None:
    address = invited(signed_in("zainab"))
    answer = accept(address, password, again)
    assert (answer.status_code, told in answer.content.decode()) == (422, True)
    assert accept(address).status_code == 302


@pytest.mark.parametrize("wrong", ["forged", "expired", "withdrawn", "replaced", "left"])
def test_links_that_open_nothing_say_why(personas: Personas, wrong: str) -> None:
    steward = signed_in("zainab")
    address = invited(steward)
    person, link = Actor.everything.get(username="noor"), Invitation.everything.get()
    if wrong == "forged":
        address = address[:-3] + ("ab/" if not address.endswith("ab/") else "cd/")
    if wrong == "withdrawn":
        assert steward.post(f"/r/entry.invitations/{link.ref}/do/withdraw/", {"sure": "yes"}).status_code == 303
    if wrong == "replaced":
        newer = path_of(steward.post("/r/entry.invitations/new/send/", {"person": "noor"}).content.decode())
    if wrong == "left":
        steward.post("/r/house.people/noor/do/close/", {"sure": "yes"})
    codes = {"forged": "entry.no_such_link", "expired": "entry.link_expired"}
    with clock(now() + timedelta(hours=169 if wrong == "expired" else 0)):
        for answer in (Client().get(address), accept(address)):
            assert codes.get(wrong, "entry.link_withdrawn") in answer.content.decode()
            assert answer.status_code in (404, 409)
    assert not Actor.everything.get(pk=person.pk).has_usable_password()
    if wrong == "replaced":
        assert accept(newer).status_code == 302


def test_a_new_link_resets_a_forgotten_password_and_ends_every_session(personas: Personas) -> None:
    amina, steward = signed_in("amina"), signed_in("zainab")
    with personas.asking(personas.zainab):
        link = do(acts.send, person=personas.amina).answer["link"]
    assert amina.get("/me/").status_code == 200, "making a link changes nothing by itself"
    assert accept(path_of(link)).status_code == 302
    assert amina.get("/me/").status_code == 302
    assert Client().post("/sign-in/", {"username": "amina", "password": PASSWORD}).status_code == 200
    assert signed_in("amina", FRESH)
    assert steward.get("/me/").status_code == 200


def test_only_a_steward_of_the_office_makes_links_and_never_for_who_has_left(personas: Personas) -> None:
    with personas.asking(personas.amina), pytest.raises(Refused) as no:
        do(acts.send, person=personas.bakary)
    assert no.value.code == "kernel.not_allowed"
    with personas.asking(personas.zainab):
        do(acts.close, personas.daniel)
        with pytest.raises(Refused) as no:
            do(acts.send, person=Actor.everything.get(username="daniel"))
    assert no.value.code == "entry.has_left"


def test_the_same_link_sent_twice_at_once_is_used_once(personas: Personas) -> None:
    token = path_of(invited(signed_in("zainab"))).split("/")[2]
    api.accept(token=token, password=FRESH)
    with pytest.raises(Refused) as no:
        api.accept(token=token, password="another password of mine")
    assert no.value.code == "entry.link_used"
    assert Actor.everything.get(username="noor").check_password(FRESH)


def test_the_link_is_on_no_trail_and_in_no_table(personas: Personas) -> None:
    from django.db import connection

    token = invited(signed_in("zainab")).split("/")[2]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {table}")
            assert token not in repr(cursor.fetchall()), table


def test_changing_the_password_ends_all_other_sessions(personas: Personas) -> None:
    here, there = signed_in("amina"), signed_in("amina")
    before = here.cookies["sessionid"].value
    done = here.post("/me/password/", {"current": PASSWORD, "password": FRESH, "again": FRESH})
    assert (done.status_code, done.url) == (302, "/me/")
    assert here.get("/me/").status_code == 200
    assert here.cookies["sessionid"].value != before
    assert there.get("/me/").status_code == 302
    assert Session.objects.filter(person=personas.amina).count() == 1
    assert signed_in("amina", FRESH)


def test_a_wrong_present_password_changes_nothing_and_is_counted(personas: Personas) -> None:
    client = signed_in("amina")
    said = {"current": "not it", "password": FRESH, "again": FRESH}
    answers = [client.post("/me/password/", said) for _try in range(5)]
    assert "entry.wrong_password" in answers[0].content.decode()
    assert answers[-1].status_code == 429, "the lock of the door counts here too"
    assert Actor.everything.get(username="amina").check_password(PASSWORD)
    with personas.asking(personas.amina):
        person = Actor.everything.get(username="amina")
        with pytest.raises(Refused) as no:
            do(acts.change_password, person, current=Secret("not it"), password=Secret(FRESH))
        assert no.value.code == "entry.wrong_password"
    with personas.asking(personas.zainab), pytest.raises(Refused) as no:
        do(acts.change_password, person, current=Secret(PASSWORD), password=Secret(FRESH))
    assert no.value.code == "kernel.not_allowed"
