"""Signing in through an OpenID Connect provider: only whom the house knows, and only what is signed for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from joserfc.jwk import RSAKey

from tests.personas import Personas
from waystation.hall.entry import acts
from waystation.hall.entry.models import Way
from waystation.kernel.acts import do
from waystation.kernel.models import Actor
from waystation.surfaces.web.tests.provider import Provider, running, signed_with, unsigned

AMINA = {"sub": "248289761001", "email": "Amina@example.org", "email_verified": True, "name": "Amina D."}


@pytest.fixture
def provider(personas: Personas, settings: Any, home: Any) -> Iterator[Provider]:
    """A provider that knows Amina, whose address the house knows too."""
    with running() as one, personas.asking(personas.zainab):
        said = {"name": "Amina Diallo", "office": personas.dakar, "email": "amina@example.org"}
        do(acts.amend, Actor.everything.get(username="amina"), **said)
        settings.PROVIDER, settings.PROVIDER_CLIENT, settings.PROVIDER_NAME = one.address, "waystation", "Example"
        (home / "keys").mkdir(exist_ok=True)
        (home / "keys" / "provider.secret").write_text(f"{one.secret}\n")
        one.claims = dict(AMINA)
        yield one


def come(provider: Provider, client: Client | None = None, after: str = "") -> tuple[Client, Any]:
    """Go to the provider and come back."""
    client = client or Client()
    gone = client.post("/sign-in/provider/", {"next": after})
    assert gone.status_code == 302, gone.content.decode()
    return client, client.get(provider.authorise(gone.url))


def who(client: Client) -> str:
    page = client.get("/me/")
    return page.context["me"].username if page.status_code == 200 else ""


def test_a_verified_address_ties_the_account_and_then_the_subject_alone_counts(provider: Provider) -> None:
    client, back = come(provider, after="/figures/")
    assert (back.status_code, back.url, who(client)) == (302, "/figures/", "amina")
    assert Way.everything.get().kind == "provider"
    provider.claims = {"sub": AMINA["sub"]}
    assert who(come(provider)[0]) == "amina"
    provider.claims = {**AMINA, "sub": "another"}
    assert who(come(provider)[0]) == "amina", "somebody may have two accounts there"
    assert Way.everything.count() == 2


@pytest.mark.parametrize(
    "claims",
    [
        {**AMINA, "email": "nobody@example.org"},
        {**AMINA, "email_verified": False},
        {**AMINA, "email_verified": "true"},
        {"sub": "1", "email": "amina@example.org"},
        {"sub": "1", "email": "", "email_verified": True},
    ],
)
def test_who_is_not_known_gets_no_account(provider: Provider, claims: dict[str, Any]) -> None:
    before = Actor.everything.count()
    provider.claims = claims
    client, back = come(provider)
    assert (back.status_code, "entry.nobody_known" in back.content.decode()) == (404, True)
    assert who(client) == ""
    assert (Actor.everything.count(), Way.everything.exists()) == (before, False)


def test_two_people_of_one_address_are_nobody(provider: Provider, personas: Personas) -> None:
    Actor.everything.filter(username="bakary").update(email="amina@example.org")
    assert who(come(provider)[0]) == ""


def test_who_has_left_stays_out(provider: Provider, personas: Personas) -> None:
    assert who(come(provider)[0]) == "amina"
    with personas.asking(personas.zainab):
        do(acts.close, Actor.everything.get(username="amina"))
    assert who(come(provider)[0]) == ""


@pytest.mark.parametrize(
    "lie",
    [
        {"aud": "another house"},
        {"nonce": "of another time"},
        {"exp": 1},
        {"iss": "https://elsewhere.example"},
        {"sub": ""},
    ],
)
def test_what_is_not_said_to_this_house_now_is_not_believed(provider: Provider, lie: dict[str, Any]) -> None:
    provider.lies = lie
    client, back = come(provider)
    assert who(client) == ""
    assert "entry.provider_refused" in back.content.decode()
    assert not Way.everything.exists()


def test_a_provider_that_calls_itself_another_is_not_gone_to(provider: Provider) -> None:
    provider.calls_itself = "https://elsewhere.example"
    answer = Client().post("/sign-in/provider/")
    assert (answer.status_code, "entry.provider_refused" in answer.content.decode()) == (422, True)


def test_what_another_key_signed_is_not_believed(provider: Provider) -> None:
    provider.signer = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
    assert who(come(provider)[0]) == ""


@pytest.mark.parametrize("announced", [("RS256",), ("RS256", "HS256", "none"), ("HS256", "none")])
@pytest.mark.parametrize("way", ["unsigned", "client's secret", "public key"])
def test_what_is_not_signed_by_a_key_pair_is_not_believed(
    provider: Provider, announced: tuple[str, ...], way: str
) -> None:
    public = provider.key.as_pem(private=False)
    forgeries = {"unsigned": unsigned, "client's secret": signed_with(b"between us"), "public key": signed_with(public)}
    client = Client()
    gone = client.post("/sign-in/provider/")
    provider.algorithms, provider.forge = announced, forgeries[way]
    assert "entry.provider_refused" in client.get(provider.authorise(gone.url)).content.decode()
    assert who(client) == ""


@pytest.mark.parametrize("how", ["state", "another browser", "twice", "said no"])
def test_coming_back_without_having_left_opens_nothing(provider: Provider, how: str) -> None:
    client = Client()
    gone = client.post("/sign-in/provider/")
    address = provider.authorise(gone.url)
    if how == "state":
        address = address.replace("state=", "state=x")
    if how == "said no":
        address = "/sign-in/provider/back/?error=access_denied&state=x"
    if how == "twice":
        assert client.get(address).status_code == 302
        assert who(client) == "amina"
        client.post("/sign-out/")
    answer = (Client() if how == "another browser" else client).get(address)
    assert (answer.status_code, "entry.provider_refused" in answer.content.decode()) == (422, True)
    assert who(client) == ""


def test_the_second_step_is_asked_for_unless_the_provider_did(provider: Provider) -> None:
    from waystation.surfaces.web.tests.test_second_step import with_app

    with_app(Client(), Actor.everything.get(username="amina"))
    client, back = come(provider)
    assert back.url == "/sign-in/second/"
    assert who(client) == ""
    provider.claims = {**AMINA, "amr": ["pwd", "otp"]}
    assert who(come(provider)[0]) == "amina"


def test_a_setting_lets_the_provider_bring_new_people(provider: Provider, settings: Any) -> None:
    settings.PROVIDER_NEW_AT = "NBO"
    provider.claims = {"sub": "7", "email": "New@Example.org", "email_verified": True, "name": "Nele Becker"}
    assert who(come(provider)[0]) == "new@example.org"
    made = Actor.everything.get(username="new@example.org")
    assert (made.name, made.office.code, made.has_usable_password()) == ("Nele Becker", "NBO", False)


@pytest.mark.parametrize("address", ["", "http://provider.example.org"])
def test_without_a_provider_or_over_plain_http_there_is_no_such_door(
    personas: Personas, settings: Any, address: str
) -> None:
    settings.PROVIDER = address
    assert Client().post("/sign-in/provider/").status_code == 404
    assert Client().get("/sign-in/provider/back/?code=1&state=2").status_code == 404


def test_a_provider_that_does_not_answer_is_told(personas: Personas, settings: Any) -> None:
    settings.PROVIDER, settings.PROVIDER_NAME = "http://127.0.0.1:9", "Example"
    answer = Client().post("/sign-in/provider/")
    assert (answer.status_code, "entry.provider_refused" in answer.content.decode()) == (422, True)
