"""What the search page and its suggestions find for whom, in which order, and why."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.personas import Personas
from waystation.apps.places.acts import open_site, rename_site
from waystation.apps.places.models import Country, Site
from waystation.apps.tracking.tests.making import load_countries
from waystation.hall.finding.queries import answers, seeking
from waystation.kernel import house
from waystation.kernel.acts import do
from waystation.kernel.models import Actor
from waystation.surfaces.web.helped import FOLDER, topics

pytestmark = pytest.mark.django_db


@pytest.fixture
def sites(personas: Personas) -> list[Site]:
    """Sites of Haiti, the oldest first."""
    load_countries(personas, "HTI", "TCD", "SYR")
    country = Country._base_manager.get(iso3="HTI")
    names = ("Camp Delmas", "Delmas", "Delmas 33", "École de Delmas", "Abéché", "مخيم الحسكة")
    with personas.asking(personas.amina):
        return [
            do(open_site, name=name, kind="camp", country=country, code=f"D-{n}").record for n, name in enumerate(names)
        ]


def client_of(who: Actor) -> Client:
    client = Client()
    client.force_login(who)
    return client


def looked(who: Actor, words: str, language: str = "en") -> Any:
    """The search page that somebody gets."""
    client = client_of(who)
    client.cookies["django_language"] = language
    return client.get("/search/", {"q": words})


def records(answer: Any) -> list[str]:
    """Names of the records on a search page, in its order."""
    return [plain(one.name) for kind in answer.context["found"] for one in kind.items]


def labels(answer: Any, kind: str) -> list[str]:
    return [way.label for found in answer.context["ways"] if found.label == kind for way in found.ways]


def plain(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", text))


def test_exact_names_come_first_then_beginnings_then_words_newest_first(personas: Personas, sites: list[Site]) -> None:
    assert records(looked(personas.amina, "delmas")) == ["Delmas", "Delmas 33", "École de Delmas", "Camp Delmas"]
    assert records(looked(personas.amina, "DELM")) == ["Delmas 33", "Delmas", "École de Delmas", "Camp Delmas"]
    assert records(looked(personas.amina, "abec")) == ["Abéché"]
    assert records(looked(personas.amina, "حسكه")) == ["مخيم الحسكة"]


def test_a_whole_reference_leads_to_its_sheet(personas: Personas, sites: list[Site]) -> None:
    for words in (sites[0].ref, sites[0].ref.lower(), f" {sites[0].ref} "):
        answer = looked(personas.amina, words)
        assert (answer.status_code, answer["Location"]) == (302, reverse("sheet", args=["places.sites", sites[0].ref]))
    begun = looked(personas.amina, sites[0].ref[:-2])
    assert begun.status_code == 200
    assert "Camp Delmas" in records(begun)
    assert looked(personas.amina, sites[0].ref.replace("-", " ")).status_code == 200, "words, not a reference"


def test_a_line_says_why_where_the_name_does_not(personas: Personas, sites: list[Site]) -> None:
    (found,) = looked(personas.amina, "сирийская").context["found"]
    assert [(one.because, plain(one.why)) for one in found.items] == [
        ("Name (Russian)", "Сирийская Арабская Республика")
    ]
    assert "<mark>Сирийская</mark>" in found.items[0].why
    (found,) = looked(personas.amina, "сирийская", "ru").context["found"]
    assert [one.because for one in found.items] == [""], "there it is called so"


def test_more_than_a_few_lead_to_the_list(personas: Personas, sites: list[Site]) -> None:
    with personas.asking(personas.amina):
        for number in range(8):
            do(open_site, name=f"Delmas {number}", kind="camp", country=sites[0].country)
    (found,) = looked(personas.amina, "delm").context["found"]
    assert len(found.items) == 6
    listed = client_of(personas.amina).get(found.more)
    assert listed.context["count"] == 12
    assert {row.url for row in listed.context["rows"]} >= {one.url for one in found.items}


def test_who_may_see_none_of_it_finds_nothing(personas: Personas) -> None:
    with personas.asking(personas.amina):
        key = do(house.issue, grants="dtm:read").record
    for words in (key.ref[:-1], key.ref, "key"):
        answer = looked(personas.daniel, words)
        assert (answer.status_code, records(answer)) == (200, [])
        suggested = client_of(personas.daniel).get("/search/suggest/", {"q": words}).content.decode()
        assert "house.keys/KEY" not in suggested
    assert looked(personas.amina, key.ref).status_code == 302
    assert Client().get("/search/suggest/", {"q": "key"}).status_code == 302, "the public signs in first"


def test_what_one_may_see_is_found_behind_much_that_one_may_not(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest answers of the index are not for this reader: what is theirs is older, and found all the same."""
    monkeypatch.setattr(answers, "DEEP", 3)
    monkeypatch.setattr(seeking, "DEEP", 3)
    with personas.asking(personas.daniel):
        own = do(house.issue, grants="dtm:read").record
    with personas.asking(personas.amina):
        for _ in range(7):
            do(house.issue, grants="dtm:read")
    found = looked(personas.daniel, "key").context["found"]
    assert [(one.label, len(one.items), one.more) for one in found] == [("Keys", 1, "")]
    assert found[0].items[0].url == reverse("sheet", args=["house.keys", own.ref])
    assert len(looked(personas.zainab, "key").context["found"][0].items) == 6


