"""The margins of sheets, notices and my work, as a browser without script meets them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.kernel.workshop import declared
from tests.personas import Personas
from waystation.apps.places.acts import open_site
from waystation.apps.places.models import Country
from waystation.apps.tracking.tests.making import load_countries
from waystation.hall.entry.registers import duties_held
from waystation.hall.notes import api as notes
from waystation.hall.notes.models import Attachment, Comment, Follow
from waystation.hall.notes.tests.making import REGISTER, piece
from waystation.kernel import house
from waystation.kernel.acts import do
from waystation.kernel.register import registers


@pytest.fixture
def tent(personas: Personas) -> Iterator[Any]:
    with declared():
        yield piece(personas)


@pytest.fixture
def amina(personas: Personas) -> Client:
    reader = Client()
    reader.force_login(personas.amina)
    return reader


def sheet(record: Any) -> str:
    return f"/r/{REGISTER}/{record.ref}/"


def test_a_new_sheet_says_of_every_part_that_it_is_empty(amina: Client, tent: Any) -> None:
    said = amina.get(sheet(tent)).content.decode()
    assert "No file is attached yet." in said
    assert "Add the comment" in said
    assert re.search(r"<button class=\"tool\">\s*Follow", said)


def test_comments_stand_in_the_history_in_their_order(amina: Client, tent: Any) -> None:
    for text in ("First <b>", "Second @amina"):
        answer = amina.post(f"{sheet(tent)}margin/comment/", {"text": text, "key": text})
        assert answer.status_code == 303
        assert answer["Location"].startswith(f"{sheet(tent)}#COM-")
    said = amina.get(sheet(tent)).content.decode()
    assert said.index("Second <b>@amina</b>") < said.index("First &lt;b&gt;") < said.index("made it")
    amina.post(f"{sheet(tent)}margin/comment/", {"text": "First <b>", "key": "First <b>"})
    assert Comment._base_manager.count() == 2


def test_what_is_refused_comes_again_as_it_was_typed(amina: Client, tent: Any) -> None:
    answer = amina.post(f"{sheet(tent)}margin/comment/", {"text": "Ask @chiara"})
    assert answer.status_code == 422
    assert "notes.cannot_mention" in answer.content.decode()
    assert ">Ask @chiara</textarea>" in answer.content.decode()
    answer = amina.post(f"{sheet(tent)}margin/attach/")
    assert (answer.status_code, "notes.no_file" in answer.content.decode()) == (422, True)
    page = SimpleUploadedFile("photo.png", b"<html><script>alert(1)</script>", "image/png")
    answer = amina.post(f"{sheet(tent)}margin/attach/", {"file": page})
    assert (answer.status_code, "notes.file_not_taken" in answer.content.decode()) == (422, True)
    assert not Comment._base_manager.exists()
    assert not Attachment._base_manager.exists()


def test_forged_margins_are_not_there(personas: Personas, amina: Client, tent: Any) -> None:
    assert amina.post(f"{sheet(tent)}margin/burn/").status_code == 404
    assert amina.get(f"{sheet(tent)}margin/comment/")["Location"] == sheet(tent)
    assert amina.post(f"/r/{REGISTER}/PIECE-NONE/margin/comment/", {"text": "x"}).status_code == 404
    comment = amina.post(f"{sheet(tent)}margin/comment/", {"text": "x"})["Location"].partition("#")[2]
    assert amina.post(f"/r/house.comments/{comment}/margin/follow/").status_code == 422
    other = Client()
    assert other.post(f"{sheet(tent)}margin/comment/", {"text": "x"}).status_code == 302
    other.force_login(personas.chiara)
    for what in ("comment", "attach", "follow", "unfollow"):
        assert other.post(f"{sheet(tent)}margin/{what}/", {"text": "x"}).status_code == 404
    assert Client(enforce_csrf_checks=True).post(f"{sheet(tent)}margin/follow/").status_code == 403
    assert not Follow.everything.exists()


def test_following_and_stopping(amina: Client, tent: Any) -> None:
    amina.post(f"{sheet(tent)}margin/follow/")
    assert "Stop following" in amina.get(sheet(tent)).content.decode()
    amina.post(f"{sheet(tent)}margin/unfollow/")
    assert not Follow.everything.exists()


def test_an_act_in_the_margin_leads_back_to_the_record_and_nowhere_else(amina: Client, tent: Any) -> None:
    ref = amina.post(f"{sheet(tent)}margin/comment/", {"text": "x"})["Location"].partition("#")[2]
    form = f"/r/house.comments/{ref}/do/amend/"
    assert f'name="next" value="{sheet(tent)}"' in amina.get(form, {"next": sheet(tent)}).content.decode()
    assert amina.post(form, {"text": "y", "next": sheet(tent)})["Location"] == sheet(tent)
    for outside in ("https://example.org/", "//example.org/", "javascript:alert(1)"):
        assert outside not in amina.get(form, {"next": outside}).content.decode()
        assert amina.post(form, {"text": "z", "next": outside})["Location"] == f"/r/house.comments/{ref}/"
    assert f'href="{sheet(tent)}"' in amina.get(f"/r/house.comments/{ref}/").content.decode()


def test_related_records_are_counted_and_made_from_here(personas: Personas, amina: Client) -> None:
    load_countries(personas, "HTI")
    with personas.asking(personas.amina):
        country = Country.objects.get(iso3="HTI")
        for number in range(11):
            do(open_site, name=f"Camp {number}", kind="camp", country=country, longitude=-72.3, latitude=18.6)
    said = amina.get(f"/r/places.countries/{country.ref}/").content.decode()
    assert 'Sites <span class="count"><bdi class="number">11</bdi></span>' in said
    assert 'All <bdi class="number">11</bdi>' in said
    new = f"/r/places.sites/new/open_site/?country={country.ref}"
    assert f'href="{new}"' in said
    assert re.search(
        rf'<option value="{country.ref}" selected|name="country" value="{country.ref}"', amina.get(new).content.decode()
    )
    reader = Client()
    reader.force_login(personas.daniel)
    assert "open_site" not in reader.get(f"/r/places.countries/{country.ref}/").content.decode()


def test_notices_are_a_page_and_a_number_in_the_frame(personas: Personas, amina: Client) -> None:
    with personas.asking(personas.zainab):
        grant = duties_held.model.objects.filter(holder=personas.amina).first()
        notes.follow(duties_held.name, grant.ref)
    reader = Client()
    reader.force_login(personas.zainab)
    assert "You have not been told anything yet." in reader.get("/notices/").content.decode()
    with personas.asking(personas.zainab):
        Follow.everything.update(person=personas.bakary)  # who may not see it
        do(duties_held.act("end"), grant)
    other = Client()
    other.force_login(personas.bakary)
    assert grant.ref not in other.get("/notices/").content.decode()
    assert "unread-count" not in other.get("/").content.decode()


def test_notices_are_read_and_the_way_is_chosen(personas: Personas, amina: Client, tent: Any) -> None:
    reader = Client()
    reader.force_login(personas.bakary)
    with personas.asking(personas.zainab):
        do(house.grant, holder=personas.bakary, duty="tracking.manage", office=personas.dakar)
    reader.post(f"{sheet(tent)}margin/follow/")
    amina.post(f"{sheet(tent)}margin/comment/", {"text": "@bakary, see <i>"})
    amina.post(f"{sheet(tent)}margin/comment/", {"text": "Again"})
    said = reader.get("/notices/").content.decode()
    assert "Amina Diallo mentioned you in a comment" in said
    assert "2 unread" in said
    home = reader.get("/").content.decode()
    assert home.index("mentioned you") < home.index("What changed in what I follow") < home.index("Diallo commented")
    ids = re.findall(r'name="id" value="(\d+)"', said)
    assert amina.post("/notices/read/", {"id": ids, "all": "yes"}).status_code == 303
    assert "2 unread" in reader.get("/notices/").content.decode()
    reader.post("/notices/read/", {"id": [ids[0], "x", "9" * 40]})
    assert "1 unread" in reader.get("/notices/").content.decode()
    reader.post("/notices/read/", {"all": "yes"})
    assert "unread-count" not in reader.get("/notices/").content.decode()
    assert reader.get("/notices/", {"before": "9" * 40}).status_code == 200
    assert reader.post("/notices/how/", {"how": "daily"}).status_code == 303
    assert 'value="daily" checked' in reader.get("/notices/").content.decode()
    assert reader.post("/notices/how/", {"how": "pigeon"}).status_code == 422
    assert reader.get("/notices/read/").status_code == 405


def test_my_work_asks_nothing_of_registers_while_nothing_changes(personas: Personas, amina: Client, tent: Any) -> None:
    cache.clear()
    with CaptureQueriesContext(connection) as first:
        amina.get("/")
    with CaptureQueriesContext(connection) as again:
        amina.get("/")
    with CaptureQueriesContext(connection) as frame:
        amina.get("/me/")
    assert len(again) - len(frame) <= 4  # jobs, notices, the state of the house, and the frame's own differences
    assert len(first) - len(again) <= len(registers) + 30  # figures are computed once as well


def test_on_the_first_day_three_sentences_say_what_to_do(personas: Personas) -> None:
    reader = Client()
    reader.force_login(personas.daniel)
    said = reader.get("/").content.decode()
    day_one = said[said.index("first-day") : said.index("</div>", said.index("first-day"))]
    assert day_one.count("<p>") == 3
