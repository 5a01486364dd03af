"""Webhooks: told what their owner may see, signed, tried again, stopped when they fail; never led into the house's own net."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
from datetime import timedelta
from typing import Any

import pytest

from tests.personas import Personas
from tests.world import settle
from waystation.apps.tracking.models import Round
from waystation.apps.tracking.tests.making import load_countries
from waystation.hall.hooks import acts
from waystation.hall.hooks.models import Following, Webhook, WebhookDelivery
from waystation.hall.hooks.queries.addresses import public
from waystation.hall.hooks.reactions import posting
from waystation.hall.hooks.tests.listening import Receiver, listening
from waystation.kernel import facts, house, scope
from waystation.kernel.acts import do
from waystation.kernel.models import AuditEntry, OutboxFact
from waystation.kernel.refusals import Refused
from waystation.kernel.register import find_register
from waystation.kernel.scope import Scope
from waystation.kernel.values import clock, now


@pytest.fixture(autouse=True)
def here(settings: Any) -> None:
    """This machine may be told."""
    settings.WEBHOOKS_LOCAL = True


def connected(personas: Personas, who: Any, url: str, *listens: str) -> tuple[Webhook, str]:
    with personas.asking(who):
        done = do(acts.connect, url=url, listens=list(listens))
    return done.record, done.answer["secret"]


def a_site(personas: Personas) -> None:
    load_countries(personas, "HTI")
    with personas.asking(personas.amina):
        country = find_register("places.countries").model.objects.get()
        do(
            find_register("places.sites").act("open_site"),
            name="Camp",
            kind="camp",
            country=country,
            longitude=-72.3,
            latitude=18.6,
        )


def rename(personas: Personas, name: str = "Other") -> Any:
    with personas.asking(personas.amina):
        site = find_register("places.sites").model.objects.get()
        return do(find_register("places.sites").act("rename_site"), site, name=name).record


def verified(secret: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
    """The message, checked as Standard Webhooks has it, written anew here."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert hmac.compare_digest(wanted, headers["webhook-signature"])
    assert abs(int(headers["webhook-timestamp"]) - now().timestamp()) < 60
    found: dict[str, Any] = json.loads(body)
    return found


def states(receiver: Receiver | None = None) -> list[str]:
    return list(WebhookDelivery.everything.order_by("pk").values_list("state", flat=True))


def test_an_act_is_told_signed_and_without_what_is_written_in_the_record(personas: Personas) -> None:
    a_site(personas)
    with listening() as receiver:
        _hook, secret = connected(personas, personas.amina, receiver.url, "places.sites")
        site = rename(personas, "A name nobody is told")
        facts.deliver()
    [(headers, body)] = receiver.came
    told = verified(secret, headers, body)
    assert (told["type"], told["data"]["ref"], told["data"]["version"]) == ("places.sites.rename_site", site.ref, 2)
    assert told["data"]["api"] == f"/api/v1/places.sites/{site.ref}"
    assert b"nobody is told" not in body
    assert states() == ["delivered"]


def test_a_fact_is_told_about_the_record_it_happened_to(personas: Personas) -> None:
    settle(personas)
    round_ = Round.everything.get(state="published")
    with listening() as receiver:
        _hook, secret = connected(personas, personas.bakary, receiver.url, "tracking.round_withdrawn")
        with personas.asking(personas.bakary):
            do(
                find_register("tracking.rounds").act("withdraw"),
                Round.objects.get(pk=round_.pk),
                why="a personal reason",
            )
        facts.deliver()
    [(headers, body)] = receiver.came
    told = verified(secret, headers, body)
    assert (told["type"], told["data"]["ref"]) == ("tracking.round_withdrawn", round_.ref)
    assert b"personal reason" not in body


def test_records_changed_beside_another_are_told_once_for_each_act(personas: Personas) -> None:
    """Findings are left by acts on rounds: who listens to findings hears of them."""
    with listening() as receiver:
        connected(personas, personas.amina, receiver.url, "places.areas", "places.sites")
        settle(personas)
        facts.deliver()
    told = [json.loads(body) for _headers, body in receiver.came]
    assert {one["data"]["register"] for one in told} == {"places.areas", "places.sites"}
    keys = [(one["data"]["entry"], one["data"]["register"]) for one in told]
    assert len(keys) == len(set(keys))


