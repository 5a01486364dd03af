"""Those who watch the house: ready or not, counted, logged, and never a word of what a person typed."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from tests.personas import Personas
from waystation.kernel import facts, house, values, work
from waystation.kernel.acts import do
from waystation.kernel.models import AuditEntry, Delivery, Job, Mark
from waystation.kernel.refusals import Refused
from waystation.site import urls
from waystation.site.watching import logs

pytestmark = pytest.mark.django_db
MARKED = "Zebedee-Quartermain"  # a person's name that stands nowhere else


def broken(request: HttpRequest) -> HttpResponse:
    """A view with a fault, which has a personal value at hand and says it."""
    name = request.GET["name"]
    try:
        raise KeyError(name)
    except KeyError as first:
        raise ValueError(f"no such person: {name}") from first


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged by anybody, as a program reads it."""
    written = io.StringIO()
    out = logging.StreamHandler(written)
    out.setFormatter(logs.Json())
    levels = {name: logging.getLogger(name).level for name in ("", "waystation", "django", "django.request", "axes")}
    logging.getLogger().addHandler(out)
    for name in levels:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield written
    logging.getLogger().removeHandler(out)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture
def browser(settings: Any) -> Client:
    """A browser that is shown error pages, in a house with one page that is broken."""
    trial = ModuleType("trial_urls")
    trial.__dict__.update({name: getattr(urls, name) for name in dir(urls) if name.startswith("handler")})
    trial.urlpatterns = [path("broken/", broken, name="broken"), *urls.urlpatterns]
    settings.ROOT_URLCONF = trial
    return Client(raise_request_exception=False)


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_nothing_that_a_person_typed_is_in_the_log(personas: Personas, browser: Client, log: io.StringIO) -> None:
    browser.post("/sign-in/", {"username": MARKED, "password": MARKED})
    browser.get(f"/r/{MARKED}/")
    browser.get(f"/{MARKED}/", HTTP_X_REQUEST_ID=MARKED)
    browser.get("/", HTTP_HOST=f"{MARKED}.example.org")
    browser.force_login(personas.zainab)
    browser.get("/search/", {"q": MARKED})
    browser.get("/r/house.duties/", {"q": MARKED, MARKED: "1"})
    browser.post(f"/r/house.duties/new/grant/?{MARKED}", {"duty": MARKED})
    assert browser.get("/broken/", {"name": MARKED}).status_code == 500
    with personas.asking(personas.zainab):
        do(house.invite, username=MARKED.lower(), name=MARKED, office=personas.hq, email=f"{MARKED}@example.org")
        with pytest.raises(Refused):
            do(house.invite, username=MARKED.lower(), name=MARKED, office=personas.hq)
        job = do(work.ask, task="trial.speak", office=personas.hq, arguments={"name": MARKED}).record
    assert work.run_next()
    told = lines(log)
    assert MARKED.lower() not in log.getvalue().lower()
    assert {one["route"] for one in told if "route" in one} >= {"sign-in", "list", "none", "search", "create", "broken"}
    assert [one["message"] for one in told if one["logger"] == "waystation.kernel.work"] == [f"job {job.ref} failed"]


@pytest.fixture(autouse=True)
def speaking() -> Iterator[None]:
    """The task ``trial.speak``, which breaks with a personal value in its mouth."""

    @work.task("trial.speak")
    def speak(job: work.Work, *, name: str) -> dict[str, Any]:
        raise ValueError(f"{name} is no number")

    yield
    work.tasks.pop("trial.speak")


def test_an_error_is_logged_with_the_way_it_came(browser: Client, log: io.StringIO) -> None:
    answer = browser.get("/broken/", {"name": MARKED})
    errors = [one for one in lines(log) if "errors" in one and one["level"] == "ERROR"]
    assert [one["logger"] for one in errors] == ["django.request"]
    assert errors[0]["request"] == answer["X-Request-ID"]
    assert [one["kind"] for one in errors[0]["errors"]] == ["builtins.ValueError", "builtins.KeyError"]
    assert "broken: raise ValueError(f" in errors[0]["errors"][0]["through"][-1]
    record = logging.LogRecord("django.request", logging.ERROR, "", 1, "", (), None)
    assert "unhandled error" in logs.Plain().format(record)


