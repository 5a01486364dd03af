"""Forms on pages: drawn so that anyone can answer, sent whole, refused with what was typed kept, files gone afterwards."""

from __future__ import annotations

import io
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from tests.personas import Personas
from waystation.kernel import work
from waystation.kernel.acts import do
from waystation.kernel.models import Job
from waystation.kernel.pages import Asked, Page, pages
from waystation.kernel.refusals import Problem, Refused, refusal, refusals, require
from waystation.kernel.screens import Form, Progress, Question, Screen
from waystation.site import urls
from waystation.surfaces.web import middleware, screened

refusals("forms", no_name=refusal("Say a name."), too_many=refusal("Those are too many.", "conflict"))

QUESTIONS = (
    Question("name", "Name", required=True, hint="As on the <card>"),
    Question("story", "Story", "long"),
    Question("count", "Count", "number", 2.5),
    Question("day", "Day", "date", date(2025, 3, 1)),
    Question("office", "Office", "choice", "DKR", [("DKR", "Dakar"), ("NBO", "Nairobi")]),
    Question("kind", "Kind", "choice", None, [("a", "A"), ("b", "B")], required=True),
    Question("may", "May be published", "yesno", True),
    Question("agrees", "Agrees", "yesno", required=True),
    Question("files", "Files", "file", required=True),
)


class Desk:
    """A page that keeps what it was sent, and answers as it is told to."""

    def __init__(self) -> None:
        self.answer: Any = "/figures/"
        self.asked: Asked | None = None
        self.there: list[tuple[str, bytes]] = []
        self.blocks: list[Any] = [Form("Send it", QUESTIONS, "What we ask", {"sheet": "one"})]

    def draw(self, asked: Asked) -> Screen:
        return Screen("A desk", self.blocks)

    def receive(self, asked: Asked) -> str:
        self.asked = asked
        self.there = [(one.name, one.path.read_bytes()) for one in asked.files]
        require(asked.form.get("name"), "forms.no_name")
        if isinstance(self.answer, Refused):
            raise self.answer
        return str(self.answer)


@pytest.fixture
def desk(settings: Any) -> Desk:
    """The desk at ``/desk/``, the same open to the public at ``/open-desk/``, and one that takes nothing at ``/mute/``."""
    made = Desk()
    pages = (
        Page("desk/", made.draw, receive=made.receive),
        Page("open-desk/", made.draw, public=True, receive=made.receive),
        Page("mute/", made.draw, public=True),
    )
    routes = [screened.path(one.path, screened.view_of(one)) for one in pages]
    addresses = ModuleType("addresses")
    vars(addresses).update(vars(urls), urlpatterns=[*routes, *urls.urlpatterns])
    settings.ROOT_URLCONF = addresses
    return made


@pytest.fixture
def amina(personas: Personas, client: Client) -> Client:
    client.force_login(personas.amina)
    return client


def answers(**changed: Any) -> dict[str, Any]:
    """The form filled in as a person would, with some answers changed."""
    given = {
        "sheet": "one", "name": "Zoé", "story": "first\nsecond", "count": "7", "day": "2025-05-31", "office": "NBO",
        "kind": "b", "may": "yes", "agrees": "no",
    }  # fmt: skip
    return {**given, **changed}


