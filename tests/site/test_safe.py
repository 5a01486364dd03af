"""What strangers try at the doors: each thing with the answer it gets."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as ours
from django.test import Client
from django.urls import get_resolver, reverse

from tests.personas import PASSWORD, Personas
from waystation.hall.entry import acts
from waystation.hall.entry.models import Session
from waystation.kernel import house
from waystation.kernel.acts import do
from waystation.kernel.models import Actor, DutyGrant
from waystation.kernel.pages import pages


def sign_in(client: Client, username: str = "amina", password: str = PASSWORD, **more: Any) -> Any:
    return client.post("/sign-in/", {"username": username, "password": password}, **more)


def inside(username: str = "amina", **more: Any) -> Client:
    client = Client(**more)
    assert sign_in(client, username).status_code == 302
    return client


# --- what browsers are told ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/sign-in/", "/open/", "/nowhere/", "/me/", "/static/web/look.css", "/health/"])
def test_every_answer_says_what_a_page_may_do(personas: Personas, address: str) -> None:
    answer = inside().get(address, secure=True)
    policy = dict(part.strip().partition(" ")[::2] for part in answer["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert not {"script-src", "style-src"} & set(policy), "what default-src says holds for scripts and styles"
    assert (policy["object-src"], policy["base-uri"], policy["frame-ancestors"]) == ("'none'", "'none'", "'none'")
    assert policy["form-action"].startswith("'self'")
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "max-age=31536000" in answer["Strict-Transport-Security"]
    plain = inside().get(address)
    assert "Strict-Transport-Security" not in plain
    for one in (answer, plain):
        one.close()


def test_no_template_holds_script_or_style_of_its_own() -> None:
    folder = Path(ours.PACKAGE) / "surfaces" / "web" / "templates"
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)
    found = {path.name: inline.findall(path.read_text(encoding="utf-8")) for path in folder.rglob("*.html")}
    assert not {name: hits for name, hits in found.items() if hits}


def test_what_one_person_saw_is_not_kept_for_the_next(personas: Personas) -> None:
    client = inside()
    for address in ("/", "/me/", "/r/tracking.rounds/", "/r/house.people/amina/"):
        assert "private" in client.get(address)["Cache-Control"]
    for address in ("/me/second-step/", "/me/passkeys/", "/me/password/"):
        assert "no-store" in client.get(address)["Cache-Control"]
    assert "no-store" in Client().get("/sign-in/passkey/")["Cache-Control"]


def test_cookies_travel_only_as_they_must(personas: Personas, settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True  # as WAYSTATION_HTTPS=1 sets them
    client = Client()
    client.get("/sign-in/", secure=True)
    sign_in(client, secure=True)
    session, token = client.cookies["sessionid"], client.cookies["csrftoken"]
    assert (session["httponly"], session["samesite"], session["secure"]) == (True, "Lax", True)
    assert (token["samesite"], token["secure"]) == ("Lax", True)
    assert int(session["max-age"]) == ours.SESSION_COOKIE_AGE


def test_behind_https_cookies_are_of_this_host_alone() -> None:
    asked = "from waystation.site import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, "
    asked += "s.CSRF_COOKIE_SECURE, s.LANGUAGE_COOKIE_SECURE, s.SECURE_HSTS_INCLUDE_SUBDOMAINS)"
    env = {**os.environ, "WAYSTATION_HTTPS": "1", "WAYSTATION_HSTS_SUBDOMAINS": "1"}
    told = subprocess.run([sys.executable, "-c", asked], env=env, capture_output=True, text=True, check=True).stdout
    assert told.split() == ["__Host-sessionid", "__Host-csrftoken", *["True"] * 4]


def test_requests_are_not_echoed(personas: Personas) -> None:
    answer = Client().trace("/open/", HTTP_COOKIE="secret=1")
    assert (answer.status_code, b"secret=1" in answer.content) == (405, False)


# --- forms of others -------------------------------------------------------------------------------------------------


def posts() -> list[str]:
    """Addresses that take what is sent, made for somebody who is signed in."""
    own = ["/sign-in/", "/sign-in/as/", "/sign-out/", "/sign-in/provider/", "/sign-in/second/", "/sign-in/passkey/",
           "/me/sessions/", "/me/password/", "/me/second-step/", "/me/passkeys/", "/language/setlang/",
           "/r/house.people/new/invite/", "/r/house.people/daniel/do/close/", "/invitation/abc/"]  # fmt: skip
    return own + [f"/{page.path}" for page in pages if page.receive and "<" not in page.path]


@pytest.mark.parametrize("address", posts())
def test_a_form_that_did_not_come_from_here_is_not_taken(personas: Personas, address: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(personas.zainab)
    answer = client.post(address, {"username": "zainab", "password": PASSWORD})
    assert (answer.status_code, "web.stale_form" in answer.content.decode()) == (403, True)
    assert Actor.everything.get(username="daniel").is_active


def test_an_act_takes_only_what_it_asks_for(personas: Personas) -> None:
    """Fields of the record that no argument names are not to be set through a form: office, author, state, holder, password."""
    client = inside("zainab")
    said = {"name": "Daniel O.", "office": str(personas.nairobi.pk), "language": "en"}
    more = {
        "is_active": "",
        "state": "left",
        "username": "king",
        "password": "x",
        "author": "1",
        "version": "99",
        "ref": "X",
    }
    assert client.post("/r/house.people/daniel/do/amend/", {**said, **more}).status_code == 303
    person = Actor.everything.get(pk=personas.daniel.pk)
    assert (person.name, person.username, person.ref, person.state, person.is_active) == (
        "Daniel O.", "daniel", "daniel", "active", True,
    )  # fmt: skip
    assert (person.check_password(PASSWORD), person.author, person.version) == (True, None, 2)
    client = inside("daniel")
    asked = {
        "duty": "release.sign",
        "office": str(personas.dakar.pk),
        "state": "held",
        "holder": "amina",
        "since": "2000-01-01",
    }
    assert client.post("/r/house.duties/new/ask_for/", asked).status_code == 303
    grant = DutyGrant.everything.get(duty="release.sign", office=personas.dakar, holder=personas.daniel)
    assert grant.state == "asked"


def test_secrets_have_no_form(personas: Personas) -> None:
    """Acts that take passwords and keys of passkeys are in no register: no generated form, list or interface asks for them."""
    client = inside("zainab")
    for verb in ("add_app", "add_passkey", "link", "come_in", "new_codes", "use"):
        assert client.get(f"/r/entry.ways/new/{verb}/").status_code == 404
        assert client.post(f"/r/entry.invitations/new/{verb}/", {"password": "x"}).status_code == 404
    assert client.get("/r/house.people/amina/do/change_password/").status_code == 404


# --- forged addresses ------------------------------------------------------------------------------------------------

FORGED = (
    "NOTHING-1", "0", "-1", "99999999999999999999", "'", "' OR 1=1 --", "%00", "%0d%0aSet-Cookie:a=b", "../../etc/passwd", "%2e%2e%2f",
    "<script>alert(1)</script>", "{{7*7}}", "%F0%9F%92%A9", "a" * 500, "٣", "None", "__class__",
)  # fmt: skip


def named_addresses() -> list[str]:
    """Every address of the web that a name or number is put into."""
    found = [
        pattern.pattern._route for pattern in get_resolver().url_patterns
        if "<" in getattr(pattern.pattern, "_route", "") and "do/" not in pattern.pattern._route
    ]  # fmt: skip
    return sorted(set(found))


@pytest.mark.parametrize("route", named_addresses())
@pytest.mark.parametrize("who", ["", "zainab"])
def test_forged_names_in_addresses_are_not_there(personas: Personas, route: str, who: str) -> None:
    client = inside(who) if who else Client()
    for forged in FORGED:
        for register in ("house.people", forged) if route.count("<") > 1 else (forged,):
            path = re.sub(r"<[a-z:]*register>", register, route)
            address = "/" + re.sub(r"<[^>]*>", forged, path)
            answer = client.get(address)
            assert answer.status_code in (301, 302, 400, 403, 404, 405, 409), f"{address}: {answer.status_code}"
            assert "<script>alert" not in answer.content.decode(), address
            assert "49" not in re.findall(r"<bdi>([^<]*)</bdi>", answer.content.decode())
            assert "Set-Cookie:a" not in str(answer.headers)


@pytest.mark.parametrize("where", [
    "https://evil.example/", "//evil.example/", "/\\evil.example/", "\\\\evil.example", "javascript:alert(1)", "http:evil.example",
    "https:///evil.example", "/\t/evil.example/", "\x00//evil.example",
])  # fmt: skip
def test_nobody_is_led_elsewhere(personas: Personas, settings: Any, where: str) -> None:
    settings.WAYSTATION_DEMO = True
    doors = ("/sign-in/", {"password": PASSWORD}), ("/sign-in/as/", {}), ("/language/setlang/", {"language": "fr"})
    for address, said in doors:
        client = Client(HTTP_HOST="localhost")  # personas are for this machine only
        answer = client.post(address, {"username": "amina", "next": where, **said})
        assert getattr(answer, "url", "/") == "/", address
        assert address == "/language/setlang/" or client.get("/me/").status_code == 200
    client = inside()
    answer = client.post("/me/sessions/", {"next": where})
    assert answer.url == "/me/"


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "a b"])
def test_another_host_name_is_not_answered(personas: Personas, settings: Any, host: str) -> None:
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    for address in ("/", "/sign-in/", "/open/"):
        assert Client().get(address, HTTP_HOST=host).status_code == 400
    forwarded = Client().get("/sign-in/", HTTP_HOST="localhost", HTTP_X_FORWARDED_HOST="evil.example")
    assert (forwarded.status_code, "evil.example" in forwarded.content.decode()) == (200, False)


def test_links_of_invitations_do_not_follow_the_host_that_is_claimed(personas: Personas, settings: Any) -> None:
    settings.ALLOWED_HOSTS, settings.ADDRESS = ["*"], "https://house.example.org"
    answer = inside("zainab").post("/r/entry.invitations/new/send/", {"person": "daniel"}, HTTP_HOST="evil.example")
    assert "https://house.example.org/invitation/" in answer.content.decode()


# --- guessing --------------------------------------------------------------------------------------------------------


def guess(username: str, times: int = 5, **more: Any) -> int:
    client = Client()
    return [sign_in(client, username, "not it", **more).status_code for _try in range(times)][-1]


def test_five_wrong_passwords_shut_the_door_for_an_hour(personas: Personas) -> None:
    assert guess("amina", 4) == 200
    assert guess("amina", 1) == 429
    assert sign_in(Client()).status_code == 429, "the right password does not open it either"
    assert sign_in(Client(), "bakary").status_code == 302, "others come in"


@pytest.mark.parametrize("way", [
    {"HTTP_X_FORWARDED_FOR": "203.0.113.{n}"}, {"HTTP_X_REAL_IP": "203.0.113.{n}"}, {"HTTP_FORWARDED": "for=203.0.113.{n}"},
    {"HTTP_USER_AGENT": "browser {n}"}, {"HTTP_CLIENT_IP": "203.0.113.{n}"},
])  # fmt: skip
def test_no_header_opens_a_door_that_is_shut(personas: Personas, way: dict[str, str]) -> None:
    for number in range(5):
        guess("amina", 1, **{name: value.format(n=number) for name, value in way.items()})
    headers = {name: value.format(n=99) for name, value in way.items()}
    assert sign_in(Client(), **headers).status_code == 429


@pytest.mark.parametrize("other", ["AMINA", "Amina", " amina", "amina ", "aminа", "amina\u200b", "ａmina"])
def test_no_other_spelling_of_the_name_gives_more_tries(personas: Personas, other: str) -> None:
    """Another spelling is either the same name to the lock, or nobody's name at all."""
    guess("amina", 4)
    sign_in(Client(), other, "not it")
    client = Client()
    answer = sign_in(client, other)
    opened = client.get("/me/").status_code == 200
    assert not opened or other.strip() == "amina"
    assert answer.status_code == 429 or not opened