def test_only_what_its_owner_may_see_is_told(personas: Personas) -> None:
    with listening() as theirs, listening() as ours:
        connected(personas, personas.chiara, theirs.url, "house.keys")
        connected(personas, personas.amina, ours.url, "house.keys")
        with personas.asking(personas.amina):
            do(house.issue, grants="read")
        facts.deliver()
    assert theirs.came == []
    assert len(ours.came) == 1
    assert b"KEY-" in ours.came[0][1]


def test_what_the_owner_may_see_no_more_is_given_up(personas: Personas) -> None:
    settle(personas)
    with listening(500) as receiver:
        connected(personas, personas.amina, receiver.url, "sources.mappings")
        with personas.asking(personas.amina):
            mapping = find_register("sources.mappings").model.objects.get()
        with scope.enter(scope.house("tests")):
            about = {"register": "sources.mappings", "about": mapping.ref, "entry": "a" * 24, "happened_at": now()}
            do(acts.owe, webhook=Webhook.everything.get(), event="sources.mappings.remember", about=about)
            for grant in personas.amina.grants.filter(state="held"):
                do(house.end, grant)
        with clock(now() + timedelta(days=1)):
            facts.deliver()
    assert receiver.came == []
    message = WebhookDelivery.everything.get()
    assert (message.state, message.error) == ("failed", "its owner may not see this any more")


def test_it_is_tried_again_later_each_time_and_every_try_is_on_the_trail(personas: Personas) -> None:
    a_site(personas)
    with listening(500, 302, 204) as receiver:
        connected(personas, personas.amina, receiver.url, "places.sites")
        rename(personas)
        facts.deliver()
        message = WebhookDelivery.everything.get()
        assert (message.state, message.tries, message.status, message.error) == ("due", 1, 500, "answered 500")
        facts.deliver()
        assert len(receiver.came) == 1, "not before its time"
        with clock(now() + timedelta(seconds=6)):
            facts.deliver()
        message.refresh_from_db()
        assert (message.tries, message.error) == (2, "answered 302"), "no redirect is followed"
        with clock(now() + timedelta(minutes=10)):
            facts.deliver()
    assert [headers["webhook-id"] for headers, _body in receiver.came] == [message.ref] * 3
    assert states() == ["delivered"]
    done = AuditEntry.objects.filter(act__startswith="house.webhook_deliveries").order_by("pk")
    assert [one.act.rpartition(".")[2] for one in done] == ["owe", "miss", "miss", "tell"]


def test_who_fails_too_often_is_told_nothing_more_until_its_owner_says_so(personas: Personas) -> None:
    a_site(personas)
    with listening(500) as receiver:
        hook, _secret = connected(personas, personas.amina, receiver.url, "places.sites")
        rename(personas)
        facts.deliver()
        Following.objects.update(failures=acts.MOST_FAILURES - 1)
        with clock(now() + timedelta(days=1)):
            facts.deliver()
        hook.refresh_from_db()
        assert (hook.state, hook.why) == ("failing", "answered 500")
        assert OutboxFact.objects.filter(name="house.webhook_failing", body={"webhook": hook.ref}).count() == 1
        rename(personas, "Meanwhile")
        with clock(now() + timedelta(days=2)):
            facts.deliver()
        assert len(receiver.came) == 2
        receiver.answers = [200]
        with personas.asking(personas.amina):
            do(acts.resume, Webhook.objects.get())
        with clock(now() + timedelta(days=3)):
            facts.deliver()
            facts.deliver()
    assert states() == ["delivered", "delivered"]
    assert len(receiver.came) == 4
    assert Following.objects.get().failures == 0


