"""A list made one's own: filters, columns, a view of it shared, one act on several records; and the same without script."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.personas import Personas
from waystation.apps.places.acts import load_countries, open_site
from waystation.apps.places.datasets.countries import TERMS
from waystation.apps.places.models import Country, Site
from waystation.apps.places.tests.makers import every_country
from waystation.kernel import scope
from waystation.kernel.acts import do

Window = Callable[..., Page]
KINDS = ("camp", "settlement", "transit_centre")


@pytest.fixture
def sites(people: Personas) -> list[Any]:
    """Six sites, opened by Amina in Dakar."""
    with scope.enter(scope.house("tests")):
        do(load_countries, rows=[every_country()["HTI"]], terms=TERMS)
    with people.asking(people.amina):
        haiti = Country.objects.get()
        return [do(open_site, name=f"Site {n}", kind=KINDS[n % 3], country=haiti).record for n in range(6)]


def _heads(page: Page) -> list[str]:
    return [one.strip(" ▲▼") for one in page.get_by_role("columnheader").all_inner_texts()]


def test_a_list_is_made_ones_own_saved_shared_and_worked_through(
    people: Personas, worker: Any, signed_in: Window, sites: list[Any]
) -> None:
    page = signed_in(people.amina)
    page.get_by_role("navigation", name="Menu").get_by_role("link", name="Sites", exact=True).click()
    _narrow(page)
    _choose_columns(page)
    _save_and_share(page)
    _close_two(page)
    other = signed_in(people.bakary)
    other.goto("/r/places.sites/")
    other.get_by_role("main").get_by_text("Saved views", exact=True).click()
    other.get_by_role("link", name=re.compile("Camps and settlements")).click()
    expect(other.get_by_role("heading", level=1)).to_contain_text("Camps and settlements")
    assert _heads(other) == ["Reference", "Kind", "Name", "State"]
    expect(other.get_by_role("checkbox", name=re.compile("^Tick"))).to_have_count(0)


def _narrow(page: Page) -> None:
    """Two kinds, one of them taken out and put back."""
    page.get_by_text("Filter", exact=True).click()
    form = page.locator(".filter-form")
    form.get_by_label("Kind").select_option(label="Camp")
    form.get_by_role("button", name="Show").click()
    page.get_by_text("Filter", exact=True).click()
    page.locator(".filter-form").get_by_label("Kind").select_option(label="Settlement")
    page.locator(".filter-form").get_by_role("button", name="Show").click()
    chosen = page.locator(".chosen")
    expect(chosen).to_contain_text(re.compile(r"Kind: Camp.*or.*Settlement"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("4")
    chosen.get_by_role("link", name="Take out Kind: Settlement").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("2")
    page.go_back()


def _choose_columns(page: Page) -> None:
    """All but three are taken out; the kind comes before the name."""
    page.get_by_text("Columns", exact=True).click()
    for label in ("Code in the field", "Country", "Area", "Longitude", "Latitude", "Opened"):
        page.get_by_role("link", name=f"Take out the column {label}").click()
    page.get_by_role("link", name="Move Kind earlier").click()
    assert _heads(page) == ["Reference", "Kind", "Name", "State"]


def _save_and_share(page: Page) -> None:
    page.get_by_role("main").get_by_text("Saved views", exact=True).click()
    page.get_by_label("Save what is shown as").fill("Camps and settlements")
    page.get_by_role("button", name="Save the view").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Camps and settlements")
    here = page.url
    page.get_by_role("main").get_by_text("Saved views", exact=True).click()
    page.get_by_role("link", name="Share, rename or take away this view").click()
    page.get_by_role("link", name="Share", exact=True).click()
    page.get_by_label(re.compile("^Office")).select_option(label="Dakar")
    page.get_by_role("main").get_by_role("button", name="Share").click()
    page.goto(here)


def _close_two(page: Page) -> None:
    """Two are ticked and closed; one of them twice, which is refused with its reason."""
    ticks = page.get_by_role("checkbox", name=re.compile("^Tick"))
    for place in (0, 1):
        ticks.nth(place).check()
    page.get_by_label("What to do").select_option(label="Close site")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Close site 2")
    page.get_by_role("main").get_by_role("button", name="Close site").click()
    expect(page.get_by_role("status")).to_contain_text("Done to 2 records")
    page.get_by_role("link", name="Back to the list").click()
    page.get_by_label("Do with").select_option(label="all on this page")
    page.get_by_label("What to do").select_option(label="Close site")
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("main").get_by_role("button", name="Close site").click()
    expect(page.get_by_role("status")).to_contain_text("Refused for 2 records")
    expect(page.get_by_role("row").filter(has_text="kernel.wrong_state")).to_have_count(2)
    page.get_by_role("link", name="Back to the list").click()


@pytest.mark.parametrize("more", [{}, {"viewport": PHONE}], ids=["desk", "phone"])
def test_without_script_a_list_is_filtered_and_worked_through(
    people: Personas, signed_in: Window, sites: list[Any], more: dict[str, Any]
) -> None:
    page = signed_in(people.amina, java_script_enabled=False, **more)
    page.goto("/r/places.sites/?panel=columns")
    page.get_by_role("link", name="Take out the column Latitude").click()
    assert "Latitude" not in _heads(page)
    page.get_by_text("Filter", exact=True).click()
    page.locator(".filter-form").get_by_label("open").check()
    page.locator(".filter-form").get_by_role("button", name="Show").click()
    page.get_by_role("checkbox", name=re.compile("^Tick")).first.check()
    page.get_by_label("What to do").select_option(label="Rename site")
    page.get_by_role("button", name="Go on").click()
    page.get_by_label(re.compile("^Name")).fill("By the river")
    page.get_by_role("main").get_by_role("button", name="Rename site").click()
    expect(page.get_by_role("status")).to_contain_text("Done to 1 record")
    assert Site.everything.filter(name="By the river").count() == 1
