"""The queue of names on the web: candidates on a map, a button for each, and then the next."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.test import Client

from tests.personas import Personas
from waystation.apps.naming import api, pages
from waystation.apps.naming.models import Question
from waystation.apps.naming.tests.making import south_sudan
from waystation.kernel.pages import Asked
from waystation.kernel.refusals import Refused
from waystation.kernel.screens import Form, Map, Notice, Table

SURVEY = "Test survey"
ROWS = [({1: "Eastern Equatoria", 2: "Kapoeta"}, {}), ({1: "Unity", 2: "Budi"}, {}), ({1: "Atlantis"}, {})]


@pytest.fixture
def asked(personas: Personas, tmp_path: Path) -> Personas:
    south_sudan(personas, tmp_path)
    with personas.asking(personas.chiara):
        found = api.match(country="SSD", rows=ROWS, source=SURVEY)
        some = [(one, 1) for by_level in found for one in by_level.values()]
        assert api.ask(country="SSD", source=SURVEY, office=personas.nairobi, found=some) == 3
    return personas


def of(personas: Personas, text: str) -> Question:
    with personas.asking(personas.amina):
        return Question.objects.get(text=text)


def blocks(screen, kind: type) -> list:
    return [one for one in screen.blocks if isinstance(one, kind)]


def test_a_question_shows_map_candidates_and_a_button_for_each(asked: Personas) -> None:
    with asked.asking(asked.amina):
        screen = pages.question.draw(Asked({"ref": of(asked, "Kapoeta").ref}))
    (drawn,) = blocks(screen, Map)
    assert [one.code for one in drawn.shapes] == ["SS0202", "SS0203"]
    assert len(drawn.outline) == 1  # the state they are said to lie in
    (table,) = blocks(screen, Table)
    assert [row["code"] for row in table.rows] == ["SS0202", "SS0203"]
    assert [row["above"] for row in table.rows] == ["Eastern Equatoria (SS02)"] * 2
    buttons = [str(one.submit) for one in blocks(screen, Form)]
    assert buttons[:3] == ["Kapoeta North (SS0202)", "Kapoeta South (SS0203)", "None of these: no such place yet"]


def test_deciding_leads_to_the_next_question(asked: Personas) -> None:
    keeper = Client()
    keeper.force_login(asked.amina)
    first = of(asked, "Atlantis")
    page = keeper.get(f"/naming/{first.ref}/").content.decode()
    assert "Nothing held is alike." in page
    after = keeper.post(f"/naming/{first.ref}/", {"answer": "none"})
    second = of(asked, "Kapoeta")
    assert after["Location"] == f"/naming/{second.ref}/"
    third = keeper.post(f"/naming/{second.ref}/", {"code": "SS0203"})["Location"]
    assert third == f"/naming/{of(asked, 'Budi').ref}/"
    assert keeper.post(third, {"answer": "aside", "why": "Ask the field"})["Location"] == "/naming/"
    assert of(asked, "Kapoeta").code == "SS0203"
    assert "Kapoeta South (SS0203)" in keeper.get(f"/naming/{second.ref}/").content.decode()
    keeper.post(f"/naming/{second.ref}/", {"answer": "again"})
    assert of(asked, "Kapoeta").state == "open"


def test_a_wrong_code_is_said_on_the_page(asked: Personas) -> None:
    keeper = Client()
    keeper.force_login(asked.amina)
    answer = keeper.post(f"/naming/{of(asked, 'Kapoeta').ref}/", {"code": "SS99"})
    assert answer.status_code == 422
    assert "no place with the code SS99" in answer.content.decode()


def test_what_is_nearly_the_same_is_accepted_in_one_go(asked: Personas) -> None:
    """Budi is the very name, but of a county of another state than was said: a person may accept all such at once."""
    keeper = Client()
    keeper.force_login(asked.amina)
    page = keeper.get("/naming/?" + urlencode({"source": SURVEY})).content.decode()
    assert "Accept the first candidate of 1 name that is nearly the same" in page
    keeper.post("/naming/", {"source": SURVEY})
    assert [of(asked, text).state for text in ("Budi", "Kapoeta", "Atlantis")] == ["decided", "open", "open"]
    assert of(asked, "Budi").code == "SS0201"


def test_too_many_are_refused_and_none_is_decided(asked: Personas, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST", 0)
    with asked.asking(asked.amina), pytest.raises(Refused) as refused:
        pages.accept_sure(Asked(form={"source": SURVEY}))
    assert refused.value.code == "naming.too_many"
    assert of(asked, "Budi").state == "open"


def test_who_may_not_decide_sees_the_question_and_no_button(asked: Personas) -> None:
    with asked.asking(asked.daniel):
        screen = pages.question.draw(Asked({"ref": of(asked, "Kapoeta").ref}))
        listed = pages.queue.draw(Asked())
    assert not blocks(screen, Form)
    assert "You may decide when you hold the duty" in str(blocks(screen, Notice)[-1].text)
    assert not blocks(listed, Form)
    assert len(blocks(listed, Table)[0].rows) == 3


def test_no_question_of_that_name(asked: Personas) -> None:
    with asked.asking(asked.amina), pytest.raises(Refused) as refused:
        pages.question.draw(Asked({"ref": "NAME-NONE"}))
    assert refused.value.code == "kernel.not_found"
