"""Every kind of page, in both directions and both colour schemes: no barrier that axe can find, nothing that bursts, little weight."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, Page

from tests.browser.conftest import DESK, PHONE
from tests.personas import Personas
from tests.world import settle
from waystation.apps.naming.models import Question
from waystation.apps.tracking.models import Finding, Round
from waystation.kernel.models import Release
from waystation.kernel.pages import pages

Window = Callable[..., Page]
PAPER = {"width": 688, "height": 1000}  # A4 without its margins, in pixels of 1/96 inch
HEAVIEST = 150_000  # bytes over the wire, all that a first page loads
COLUMNS = "operation,admin0Pcode,admin1Pcode,numPresentIdpInd\nCrisis,HTI,HT01,5\n"


def bring_page() -> str:
    """The address of the page that brings files, in whichever app it lives."""
    return next(f"/{one.path}" for one in pages if one.path.endswith("sources/bring/"))


def mapping_page(people: Personas) -> str:
    """The address of the page that maps a file's columns, after Amina has brought one."""
    client = Client()
    client.force_login(people.amina)
    file = SimpleUploadedFile("round.csv", COLUMNS.encode())
    said = {"source": "Partner", "licence": "CC BY 4.0", "office": "DKR", "files": file}
    return str(client.post(bring_page(), said)["Location"])


def addresses(people: Personas) -> dict[str, str]:
    """One page of every kind, for someone who may see much."""
    ref = Round.everything.get(number=2).ref
    finding = Finding.everything.filter(state="found").first()
    released = Release.everything.get().ref
    return {
        "home": "/",
        "list": "/r/tracking.findings/",
        "filtered list": "/r/tracking.findings/?state=found&q=no",
        "sheet": f"/r/tracking.rounds/{ref}/",
        "act": f"/r/tracking.findings/{finding.ref}/do/explain/",
        "act that makes": "/r/tracking.rounds/new/plan/",
        "pages with a map": "/places/HTI/",
        "queue": "/naming/",
        "map with a button for each candidate": f"/naming/{Question.everything.get().ref}/",
        "form": bring_page(),
        "long form": mapping_page(people),
        "figures": "/figures/",
        "figure": "/figures/tracking.idps_tracked/?by=reporting_date",
        "figure refused": "/figures/tracking.people_present/",
        "release": f"/open/{released}/",
        "open data": "/open/",
        "search": "/search/?q=test",
        "search for an act": "/search/?q=plan",
        "what can be searched": "/search/",
        "help": "/help/searching/",
        "me": "/me/",
        "authenticator app": "/me/second-step/",
        "passkey": "/me/passkeys/",
        "password": "/me/password/",
        "lending": "/r/house.duties/new/lend/",
        "what I may": "/access/amina/",
        "notices": "/notices/",
        "job": "/r/house.jobs/",
        "error": "/nowhere/",
    }


def barriers(page: Page, axe: Axe, *rules: str) -> list[str]:
    """What axe finds on the page as it stands (by some rules only): rule, how often, and the first place."""
    asked: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        asked["runOnly"] = {"type": "rule", "values": list(rules)}
    found = axe.run(page, options=asked).response["violations"]
    return [f"{one['id']} ({len(one['nodes'])}): {one['nodes'][0]['html'][:160]}" for one in found]


def test_axe_sees_a_barrier_when_there_is_one(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(
        "<html lang=en><title>T</title><main><h1>H</h1><p style='color:#ccc;background:#fff'>pale</p><img src=x></main>"
    )
    assert {one.split()[0] for one in barriers(page, Axe())} >= {"color-contrast", "image-alt"}
    assert barriers(page, Axe(), "image-alt")[0].startswith("image-alt")
    page.close()


on_sqlite = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="pages are drawn the same on every database: they are looked at on SQLite"
)


@on_sqlite
@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_page_has_a_barrier_or_bursts(people: Personas, signed_in: Window, opened: Window, language: str) -> None:
    settle(people)
    found, axe = [], Axe()
    page = signed_in(people.amina)
    everywhere = addresses(people)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": page.url}])
    stranger = opened()
    stranger.context.add_cookies([{"name": "django_language", "value": language, "url": page.url}])
    looked_at = [(page, name, address) for name, address in everywhere.items()] + [(stranger, "sign in", "/sign-in/")]
    for window, name, address in looked_at:
        window.set_viewport_size(DESK)
        window.goto(address)
        found += [f"{name}: {one}" for one in barriers(window, axe)]
        window.emulate_media(color_scheme="dark")  # which changes colours and nothing else
        found += [f"{name}, dark: {one}" for one in barriers(window, axe, "color-contrast")]
        window.emulate_media(color_scheme="light")
        for size in (DESK, PHONE):
            window.set_viewport_size(size)
            if window.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append(f"{name} is wider than a screen of {size['width']} pixels")
    assert not found, "\n".join(found)


@on_sqlite
def test_a_first_page_is_light(people: Personas, signed_in: Window) -> None:
    settle(people)
    page = signed_in(people.amina)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
    for address in ("/", "/places/HTI/", "/figures/tracking.idps_tracked/", "/r/tracking.findings/"):
        sizes.clear()
        page.goto(address, wait_until="networkidle")
        assert len(sizes) >= 3, "the page, its style and its script"
        assert sum(sizes) < HEAVIEST, address


@on_sqlite
def test_pages_print_without_what_is_for_screens(people: Personas, signed_in: Window) -> None:
    settle(people)
    page = signed_in(people.amina)
    for address in ("/places/HTI/", "/r/tracking.findings/", "/figures/tracking.idps_tracked/"):
        page.goto(address)
        page.emulate_media(media="print")
        page.set_viewport_size(PAPER)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{address} bursts the paper"
        for role, name in (("navigation", "Menu"), ("navigation", "You")):
            assert not page.get_by_role(role, name=name).is_visible()
        assert page.get_by_role("heading", level=1).is_visible()
        assert page.pdf(format="A4").startswith(b"%PDF")
        page.emulate_media(media="screen")
