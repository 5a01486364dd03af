"""From a link to a second step, as a newcomer meets it in a browser; and without script."""

from __future__ import annotations

import re
from collections.abc import Callable

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.personas import Personas

Window = Callable[..., Page]
FRESH = "seven boats crossed before noon"


@pytest.mark.parametrize("script", [True, False])
def test_a_newcomer_comes_in_by_link_and_adds_an_app(
    people: Personas, signed_in: Window, opened: Window, script: bool
) -> None:
    link = _invite(signed_in(people.zainab))
    page = opened(java_script_enabled=script)
    page.goto(link)
    page.get_by_label("New password").fill(FRESH)
    page.get_by_label("The same again").fill(FRESH)
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My work")
    page.goto("/me/")
    page.get_by_role("link", name="Second step").click()
    secret = re.sub(r"\s", "", page.locator(".key").inner_text())
    page.get_by_label("Code that the app shows now").fill(pyotp.TOTP(secret).now())
    page.get_by_label("Your password").fill(FRESH)
    page.get_by_role("button", name="Add the app").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    code = page.get_by_role("main").get_by_role("listitem").first.inner_text()
    page.goto("/me/")
    page.get_by_role("main").get_by_role("button", name="Sign out", exact=True).click()
    _second_step(page, code)
    page.goto(link)
    expect(page.get_by_role("main")).to_contain_text("entry.link_used")


def _invite(page: Page) -> str:
    """The steward's part; the link as a path, for the server of a test has another port."""
    page.goto("/r/house.people/new/invite/")
    page.get_by_label("User name").fill("noor")
    page.get_by_label(re.compile("^Name")).fill("Noor Khan")
    page.get_by_role("main").get_by_role("button", name="Invite").click()
    expect(page.get_by_role("status")).to_contain_text("shown once")
    return re.search(r"/invitation/\w+/", page.content())[0]


def _second_step(page: Page, code: str) -> None:
    page.get_by_label("User name").fill("noor")
    page.get_by_label("Password").fill(FRESH)
    page.get_by_role("main").get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Second step")
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My work")


def test_duties_are_lent_and_taken_back_on_ones_own_page(people: Personas, signed_in: Window) -> None:
    page = signed_in(people.bakary)
    page.goto("/me/")
    page.get_by_role("link", name="Lend duties").click()
    page.get_by_label(re.compile("signs releases")).check()
    page.get_by_label("To").select_option(label="Daniel Otieno")
    page.get_by_label("Until").fill("2999-01-31")
    page.get_by_role("button", name="Lend").click()
    other = signed_in(people.daniel)
    other.goto("/me/")
    expect(other.get_by_role("main")).to_contain_text("lent by Bakary Touré")
    page.goto("/me/")
    expect(page.get_by_role("main")).to_contain_text("Daniel Otieno holds it")
    page.get_by_role("link", name="End it now").click()
    page.get_by_role("main").get_by_role("button", name="End").click()
    page.get_by_role("main").get_by_role("button", name=re.compile("^Yes")).click()
    other.reload()
    expect(other.get_by_role("main")).not_to_contain_text("lent by")
