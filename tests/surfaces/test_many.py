"""One act on many records: each by its own rule, told one by one, done once however often it is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from tests.personas import Personas
from waystation.apps.places.acts import close_site
from waystation.apps.places.models import Site
from waystation.kernel.acts import Outcome, Unsaid, act, do
from waystation.kernel.models import Actor, AuditEntry, Job
from waystation.kernel.register import find_register
from waystation.kernel.rules import duty
from waystation.kernel.work import run_next
from waystation.surfaces.web import many

SITES = find_register("places.sites")
Browse = Callable[[Actor], Client]
LIST, MANY = "/r/places.sites/", "/r/places.sites/many/"


def asked(client: Client, **said: Any) -> Any:
    """The act's form for what is meant."""
    return client.post(MANY, {"act": "close_site", "which": "ticked", **said})


def sent(client: Client, form: Any, **said: Any) -> Any:
    """The form, filled and sent."""
    refs = "\n".join(form.context["refs"])
    return client.post(
        MANY, {"act": form.context["act"].run.__name__, "step": "do", "refs": refs, "key": form.context["key"], **said}
    )


def fates(answer: Any) -> dict[str, str]:
    """Reference -> "done", or the code it was refused with."""
    done = {one.ref: "done" for one, _url in answer.context["done"]}
    return done | {one.ref: one.code for one, _url in answer.context["refused"]}


def states() -> list[str]:
    return list(Site.everything.order_by("pk").values_list("state", flat=True))


def test_each_is_done_by_itself_and_told(personas: Personas, browse: Browse, sites: list[Any]) -> None:
    amina = browse(personas.amina)
    with personas.asking(personas.amina):
        do(close_site, sites[1])
    refs = [sites[0].ref, sites[1].ref, "SITE-NONE", sites[2].ref]
    form = asked(amina, ref=refs)
    assert states() == ["open", "closed", *["open"] * 4]
    answer = sent(amina, form)
    wanted = {
        sites[0].ref: "done",
        sites[1].ref: "kernel.wrong_state",
        "SITE-NONE": "kernel.not_found",
        sites[2].ref: "done",
    }
    assert fates(answer) == wanted
    assert states() == ["closed", "closed", "closed", "open", "open", "open"]
    text = answer.content.decode()
    assert "Done to" in text
    assert "Refused for" in text
    before = AuditEntry.objects.count()
    assert fates(sent(amina, form)) == wanted
    assert AuditEntry.objects.count() == before


