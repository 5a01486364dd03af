"""The door of the interface: keys and their grants, versions, repeated requests, limits, and what is said when it is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.personas import Personas
from waystation.apps.tracking.tests.making import load_countries
from waystation.kernel import house
from waystation.kernel.acts import do
from waystation.kernel.models import AccessToken, Actor
from waystation.kernel.register import find_register
from waystation.kernel.values import clock, now, today
from waystation.surfaces.rest.tests.calling import Program, code, keyed

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
SITE = {"name": "Camp", "kind": "camp", "country": "HTI", "longitude": -72.3, "latitude": 18.6}


@pytest.fixture
def amina(personas: Personas) -> Program:
    """Amina's program, with every grant, in a house that knows Haiti."""
    load_countries(personas, "HTI")
    return keyed(personas, personas.amina, "read act personal:read figures:read feed:read")


@pytest.fixture
def site(amina: Program) -> str:
    """The reference of a site."""
    return str(amina.send("places.sites", SITE).json()["ref"])


def test_a_key_opens_what_it_holds_and_no_more(personas: Personas, amina: Program) -> None:
    narrow = keyed(personas, personas.amina, "places.sites:read tracking.rounds:act")
    assert narrow.get("places.sites").status_code == 200
    assert code(narrow.get("places.areas")) == (403, "rest.scope_missing")
    assert code(narrow.send("places.sites", SITE)) == (403, "rest.scope_missing")
    assert code(narrow.get("figures")) == (403, "rest.scope_missing")
    assert code(narrow.get("changes")) == (403, "rest.scope_missing")
    assert [one["name"] for one in narrow.get("registers").json()["items"]] == ["places.sites"]
    described = narrow.get("openapi.json").json()
    assert {path.split("/")[3] for path in described["paths"]} == {
        "me",
        "openapi.json",
        "registers",
        "releases",
        "places.sites",
    }
    assert not any("post" in methods for methods in described["paths"].values())
    assert code(keyed(personas, personas.amina, "feed:read").get("changes")) == (403, "rest.scope_missing")
    feed = keyed(personas, personas.amina, "feed:read places.sites:read")
    assert feed.get("changes").json()["items"] == []
    assert code(feed.get("changes?register=places.areas")) == (403, "rest.scope_missing")
    assert code(feed.get("changes?register=no.such")) == (404, "kernel.unknown_name")


def test_a_key_may_do_at_most_what_its_holder_may(personas: Personas, amina: Program) -> None:
    daniel = keyed(personas, personas.daniel, "read act")
    assert code(daniel.send("places.sites", SITE)) == (403, "kernel.not_allowed")
    assert daniel.get("tracking.rounds").json()["items"] == []


def test_a_key_makes_no_key_that_opens_more(personas: Personas) -> None:
    narrow = keyed(personas, personas.amina, "house.keys:act house.keys:read")
    assert code(narrow.send("house.keys", {"grants": "read"})) == (403, "kernel.grant_beyond")
    made = narrow.send("house.keys", {"grants": "house.keys:read"})
    assert (made.status_code, made["Cache-Control"]) == (201, "no-store")
    assert Program(made.json()["answer"]["key"]).get("house.keys").status_code == 200
    assert code(narrow.send("house.keys", {"grants": "house.keys:raed"})) == (404, "kernel.unknown_name")