class Elements(HTMLParser):
    """The start tags of a page, as (tag, attributes)."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def named(self, name: str) -> dict[str, str | None]:
        return next(attrs for _tag, attrs in self.found if attrs.get("name") == name)


def page(response: Any) -> Elements:
    return Elements(response.content.decode())


def test_every_question_has_its_label_its_hint_and_its_mark(amina: Client, desk: Desk) -> None:
    response = amina.get("/desk/")
    elements = page(response)
    labels = {attrs["for"] for tag, attrs in elements.found if tag == "label" and "for" in attrs}
    ids = {attrs["id"] for _tag, attrs in elements.found if "id" in attrs}
    for question in QUESTIONS:
        field = elements.named(question.name)
        if question.name != "agrees":  # two buttons, each inside its own label, under a legend
            assert field["id"] in labels
        assert ("required" in field) == question.required, question.name
        if field.get("aria-describedby"):
            assert field["aria-describedby"] in ids
    assert elements.named("name")["aria-describedby"]
    assert "As on the &lt;card&gt;" in response.content.decode()
    assert "multiple" in elements.named("files")
    assert elements.named("csrfmiddlewaretoken")["value"]
    assert response.content.decode().count('<span class="must">required</span>') == 4


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_values_stand_in_inputs_as_inputs_hold_them_in_any_language(amina: Client, desk: Desk, language: str) -> None:
    with translation.override(language):
        elements = page(amina.get("/desk/", headers={"accept-language": language}))
    assert elements.named("count")["value"] == "2.5"
    assert elements.named("day")["value"] == "2025-03-01"
    assert "checked" in elements.named("may")


def test_a_choice_not_yet_made_is_not_made_for_the_reader(amina: Client, desk: Desk) -> None:
    text = amina.get("/desk/").content.decode()
    kind = re.search(r'<select[^>]*name="kind".*?</select>', text, re.DOTALL)
    office = re.search(r'<select[^>]*name="office".*?</select>', text, re.DOTALL)
    assert kind is not None
    assert office is not None
    assert kind[0].index('<option value="" selected>') < kind[0].index('value="a"')
    assert '<option value="">' not in office[0]
    assert '<option value="DKR" selected>' in office[0]


def test_what_is_sent_arrives_whole_and_leads_on(amina: Client, desk: Desk) -> None:
    files = [SimpleUploadedFile("one.csv", b"a,b\n1,2\n"), SimpleUploadedFile("../../two.csv", b"x" * 3_000_000)]
    response = amina.post("/desk/?sheet=one", answers(files=files))
    assert (response.status_code, response["Location"]) == (303, "/figures/")
    assert desk.asked is not None
    assert dict(desk.asked.form) == answers()
    assert dict(desk.asked.query) == {"sheet": "one"}
    assert [(name, len(content)) for name, content in desk.there] == [("one.csv", 8), ("two.csv", 3_000_000)]
    assert [(one.question, one.size) for one in desk.asked.files] == [("files", 8), ("files", 3_000_000)]


def test_files_are_gone_when_the_request_is_answered(amina: Client, desk: Desk) -> None:
    for answer in ("/figures/", Refused("forms.too_many")):
        desk.answer = answer
        amina.post("/desk/", answers(files=SimpleUploadedFile("one.csv", b"a,b\n1,2\n")))
        assert desk.asked is not None
        (upload,) = desk.asked.files
        assert desk.there == [("one.csv", b"a,b\n1,2\n")]
        assert not upload.path.exists()


def test_a_refusal_shows_the_page_again_with_what_was_typed(amina: Client, desk: Desk) -> None:
    desk.answer = Refused("forms.too_many")
    said = answers(name="<b>Zoé</b>", files=SimpleUploadedFile("one.csv", b"a"))
    del said["may"]
    response = amina.post("/desk/", said)
    assert response.status_code == 409
    text, elements = response.content.decode(), page(response)
    assert "Those are too many." in text
    assert "forms.too_many" in text
    assert text.index('role="alert"') < text.index('id="blocks"')
    assert "<title>Refused: A desk" in text
    assert elements.named("name")["value"] == "<b>Zoé</b>"
    assert ">first\nsecond</textarea>" in text
    assert elements.named("count")["value"] == "7"
    assert elements.named("day")["value"] == "2025-05-31"
    assert '<option value="NBO" selected>' in text
    assert '<option value="b" selected>' in text
    assert "checked" not in elements.named("may")
    assert re.search(r'value="no" required checked', text)
    assert "Choose them again" in text


def test_a_refusal_names_every_problem_and_its_place(amina: Client, desk: Desk) -> None:
    desk.answer = Refused(problems=[Problem("forms.no_name", file="a.csv", row=n) for n in range(2, 62)])
    response = amina.post("/desk/", answers())
    assert response.status_code == 422
    assert "a.csv, row 51: Say a name." in response.content.decode()
    assert "these are the first 50" in response.content.decode()


def test_only_the_form_that_was_sent_keeps_what_was_typed(amina: Client, desk: Desk) -> None:
    desk.blocks.append(Form("Other", [Question("name", "Name", value="kept apart")], "Another", {"sheet": "two"}))
    desk.answer = Refused("forms.too_many")
    text = amina.post("/desk/", answers()).content.decode()
    assert 'value="Zoé"' in text
    assert 'value="kept apart"' in text


def test_without_its_token_a_form_is_not_taken(personas: Personas, desk: Desk) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(personas.amina)
    assert client.post("/desk/", answers()).status_code == 403
    assert desk.asked is None
    token = page(client.get("/desk/")).named("csrfmiddlewaretoken")["value"]
    assert client.post("/desk/", answers(csrfmiddlewaretoken=token)).status_code == 303
    assert desk.asked is not None
    assert "csrfmiddlewaretoken" not in desk.asked.form


@pytest.mark.parametrize(
    "where", ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere", "javascript:1", ""]
)
def test_a_page_leads_nowhere_else_than_to_this_site(amina: Client, desk: Desk, where: str) -> None:
    desk.answer = where
    response = amina.post("/desk/", answers())
    assert (response.status_code, response["Location"]) == (303, "/desk/")


def test_who_is_not_signed_in_may_send_to_public_pages_only(client: Client, desk: Desk, db: None) -> None:
    response = client.post("/desk/", answers())
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/?next=/desk/")
    assert desk.asked is None
    assert client.post("/open-desk/", answers()).status_code == 303
    desk.answer = Refused("kernel.not_allowed", act="send", rule="nobody")
    response = client.post("/open-desk/", answers())
    assert response.status_code == 403
    assert page(response).named("name")["value"] == "Zoé"


def test_a_page_that_takes_nothing_says_so(client: Client, desk: Desk, db: None) -> None:
    response = client.post("/mute/", answers())
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
    assert "takes nothing" in response.content.decode()
    response = client.delete("/open-desk/")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, POST")


def test_what_is_too_large_is_read_to_its_end_and_told(amina: Client, desk: Desk, settings: Any) -> None:
    settings.UPLOAD_LIMIT_BYTES = 1024 * 1024
    stream = io.BytesIO(b"x" * 2_000_000)
    response = amina.generic("POST", "/desk/", stream.read(), content_type="multipart/form-data; boundary=b")
    assert response.status_code == 413
    assert "larger than 1 MB" in response.content.decode()
    assert response["Content-Type"].startswith("text/html")
    assert response.wsgi_request.read() == b""
    assert desk.asked is None


def test_of_what_is_far_too_large_only_some_is_read(amina: Client, desk: Desk, settings: Any) -> None:
    settings.UPLOAD_LIMIT_BYTES = middleware.SIP
    sent = b"x" * ((middleware.MOST_SWALLOWED + 3) * middleware.SIP)
    response = amina.generic("POST", "/desk/", sent, content_type="multipart/form-data; boundary=b")
    assert response.status_code == 413
    assert len(response.wsgi_request.read()) == 3 * middleware.SIP


def test_too_many_files_and_too_much_text_are_told(amina: Client, desk: Desk, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 2
    response = amina.post("/desk/", answers(files=[SimpleUploadedFile(f"{n}.csv", b"a") for n in range(3)]))
    assert response.status_code == 413
    assert "More than 2 files" in response.content.decode()
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
    response = amina.post("/desk/", answers(story="x" * 1_100_000))
    assert response.status_code == 413
    assert "larger than 1 MB" in response.content.decode()


@pytest.fixture
def job(personas: Personas, desk: Desk) -> Job:
    """Work that Amina asked for and that waits, on the desk's page."""
    with personas.asking(personas.amina):
        made: Job = do(work.ask, task="sources.take_in", office=personas.dakar, arguments={}).record
    desk.blocks = [Progress(made.ref)]
    return made


