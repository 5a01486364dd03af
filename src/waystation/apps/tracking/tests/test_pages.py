"""The screens of tracking, as its team, people of another office and the public see them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pypdf
import pytest
import shapely
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.personas import Personas
from waystation.apps.counting.api import rows_at
from waystation.apps.counting.queries.levels import level_rows
from waystation.apps.places.acts import load_areas, load_boundaries
from waystation.apps.places.datasets.outlines import kept
from waystation.apps.places.shapes import Outline
from waystation.apps.tracking import pages
from waystation.apps.tracking.models import Finding, Operation, Round
from waystation.apps.tracking.pages import telling
from waystation.apps.tracking.queries.out import rounds_out
from waystation.apps.tracking.tests.making import TERMS, act_on, correct, fresh, make_operation, make_round, spot
from waystation.intake.arealists import AreaRow
from waystation.kernel import values
from waystation.kernel.acts import do
from waystation.kernel.figures import value
from waystation.kernel.pages import Asked
from waystation.kernel.refusals import Refused
from waystation.kernel.register import find_register
from waystation.kernel.screens import Bars, Dot, Map, Notice, Numbers, Percent, Slider, Table, Trend

MARCH = date(2025, 3, 31)
BACK = {"population_group": "returned_internal"}
AREAS = {"HT01": (-72.6, 18.4), "HT02": (-72.0, 18.4)}
DISTRICTS = {"HT0111": (-72.6, 18.4), "HT0112": (-72.3, 18.4), "HT0211": (-72.0, 18.4), "HT0212": (-71.7, 18.4)}
AT = {"longitude": -72.5, "latitude": 18.5, "households": 100, "informants": 3, "agreement": 0.9, "access": "full"}


def day(number: int) -> date:
    """Rounds are three months apart."""
    return MARCH + timedelta(days=91 * (number - 1))


@pytest.fixture
def haiti(personas: Personas) -> Operation:
    """An operation without rounds in a country with areas and boundaries."""
    made = make_operation(personas)
    rows = [AreaRow(n, "HTI", 1, code, f"Province {code}", "HTI") for n, code in enumerate(AREAS, 2)]
    rows += [AreaRow(n, "HTI", 2, code, f"District {code}", code[:4]) for n, code in enumerate(DISTRICTS, 9)]
    outlines = [Outline(1, "HTI", 1, code, code, _box(*spot_, 0.6)) for code, spot_ in AREAS.items()]
    outlines += [Outline(1, "HTI", 2, code, code, _box(*spot_, 0.3)) for code, spot_ in DISTRICTS.items()]
    with personas.asking(personas.amina):
        do(load_areas, rows=rows, terms=TERMS, title="areas.csv")
        do(
            load_boundaries,
            outlines=outlines,
            partition=kept(outlines, TERMS, "0" * 64),
            terms=TERMS,
            title="a.geojson",
        )
    return made


def _box(west: float, south: float, size: float) -> bytes:
    return bytes(shapely.to_wkb(shapely.box(west, south, west + size, south + size)))


def guard(personas: Personas, operation: Operation, least: int) -> None:
    with personas.asking(personas.amina):
        do(find_register("tracking.operations").act("describe"), Operation.objects.get(pk=operation.pk), min_cell=least)


def first_rows() -> list[dict[str, Any]]:
    return [spot("HT0111-a", 25013, **AT), spot("HT0111-b", 14033, **AT), spot("HT0112-a", 7370, **AT),
            spot("HT0211-a", 33019, **AT), spot("HT0211-a", 2011, **AT, **BACK)]  # fmt: skip


def second_rows() -> list[dict[str, Any]]:
    return [spot("HT0111-a", 24007, **AT), spot("HT0112-a", 8191, **AT), spot("HT0211-a", 31013, **AT),
            spot("HT0212-a", 11027, **AT), spot("HT0211-a", 3001, **AT, **BACK)]  # fmt: skip


@pytest.fixture
def told(personas: Personas, haiti: Operation) -> Operation:
    """Two published rounds: a place lost, a place gained, people who left and some who returned."""
    said = {"planned_locations": 6, "assessed_locations": 4}
    make_round(personas, haiti, 1, day(1), first_rows(), **said)
    make_round(personas, haiti, 2, day(2), second_rows(), **said)
    return haiti


def draw(page: Any, operation: Operation | None = None, **query: Any) -> Any:
    names = {"ref": operation.ref} if operation else {}
    return page.draw(Asked(names, {key.rstrip("_"): str(value) for key, value in query.items()}))


def of(screen: Any, kind: type) -> list[Any]:
    return [one for one in screen.blocks if isinstance(one, kind)]


def words(screen: Any) -> str:
    return " ".join(str(one.text) for one in of(screen, Notice))


def table(screen: Any, start: str) -> Table:
    found: Table = next(one for one in of(screen, Table) if str(one.title).startswith(start))
    return found


def client(who: Any = None) -> Client:
    made = Client()
    if who is not None:
        made.force_login(who)
    return made


def everything(operation: Operation, who: Any) -> Iterator[str]:
    """All that someone gets of an operation, as text: pages, drawings, tables as files, prints."""
    reader = client(who)
    for path in (
        "/tracking/",
        f"/tracking/operations/{operation.ref}/",
        f"/tracking/operations/{operation.ref}/compare/",
    ):
        for query in ("", "?level=2", "?level=2&round=1", "?group=returned_internal&level=2"):
            join = "&" if query else "?"
            page = reader.get(path + query)
            assert page.status_code == 200
            yield re.sub(r"<[^>]*viewBox[^>]*>|[\"' ]d=\"[^\"]*\"", " ", page.content.decode())
            for number in range(page.content.decode().count("format=csv")):
                yield reader.get(f"{path}{query}{join}format=csv&table={number}").content.decode()
            printed = pypdf.PdfReader(io.BytesIO(reader.get(f"{path}{query}{join}format=pdf").content))
            yield " ".join(one.extract_text() for one in printed.pages)


def holds(text: str, number: int) -> bool:
    """Whether a number stands in a text, grouped or not."""
    return bool(re.search(rf"(?<![\d,.]){number}(?![\d])|(?<![\d,.]){number:,}(?![\d])", text))


def test_what_is_hidden_is_nowhere_for_those_who_are_not_of_the_team(personas: Personas, told: Operation) -> None:
    guard(personas, told, 9000)
    with personas.asking(None):
        out = rounds_out()
        kept_back = [row["individuals"] for row in level_rows(out).to_pylist()]
        shown = {n for level in (0, 1, 2) for detail in (True, False)
                 for n in rows_at(out, level, detail=detail)["individuals"].to_pylist()}  # fmt: skip
    secret = {n for n in kept_back if n is not None} - shown | {14033}  # and the place that nobody counted again
    assert {7370, 8191} <= secret
    for who in (personas.chiara, personas.daniel, None):
        for text in everything(told, who):
            assert not [n for n in secret if holds(text, n)]
    mine = " ".join(everything(told, personas.amina))
    assert holds(mine, 8191)  # at its site, on the map of the team


def test_hidden_is_said_as_hidden_and_not_as_unknown(personas: Personas, told: Operation) -> None:
    guard(personas, told, 9000)
    with personas.asking(None):
        screen = draw(pages.operation.operation, told, level=2)
        compared = draw(pages.compare.compare, told, level=2)
    rows = {row["code"]: row["people"] for row in table(screen, "Areas").rows}
    assert str(rows["HT0112"]) == "hidden"
    (drawn,) = of(screen, Map)
    assert next(str(one.instead) for one in drawn.shapes if one.code == "HT0112") == "hidden"
    assert "hidden" in words(compared)
    assert not of(compared, Bars)
    assert not of(screen, Bars) or all("changed" not in str(one.title) for one in of(screen, Bars))
    assert [one.key for one in table(compared, "Areas").columns] == ["area", "before", "after", "change"]
    assert len(of(compared, Numbers)[0].items) == 3


def test_an_operation_shows_its_last_round_and_what_it_changed(personas: Personas, told: Operation) -> None:
    with personas.asking(None):
        screen = draw(pages.operation.operation, told)
    people, households, coverage, _sure = of(screen, Numbers)[0].items
    assert (people.value, households.value) == (74238, 400)
    assert (coverage.value, isinstance(coverage.value, Percent)) == (pytest.approx(4 / 6), True)
    assert {one.code: one.value for one in of(screen, Map)[0].shapes} == {"HT01": 32198, "HT02": 42040}
    assert [point.value for point in of(screen, Trend)[0].points] == [79435, 74238]
    assert [value for _label, value in of(screen, Bars)[0].items] == [11027, -14033, 0, -990, -1201]
    assert "Coverage alone makes -3,006" in words(screen)
    rows = {row["code"]: (row["people"], row["change"], row["coverage"]) for row in table(screen, "Areas").rows}
    assert rows == {"HT01": (32198, -14218, -14033), "HT02": (42040, 9021, 11027)}
    assert not of(screen, Map)[0].dots
    assert [str(one.title) for one in of(screen, Table)] == ["Areas, admin 1", "Files"]


def test_its_team_sees_sites_and_findings_and_people_of_other_offices_do_not(
    personas: Personas, told: Operation
) -> None:
    last = fresh(Round.everything.get(operation=told, number=2))
    finding = {
        "rule": "jump",
        "blocking": False,
        "round": last,
        "office": told.office,
        "state": "found",
        "data_version": 1,
    }
    Finding.everything.create(ref="FND-1", **finding)
    for who, seen in ((personas.amina, True), (personas.bakary, True), (personas.chiara, False), (None, False)):
        with personas.asking(who):
            screen, world = draw(pages.operation.operation, told), draw(pages.world.world)
        assert bool(of(screen, Map)[0].dots) is seen
        titles = [str(one.title) for one in of(screen, Table)]
        assert ("Findings of this round" in titles) is seen
        if seen:
            (row,) = table(screen, "Findings").rows
            assert row["found"] == 1
            assert client(who).get(row["rule"].url).content.decode().count("FND-1") >= 1
        row = of(world, Table)[0].rows[0]
        assert row["findings"] == (1 if seen else 0)
    assert Dot in {type(one) for one in of(_as(personas, personas.amina, told), Map)[0].dots}


def _as(personas: Personas, who: Any, operation: Operation, **query: Any) -> Any:
    with personas.asking(who):
        return draw(pages.operation.operation, operation, **query)


def test_older_versions_and_drafts_stay_with_the_team(personas: Personas, told: Operation) -> None:
    last = fresh(Round.everything.get(operation=told, number=2))
    correct(personas, last, [spot("HT0111-a", 5)])
    assert of(_as(personas, None, told), Numbers)[0].items[0].value == 5
    old = _as(personas, personas.amina, told, round=2, version=1)
    assert of(old, Numbers)[0].items[0].value == 74238
    assert "not what is published" in words(old)
    assert len(table(old, "Versions").rows) == 2
    for who in (personas.chiara, None):
        with personas.asking(who), pytest.raises(Refused) as refused:
            draw(pages.operation.operation, told, round=2, version=1)
        assert refused.value.code == "kernel.not_found"
    make_round(personas, told, 3, day(3), [spot("HT0111-a", 12345)], out=False)
    draft = _as(personas, personas.amina, told, round=3)
    assert of(draft, Numbers)[0].items[0].value == 12345
    assert [step[0] for step in of(draft, Slider)[0].steps] == ["1", "2", "3"]
    assert [step[0] for step in of(_as(personas, None, told), Slider)[0].steps] == ["1", "2"]
    assert client().get(f"/tracking/operations/{told.ref}/?round=3").status_code == 404


def test_two_rounds_side_by_side_add_up_in_every_area(personas: Personas, told: Operation) -> None:
    with personas.asking(None):
        for level in (1, 2):
            screen = draw(pages.compare.compare, told, level=level)
            held = table(screen, "Areas")
            for row in [*held.rows, held.total]:
                parts = [
                    row[name] for name in ("coverage_gained", "coverage_lost", "arrivals", "returns", "reassessment")
                ]
                assert sum(parts) == counted(row["after"]) - counted(row["before"])
        swapped = draw(pages.compare.compare, told, from_=2, to=1)
        same = draw(pages.compare.compare, told, from_=2, to=2)
    assert [one.value for one in of(swapped, Numbers)[0].items] == [79435, 74238, -5197, -3006]
    assert of(screen, Map)[0].signed
    assert "nothing to compare" in words(same)
    assert client().get(f"/tracking/operations/{told.ref}/compare/?to=9").status_code == 404


def counted(said: Any) -> int:
    return said if isinstance(said, int) else 0


def test_the_figure_says_what_the_page_says(personas: Personas, told: Operation) -> None:
    name, where = "tracking.change_between_rounds", {"operation": told.ref, "assessment_type": "BA"}
    with personas.asking(personas.amina):
        answer = value(name, by=("part",), where={**where, "round": 2}, as_of=day(2))
        lines = client(personas.amina).get(f"/figures/{name}/?by=part&as_of={day(2)}&where.operation={told.ref}")
    told_parts = {part["part"]: part["value"] for part in answer.parts}
    assert told_parts == {"coverage_gained": 11027, "coverage_lost": -14033, "arrivals": 0, "returns": -990,
                          "reassessment": -1201}  # fmt: skip
    assert answer.value == 74238 - 79435
    assert b"Coverage gained" in lines.content
    assert b"method" in lines.content


def test_the_world_adds_only_what_may_be_added_and_says_what_it_leaves_out(personas: Personas, told: Operation) -> None:
    other = make_operation(personas, "Flow monitoring", in_total=False, total_note="Counted by mobility tracking")
    make_round(personas, other, 1, day(4), [spot("HT0111", 999983)])
    make_round(personas, told, 1, day(4), [spot("HT0111-z", 77)], component="site")
    empty = make_operation(personas, "Newly opened", "TCD")
    with personas.asking(None):
        screen = draw(pages.world.world)
        total = value("tracking.idps_tracked").value
    people, countries, active, rounds = of(screen, Numbers)[0].items
    assert people.value == total == 74238
    assert (countries.value, active.value, rounds.value) == (1, 3, 4)
    assert "Flow monitoring is not in the total: Counted by mobility tracking." in words(screen)
    assert "not Site assessment" in words(screen)
    assert [point.value for point in of(screen, Trend)[0].points] == [79435, 74238]
    rows = {(row["operation"].text, row["component"]): row for row in of(screen, Table)[0].rows}
    assert len(rows) == 4
    assert rows[empty.name, "nothing published yet"]["people"] is None
    assert [one.name for one in of(screen, Map)[0].dots] == ["Haiti"]


def test_old_data_say_how_old_they_are() -> None:
    with values.clock(lambda: datetime(2026, 6, 30, tzinfo=UTC)):
        said = [telling.age(date(*one)) for one in ((2026, 5, 1), (2025, 12, 1), (2025, 5, 1))]
    assert said == ["", "older than six months", "older than a year"]


def test_parts_smaller_than_the_threshold_are_not_told_though_no_count_is_hidden(
    personas: Personas, told: Operation
) -> None:
    for least, whole, areas in ((100, True, True), (990, True, False), (991, False, False)):
        guard(personas, told, least)
        screen = _as(personas, None, told)
        assert any("What changed" in str(one.title) for one in of(screen, Bars)) is whole
        assert ("parts of this change are hidden" in words(screen)) is not whole
        assert ("coverage" in {one.key for one in table(screen, "Areas").columns}) is areas
        assert any("What changed" in str(one.title) for one in of(_as(personas, personas.amina, told), Bars))


def test_empty_states_say_what_to_do(personas: Personas, haiti: Operation) -> None:
    assert "brings a file" in words(_as(personas, None, haiti))
    assert "Two published rounds are needed" in words(_compared(personas, haiti))
    with personas.asking(personas.amina):
        do(act_on("plan"), operation=haiti, number=1, reporting_date=day(1))
    assert "has no data yet" in words(_as(personas, personas.amina, haiti))
    assert "brings a file" in words(_as(personas, None, haiti))
    assert client().get(f"/tracking/operations/{haiti.ref}/?format=pdf").status_code == 200
    assert client().get("/tracking/operations/NOWHERE/").status_code == 404
    Round.everything.all().delete()
    Operation.everything.all().delete()
    with personas.asking(None):
        screen = draw(pages.world.world)
    assert "No operation tracks displacement yet" in str(of(screen, Table)[0].empty)
    assert client().get("/tracking/").status_code == 200


def _compared(personas: Personas, operation: Operation) -> Any:
    with personas.asking(None):
        return draw(pages.compare.compare, operation)


def test_a_page_costs_the_same_number_of_queries_however_many_rounds(personas: Personas, told: Operation) -> None:
    paths = ["/tracking/", *(f"/tracking/operations/{told.ref}/{more}" for more in ("", "compare/"))]
    few = [_queries(personas.amina, path) for path in paths]
    for number in range(3, 7):
        make_round(personas, told, number, day(number), second_rows())
    assert [_queries(personas.amina, path) for path in paths] == few
    assert max(few) <= 40


def _queries(who: Any, path: str) -> int:
    reader = client(who)
    reader.get(path)  # what is kept in memory is kept now
    with CaptureQueriesContext(connection) as asked:
        assert reader.get(path).status_code == 200
    return len(asked)


def test_right_to_left_keeps_numbers_whole(told: Operation) -> None:
    reader = Client(headers={"accept-language": "ar"})
    page = reader.get(f"/tracking/operations/{told.ref}/").content.decode()
    assert 'dir="rtl"' in page
    assert re.search(r'<bdi class="large number">74,238</bdi>', page)
    assert "\u2066\u200e-3,006\u2069" in page
    printed = pypdf.PdfReader(io.BytesIO(reader.get(f"/tracking/operations/{told.ref}/?format=pdf").content))
    assert "74,238" in printed.pages[0].extract_text()


def test_the_hand_out_is_two_pages_with_its_source_and_date(told: Operation) -> None:
    made = client().get(f"/tracking/operations/{told.ref}/?format=pdf")
    pages_ = pypdf.PdfReader(io.BytesIO(made.content)).pages
    text = " ".join(one.extract_text() for one in pages_)
    assert len(pages_) <= 2
    for said in ("Mobility tracking", "74,238", "What changed between round 1 and round 2", "Test team", "CC BY 4.0",
                 "30 Jun 2025", "Confidence in these counts"):  # fmt: skip
        assert said in re.sub(r"\s+", " ", text)
    assert "Programs read it at" not in text