@pytest.mark.parametrize("how", ["revoked", "expired", "unknown", "holder gone", "basic", "empty"])
def test_a_key_that_is_not_valid_opens_nothing_at_once(personas: Personas, how: str) -> None:
    program = keyed(personas, personas.amina, "read", expires_on=today() + timedelta(days=2))
    assert program.get("house.keys").status_code == 200
    key = AccessToken.everything.get()
    if how == "revoked":
        with personas.asking(personas.amina):
            do(house.revoke, key)
    if how == "holder gone":
        Actor.objects.filter(pk=personas.amina.pk).update(is_active=False)
    if how in ("unknown", "basic", "empty"):
        given = {"unknown": "Bearer " + "0" * 40, "basic": "Basic YTpi", "empty": "Bearer "}[how]
        program.client = Client(headers={"Authorization": given})
    with clock(now() + timedelta(days=3 if how == "expired" else 0)):
        answer = program.get("house.keys")
    assert code(answer) == (401, "kernel.token_refused")
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_when_a_key_was_last_used_is_noted_once_a_day(personas: Personas, django_assert_num_queries: Any) -> None:
    program = keyed(personas, personas.amina, "read")
    with django_assert_num_queries(5):  # office, duties, offices; the key and that it was used
        program.get("me")
    with django_assert_num_queries(4):
        program.get("me")
    assert program.get("house.keys").json()["items"][0]["used_on"] == today().isoformat()


def test_without_a_key_there_is_what_is_public(personas: Personas) -> None:
    public = Program()
    assert public.get("me").json()["user"] is None
    assert public.get("releases").json() == {"items": []}
    for path in ("places.sites", "changes", "figures", "registers"):
        answer = public.get(path)
        assert code(answer) == (401, "rest.credentials_missing")
    assert code(public.get("releases/REL-1")) == (404, "kernel.not_found")
    assert code(public.get("releases/REL-1/files/x.csv")) == (404, "kernel.not_found")


def test_a_browser_with_a_cookie_must_prove_that_it_means_it(personas: Personas) -> None:
    load_countries(personas, "HTI")
    browser = Program()
    browser.client = Client(enforce_csrf_checks=True)
    browser.client.force_login(personas.amina)
    assert code(browser.send("places.sites", SITE)) == (403, "rest.stale_form")
    browser.client.get("/me/")
    token = browser.client.cookies["csrftoken"].value
    assert browser.send("places.sites", SITE, X_CSRFToken=token).status_code == 201
    assert browser.get("places.sites").status_code == 200


def test_a_record_is_made_read_amended_and_acted_on(amina: Program) -> None:
    made = amina.send("places.sites/acts/open_site", SITE)
    assert made.status_code == 201
    address = made["Location"].removeprefix("/api/v1/")
    assert amina.get(address).json() == made.json()["record"]
    amended = amina.send(address, {"name": "Other"}, "PATCH")
    assert amended.json()["record"]["name"] == "Other"
    closed = amina.send(f"{address}/acts/close_site")
    assert (closed.status_code, closed.json()["record"]["state"]) == (200, "closed")
    steps = amina.get(f"{address}/history").json()["items"]
    assert [one["act"].rpartition(".")[2] for one in steps] == ["open_site", "rename_site", "close_site"]
    assert steps[1]["changes"] == {"name": {"before": "Camp", "after": "Other"}}
    assert steps[2]["entry"] == closed.json()["entry"]
    acts = {one["act"]: one for one in amina.get(f"{address}/acts").json()["items"]}
    assert acts["reopen_site"]["allowed"]
    assert (acts["move_site"]["allowed"], acts["move_site"]["code"]) == (False, "kernel.wrong_state")
    assert "open" in acts["move_site"]["reason"]
    kin = amina.get(f"{address}/related").json()["items"]
    assert [one["register"] for one in kin] == ["places.site_statuses"]
    assert amina.client.get(kin[0]["all"]).json()["items"] == kin[0]["items"]
    told = amina.get("changes?register=places.sites").json()
    assert [one["version"] for one in told["items"]] == [1, 2, 3]
    assert amina.client.get(told["next"]).json()["items"] == []


def test_little_is_answered_to_who_prefers_it(amina: Program, site: str) -> None:
    answer = amina.send(f"places.sites/{site}/acts/rename_site", {"name": "A"}, Prefer="return=minimal")
    assert (answer.json()["record"], answer["Preference-Applied"]) == (None, "return=minimal")


