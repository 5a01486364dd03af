"""Files that name places without codes: they get their codes, or wait until a person has decided."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
import pytest

from tests.personas import Personas
from waystation.apps.naming import acts
from waystation.apps.naming.models import Question
from waystation.apps.naming.tests.making import south_sudan
from waystation.apps.sources.models import Intake
from waystation.apps.sources.tests.files import bring, counted, csv_file, findings, row
from waystation.apps.sources.tests.test_taking_in_pages import answers, block, brought, send, shown
from waystation.apps.tracking.models import Round
from waystation.apps.tracking.tests.making import load_countries
from waystation.kernel import work
from waystation.kernel.acts import do
from waystation.kernel.datasets import path_of
from waystation.kernel.models import Partition
from waystation.kernel.refusals import Refused
from waystation.kernel.screens import Form, Notice


@pytest.fixture(autouse=True)
def _places(personas: Personas, tmp_path: Path) -> None:
    load_countries(personas, "SSD")
    south_sudan(personas, tmp_path)


def named(state: str, county: str, individuals: int = 10, **more: Any) -> dict[str, Any]:
    """A row of the test round that names its places and gives no codes."""
    return row("", individuals, admin1Pcode="", admin2Pcode="", admin1Name=state, admin2Name=county, **more)


def codes() -> list[tuple[str | None, str | None]]:
    (part,) = Partition.objects.filter(dataset="tracking.observations")
    query = "SELECT admin1_code, admin2_code FROM read_parquet(?) ORDER BY _row"
    return duckdb.sql(query, params=[str(path_of(part))]).fetchall()


def test_names_get_their_codes_and_a_finding_says_so(personas: Personas, tmp_path: Path) -> None:
    rows = [
        named("Central Equatoria", "JUBA"), named("E. Equatoria", "Budi"), named("Unity State", "Panyijar", 20),
        row("SS0102", 5, admin1Name="", admin2Name=""),
    ]  # fmt: skip
    rows[1]["admin1Name"] = "Eastern  Equatoria"
    bring(personas, csv_file(tmp_path, rows))
    assert codes() == [("SS01", "SS0101"), ("SS02", "SS0201"), ("SS06", "SS0601"), ("SS01", "SS0102")]
    assert {one.rule for one in findings()} == {"code_by_name"}
    told = {(one.column, one.place): one.details for one in findings()}
    assert told["admin1_code", ""]["names"] == 3
    assert told["admin2_code", ""] | {"file": ""} == {"names": 2, "rows": 2, "file": ""}
    alone = told["admin2_code", "SS0601 Panyijar"]
    assert alone["why"].startswith("spelt alike, 0.9")
    assert "within Unity" in alone["why"]
    assert not any(one.blocking for one in findings())


def test_uncertain_names_hold_the_rows_until_they_are_decided(personas: Personas, tmp_path: Path) -> None:
    path = csv_file(tmp_path, [named("Eastern Equatoria", "Kapoeta"), named("Central Equatoria", "Juba")])
    before = counted()
    with pytest.raises(Refused) as refused:
        bring(personas, path)
    (problem,) = refused.value.problems
    assert (problem.code, problem.params["count"], problem.params["names"]) == ("sources.names_wait", 1, "Kapoeta")
    assert counted()[:3] == before[:3]
    with personas.asking(personas.amina):
        do(acts.decide, Question.objects.get(), code="SS0203")
    bring(personas, path)
    assert codes() == [("SS02", "SS0203"), ("SS01", "SS0101")]
    again = csv_file(
        tmp_path, [named("Eastern Equatoria", "Kapoeta", roundNumber=4, reportingDate="2025-06-30")], "4.csv"
    )
    bring(personas, again)  # the next round asks nothing
    assert Round.everything.count() == 2
    assert Question.everything.count() == 1


def test_a_place_that_does_not_exist_yet_is_taken_without_a_code(personas: Personas, tmp_path: Path) -> None:
    path = csv_file(tmp_path, [named("Eastern Equatoria", "Newtown")])
    with pytest.raises(Refused):
        bring(personas, path)
    with personas.asking(personas.amina):
        do(acts.decide_none, Question.objects.get())
    bring(personas, path)
    assert codes() == [("SS02", None)]


def test_what_lies_below_an_uncertain_name_is_asked_about_later(personas: Personas, tmp_path: Path) -> None:
    with pytest.raises(Refused):
        bring(personas, csv_file(tmp_path, [named("Equatoria", "Kapoeta"), named("Equatoria", "Juba")]))
    assert [(one.text, one.rows) for one in Question.everything.all()] == [("Equatoria", 2)]


def test_a_code_that_the_file_gives_is_never_replaced(personas: Personas, tmp_path: Path) -> None:
    bring(personas, csv_file(tmp_path, [row("SSX101", 5, admin1Pcode="SS01", admin2Name="Juba")]))
    assert codes() == [("SS01", "SSX101")]
    (one,) = findings()
    assert (one.rule, one.details["suggestion"]) == ("unknown_code", "SS0101 Juba")


def test_names_of_levels_without_codes_are_left_alone(personas: Personas, tmp_path: Path) -> None:
    bring(personas, csv_file(tmp_path, [row("SS0101", 5, admin3Name="Gumbo")]))
    assert codes() == [("SS01", "SS0101")]
    assert not findings("code_by_name")


def test_the_import_says_that_it_waits_and_goes_on_afterwards(personas: Personas, tmp_path: Path) -> None:
    record = brought(personas, csv_file(tmp_path, [named("Eastern Equatoria", "Kapoeta")]))
    send(personas, record, answers(shown(personas, record)))
    assert work.run_next()
    record = Intake.everything.get()
    assert record.state == "refused"
    screen = shown(personas, record)
    assert "1 name of a place is not decided yet" in str(block(screen, Notice).text)
    assert [link.url for link in screen.links if "naming" in link.url] == [
        f"/naming/?source={quote('Test survey').replace('%20', '+')}"
    ]
    with personas.asking(personas.amina):
        do(acts.decide, Question.objects.get(), code="SS0202")
    screen = shown(personas, record)
    send(personas, record, dict(block(screen, Form).hidden))
    assert work.run_next()
    assert Intake.everything.get().state == "taken_in"
    assert codes() == [("SS02", "SS0202")]