def test_who_is_gone_is_told_nothing_more(personas: Personas) -> None:
    with listening(410) as receiver:
        hook, _secret = connected(personas, personas.amina, receiver.url, "house.jobs")
        with personas.asking(personas.amina):
            do(acts.ping, Webhook.objects.get())
        facts.deliver()
    hook.refresh_from_db()
    assert (hook.state, states()) == ("failing", ["failed"])


def test_a_message_is_given_up_after_its_last_try_and_can_be_sent_again(personas: Personas) -> None:
    with listening(500) as receiver:
        connected(personas, personas.amina, receiver.url, "house.jobs")
        with personas.asking(personas.amina):
            do(acts.ping, Webhook.objects.get())
        moment = now()
        for day in range(len(acts.PAUSES) + 3):
            with clock(moment + timedelta(days=2 * day)):
                facts.deliver()
        assert states() == ["failed"]
        assert len(receiver.came) == len(acts.PAUSES) + 1
        receiver.answers = [200]
        with personas.asking(personas.amina):
            do(acts.resend, WebhookDelivery.objects.get())
        facts.deliver()
    assert states() == ["delivered"]
    with personas.asking(personas.chiara):
        assert not WebhookDelivery.objects.exists()


def test_paused_it_is_told_nothing_and_afterwards_what_it_missed(personas: Personas) -> None:
    a_site(personas)
    with listening() as receiver:
        connected(personas, personas.amina, receiver.url, "places.sites.rename_site")
        with personas.asking(personas.amina):
            do(acts.pause, Webhook.objects.get())
        rename(personas)
        facts.deliver()
        assert receiver.came == []
        with personas.asking(personas.amina):
            do(acts.resume, Webhook.objects.get())
        facts.deliver()
    assert len(receiver.came) == 1


def test_its_owner_gone_it_stands_still(personas: Personas) -> None:
    with listening() as receiver:
        hook, _secret = connected(personas, personas.amina, receiver.url, "house.keys")
        with personas.asking(personas.amina):
            do(house.issue, grants="read")
        type(personas.amina).objects.filter(pk=personas.amina.pk).update(is_active=False)
        facts.deliver()
    hook.refresh_from_db()
    assert (receiver.came, hook.state) == ([], "failing")


def test_its_secret_is_shown_once_sealed_and_renewed(personas: Personas) -> None:
    with listening() as receiver:
        hook, first = connected(personas, personas.amina, receiver.url, "house.jobs")
        with personas.asking(personas.amina):
            second = do(acts.renew_secret, Webhook.objects.get()).answer["secret"]
            do(acts.ping, Webhook.objects.get())
        facts.deliver()
    assert first != second
    assert verified(second, *receiver.came[0]) == {
        "type": "webhook.ping",
        "timestamp": verified(second, *receiver.came[0])["timestamp"],
        "data": {},
    }
    entries = AuditEntry.objects.filter(subject=f"hooks.webhook:{hook.pk}")
    assert not any(secret in str(one.said) for one in entries for secret in (first, second))


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/", "https://", "https:///x", "not an address", "https://user:secret@example.org/", "https://example.org/#x",
        "https://127.0.0.2:22/", "https://10.0.0.1/", "https://169.254.169.254/latest/meta-data", "https://[fd00::1]/",
        "https://[::ffff:10.0.0.1]/", "https://[64:ff9b::7f00:1]/", "https://example.org:25/", "https://exa mple.org/", "https://x:99999/",
    ],
)  # fmt: skip
def test_an_address_that_may_not_be_told_is_not_written_down(personas: Personas, url: str) -> None:
    with personas.asking(personas.amina), pytest.raises(Refused) as no:
        do(acts.connect, url=url, listens=["house.jobs"])
    assert no.value.code == "hooks.url_refused"