def test_work_under_way_is_followed_and_stopped_on_its_page(amina: Client, desk: Desk, job: Job) -> None:
    text = amina.get("/desk/").content.decode()
    assert f'data-again="/jobs/{job.ref}/progress/"' in text
    assert '<noscript><meta http-equiv="refresh"' in text
    assert 'role="status"' in text
    stop = re.search(r'action="(/r/house.jobs/[^"]+/do/stop/)"', text)
    assert stop is not None
    response = amina.post(stop[1], {"key": "k", "next": "/desk/"})
    assert (response.status_code, response["Location"]) == (303, "/desk/")
    job.refresh_from_db()
    assert job.state == "stopped"
    text = amina.get("/desk/").content.decode()
    assert "data-again" not in text
    assert "http-equiv" not in text
    assert ">Stop<" not in text


@pytest.mark.parametrize("where", ["https://elsewhere.example/", "//elsewhere.example/"])
def test_an_act_leads_back_to_this_site_only(amina: Client, job: Job, where: str) -> None:
    response = amina.post(f"/r/house.jobs/{job.ref}/do/stop/", {"key": "k", "next": where})
    assert (response.status_code, response["Location"]) == (303, f"/r/house.jobs/{job.ref}/")


def test_another_persons_work_is_told_and_not_shown(personas: Personas, client: Client, desk: Desk, job: Job) -> None:
    client.force_login(personas.bakary)
    text = client.get("/desk/").content.decode()
    assert "Whoever asked for it sees how far it is" in text
    assert job.ref not in text


def test_a_form_means_nothing_on_paper(amina: Client, desk: Desk) -> None:
    response = amina.get("/desk/?format=pdf")
    assert response.content.startswith(b"%PDF")
    assert "format=pdf" not in amina.get("/desk/").content.decode()


def test_uploads_lie_in_the_temporary_folder(amina: Client, desk: Desk, settings: Any, tmp_path: Path) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    amina.post("/desk/", answers(files=SimpleUploadedFile("one.csv", b"a")))
    assert desk.asked is not None
    assert desk.asked.files[0].path.parent == tmp_path
    assert list(tmp_path.glob("*.csv")) == []


def test_files_are_brought_by_the_real_page_and_a_forged_office_is_refused(amina: Client) -> None:
    address = next(f"/{one.path}" for one in pages if one.path.endswith("sources/bring/"))
    said = {"source": "Partner <X>", "licence": "CC BY 4.0", "may_republish": "yes"}
    file = b"operation,admin0Pcode\nCrisis,HTI\n"
    response = amina.post(address, {**said, "office": "NBO", "files": SimpleUploadedFile("round.csv", file)})
    assert response.status_code == 422
    assert "which_office" in response.content.decode()
    elements = page(response)
    assert elements.named("source")["value"] == "Partner <X>"
    assert "checked" in elements.named("may_republish")
    response = amina.post(address, {**said, "office": "DKR", "files": SimpleUploadedFile("round.csv", file)})
    assert response.status_code == 303
    followed = amina.get(response["Location"])
    assert followed.status_code == 200
    assert "round.csv" in followed.content.decode()
    assert page(followed).named("remember")["type"] == "text"
