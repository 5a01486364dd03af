"""Passkeys in a real browser, whose key is the one that Chromium pretends to have."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD
from tests.personas import Personas
from waystation.hall.entry.models import Way

Window = Callable[..., Page]
KEY = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


def plug_in(page: Page, **more: bool) -> tuple[object, str]:
    """A security key in this window; ``isUserVerified=False``: its owner does not give the number."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    found = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": {**KEY, **more}})
    return cdp, found["authenticatorId"]


def add(page: Page, name: str) -> None:
    page.goto("/me/passkeys/")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Add the passkey").click()


def go_in(page: Page) -> None:
    page.goto("/sign-in/")
    page.get_by_role("link", name="Use a passkey").click()
    page.get_by_role("main").get_by_role("button", name="Go on").click()


def test_a_passkey_is_added_named_used_and_removed(people: Personas, signed_in: Window) -> None:
    page = signed_in(people.amina)
    plug_in(page)
    add(page, "the blue key")
    expect(page.get_by_role("main")).to_contain_text("Passkey “the blue key”")
    page.get_by_role("main").get_by_role("button", name="Sign out", exact=True).click()
    go_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("My work")
    way = Way.everything.get()
    assert way.used_at is not None
    page.goto(f"/r/entry.ways/{way.ref}/do/rename/")
    page.get_by_label("Name").fill("the green key")
    page.get_by_role("main").get_by_role("button").click()
    page.goto("/me/")
    expect(page.get_by_role("main")).to_contain_text("Passkey “the green key”")
    page.goto(f"/r/entry.ways/{way.ref}/do/remove/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button").click()
    page.get_by_role("main").get_by_role("button", name=re.compile("^Yes")).click()
    page.goto("/me/")
    page.get_by_role("main").get_by_role("button", name="Sign out", exact=True).click()
    go_in(page)
    expect(page.get_by_role("alert")).to_contain_text("entry.passkey_refused")


def test_the_password_alone_is_not_enough_beside_a_passkey(people: Personas, signed_in: Window, opened: Window) -> None:
    page = signed_in(people.amina)
    plug_in(page)
    add(page, "my phone")
    page.get_by_role("main").get_by_role("button", name="Sign out", exact=True).click()
    page.goto("/sign-in/?next=/figures/")
    page.get_by_label("User name").fill("amina")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Second step")
    page.goto("/me/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.goto("/sign-in/second/")
    page.get_by_role("link", name="Use a passkey").click()
    page.get_by_role("main").get_by_role("button", name="Go on").click()
    expect(page).to_have_url(re.compile("/figures/$"))


def test_a_key_whose_owner_is_not_verified_is_refused(people: Personas, signed_in: Window) -> None:
    page = signed_in(people.amina)
    plug_in(page, isUserVerified=False)
    add(page, "found on the street")
    expect(page.locator("[data-trouble]")).to_be_visible()
    assert not Way.everything.exists()


def test_a_copied_key_is_refused_by_its_counter(people: Personas, signed_in: Window) -> None:
    page = signed_in(people.amina)
    plug_in(page)
    add(page, "my phone")
    expect(page.get_by_role("main")).to_contain_text("my phone")
    Way.everything.update(seen=2**33)  # further than any counter comes
    page.get_by_role("main").get_by_role("button", name="Sign out", exact=True).click()
    go_in(page)
    expect(page.get_by_role("alert")).to_contain_text("entry.passkey_refused")


def test_without_script_the_page_says_what_works(people: Personas, opened: Window) -> None:
    page = opened(java_script_enabled=False)
    page.goto("/sign-in/passkey/")
    expect(page.get_by_role("main")).to_contain_text("Sign in with your password")
    expect(page.get_by_role("button", name="Go on")).not_to_be_visible()
