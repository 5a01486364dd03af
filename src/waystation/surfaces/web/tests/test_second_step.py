"""Signing in with a second step: authenticator apps and recovery codes, and duties that demand one."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from django.test import Client

from tests.personas import PASSWORD, Personas
from waystation.hall.entry import acts
from waystation.hall.entry.models import Session, Way
from waystation.hall.entry.queries import steps
from waystation.kernel.acts import Secret, do
from waystation.kernel.models import Actor, AuditEntry, Revision
from waystation.kernel.refusals import Refused
from waystation.kernel.values import clock, now


def sign_in(client: Client, username: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/sign-in/", {"username": username, "password": password, **more})


def code_of(secret: str) -> str:
    return pyotp.TOTP(secret).at(now())


def with_app(client: Client, person: Actor) -> tuple[str, list[str]]:
    """Add an authenticator app as a person would: the secret read from the page, the codes shown once."""
    sign_in(client, person.username)
    page = client.get("/me/second-step/")
    secret = re.sub(r"\s", "", re.search(r'class="key">([^<]+)<', page.content.decode())[1])
    done = client.post("/me/second-step/", {"code": code_of(secret), "password": PASSWORD})
    assert done.status_code == 200, done.content.decode()
    assert "no-store" in done["Cache-Control"]
    return secret, re.findall(r"<li><code>([\w-]+)</code>", done.content.decode())


def is_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200


def test_an_app_is_asked_for_at_every_sign_in_and_no_code_works_twice(personas: Personas, client: Client) -> None:
    secret, codes = with_app(client, personas.amina)
    assert len(codes) == 10
    other = Client()
    asked = sign_in(other, "amina", next="/figures/")
    assert (asked.status_code, asked.url) == (302, "/sign-in/second/")
    assert not is_in(other)
    used_up = other.post("/sign-in/second/", {"code": code_of(secret)})
    assert used_up.status_code == 422, "the code that added the app was used by that"
    assert "entry.wrong_code" not in used_up.content.decode()
    assert not is_in(other)
    with clock(now() + timedelta(seconds=30)):
        let_in = other.post("/sign-in/second/", {"code": f" {code_of(secret)[:3]} {code_of(secret)[3:]} "})
        assert (let_in.status_code, let_in.url) == (302, "/figures/")
        assert is_in(other)
        again = Client()
        sign_in(again, "amina")
        assert again.post("/sign-in/second/", {"code": code_of(secret)}).status_code == 422


def test_a_recovery_code_works_once_however_it_is_written(personas: Personas) -> None:
    _secret, codes = with_app(Client(), personas.amina)
    first = Client()
    sign_in(first, "amina")
    assert first.post("/sign-in/second/", {"code": codes[3].upper()}).status_code == 302
    assert is_in(first)
    assert "9 recovery codes left" in first.get("/me/").content.decode()
    second = Client()
    sign_in(second, "amina")
    assert second.post("/sign-in/second/", {"code": codes[3]}).status_code == 422
    fresh = first.post("/me/second-step/", {"password": PASSWORD}).content.decode()
    assert second.post("/sign-in/second/", {"code": codes[4]}).status_code == 422, "older codes open nothing"
    assert second.post("/sign-in/second/", {"code": re.findall(r"<code>([\w-]+)</code>", fresh)[0]}).status_code == 302


def test_a_code_sent_twice_at_once_lets_one_in(personas: Personas) -> None:
    secret, codes = with_app(Client(), personas.amina)
    with clock(now() + timedelta(seconds=60)):
        for code in (code_of(secret), codes[0]):
            both = [steps.proof(personas.amina, code) for _request in range(2)]
            with personas.asking(personas.amina):
                said = [{"seen": one.seen, "secret": Secret(json.dumps(one.kept))} for one in both]
                do(acts.come_in, both[0].way, **said[0])
                with pytest.raises(Refused) as no:
                    do(acts.come_in, both[1].way, **said[1])
            assert no.value.code == "kernel.changed_meanwhile"


def test_the_second_step_alone_opens_nothing_and_is_forgotten_after_a_while(personas: Personas, settings: Any) -> None:
    secret, _codes = with_app(Client(), personas.amina)
    assert Client().post("/sign-in/second/", {"code": code_of(secret)}).url == "/sign-in/"
    late = Client()
    sign_in(late, "amina")
    session = late.session
    session["half in"] = {**session["half in"], "at": session["half in"]["at"] - 601}
    session.save()
    with clock(now() + timedelta(seconds=30)):
        assert late.post("/sign-in/second/", {"code": code_of(secret)}).url == "/sign-in/"
    assert not is_in(late)


def test_guessing_codes_shuts_the_door(personas: Personas) -> None:
    secret, _codes = with_app(Client(), personas.amina)
    thief = Client()
    sign_in(thief, "amina")
    for _try in range(4):
        assert thief.post("/sign-in/second/", {"code": "000000"}).status_code == 422
    assert thief.post("/sign-in/second/", {"code": "000000"}).status_code == 429
    with clock(now() + timedelta(seconds=30)):
        assert thief.post("/sign-in/second/", {"code": code_of(secret)}).status_code == 429
    assert not is_in(thief)


@pytest.mark.parametrize(
    "said,code",
    [
        ({"code": "000000", "password": PASSWORD}, "entry.wrong_code"),
        ({"code": "right", "password": "not it"}, "entry.wrong_password"),
    ],
)
def test_an_app_is_added_only_with_its_code_and_the_password(
    personas: Personas, said: dict[str, str], code: str
) -> None:
    client = Client()
    sign_in(client, "amina")
    page = client.get("/me/second-step/").content.decode()
    secret = re.sub(r"\s", "", re.search(r'class="key">([^<]+)<', page)[1])
    sent = {**said, "code": code_of(secret) if said["code"] == "right" else said["code"]}
    answer = client.post("/me/second-step/", sent)
    assert answer.status_code == 422
    assert code in answer.content.decode()
    assert not Way.everything.exists()
    assert secret in re.sub(r"\s", "", client.get("/me/second-step/").content.decode()), (
        "the same picture is shown again"
    )


def test_passwords_are_not_guessed_behind_the_door_either(personas: Personas) -> None:
    client = Client()
    sign_in(client, "amina")
    said = {"code": "000000", "password": "a guess"}
    client.get("/me/second-step/")
    told = [client.post("/me/second-step/", said).content.decode() for _try in range(6)]
    assert "entry.wrong_password" in told[4]
    assert "entry.too_many_tries" in told[5]


def test_removing_the_app_takes_the_password_and_the_step_is_gone(personas: Personas) -> None:
    client = Client()
    with_app(client, personas.amina)
    way = Way.everything.get()
    address = f"/r/entry.ways/{way.ref}/do/remove/"
    wrong = client.post(address, {"password": "not it", "sure": "yes"})
    assert "entry.wrong_password" in wrong.content.decode()
    assert client.post(address, {"password": PASSWORD, "sure": "yes"}).status_code == 303
    way.refresh_from_db()
    assert (way.state, way.secret) == ("removed", "{}")
    assert sign_in(Client(), "amina").url == "/"
    answer = client.post("/me/second-step/", {"password": PASSWORD})
    assert answer.status_code == 422


def test_one_app_at_a_time(personas: Personas) -> None:
    with_app(Client(), personas.amina)
    secret = pyotp.random_base32()
    with personas.asking(personas.amina), pytest.raises(Refused) as no:
        do(acts.add_app, secret=Secret(secret), code=Secret(code_of(secret)), password=Secret(PASSWORD))
    assert no.value.code == "entry.one_app"
    with personas.asking(personas.daniel):
        said = {"name": "key", "credential": Secret("AA"), "handle": Secret("h"), "password": Secret(PASSWORD)}
        passkey = do(acts.add_passkey, **said).record
        with pytest.raises(Refused) as no:
            do(acts.new_codes, passkey, password=Secret(PASSWORD))
    assert no.value.code == "entry.no_app"


def test_a_steward_removes_the_step_of_somebody_who_lost_their_phone(personas: Personas) -> None:
    with_app(Client(), personas.amina)
    way = Way.everything.get()
    steward, colleague = Client(), Client()
    sign_in(steward, "zainab")
    sign_in(colleague, "bakary")
    said = {"password": PASSWORD, "sure": "yes"}
    assert colleague.post(f"/r/entry.ways/{way.ref}/do/remove/", said).status_code == 404
    assert steward.post(f"/r/entry.ways/{way.ref}/do/remove/", said).status_code == 303
    assert sign_in(Client(), "amina").url == "/"


def test_secrets_are_sealed_in_the_database_and_on_no_trail(personas: Personas, django_assert_num_queries: Any) -> None:
    from django.db import connection

    secret, codes = with_app(Client(), personas.amina)
    with connection.cursor() as cursor:
        kept = []
        for table in ("entry_way", "entry_session", "kernel_auditentry", "kernel_revision", "kernel_idempotencykey"):
            cursor.execute(f"SELECT * FROM {table}")
            kept.append(repr(cursor.fetchall()))
    told = "".join(kept)
    assert secret not in told
    assert not [one for one in (*codes, PASSWORD) if one in told]
    assert AuditEntry.objects.filter(act="entry.ways.add_app").get().said == {}
    assert "secret" not in Revision.objects.filter(model="entry.way").get().values


@pytest.mark.parametrize("wanted", [["tracking.manage"], ["all"]])
def test_duties_that_demand_a_second_step_open_nothing_before_it(
    personas: Personas, settings: Any, wanted: list[str]
) -> None:
    settings.SECOND_STEP = wanted
    client, free = Client(), Client()
    sign_in(client, "amina")
    for address in ("/", "/r/tracking.rounds/", "/me/", "/search/?q=a"):
        assert client.get(address).url == "/me/second-step/"
    assert client.get("/me/passkeys/").status_code == 200
    secret, _codes = with_app(client, personas.amina)
    assert client.get("/").status_code == 200
    with clock(now() + timedelta(seconds=30)):
        again = Client()
        sign_in(again, "amina")
        again.post("/sign-in/second/", {"code": code_of(secret)})
        assert again.get("/").status_code == 200
    sign_in(free, "daniel")
    assert free.get("/").status_code == (302 if wanted == ["all"] else 200)


def test_the_session_is_another_after_each_step(personas: Personas) -> None:
    with_app(Client(), personas.amina)
    client = Client()
    client.get("/sign-in/passkey/")
    before = client.cookies["sessionid"].value
    sign_in(client, "amina")
    half = client.cookies["sessionid"].value
    with clock(now() + timedelta(seconds=30)):
        client.post("/sign-in/second/", {"code": code_of(_secret_of(personas.amina))})
    assert len({before, half, client.cookies["sessionid"].value}) == 3
    known = set(Session.objects.values_list("session_key", flat=True))
    assert not {before, half, client.cookies["sessionid"].value} & known, "the table holds digests only"


def _secret_of(person: Actor) -> str:
    return json.loads(Way.everything.get(holder=person).secret)["secret"]
