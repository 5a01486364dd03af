"""Finding by keyboard: suggestions as one types, told to those who do not see them, and nothing needed but the box without script."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.browser.test_every_page import barriers
from tests.personas import Personas
from waystation.apps.places.acts import open_site
from waystation.apps.places.models import Country, Site
from waystation.apps.tracking.tests.making import load_countries
from waystation.kernel.acts import do

Window = Callable[..., Page]
pytestmark = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="pages are drawn the same on every database: they are looked at on SQLite"
)


@pytest.fixture
def abeche(people: Personas) -> Site:
    load_countries(people, "TCD")
    with people.asking(people.amina):
        site: Site = do(open_site, name="Abéché", kind="camp", country=Country.objects.get(iso3="TCD")).record
    return site


def test_a_record_is_found_by_keyboard_alone(people: Personas, signed_in: Window, abeche: Site) -> None:
    page = signed_in(people.amina)
    page.keyboard.press("/")
    box = page.get_by_role("combobox", name="Search records, acts, figures, help")
    expect(box).to_be_focused()
    page.keyboard.type("abec")
    first = page.get_by_role("option", name=re.compile("Abéché"))
    expect(first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("status").filter(has_text="Abéché")).to_be_attached()
    assert not barriers(page, Axe())
    page.keyboard.press("ArrowDown")
    expect(first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", str(first.get_attribute("id")))
    page.keyboard.press("Escape")
    expect(first).to_be_hidden()
    expect(box).to_have_value("abec")
    for key in ("ArrowDown", "ArrowDown", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_role("heading", level=1)).to_contain_text(abeche.ref)


def test_all_answers_by_enter_and_without_script(
    people: Personas, signed_in: Window, abeche: Site, opened: Window
) -> None:
    page = signed_in(people.amina)
    page.keyboard.press("Control+k")
    page.keyboard.type("abéch")
    page.keyboard.press("Enter")
    main = page.get_by_role("main")
    expect(main.get_by_role("link", name="Abéché")).to_be_visible()
    bare = opened(java_script_enabled=False, storage_state=page.context.storage_state())
    bare.goto("/")
    box = bare.get_by_role("searchbox")
    box.fill("abec")
    box.press("Enter")
    bare.get_by_role("main").get_by_role("link", name="Abéché").click()
    expect(bare.get_by_role("heading", level=1)).to_contain_text(abeche.ref)


def test_suggestions_fit_a_phone_from_right_to_left(people: Personas, signed_in: Window, abeche: Site) -> None:
    page = signed_in(people.amina, viewport=PHONE)
    page.context.add_cookies([{"name": "django_language", "value": "ar", "url": page.url}])
    page.goto("/")
    page.get_by_role("combobox").fill("abec")
    option = page.get_by_role("option", name=re.compile("Abéché"))
    expect(option).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    around = option.bounding_box()
    assert around is not None
    assert 0 <= around["x"] <= around["x"] + around["width"] <= PHONE["width"]
    option.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(abeche.ref)