def test_a_request_has_a_line_with_its_number_its_route_and_who(
    personas: Personas, browser: Client, log: io.StringIO
) -> None:
    browser.force_login(personas.amina)
    given = "0af7651916cd43dd8448eb211c80319c"
    assert browser.get("/me/?x=1", HTTP_X_REQUEST_ID=given)["X-Request-ID"] == given
    line = next(one for one in lines(log) if one.get("route") == "me")
    kept = {name: line[name] for name in ("level", "request", "method", "status", "actor")}
    assert kept == {"level": "INFO", "request": given, "method": "GET", "status": 200, "actor": personas.amina.pk}
    assert line["ms"] > 0
    assert re.fullmatch("[0-9a-f]{32}", browser.get("/health/", HTTP_X_REQUEST_ID="Robert'); DROP")["X-Request-ID"])


# --- counts


def measures(answer: HttpResponse) -> dict[str, float]:
    """What /metrics says, by name and labels; every line is one that Prometheus reads."""
    found = {}
    for line in answer.content.decode().splitlines():
        if not line.startswith("# "):
            match = re.fullmatch(r'([a-z_]+(?:\{(?:[a-z]+="[^"\n]*",?)+\})?) ([0-9.e+-]+)', line)
            assert match, line
            found[match[1]] = float(match[2])
    return found


def test_what_happens_is_counted(personas: Personas) -> None:
    client = Client()
    client.get("/health/")
    client.get("/health/")
    client.get(f"/{MARKED}/")
    with personas.asking(personas.amina):
        do(house.issue, grants="x")
        with pytest.raises(Refused):
            do(house.invite, username="x", name="X", office=personas.hq)
    found = measures(client.get("/metrics"))
    assert found['waystation_requests_total{route="health",status="2xx"}'] == 2
    assert found['waystation_requests_total{route="none",status="4xx"}'] == 1
    assert found['waystation_request_seconds_count{route="health"}'] == 2
    assert found['waystation_request_seconds_bucket{route="health",le="+Inf"}'] == 2
    assert found['waystation_acts_total{act="house.keys.issue",outcome="done"}'] == 1
    assert found['waystation_acts_total{act="house.people.invite",outcome="refused"}'] == 1
    assert found['waystation_refusals_total{code="kernel.not_allowed"}'] == 1
    assert found["waystation_database_up"] == 1
    assert found["waystation_database_bytes"] > 10_000
    assert MARKED not in client.get("/metrics").content.decode()


def test_buckets_only_grow(personas: Personas) -> None:
    client = Client()
    for _ in range(5):
        client.get("/open/")
    held = [v for k, v in measures(client.get("/metrics")).items() if 'bucket{route="open"' in k]
    assert held == sorted(held)
    assert held[-1] == 5


def test_counts_of_several_processes_are_one(personas: Personas, home: Any) -> None:
    """Another process adds to the same counts, and takes nothing with it when it ends."""
    Client().get("/health/")
    script = (
        "import django; django.setup(); from waystation.site.watching import counts; counts.request('health', 200, 0.1)"
    )
    around = {**os.environ, "WAYSTATION_HOME": str(home), "DJANGO_SETTINGS_MODULE": "waystation.site.settings"}
    subprocess.run([sys.executable, "-c", script], env=around, check=True)
    found = measures(Client().get("/metrics"))
    assert found['waystation_requests_total{route="health",status="2xx"}'] == 2


def test_metrics_are_for_the_machine_itself_or_for_who_holds_the_token(db: None, settings: Any) -> None:
    client = Client()
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.8").status_code == 403
    assert client.get("/metrics", HTTP_X_FORWARDED_FOR="10.0.0.8").status_code == 403, "a proxy asks for somebody else"
    settings.WAYSTATION_METRICS_TOKEN = "measured twice"
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", HTTP_AUTHORIZATION="Bearer measured once").status_code == 403
    held = client.get("/metrics", REMOTE_ADDR="10.0.0.8", HTTP_AUTHORIZATION="Bearer measured twice")
    assert held.status_code == 200