def test_an_amendment_that_no_single_act_makes_is_refused(amina: Program, site: str) -> None:
    for body in ({"name": "x", "longitude": 1}, {}, {"colour": "red"}):
        answer = amina.send(f"places.sites/{site}", body, "PATCH")
        assert code(answer) == (422, "rest.amend_unclear")
    assert "rename_site" in answer.json()["title"]


def test_a_version_that_was_seen_is_held_to(amina: Program, site: str, settings: Any) -> None:
    seen = amina.get(f"places.sites/{site}")
    tag = seen["ETag"]
    assert amina.get(f"places.sites/{site}", If_None_Match=tag).status_code == 304
    renamed = amina.send(f"places.sites/{site}/acts/rename_site", {"name": "A"}, If_Match=tag)
    assert renamed.status_code == 200
    late = amina.send(f"places.sites/{site}/acts/rename_site", {"name": "B"}, If_Match=tag)
    assert code(late) == (412, "kernel.changed_meanwhile")
    assert amina.get(f"places.sites/{site}", If_None_Match=tag).status_code == 200
    anew = renamed["ETag"]
    assert anew == amina.get(f"places.sites/{site}")["ETag"]
    assert amina.send(f"places.sites/{site}", {"name": "C"}, "PATCH", If_Match=f"W/{anew}").status_code == 200
    assert amina.send(f"places.sites/{site}", {"name": "D"}, "PATCH", If_Match="*").status_code == 200
    assert code(amina.send(f"places.sites/{site}", {"name": "E"}, "PATCH", If_Match="seven")) == (
        400,
        "rest.version_unread",
    )
    settings.API_IF_MATCH = True
    assert code(amina.send(f"places.sites/{site}", {"name": "E"}, "PATCH")) == (428, "rest.version_unsaid")
    listed = amina.get("places.sites")
    assert amina.get("places.sites", If_None_Match=listed["ETag"]).status_code == 304


def test_the_same_request_sent_again_is_done_once(amina: Program) -> None:
    first = amina.send("places.sites", SITE, Idempotency_Key="k-1")
    again = amina.send("places.sites", SITE, Idempotency_Key="k-1")
    assert (first.status_code, again.status_code) == (201, 200)
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert (again.json()["ref"], again.json()["repeated"]) == (first.json()["ref"], True)
    assert code(amina.send("places.sites", {**SITE, "name": "x"}, Idempotency_Key="k-1")) == (409, "kernel.key_reused")
    assert code(amina.send("places.sites", SITE, Idempotency_Key="k" * 101)) == (422, "rest.wrong_value")
    ref = first.json()["ref"]
    for _n in range(2):  # by then it is closed, which refuses closing, and yet the answer is what it was
        assert amina.send(f"places.sites/{ref}/acts/close_site", Idempotency_Key="k-2").status_code == 200
    assert code(amina.send(f"places.sites/{ref}/acts/close_site")) == (409, "kernel.wrong_state")


