"""A story of the margin: a comment that names someone, a file up and down, following, and the other person's notice; on a phone too."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.browser.test_every_page import barriers, on_sqlite
from tests.personas import Personas
from waystation.hall.entry.registers import duties_held
from waystation.kernel.acts import do
from waystation.kernel.house import grant

Window = Callable[..., Page]


@pytest.fixture
def duty(people: Personas) -> Any:
    """A duty held, of which its stewards see the sheet: Zainab, and Bakary from now on."""
    with people.asking(people.zainab):
        do(grant, holder=people.bakary, duty="house.steward", office=people.hq)
        return do(grant, holder=people.daniel, duty="tracking.validate", office=people.nairobi).record


@on_sqlite
def test_a_comment_a_file_and_the_other_persons_notice(
    people: Personas, duty: Any, signed_in: Window, tmp_path: Path
) -> None:
    address = f"/r/{duties_held.name}/{duty.ref}/"
    zainab = signed_in(people.zainab, java_script_enabled=False)
    zainab.goto(address)
    zainab.get_by_role("button", name="Follow").click()
    expect(zainab.get_by_role("status")).to_contain_text("You follow")
    zainab.get_by_role("textbox", name="Comment").fill("Until when, @bakary?")
    zainab.get_by_role("button", name="Add the comment").click()
    history = zainab.get_by_role("region", name="History and comments")
    expect(history.get_by_role("listitem").first).to_contain_text("Until when, @bakary?")

    bakary = signed_in(people.bakary, viewport=PHONE)
    bakary.get_by_role("link", name="Notices 1 unread").click()
    expect(bakary.get_by_role("main")).to_contain_text("Zainab Haddad mentioned you in a comment")
    bakary.get_by_role("link", name=duty.ref).click()
    _attach(bakary, tmp_path)
    assert bakary.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert barriers(bakary, Axe()) == []

    zainab.goto("/")
    expect(zainab.get_by_role("region", name="What changed in what I follow")).to_contain_text("attached a file")
    zainab.goto("/notices/")
    assert barriers_without_script(zainab)
    zainab.get_by_role("button", name="Mark all as read").click()
    expect(zainab.get_by_role("link", name="Notices", exact=True)).to_be_visible()


def _attach(page: Page, folder: Path) -> None:
    """A letter goes up and comes down again; what only calls itself a picture does not go up."""
    page.get_by_text("Attach a file").click()
    files = page.get_by_role("region", name="Files")
    false = folder / "photo.png"
    false.write_text("<html><script>document.title = 'had'</script></html>", encoding="utf-8")
    files.get_by_label("File").set_input_files(false)
    files.get_by_role("button", name="Attach").click()
    expect(files.get_by_role("alert")).to_contain_text("a web page")
    letter = folder / "letter of Maryam.txt"
    letter.write_text("Until the end of the year.", encoding="utf-8")
    files.get_by_label("File").set_input_files(letter)
    files.get_by_role("button", name="Attach").click()
    with page.expect_download() as coming:
        files.get_by_role("link", name=letter.name, exact=True).click()
    assert coming.value.suggested_filename == letter.name
    assert Path(coming.value.path()).read_bytes() == letter.read_bytes()


def barriers_without_script(page: Page) -> bool:
    """What axe looks for first, where no script may run: every control has a name."""
    controls = page.get_by_role("main").get_by_role("button").all()
    return all(one.inner_text().strip() for one in controls)