def test_http_and_this_machine_only_when_the_setting_says_so(personas: Personas, settings: Any) -> None:
    settings.WEBHOOKS_LOCAL = False
    for url in ("http://example.org/", "https://127.0.0.1:8443/", "https://[::1]:8443/"):
        with personas.asking(personas.amina), pytest.raises(Refused) as no:
            do(acts.connect, url=url, listens=["house.jobs"])
        assert no.value.code == "hooks.url_refused"


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255",
     "::1", "::", "fe80::1%eth0", "fd00:ec2::254", "::ffff:169.254.169.254", "2002:7f00:1::", "64:ff9b::a9fe:a9fe", "ff02::1"],
)  # fmt: skip
def test_no_address_inside_is_called(settings: Any, address: str) -> None:
    settings.WEBHOOKS_LOCAL = False
    assert not public(address)
    assert public("93.184.215.14")
    assert public("2606:2800:21f:cb07:6820:80da:af6b:8b2c")


def test_a_name_is_looked_up_once_and_all_its_addresses_are_asked(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name server of an attacker answers something else each time: the check and the call are of one answer."""
    settings.WEBHOOKS_LOCAL = False
    asked: list[str] = []
    called: list[tuple[str, int]] = []

    def look_up(host: str, port: int, **_more: Any) -> list[Any]:
        asked.append(host)
        inside = len(asked) > 1
        return [(2, 1, 6, "", ("127.0.0.1" if inside else "93.184.215.14", port))]

    def connect(address: tuple[str, int], timeout: float) -> socket.socket:
        called.append(address)
        raise ConnectionRefusedError("nobody is there")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(posting.Untold, match="nobody is there"):
        posting.post("https://rebinding.example.org/in", b"{}", {})
    assert (asked, called) == (["rebinding.example.org"], [("93.184.215.14", 443)])
    with pytest.raises(posting.Untold, match="private network"):
        posting.post("https://rebinding.example.org/in", b"{}", {})
    mixed = [(2, 1, 6, "", (one, 443)) for one in ("93.184.215.14", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_m: mixed)
    with pytest.raises(posting.Untold, match="private network"):
        posting.post("https://mixed.example.org/in", b"{}", {})
    assert len(called) == 1


def test_one_who_answers_a_byte_at_a_time_is_cut_off() -> None:
    with listening(drip=True) as receiver, pytest.raises(posting.Untold, match="no answer in time"):
        posting.post(receiver.url, b"{}", {}, seconds=0.6)


def test_nobody_there_and_no_certificate_are_said(personas: Personas) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(posting.Untold, match="no connection"):
            posting.post(f"http://127.0.0.1:{taken.getsockname()[1]}/", b"{}", {})
    with listening() as receiver, pytest.raises(posting.Untold, match="SSL"):
        posting.post(receiver.url.replace("http:", "https:"), b"{}", {})


def test_what_there_is_not_cannot_be_listened_to(personas: Personas) -> None:
    for listens, code in (
        ([" "], "nothing_to_hear"), (["nothing.at_all"], "unknown_event"), (["house.webhooks"], "unknown_event"),
        (["house.webhook_deliveries"], "unknown_event"), (["house.webhook_failing"], "unknown_event"),
    ):  # fmt: skip
        with personas.asking(personas.amina), pytest.raises(Refused) as no:
            do(acts.connect, url="https://example.org/", listens=listens)
        assert no.value.code == f"hooks.{code}"


def test_a_key_connects_nothing_unless_it_may_read_the_feed(personas: Personas) -> None:
    said = {"url": "https://example.org/", "listens": ["house.jobs"]}
    with scope.enter(Scope(personas.amina, grants=frozenset({"act", "read"}))), pytest.raises(Refused) as no:
        do(acts.connect, **said)
    assert no.value.code == "hooks.grant_missing"
    with scope.enter(Scope(personas.amina, grants=frozenset({"act", "feed:read"}))):
        assert do(acts.connect, **said).record.state == "active"


def test_messages_of_two_workers_at_once_are_sent_once(personas: Personas) -> None:
    """The second worker finds the message leased."""
    with listening() as receiver:
        connected(personas, personas.amina, receiver.url, "house.jobs")
        with personas.asking(personas.amina):
            do(acts.ping, Webhook.objects.get())
        WebhookDelivery.everything.update(lease_until=now() + timedelta(minutes=1))
        facts.deliver()
        assert receiver.came == []
        with clock(now() + timedelta(minutes=2)):
            facts.deliver()
    assert len(receiver.came) == 1