def test_who_is_not_here_is_answered_as_who_is(personas: Personas, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    person = Actor.everything.get(username="amina")
    person.set_password(PASSWORD)
    person.save(update_fields=["password"])
    answers, times = {}, {}
    for name in ("amina", "nobody"):
        took = []
        for number in range(4):
            begun = time.perf_counter()
            page = Client().post("/sign-in/", {"username": name, "password": f"wrong {number}"})
            took.append(time.perf_counter() - begun)
        answers[name] = re.sub(r"[A-Za-z0-9]{64}", "", page.content.decode()).replace(f'value="{name}"', "")
        times[name] = statistics.median(took)
        assert page.status_code == 200
        assert guess(name, 1) == 429, "who is not here is shut out too"
    assert answers["amina"] == answers["nobody"]
    assert 0.4 < times["nobody"] / times["amina"] < 2.5, times


def test_somebody_without_a_password_is_answered_the_same(personas: Personas) -> None:
    with personas.asking(personas.zainab):
        do(house.invite, username="noor", name="Noor", office=personas.dakar)
        do(acts.close, Actor.everything.get(username="daniel"))
    told = set()
    for name in ("noor", "daniel", "nobody", "amina"):
        page = Client().post("/sign-in/", {"username": name, "password": "not it"}).content.decode()
        told.add(re.sub(r"[A-Za-z0-9]{64}", "", page).replace(f'value="{name}"', ""))
    assert len(told) == 1


def test_invitations_do_not_tell_who_is_here() -> None:
    """There is no page on which a stranger asks for a link: only a steward makes one."""
    routes = [getattr(pattern.pattern, "_route", "") for pattern in get_resolver().url_patterns]
    assert not [one for one in routes if re.search("reset|forgot|register/?$|sign-up", one)]
    assert reverse("invitation", args=["x"]) == "/invitation/x/"


@pytest.mark.django_db
def test_guessing_links_finds_nothing(personas: Personas) -> None:
    for token in ("0" * 40, "f" * 40, "", "x"):
        assert Client().get(f"/invitation/{token}/").status_code == 404


def test_a_session_given_by_somebody_else_is_not_taken_over(personas: Personas) -> None:
    planted = Client()
    planted.get("/sign-in/passkey/")  # which begins a session
    fixed = planted.cookies["sessionid"].value
    victim = Client()
    victim.cookies["sessionid"] = fixed
    assert sign_in(victim).status_code == 302
    assert victim.cookies["sessionid"].value != fixed
    assert planted.get("/me/").status_code == 302
    made_up = Client()
    made_up.cookies["sessionid"] = "a" * 32
    sign_in(made_up)
    assert made_up.cookies["sessionid"].value != "a" * 32


def test_what_the_table_of_sessions_holds_opens_nothing(personas: Personas) -> None:
    inside()
    thief = Client()
    thief.cookies["sessionid"] = Session.objects.get().session_key
    assert thief.get("/me/").status_code == 302
