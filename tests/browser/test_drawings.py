"""Drawings in the page: a mark says at once what it is, a map comes closer and moves, tables are one key away."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.personas import Personas
from tests.world import settle


def test_a_map_is_asked_moved_and_read_as_a_table(people: Personas, signed_in: Callable[..., Page]) -> None:
    settle(people)
    page = signed_in(people.amina)
    page.goto(page.url.rstrip("/") + "/places/HTI/")
    figure = page.locator("figure[data-map]")
    drawing = figure.locator(".drawn.wide svg")
    before = drawing.get_attribute("viewBox")
    drawing.locator("path:has(title)").first.hover()
    expect(page.locator(".tip")).to_contain_text("Ouest")
    figure.get_by_role("button", name="Closer").click()
    nearer = drawing.get_attribute("viewBox")
    assert nearer != before
    box = drawing.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 150)
    page.mouse.up()
    assert drawing.get_attribute("viewBox") not in (before, nearer)
    figure.get_by_role("button", name="The whole map").click()
    assert [float(n) for n in str(drawing.get_attribute("viewBox")).split()] == [float(n) for n in str(before).split()]
    expect(figure.get_by_role("cell", name="HT01")).to_be_hidden()
    page.keyboard.press("t")
    expect(figure.get_by_role("cell", name="HT01")).to_be_visible()
