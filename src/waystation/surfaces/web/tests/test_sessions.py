"""Sessions: what is listed, how they end, and how long they last."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.personas import PASSWORD, Personas
from waystation.hall.entry.models import Session
from waystation.kernel import house
from waystation.kernel.acts import do
from waystation.kernel.models import AccessToken
from waystation.kernel.refusals import Refused
from waystation.kernel.values import clock, now

PHONE = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36"
)
LAPTOP = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"


def signed_in(username: str, agent: str = LAPTOP) -> Client:
    client = Client(HTTP_USER_AGENT=agent)
    assert client.post("/sign-in/", {"username": username, "password": PASSWORD}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200


def listed(client: Client) -> list[Any]:
    return client.get("/me/").context["sittings"]


def test_sessions_are_listed_by_device_and_ended_one_by_one_or_all(personas: Personas) -> None:
    here, phone, other = signed_in("amina"), signed_in("amina", PHONE), signed_in("amina", "curl/8")
    stranger = signed_in("daniel")
    told = listed(here)
    assert [one.here for one in told] == [True, False, False]
    assert {one.device for one in told} == {"Firefox, Linux", "Chrome, Android", "curl"}
    handle = next(one.handle for one in told if "Chrome" in one.device)
    assert stranger.post("/me/sessions/", {"session": handle}).status_code == 302
    assert is_in(phone), "nobody ends another's sessions"
    here.post("/me/sessions/", {"session": handle})
    assert [is_in(one) for one in (here, phone, other)] == [True, False, True]
    here.post("/me/sessions/")
    assert [is_in(one) for one in (here, other, stranger)] == [True, False, True]
    here.post("/sign-out/")
    assert not is_in(here)
    assert not Session.objects.filter(person=personas.amina).exists()


def test_a_session_ends_when_nothing_is_asked_for_a_while(personas: Personas, settings: Any) -> None:
    settings.SESSION_IDLE_SECONDS = 600
    client, begun = signed_in("amina"), now()
    for minutes in (9, 18, 27):
        with clock(begun + timedelta(minutes=minutes)):
            assert is_in(client), "each request puts the end off"
    with clock(begun + timedelta(minutes=38)):
        assert not is_in(client)


def test_a_session_ends_after_a_day_of_work_however_much_is_asked(personas: Personas, settings: Any) -> None:
    settings.SESSION_IDLE_SECONDS, settings.SESSION_COOKIE_AGE = 3600, 4 * 3600
    client, begun = signed_in("amina"), now()
    for minutes in (50, 100, 150, 200):
        with clock(begun + timedelta(minutes=minutes)):
            assert is_in(client)
            session = client.session  # something is kept in it, which moves Django's own end
            session["seen"] = minutes
            session.save()
    with clock(begun + timedelta(minutes=235)):
        assert is_in(client)
    with clock(begun + timedelta(hours=4, minutes=1)):
        assert not is_in(client)


def test_who_leaves_is_signed_out_and_their_keys_open_nothing(personas: Personas) -> None:
    client, steward = signed_in("amina"), signed_in("zainab")
    with personas.asking(personas.amina):
        key = do(house.issue, grants="dtm:read").answer["key"]
    assert house.token_scope(key, "dtm:read").actor == personas.amina
    assert steward.post("/r/house.people/amina/do/close/", {"sure": "yes"}).status_code == 303
    assert not is_in(client)
    assert not Session.objects.filter(person=personas.amina).exists()
    with pytest.raises(Refused) as no:
        house.token_scope(key, "dtm:read")
    assert no.value.code == "kernel.token_refused"
    assert AccessToken.everything.get().state == "revoked"
    assert Client().post("/sign-in/", {"username": "amina", "password": PASSWORD}).status_code == 200
    assert steward.post("/r/house.people/amina/do/reopen/").status_code == 303
    assert is_in(signed_in("amina"))
    assert not is_in(client)


def test_a_steward_signs_somebody_out_everywhere(personas: Personas) -> None:
    client, colleague, steward = signed_in("amina"), signed_in("bakary"), signed_in("zainab")
    assert colleague.post("/r/house.people/amina/do/sign_out/").status_code == 403
    assert is_in(client)
    assert steward.post("/r/house.people/amina/do/sign_out/").status_code == 303
    assert [is_in(one) for one in (client, colleague)] == [False, True]
    assert is_in(signed_in("amina"))


def test_signing_out_has_the_browser_forget_its_pages(personas: Personas) -> None:
    answer = signed_in("amina").post("/sign-out/")
    assert (answer.status_code, answer["Clear-Site-Data"]) == (302, '"cache"')


def test_nobody_closes_their_own_account(personas: Personas) -> None:
    steward = signed_in("zainab")
    assert steward.post("/r/house.people/zainab/do/close/", {"sure": "yes"}).status_code == 403
    assert is_in(steward)


def test_a_session_sealed_with_a_key_that_is_gone_is_no_session(personas: Personas, home: Any) -> None:
    from cryptography.fernet import Fernet

    from waystation.kernel import keys

    client = signed_in("amina")
    (home / "keys" / "secret.keys").write_bytes(Fernet.generate_key() + b"\n")
    keys._fernet.cache_clear()
    answer = client.get("/me/")
    assert (answer.status_code, answer.url) == (302, "/sign-in/?next=/me/")
