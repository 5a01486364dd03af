"""A story of names: a file without codes waits, a person decides by keyboard with the map before them, the rows go in."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.browser.test_stories import _wait_for
from tests.personas import Personas
from waystation.apps.naming.tests.making import south_sudan
from waystation.apps.tracking.tests.making import load_countries

HEADS = "operation,country,admin1Name,admin2Name,individuals,reportingDate,roundNumber,assessmentType"
ROWS = (
    "Floods,SSD,Eastern Equatoria,Kapoeta,40,2025-03-31,1,BA",
    "Floods,SSD,Central Equatoria,Newtown,12,2025-03-31,1,BA",
    "Floods,SSD,Unity,Panyijar,7,2025-03-31,1,BA",
)


def test_names_are_decided_and_the_rows_go_in(
    people: Personas, worker: Any, signed_in: Callable[..., Page], tmp_path: Path
) -> None:
    load_countries(people, "SSD")
    south_sudan(people, tmp_path)
    path = tmp_path / "names.csv"
    path.write_text("\n".join([HEADS, *ROWS]) + "\n", encoding="utf-8")
    page = signed_in(people.amina)
    page.goto("/sources/bring/")
    page.get_by_label("Files").set_input_files(path)
    page.get_by_label("Who made the data").fill("Partner in the south")
    page.get_by_label(re.compile("^Licence")).fill("CC BY 4.0")
    page.get_by_role("button", name="Bring the files").click()
    page.get_by_role("button", name="Take the rows in").click()
    _wait_for(page, page.get_by_text("The rows wait: 2 names of places are not decided yet."))
    brought = page.url
    page.get_by_role("link", name="Names that wait for a decision").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Names of places")
    page.get_by_role("link", name="Kapoeta").click()
    _decide(page)
    page.goto(brought)
    page.get_by_role("button", name="Take the rows in").click()
    _wait_for(page, page.get_by_text("The rows are in their rounds."))
    page.get_by_role("region", name="Rounds").get_by_role("link", name="see them").click()
    expect(
        page.get_by_role("row").filter(has_text="SS0607").or_(page.get_by_role("row").filter(has_text="SS0601"))
    ).to_be_visible()


def _decide(page: Page) -> None:
    """The first name by keyboard, the second as no place yet."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Kapoeta")
    expect(
        page.get_by_role("group", name=re.compile("^Map of the candidates for Kapoeta: Kapoeta North, Kapoeta South"))
    ).to_be_visible()
    south = page.get_by_role("button", name="Kapoeta South (SS0203)")
    page.get_by_role("button", name="Kapoeta North (SS0202)").focus()
    page.keyboard.press("Tab")
    expect(south).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Newtown")
    page.get_by_role("button", name="No such place yet").click()
    expect(page.get_by_text("Nothing waits.")).to_be_visible()


def test_the_queue_fits_a_phone(people: Personas, signed_in: Callable[..., Page], tmp_path: Path) -> None:
    from waystation.apps.naming import api

    south_sudan(people, tmp_path)
    with people.asking(people.amina):
        (found,) = api.match(country="SSD", rows=[({1: "Eastern Equatoria", 2: "Kapoeta"}, {})], source="Survey")
        api.ask(country="SSD", source="Survey", office=people.dakar, found=[(found[2], 2)])
    page = signed_in(people.amina, viewport=PHONE)
    page.goto("/naming/")
    page.get_by_role("link", name="Kapoeta").click()
    expect(page.get_by_role("button", name="Kapoeta South (SS0203)")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
