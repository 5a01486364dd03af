"""Reviewers read, confirm and correct translations on a page; what they say is used at once, kept, and taken back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext, override

from tests.personas import Personas
from waystation.hall.wording import acts
from waystation.hall.wording.models import Correction
from waystation.hall.wording.queries import catalogues, speaking
from waystation.hall.wording.queries.catalogues import entries, forms_of, read
from waystation.hall.wording.shapes import TO_REVIEW, Message
from waystation.kernel.acts import do
from waystation.kernel.models import AuditEntry
from waystation.kernel.refusals import Refused
from waystation.site.cli import main

ROUNDS = Message("Rounds").digest
LATE = Message("%(n)s late", "%(n)s late").digest


@pytest.fixture(autouse=True)
def said_anew() -> Iterator[None]:
    """What one test corrected is not said in the next."""
    yield
    speaking._said.clear()
    speaking._stamp = (0, 0)
    speaking._asked = 0.0


@pytest.fixture
def reviewer(personas: Personas) -> Client:
    client = Client()
    client.force_login(personas.zainab)
    return client


def rounds(language: str = "fr") -> str:
    speaking.keep_current(at_once=True)
    with override(language):
        return gettext("Rounds")


def test_the_pages_tell_how_far_a_language_is(reviewer: Client) -> None:
    page = reviewer.get("/wording/").content.decode()
    assert '<bdi lang="ar" dir="rtl">العربية</bdi>' in page
    listed = reviewer.get("/wording/ar/", {"state": "to_review", "part": "tracking", "page": "2"}).content.decode()
    assert 'lang="en"' in listed
    assert listed.count('<bdi lang="ar"') == 50
    assert reviewer.get("/wording/xx/").status_code == 404  # wording.no_language
    assert reviewer.get("/wording/fr/0000/").status_code == 404  # wording.no_message


def test_a_correction_is_said_at_once_and_taken_back(reviewer: Client, personas: Personas) -> None:
    assert rounds() == "Cycles"
    address = f"/wording/fr/{ROUNDS}/"
    page = reviewer.get(address).content.decode()
    assert "Cycles" in page
    sent = reviewer.post(address, {"form.0": " Tours "})
    assert sent.status_code == 303
    assert sent["Location"].startswith("/wording/fr/")  # the next one that waits
    assert sent["Location"] != address
    assert rounds() == "Tours"
    record = Correction.everything.get()
    assert (record.state, record.catalogued, record.author) == ("corrected", ["Cycles"], personas.zainab)
    assert AuditEntry.objects.filter(act="house.translations.correct").count() == 1
    reviewer.post(address, {"form.0": "Tours de suivi"})
    assert rounds() == "Tours de suivi"
    assert "Cycles" in reviewer.get(address).content.decode()  # what the catalogue says stays to be seen
    reviewer.post(address, {"as": "back"})
    assert rounds() == "Cycles"
    assert Correction.everything.get().state == "reviewed"


def test_what_does_not_fit_is_refused_and_kept_in_the_form(reviewer: Client) -> None:
    sent = reviewer.post(f"/wording/ru/{LATE}/", {"form.0": "%(n)s просрочена", "form.1": "%(m)s", "form.2": "%(n)s"})
    assert sent.status_code == 422
    assert "wording.does_not_fit" in sent.content.decode()
    assert "%(n)s просрочена" in sent.content.decode()
    assert not Correction.everything.exists()


def test_a_message_that_counts_is_asked_for_in_each_form(reviewer: Client) -> None:
    page = reviewer.get(f"/wording/ar/{LATE}/").content.decode()
    assert page.count("<textarea") == 6
    assert "3, 4, 5, 6, 7, 8" in page


def test_a_confirmed_translation_waits_no_more(reviewer: Client) -> None:
    address = f"/wording/es/{ROUNDS}/"
    assert 'name="as" value="right"' in reviewer.get(address).content.decode()
    reviewer.post(address, {"as": "right"})
    assert Correction.everything.get().state == "reviewed"
    assert 'name="as" value="right"' not in reviewer.get(address).content.decode()
    assert rounds("es") == "Rondas"


def test_others_may_not(personas: Personas) -> None:
    client = Client()
    client.force_login(personas.amina)
    assert client.get("/wording/").status_code == 403
    assert client.post(f"/wording/fr/{ROUNDS}/", {"form.0": "Tours"}).status_code == 403
    assert "/wording/" not in client.get("/").content.decode()


def test_an_act_refuses_what_is_not_there(personas: Personas) -> None:
    with personas.asking(personas.zainab):
        for language, message, code in (("xx", ROUNDS, "wording.no_language"), ("fr", "0" * 16, "wording.no_message")):
            with pytest.raises(Refused) as refused:
                do(acts.correct, language=language, message=message, forms=["Tours"])
            assert refused.value.code == code


def test_the_house_asks_for_corrections_seldom(personas: Personas) -> None:
    with CaptureQueriesContext(connection) as seen:
        for _time in range(5):
            speaking.keep_current()
            with override("fr"):
                gettext("Rounds")
    assert len(seen) == 0  # in a transaction never; outside of one, once in FRESH_SECONDS
    with CaptureQueriesContext(connection) as seen:
        speaking.keep_current(at_once=True)
    assert len(seen) == 1


@pytest.mark.django_db(transaction=True)
def test_another_process_says_it_seconds_later(personas: Personas, monkeypatch: pytest.MonkeyPatch) -> None:
    with personas.asking(personas.zainab):
        do(acts.correct, language="fr", message=ROUNDS, forms=["Tours"])
    speaking._said.clear()  # as another process stands: it has asked long ago, and said the catalogue's words since
    speaking._stamp = (0, 0)
    with override("fr"):
        assert gettext("Rounds") == "Cycles"
    speaking.keep_current()  # it has asked a moment ago
    with override("fr"):
        assert gettext("Rounds") == "Cycles"
    monkeypatch.setattr(speaking, "_asked", 0.0)
    Client().get("/sign-in/")  # a page is asked for
    with override("fr"):
        assert gettext("Rounds") == "Tours"


def test_reviewed_translations_are_written_into_the_catalogue(
    personas: Personas, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any
) -> None:
    with personas.asking(personas.zainab):
        do(acts.correct, language="fr", message=ROUNDS, forms=["Tours"])
        do(acts.confirm, language="es", message=ROUNDS)
    own = {language: read(language) for language in ("fr", "es")}
    monkeypatch.setattr(catalogues, "PACKAGE", tmp_path)
    for language, catalog in own.items():
        catalogues.write(language, catalog)
    assert main(["languages", "export", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"written": 2}
    for language, said in (("fr", "Tours"), ("es", "Rondas")):
        entry = next(one for one in entries(read(language)) if one.id == "Rounds")
        assert forms_of(entry) == (said,)
        assert TO_REVIEW not in entry.flags