@pytest.mark.parametrize(
    "body,where",
    [
        ({**SITE, "name": 7}, "#/name"), ({**SITE, "name": "x" * 201}, "#/name"), ({**SITE, "name": " "}, "#/name"),
        ({**SITE, "kind": "castle"}, "#/kind"), ({**SITE, "longitude": "west"}, "#/longitude"), ({**SITE, "longitude": True}, "#/longitude"),
        ({**SITE, "opened_on": "20240101"}, "#/opened_on"), ({**SITE, "opened_on": "2024-02-30"}, "#/opened_on"),
        ({**SITE, "country": 7}, "#/country"), ({**SITE, "colour/~": 7}, "#/colour~1~0"), ({"kind": "camp", "country": "HTI"}, "#/name"),
        ([1], "#"), ({**SITE, "longitude": 1e308}, "#/longitude"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_pointed_at(amina: Program, body: Any, where: str) -> None:
    answer = amina.send("places.sites/acts/open_site", body)
    assert answer.status_code == 422
    assert code(answer)[1] in ("rest.wrong_value", "kernel.unknown_argument", "kernel.argument_missing")
    assert where in [one["pointer"] for one in answer.json()["problems"]]
    assert find_register("places.sites").model.everything.count() == 0


def test_everything_that_is_wrong_is_told_at_once(amina: Program) -> None:
    answer = amina.send("places.sites", {"name": 1, "kind": 2, "country": 3, "x": 4})
    assert {one["pointer"] for one in answer.json()["problems"]} == {"#/name", "#/kind", "#/country", "#/x"}


def test_what_one_may_not_see_cannot_be_named(personas: Personas, amina: Program) -> None:
    with personas.asking(personas.zainab):
        hers = do(house.issue, grants="read").record
    webhook = {"url": "https://example.org/", "listens": ["house.jobs"]}
    theirs = keyed(personas, personas.zainab, "act feed:read").send("house.webhooks", webhook).json()["ref"]
    assert code(amina.get(f"house.keys/{hers.ref}")) == (404, "kernel.not_found")
    assert code(amina.send(f"house.webhooks/{theirs}/acts/end")) == (404, "kernel.not_found")
    missing = amina.send("places.sites", {**SITE, "country": "ZZZ"})
    assert code(missing) == (422, "rest.unknown_reference")


@pytest.mark.parametrize(
    "sent,kind,wanted",
    [
        (b"{", JSON, (400, "rest.body_unreadable")), (b'{"name": NaN}', JSON, (400, "rest.body_unreadable")),
        (b'{"name": "a", "name": "b"}', JSON, (400, "rest.body_unreadable")), (b"\xff{}", JSON, (400, "rest.body_unreadable")),
        (b"[" * 30 + b"]" * 30, JSON, (400, "rest.body_unreadable")), (b"[" * 100_000, JSON, (400, "rest.body_unreadable")),
        (b"1" * 5000, JSON, (400, "rest.body_unreadable")), (b'{"name": "\\u0000"}', JSON, (422, "rest.text_unusable")),
        (b'{"name": "\\ud800"}', JSON, (422, "rest.text_unusable")), (b"name=x", FORM, (415, "rest.media_type")),
        (b'{"name": "' + b"x" * 2_000_000 + b'"}', JSON, (413, "rest.body_too_large")),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(amina: Program, sent: bytes, kind: str, wanted: tuple[int, str]) -> None:
    assert code(amina.send("places.sites", sent, content_type=kind)) == wanted


def test_brackets_in_texts_are_no_depth(amina: Program) -> None:
    made = amina.send("places.sites", {**SITE, "name": '[{"' * 30})
    assert made.status_code == 201


@pytest.mark.parametrize(
    "query,wanted",
    [
        ("colour=red", (400, "rest.unknown_parameter")), ("limit=0", (422, "rest.wrong_value")), ("limit=501", (422, "rest.wrong_value")),
        ("limit=²", (422, "rest.wrong_value")), ("state=lost", (422, "rest.wrong_value")), ("sort=-nothing", (422, "rest.wrong_value")),
        ("can=fly", (422, "rest.wrong_value")), ("cursor=x", (400, "rest.cursor_wrong")), ("format=pdf", (422, "rest.wrong_value")),
        ("q=%00", (422, "rest.text_unusable")),
    ],
)  # fmt: skip
def test_a_list_is_asked_strictly(amina: Program, query: str, wanted: tuple[int, str]) -> None:
    assert code(amina.get(f"places.sites?{query}")) == wanted


def test_a_cursor_belongs_to_its_question(amina: Program) -> None:
    for name in ("a", "b", "c"):
        amina.send("places.sites", {**SITE, "name": name})
    onward = amina.get("places.sites?limit=1&sort=name").json()["next"]
    assert code(amina.client.get(onward.replace("sort=name", "sort=-name"))) == (400, "rest.cursor_wrong")
    first = amina.client.get(onward).json()
    assert [one["name"] for one in first["items"]] == ["b"]
    # the record one stands at is closed meanwhile, and is no more in what is asked: one goes on all the same
    opened = amina.get("places.sites?limit=1&sort=name&state=open").json()
    amina.send(f"places.sites/{opened['items'][0]['ref']}/acts/close_site")
    assert [one["name"] for one in amina.client.get(opened["next"]).json()["items"]] == ["b"]


def test_a_list_as_csv_says_where_it_goes_on(amina: Program) -> None:
    for name in ("=1+1", "b"):
        amina.send("places.sites", {**SITE, "name": name})
    answer = amina.get("places.sites?limit=1&sort=name&format=csv")
    head, tags, row = answer.content.decode().splitlines()
    assert head.startswith("ref,state,version,code,name")
    assert "#loc+name" in tags
    assert "'=1+1" in row
    assert "HTI" in row
    assert 'rel="next"' in answer["Link"]
    assert amina.get("places.sites", Accept="text/csv")["Content-Type"].startswith("text/csv")
    assert code(amina.get("places.sites", Accept="image/png")) == (406, "rest.not_acceptable")


def test_other_addresses_and_methods_are_told(amina: Program) -> None:
    assert code(amina.get("places.sites/%0A")) == (404, "rest.no_such_address")
    assert code(amina.client.get("/api/v2/places.sites")) == (404, "rest.no_such_address")
    assert code(amina.get("places.sites/%00")) == (404, "rest.no_such_address")
    answer = amina.send("places.sites", method="DELETE")
    assert code(answer) == (405, "rest.wrong_method")
    assert answer["Allow"] == "GET, POST, HEAD"
    assert amina.client.head("/api/v1/places.sites").content == b""
    assert code(amina.send("house.jobs/JOB-1/acts/start")) == (404, "kernel.not_found")
    assert code(amina.send("house.jobs/acts/start")) == (404, "kernel.unknown_name")
    assert code(amina.send("places.sites/acts/fly")) == (404, "kernel.unknown_name")


def test_what_breaks_inside_tells_nothing_of_the_inside(
    amina: Program, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    def broken(*_args: Any, **_more: Any) -> None:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr("waystation.surfaces.rest.lists.page", broken)
    answer = amina.get("places.sites")
    assert code(answer) == (500, "rest.broken")
    assert "secret" not in answer.content.decode()
    assert "a secret of the inside" in caplog.text


def test_a_value_too_long_for_its_column_is_refused_and_no_fault(
    amina: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import DataError

    def long(*_args: Any, **_more: Any) -> None:
        raise DataError("value too long for type character varying(80)")

    monkeypatch.setattr("waystation.surfaces.rest.doing.do", long)
    assert code(amina.send("places.sites", SITE)) == (422, "rest.value_unfit")


def test_figures_are_asked_opened_and_verified(amina: Program) -> None:
    found = {one["name"]: one for one in amina.get("figures").json()["items"]}
    name = "places.sites_open" if "places.sites_open" in found else next(iter(found))
    value = amina.get(f"figures/{name}?as_of=2024-12-31")
    assert value.status_code in (200, 422)
    assert code(amina.get("figures/no.such")) == (404, "kernel.unknown_name")
    assert code(amina.get(f"figures/{name}?as_of=0001-01-01")) == (422, "rest.wrong_value")
    assert code(amina.get(f"figures/{name}?as_of=x")) == (422, "rest.wrong_value")
    assert code(amina.get(f"figures/{name}?known_at=2999-01-01T00:00:00Z")) == (422, "figures.not_known_yet")
    assert amina.get(f"figures/{name}/lineage?limit=5").json()["size"] == 5
    assert amina.get(f"figures/{name}/verify").json() == {"items": []}
