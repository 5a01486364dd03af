"""Stories of a day: from a file to a figure; by keyboard alone; from right to left on a phone."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PASSWORD, PHONE
from tests.personas import Personas
from tests.world import settle
from waystation.apps.tracking.tests.making import load_countries
from waystation.kernel import work
from waystation.kernel.acts import do

HEADS = "operation,admin0Pcode,admin1Pcode,admin1Name,People here,reportingDate,roundNumber,assessmentType"
ROWS = ("Sahel floods,HTI,HT01,Ouest,250,2024-03-31,1,BA", "Sahel floods,HTI,HT99,Nowhere,30,2024-03-31,1,BA")
CONFIRMED = "The district was split after the floods"

Window = Callable[..., Page]


@pytest.fixture
def round_file(tmp_path: Path) -> Path:
    """A small round whose count stands under a header nobody knows, with one place nobody knows either."""
    path = tmp_path / "round.csv"
    path.write_text("\n".join([HEADS, *ROWS]) + "\n", encoding="utf-8")
    return path


def test_a_round_from_the_file_to_the_figure(
    people: Personas, worker: Any, signed_in: Window, round_file: Path
) -> None:
    load_countries(people, "HTI")
    _bring(signed_in(people.amina), round_file)
    _sign_off(signed_in(people.bakary))
    _read(signed_in(people.daniel))


def _bring(page: Page, round_file: Path) -> None:
    """The information manager brings the file, says what its columns hold, and watches it being taken in."""
    page.get_by_role("navigation", name="Menu").get_by_role("link", name=re.compile("^Bring")).click()
    page.get_by_label("Files").set_input_files(round_file)
    page.get_by_label("Who made the data").fill("Partner in the north")
    page.get_by_label(re.compile("^Licence")).fill("CC BY 4.0")
    page.get_by_label("The licence lets us publish it again").check()
    page.get_by_role("button", name="Bring the files").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("round.csv")
    page.get_by_label("Displaced people: people").select_option(label="E (People here)")
    page.get_by_role("button", name="Take the rows in").click()
    _wait_for(page, page.get_by_text("The rows are in their rounds."))
    rounds = page.get_by_role("region", name="Rounds")
    expect(rounds.get_by_role("row").nth(1)).to_contain_text("2")
    rounds.get_by_role("link", name="see them").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Findings")
    expect(page.get_by_role("row").filter(has_text="No place codes to check against")).to_contain_text("found")


def _wait_for(page: Page, wanted: Locator) -> None:
    """Look again until it is there, as a person without script would."""
    for _turn in range(60):
        if wanted.is_visible():
            return
        page.wait_for_timeout(500)
        page.reload()
    expect(wanted).to_be_visible()


def _sign_off(page: Page) -> None:
    """Whoever validates cannot do it over an open finding; accepts it with a reason, then validates and publishes."""
    waits = page.get_by_role("region", name="Waits for me")
    expect(waits.get_by_role("link", name="Validate")).to_be_visible()
    menu = page.get_by_role("navigation", name="Menu")
    menu.get_by_role("link", name="Rounds").click()
    row = page.get_by_role("row").filter(has_text="Sahel floods").get_by_role("rowheader").get_by_role("link")
    ref = row.inner_text()
    row.click()
    page.get_by_role("button", name="Validate").click()
    expect(page.get_by_role("alert")).to_contain_text(re.compile("finding"))
    menu.get_by_role("link", name="Findings").click()
    page.get_by_role("row").filter(has_text="No place codes to check against").get_by_role("rowheader").get_by_role(
        "link"
    ).click()
    page.get_by_role("link", name="Accept").click()
    page.get_by_label("Reason").fill(CONFIRMED)
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("status")).to_contain_text("Done")
    expect(page.get_by_role("region", name="History")).to_contain_text(CONFIRMED)
    page.get_by_label("Search references").fill(ref)
    page.get_by_label("Search references").press("Enter")
    page.get_by_role("button", name="Validate").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("validated")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("published")


def _read(page: Page) -> None:
    """A reader without any duty opens the figure and goes down to its rows."""
    page.get_by_role("navigation", name="Menu").get_by_role("link", name="Figures").click()
    page.get_by_role("link", name="Internally displaced persons tracked").click()
    expect(page.get_by_role("main")).to_contain_text("280")
    rows = page.get_by_role("region", name="Records behind it")
    expect(rows.get_by_role("row")).to_have_count(3)
    expect(rows.get_by_role("row").filter(has_text="Ouest")).to_contain_text("250")
    expect(rows.get_by_role("row").filter(has_text="Nowhere")).to_contain_text("round.csv, row 3")


def _arrived(page: Page, words: str) -> None:
    """The page of these words is there, and its script too, which knows the keys."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(words)
    page.wait_for_load_state()


