"""A real browser on a real server: what people see and press, found by roles and labels only."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.personas import PASSWORD, Personas
from waystation.kernel.models import Actor
from waystation.site.worker import Worker

NAMES = ("chromium", "chromium-browser", "google-chrome")
DESK, PHONE = {"width": 1280, "height": 850}, {"width": 390, "height": 844}
PATIENCE = 15_000  # milliseconds: machines that run checks are slow and busy

SignIn = Callable[[Page, Actor], Page]


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where the machine's own Chromium is; the test is skipped where there is none."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("Chromium is not installed: on Debian and Ubuntu, apt install chromium")
    return path


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """The browser, once for all tests."""
    expect.set_options(timeout=PATIENCE)
    # Playwright keeps a loop running in this thread; the database may be asked beside it, for nothing else runs there.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    with sync_playwright() as playwright:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def people(live_server: Any, personas: Personas) -> Personas:
    """The people of the house, which the server shows."""
    return personas


@pytest.fixture
def worker(people: Personas) -> Iterator[Worker]:
    """The work beside the server, as ``waystation serve`` does it."""
    begun = Worker(pause=0.1)
    begun.start()
    yield begun
    begun.end()
    begun.join(30)
    assert not begun.is_alive()


@pytest.fixture
def opened(browser: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """Open a fresh browser window: ``opened(viewport=PHONE, ...)``. What breaks in a page's script fails the test."""
    windows, broken = [], []

    def window(**more: Any) -> Page:
        usual = {"base_url": live_server.url, "viewport": DESK, "locale": "en-GB", "reduced_motion": "reduce"}
        context = browser.new_context(**{**usual, **more})
        context.set_default_timeout(PATIENCE)
        windows.append(context)
        page = context.new_page()
        page.on("pageerror", lambda trouble: broken.append(str(trouble)))
        page.on("console", lambda said: broken.append(said.text) if "Content Security Policy" in said.text else None)
        return page

    yield window
    for context in windows:
        context.close()
    assert not broken


@pytest.fixture
def signed_in(opened: Callable[..., Page]) -> Callable[..., Page]:
    """A window in which someone has signed in with their password."""

    def window(who: Actor, **more: Any) -> Page:
        page = opened(**more)
        page.goto("/sign-in/")
        page.get_by_label("User name").fill(who.username)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("My work")
        page.wait_for_load_state()
        return page

    return window