def test_all_on_the_page_and_all_that_answer(
    personas: Personas, browse: Browse, sites: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    amina = browse(personas.amina)
    page = amina.get(LIST, {"kind": "camp"})
    shown = "\n".join(row.ref for row in page.context["rows"])
    assert asked(amina, which="page", page=shown).context["refs"] == [sites[3].ref, sites[0].ref]
    form = asked(amina, which="all", query="kind=camp&kind=settlement&sort=name")
    assert form.context["refs"] == [sites[n].ref for n in (0, 1, 3, 4)]
    assert not form.context["more"]
    monkeypatch.setattr(many, "MOST", 3)
    form = asked(amina, which="all", query="sort=name")
    assert form.context["refs"] == [one.ref for one in sites[:3]]
    assert "these are the first" in form.content.decode()


def test_the_rule_of_each_record_holds(personas: Personas, browse: Browse, sites: list[Any]) -> None:
    """Chiara of Nairobi keeps no places; Daniel is offered no act at all."""
    for who in (personas.chiara, personas.daniel):
        client = browse(who)
        assert client.get(LIST).context["acts"] == []
        assert asked(client, ref=[sites[0].ref]).status_code == 404
    assert states() == ["open"] * 6


def test_what_is_missing_or_wrong_does_nothing(personas: Personas, browse: Browse, sites: list[Any]) -> None:
    amina = browse(personas.amina)
    nothing = asked(amina)
    assert (nothing.status_code, "web.nothing_ticked" in nothing.content.decode()) == (422, True)
    form = asked(amina, act="rename_site", ref=[sites[0].ref, sites[1].ref])
    assert sent(amina, form, name="").status_code == 422
    assert sent(amina, form, name="Camp of many").context["refused"] == []
    assert list(Site.everything.order_by("pk").values_list("name", flat=True))[:3] == [
        "Camp of many",
        "Camp of many",
        "Site 2",
    ]
    assert asked(amina, act="no_such", ref=[sites[0].ref]).status_code == 404
    assert asked(amina, act="open_site", ref=[sites[0].ref]).status_code == 404


def test_a_dangerous_act_is_asked_for_twice(personas: Personas, browse: Browse, sites: list[Any]) -> None:
    amina = browse(personas.amina)
    for number in (1, 2):
        amina.post("/r/house.keys/new/issue/", {"grants": "dtm:read", "key": f"key-{number}"})
    keys = [row.ref for row in amina.get("/r/house.keys/").context["rows"]]
    form = amina.post("/r/house.keys/many/", {"act": "revoke", "ref": keys})
    said = {"act": "revoke", "step": "do", "refs": "\n".join(keys), "key": form.context["key"]}
    assert amina.post("/r/house.keys/many/", said).status_code == 422
    answer = amina.post("/r/house.keys/many/", {**said, "sure": "yes"})
    assert len(answer.context["done"]) == 2


def test_many_go_through_the_worker(
    personas: Personas, browse: Browse, sites: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many, "AT_ONCE", 3)
    amina, bakary = browse(personas.amina), browse(personas.bakary)
    with personas.asking(personas.amina):
        do(close_site, sites[1])
    form = asked(amina, which="all", query="sort=name")
    assert "in the background" in form.content.decode()
    there = sent(amina, form).url
    assert sent(amina, form).url == there
    assert Job.everything.count() == 1
    assert b"progress" in amina.get(there).content
    assert run_next()
    answer = amina.get(there)
    wanted = dict.fromkeys([one.ref for one in sites], "done") | {sites[1].ref: "kernel.wrong_state"}
    assert fates(answer) == wanted
    assert states() == ["closed"] * 6
    assert bakary.get(there).status_code == 404
    assert amina.get(there.replace("places.sites", "house.keys")).status_code == 404
    sheet = amina.get(f"/r/house.jobs/{Job.everything.get().ref}/")
    assert "What became of each record" in sheet.content.decode()


@pytest.fixture
def told_in_secret() -> Iterator[Any]:
    """An act of the register that asks for what is kept nowhere."""

    @act("open", by=duty("places.keep"))
    def whisper(site: Site, *, word: Unsaid) -> Outcome:
        """Say something of a site in secret."""
        return Outcome()

    before = SITES.lifecycle
    whisper.name, whisper.model = "places.sites.whisper", Site
    object.__setattr__(SITES, "lifecycle", replace(before, acts=(*before.acts, whisper)))
    yield whisper
    object.__setattr__(SITES, "lifecycle", before)


def test_secrets_wait_for_no_worker(
    personas: Personas, browse: Browse, sites: list[Any], told_in_secret: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even on the list of what is to be done."""
    amina = browse(personas.amina)
    form = asked(amina, act="whisper", ref=[one.ref for one in sites])
    assert set(fates(sent(amina, form, word="hush")).values()) == {"done"}
    monkeypatch.setattr(many, "AT_ONCE", 3)
    form = asked(amina, act="whisper", ref=[one.ref for one in sites])
    answer = sent(amina, form, word="hush")
    assert (answer.status_code, "web.too_many_with_secrets" in answer.content.decode()) == (422, True)
    assert not Job.everything.exists()


def test_what_the_worker_finds_no_longer_valid_is_told(
    personas: Personas, browse: Browse, sites: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many, "AT_ONCE", 1)
    amina = browse(personas.amina)
    form = asked(amina, act="rename_site", ref=[one.ref for one in sites[:2]])
    sent(amina, form, name="Anew")
    job = Job.everything.get()
    job.arguments["said"] = {}
    job.save()
    assert run_next()
    job.refresh_from_db()
    assert (job.state, job.result["code"]) == ("failed", "web.no_longer_valid")
    assert "Anew" not in Site.everything.values_list("name", flat=True)