def _tab_to(page: Page, name: str, role: str = "") -> None:
    """Press Tab until what is called so has the focus."""
    for _turn in range(80):
        page.keyboard.press("Tab")
        focus = page.evaluate(
            "(e => [e.tagName.toLowerCase(), (e.labels?.[0] ?? e).textContent.trim()])(document.activeElement)"
        )
        if focus[1].startswith(name) and (not role or focus[0] == role):
            return
    pytest.fail(f"nothing called {name!r} can be reached with the Tab key")


def test_a_finding_is_explained_by_keyboard_alone(people: Personas, opened: Window) -> None:
    settle(people)
    page = opened()
    page.goto("/sign-in/")
    page.keyboard.type("amina")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    _arrived(page, "My work")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    _tab_to(page, "Findings", "a")
    page.keyboard.press("Enter")
    _arrived(page, "Findings")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    page.keyboard.press("j")
    row = page.get_by_role("rowheader").first.get_by_role("link")
    expect(row).to_be_focused()
    ref = row.inner_text()
    page.keyboard.press("Enter")
    _arrived(page, ref)
    page.keyboard.press("e")
    expect(page.get_by_role("link", name="Explain")).to_be_focused()
    page.keyboard.press("Enter")
    _arrived(page, "Explain")
    _tab_to(page, "Reason")
    page.keyboard.type(CONFIRMED)
    _tab_to(page, "Explain", "button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Done")
    _arrived(page, "explained")
    page.keyboard.press("/")
    page.keyboard.type(ref)
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="History")).to_contain_text(CONFIRMED)


def test_a_row_opens_its_sheet_beside_the_list_on_a_wide_screen(people: Personas, signed_in: Window) -> None:
    settle(people)
    page = signed_in(people.bakary, viewport={"width": 1600, "height": 900})
    page.get_by_role("navigation", name="Menu").get_by_role("link", name="Findings").click()
    _arrived(page, "Findings")
    row = page.get_by_role("rowheader").first.get_by_role("link")
    ref = row.inner_text()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    beside = page.get_by_role("complementary", name=ref)
    expect(beside).to_be_focused()
    expect(beside.get_by_role("heading", level=2).first).to_contain_text(ref)
    _arrived(page, "Findings")
    page.keyboard.press("Escape")
    expect(beside).to_have_count(0)
    expect(row).to_be_focused()
    row.click()
    beside.get_by_role("link", name="Accept").click()
    _arrived(page, "Accept")


def test_the_menu_folds_and_stays_folded(people: Personas, signed_in: Window) -> None:
    page = signed_in(people.amina)
    menu, button = page.get_by_role("navigation", name="Menu"), page.get_by_role("link", name="Menu", exact=True)
    expect(menu).to_be_visible()
    button.click()
    expect(menu).to_be_hidden()
    expect(button).to_have_attribute("aria-expanded", "false")
    page.goto("/figures/")
    expect(menu).to_be_hidden()
    button.click()
    expect(menu).to_be_visible()


def test_a_finding_is_explained_in_arabic_on_a_phone(people: Personas, signed_in: Window) -> None:
    settle(people)
    page = signed_in(people.amina, viewport=PHONE)
    language = page.get_by_label("You").get_by_text("Language")  # for those who hear; others see a globe in its place
    language.dispatch_event("click")


def test_work_under_way_is_told_without_being_asked_again(people: Personas, signed_in: Window, request: Any) -> None:
    @work.task("tests.count_slowly")
    def count_slowly(job: work.Work) -> dict[str, Any]:
        """Count to eight, telling each."""
        for number in range(1, 9):
            job.progress(number, 8, f"row {number}")
            time.sleep(0.6)
        return {}

    request.addfinalizer(lambda: work.tasks.pop("tests.count_slowly"))
    with people.asking(people.amina):
        job = do(work.ask, task="tests.count_slowly", office=people.dakar, arguments={}).record
    page = signed_in(people.amina)
    page.goto(f"/r/house.jobs/{job.ref}/")
    told = page.get_by_role("region", name="Progress").get_by_role("status")
    expect(told).to_contain_text("waiting for its turn")
    request.getfixturevalue("worker")
    expect(told).to_contain_text(re.compile(r"row \d"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("done")