def test_acts_are_found_by_what_they_are_for_and_only_by_who_may_do_them(personas: Personas, sites: list[Site]) -> None:
    may = looked(personas.amina, "plan a round")
    assert labels(may, "What you can do")[:1] == ["Plan"]
    (way,) = [one for kind in may.context["ways"] for one in kind.ways if one.label == "Plan"]
    assert client_of(personas.amina).get(way.url).status_code == 200
    assert "Plan" not in labels(looked(personas.daniel, "plan a round"), "What you can do")
    closing = [one for kind in looked(personas.amina, "close site").context["ways"] for one in kind.ways if kind.acts]
    assert closing[0].url == "/r/places.sites/?can=close_site"
    assert client_of(personas.amina).get(closing[0].url).context["count"] == len(sites)


def test_figures_lists_pages_and_help_are_found(personas: Personas, sites: list[Site]) -> None:
    answer = looked(personas.amina, "displac")
    assert "Internally displaced persons tracked" in labels(answer, "Figures")
    assert "Displacement" in labels(answer, "Lists and pages")
    assert labels(answer, "Help")[0].startswith("Glossary")
    assert "Sites" in labels(looked(personas.amina, "sites"), "Lists and pages")
    assert "Duties held" in labels(looked(personas.zainab, "duties"), "Lists and pages")
    assert "Duties held" not in labels(looked(personas.daniel, "duties"), "Lists and pages")
    (explained,) = [one for kind in looked(personas.amina, "four eyes").context["ways"] for one in kind.ways]
    assert explained.url == "/help/working/#sheets-and-acts"
    assert "another person must do it" in explained.note


def test_without_words_the_page_says_what_can_be_searched(personas: Personas, sites: list[Site]) -> None:
    answer = looked(personas.amina, "")
    assert "Sites" in [door.label for door in answer.context["lists"]]
    assert "plan a round" in answer.content.decode()
    for words in ("-", "'", "\x00", "  ", "qqqq"):
        assert looked(personas.amina, words).status_code == 200
    assert "Nothing that you may see" in looked(personas.amina, "qqqq").content.decode()


@pytest.mark.parametrize(
    "words", ['"', "a* OR b", "NEAR(a b)", "') --", "':* | 'a", "<script>", "&", "!", "\\", "%", "_", "😀", "ﷺ"]
)
def test_words_are_never_a_language_of_the_database(personas: Personas, sites: list[Site], words: str) -> None:
    for address in ("/search/", "/search/suggest/", "/r/places.sites/"):
        answer = client_of(personas.amina).get(address, {"q": f"delmas {words}"})
        assert answer.status_code == 200
        assert "<script>" not in answer.content.decode()


def test_suggestions_are_few_and_lead_somewhere(personas: Personas, sites: list[Site]) -> None:
    client = client_of(personas.amina)
    told = client.get("/search/suggest/", {"q": "del"}).content.decode()
    options = re.findall(r'<li role="option"[^>]*data-href="([^"]*)"', told)
    assert options[:4] == [reverse("sheet", args=["places.sites", sites[n].ref]) for n in (2, 1, 3, 0)]
    assert options[-1] == "/search/?q=del"
    for address in options:
        assert client.get(html.unescape(address)).status_code == 200
    planning = client.get("/search/suggest/", {"q": "plan"}).content.decode()
    assert "/r/tracking.rounds/new/plan/" in planning
    assert client.get("/search/suggest/", {"q": "d"}).content.decode().count("<li") <= 1, "one letter is no beginning"


def test_search_asks_as_much_of_many_records_as_of_few(personas: Personas, sites: list[Site]) -> None:
    def asked() -> int:
        client = client_of(personas.amina)
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/search/", {"q": "delm"}).status_code == 200
        return len(seen)

    asked()
    before = asked()
    with personas.asking(personas.amina):
        for number in range(5):
            do(open_site, name=f"Delmas {number}", kind="camp", country=sites[0].country)
    assert asked() == before


def test_a_list_is_searched_by_the_same_index_in_any_order(personas: Personas, sites: list[Site]) -> None:
    client = client_of(personas.amina)
    for sort in ("", "name", "-name", "country", "opened_on"):
        answer = client.get("/r/places.sites/", {"q": "delmas", "sort": sort})
        assert answer.context["count"] == 4
        assert len(answer.context["rows"]) == 4
    assert client.get("/r/places.sites/", {"q": "ECOLE delm"}).context["count"] == 1
    assert client.get("/r/places.sites/", {"q": "delmas", "country": "TCD"}).context["count"] == 0
    with personas.asking(personas.amina):
        do(rename_site, sites[3], name="Lycée")
    assert client.get("/r/places.sites/", {"q": "delmas"}).context["count"] == 3


def test_help_is_whole_and_its_addresses_lead_to_its_parts(personas: Personas) -> None:
    client = client_of(personas.daniel)
    assert {topic.name for topic in topics()} == {path.name.split(".")[0] for path in FOLDER.glob("*.md")}
    assert client.get("/help/").status_code == 200
    for topic in topics():
        page = client.get(topic.url).content.decode()
        for section in topic.sections:
            address, _hash, part = section.url.partition("#")
            assert address == topic.url
            assert not part or f'id="{part}"' in page
    assert client.get("/help/nothing/").status_code == 404
    assert Client().get("/help/").status_code == 302
