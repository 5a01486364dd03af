"""What pages say about numbers and work is true: trends, rows behind a figure, what waits, states, colours in the dark."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.personas import Personas
from waystation.apps.tracking.tests.making import make_operation, make_round, spot
from waystation.hall.notices.queries.waiting import moves_on
from waystation.kernel import figures
from waystation.kernel.register import find_register
from waystation.surfaces import web
from waystation.surfaces.columns import codelist_for
from waystation.surfaces.drawing import palette
from waystation.surfaces.web.acting import askable
from waystation.surfaces.web.cells import tone
from waystation.surfaces.web.figured import Inquiry, carried, trend

SPRING, SUMMER, AUTUMN = date(2024, 3, 31), date(2024, 6, 30), date(2024, 9, 30)


@pytest.fixture
def two_operations(personas: Personas) -> Personas:
    """One operation counts in spring, summer and autumn; the other in spring and summer only."""
    first = make_operation(personas, "Conflict", "HTI", main_component="area")
    second = make_operation(personas, "Drought", "TCD", main_component="area")
    for number, day, count in ((1, SPRING, 100), (2, SUMMER, 120), (3, AUTUMN, 90)):
        make_round(personas, first, number, day, [spot("HT0111-camp", count)])
    for number, day, count in ((1, SPRING, 1000), (2, SUMMER, 1500)):
        make_round(personas, second, number, day, [spot("TD0111-camp", count)])
    return personas


def test_who_has_not_reported_yet_has_not_vanished(two_operations: Personas) -> None:
    figure = figures.find("tracking.idps_tracked")
    with two_operations.asking(two_operations.daniel):
        line = trend(figure, Inquiry(), figures.value(figure.name))
        assert line is not None
        assert [(p.at, p.value) for p in line.points] == [(SPRING, 1100), (SUMMER, 1620), (AUTUMN, 1590)]
        for point in line.points:
            assert point.value == figures.value(figure.name, as_of=point.at).value


def test_a_split_trend_is_the_split_figure_at_each_date(two_operations: Personas) -> None:
    figure = figures.find("tracking.idps_tracked")
    with two_operations.asking(two_operations.daniel):
        inquiry = Inquiry(by=("country",))
        line = trend(figure, inquiry, figures.value(figure.name, by=("country",)))
        assert line is not None
        found = {(p.at, p.series): p.value for p in line.points}
        for day in (SPRING, SUMMER, AUTUMN):
            for part in figures.value(figure.name, as_of=day, by=("country",)).parts:
                assert found[day, part["country"]] == part["value"]


def test_a_group_missing_from_the_last_count_is_not_carried() -> None:
    parts = [
        {"who": "a", "group": "x", "at": SPRING, "value": 1},
        {"who": "a", "group": "y", "at": SPRING, "value": 2},
        {"who": "a", "group": "x", "at": SUMMER, "value": 3},
    ]
    assert carried(parts, ("who",), "at") == [(SPRING, parts[:2]), (SUMMER, parts[2:])]


def test_rows_behind_a_figure_show_where_and_how_many(two_operations: Personas, client: Client) -> None:
    client.force_login(two_operations.daniel)
    text = client.get("/figures/tracking.idps_tracked/").content.decode()
    behind = text[text.index('id="behind"') :]
    heads = re.findall(r"<th scope=\"col\"[^>]*>([^<]*)</th>", behind[: behind.index("</thead>")])
    assert heads[-3:] == ["Persons", "Came from", "SHA-256"]
    assert "Location" in heads
    assert ">1,500<" in behind


def test_going_back_is_not_work_that_waits() -> None:
    rounds = find_register("tracking.rounds")
    waits = [one.verb for one in rounds.lifecycle.acts if moves_on(rounds, one) and askable(one)]
    assert waits == ["begin", "validate", "publish"]


def test_a_published_round_rests_though_it_may_be_corrected() -> None:
    rounds = find_register("tracking.rounds")
    assert {state: tone(rounds, state) for state in ("planned", "cleaning", "published", "withdrawn")} == {
        "planned": "begun", "cleaning": "moving", "published": "resting", "withdrawn": "ended",
    }  # fmt: skip


def test_a_field_finds_the_code_list_of_its_record() -> None:
    codes = codelist_for(find_register("tracking.findings").model, "rule")
    assert codes is not None
    assert codes.label("lost_location") != "lost_location"


def test_every_colour_of_a_drawing_has_its_dark_twin() -> None:
    style = (Path(web.__file__).parent / "static" / "web" / "look.css").read_text()
    light = palette.THEMES["light"]
    inks = {
        light.ink,
        light.quiet,
        light.line,
        light.edge,
        light.track,
        light.hatch,
        light.bar,
        light.below,
        light.circle,
    }
    shades = {colour for ramp in palette.PUBUGN.values() for colour in ramp}
    missing = {colour for colour in inks | shades | set(light.lines) if f'[fill="{colour}"]' not in style}
    assert not missing


def test_everyone_of_a_demonstration_can_be_gone_in_as(personas: Personas, client: Client, settings: Any) -> None:
    assert personas.daniel.name not in client.get("/sign-in/").content.decode()
    settings.WAYSTATION_DEMO = True
    text = client.get("/sign-in/", headers={"host": "127.0.0.1"}).content.decode()
    assert f'value="{personas.daniel.username}"' in text
    response = client.post("/sign-in/as/", {"username": personas.daniel.username}, headers={"host": "127.0.0.1"})
    assert (response.status_code, response["Location"]) == (302, "/")