# --- ready


def test_a_house_says_whether_it_is_ready(personas: Personas, settings: Any) -> None:
    client = Client()
    ready = client.get("/ready/")
    assert (ready.status_code, ready.json()["checks"]["worker"]) == (200, "late"), "it answers, though nobody works"
    assert client.get("/ready/?strict=1").status_code == 503
    Mark.objects.create(name="worker here 1", at=values.now())
    assert client.get("/ready/?strict=1").json() == {
        "ready": True, "checks": dict.fromkeys(("database", "migrations", "disk", "worker", "outbox"), "ok"),
    }  # fmt: skip
    settings.WAYSTATION_DISK_ROOM = 10**9
    full = client.get("/ready/", HTTP_ACCEPT="text/plain")
    assert (full.status_code, full.content.decode().splitlines()[:4]) == (
        503, ["ready failed", "database ok", "migrations ok", "disk failed"],
    )  # fmt: skip


def test_tables_of_another_version_are_not_ready(personas: Personas) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'kernel' AND name = '0001_initial'")
    answer = Client().get("/ready/")
    assert (answer.status_code, answer.json()["checks"]["migrations"]) == (503, "failed")


# --- the page of the work


Spoken = facts.fact("trial.spoken", number=int)


@pytest.fixture
def deaf() -> Iterator[None]:
    """Somebody who can never be told."""

    def listen(fact: Any) -> None:
        raise OSError(MARKED)

    facts.reacts_to(Spoken)(listen)
    yield
    facts.reactions["trial.spoken"].remove(listen)


def test_a_steward_sees_the_work_and_has_facts_told_again(personas: Personas, deaf: None) -> None:
    with personas.asking(personas.amina):
        entry = do(house.issue, grants="x").entry
        failed = do(work.ask, task="trial.speak", office=personas.dakar, arguments={"name": MARKED}).record
    facts.write([Spoken(number=7)], AuditEntry.objects.get(pk=entry))
    for hour in range(1, facts.MOST_TRIES + 1):
        with values.clock(values.now() + timedelta(hours=hour)):
            facts.deliver()
    assert Delivery.objects.get().state == "given up"
    work.run_next()

    browser = Client()
    browser.force_login(personas.zainab)
    shown = browser.get("/work/").content.decode()
    assert failed.ref in shown
    assert f"/r/house.jobs/{failed.ref}/do/try_again/" in shown
    assert "trial.spoken" in shown
    assert "house.put_away" in shown, "schedules"
    assert "No worker gives a sign" in shown
    assert shown.count(MARKED) == shown.count(f"{MARKED} is no number"), "what a reaction said is not shown"

    assert browser.post("/work/", {}).status_code == 303
    assert work.run_next()
    assert (Delivery.objects.get().state, Delivery.objects.get().tries) == ("due", 0)

    browser.force_login(personas.amina)
    assert browser.get("/work/").status_code == 403
    assert browser.post("/work/", {}).status_code == 403


def test_what_has_had_its_time_is_put_away(personas: Personas) -> None:
    with personas.asking(personas.amina):
        old = do(work.ask, task="trial.speak", office=personas.dakar, arguments={"name": "x"}).record
        new = do(work.ask, task="trial.speak", office=personas.dakar, arguments={"name": "x"}).record
    while work.run_next():
        pass
    Job.everything.filter(pk=old.pk).update(created_at=values.now() - timedelta(days=91))
    Mark.objects.create(name="worker gone 1", at=values.now() - timedelta(days=2))
    done = work.tasks["house.put_away"].run(None)
    assert done == {"jobs": 1, "sessions": 0}
    assert [one.pk for one in Job.everything.all()] == [new.pk]
    assert not Mark.objects.filter(name="worker gone 1").exists()
