"""Bringing files in by the pages: the file, its columns, the work, what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.personas import Personas
from waystation.apps.sources import pages
from waystation.apps.sources.models import Intake, SourceMapping
from waystation.apps.sources.tests.files import counted, csv_file, row, workbook
from waystation.apps.tracking.models import Round
from waystation.apps.tracking.tests.making import load_countries
from waystation.kernel import work
from waystation.kernel.acts import do
from waystation.kernel.models import Job
from waystation.kernel.pages import Asked, Upload
from waystation.kernel.refusals import Refused
from waystation.kernel.screens import Choice, Facts, Form, Notice, Progress, Screen, Table

TERMS = {"source": "Test survey", "licence": "CC BY 4.0", "may_republish": "yes", "office": "DKR"}


@pytest.fixture(autouse=True)
def _countries(personas: Personas) -> None:
    load_countries(personas, "SSD")


def brought(personas: Personas, *paths: Path, **terms: str) -> Intake:
    """An import, brought by Amina through the first page."""
    uploads = tuple(Upload("files", path.name, path, path.stat().st_size) for path in paths)
    with personas.asking(personas.amina):
        where = pages.receive_files(Asked(form={**TERMS, **terms}, files=uploads))
    record: Intake = Intake.everything.get()
    assert where == f"/sources/{record.ref}/"
    return record


def shown(personas: Personas, record: Intake, form: Mapping[str, str] | None = None, **query: str) -> Screen:
    """The second page, as Amina sees it."""
    with personas.asking(personas.amina):
        return pages.follow.draw(Asked({"ref": record.ref}, query, form or {}))


def block(screen: Screen, kind: type[Any], title: str = "") -> Any:
    """The first block of a kind (with a title) on a screen."""
    return next(one for one in screen.blocks if isinstance(one, kind) and (not title or str(one.title) == title))


def answers(screen: Screen, **changed: str) -> dict[str, str]:
    """A form sent as it stands, with some answers changed."""
    form: Form = block(screen, Form)
    given = {one.name: "" if one.value is None else str(one.value) for one in form.questions}
    return {**form.hidden, **given, **changed}


def send(personas: Personas, record: Intake, form: Mapping[str, str]) -> str:
    """The second page's form, sent by Amina."""
    with personas.asking(personas.amina):
        return pages.receive_mapping(Asked({"ref": record.ref}, form=form))


def test_from_the_file_to_the_round(personas: Personas, tmp_path: Path) -> None:
    record = brought(personas, csv_file(tmp_path, [row("SS0101", 250, males=120), row("SS0102", 40)]))
    assert (record.state, record.may_republish, record.office) == ("received", True, personas.dakar)
    screen = shown(personas, record)
    facts = dict(block(screen, Facts, "round.csv").items)
    assert facts["Still to be said"] is None
    assert block(screen, Table, "The first rows").rows[1]["c10"] == "250"
    send(personas, record, answers(screen))
    record.refresh_from_db()
    assert record.state == "mapped"
    assert block(shown(personas, record), Progress).job == record.job
    assert work.run_next()
    record.refresh_from_db()
    assert record.state == "taken_in"
    (line,) = block(shown(personas, record), Table, "Rounds").rows
    assert (line["round"].text, line["rows"], line["version"]) == (Round.everything.get().ref, 2, 1)
    assert Job.everything.get(ref=record.job).state == "done"
    assert Round.everything.get().author == personas.amina


def test_a_workbook_nobody_knows_is_mapped_by_hand_and_remembered(personas: Personas, tmp_path: Path) -> None:
    lines = [["Ville", "Gens", "Le"], ["Bor", 31, "31.05.2025"], ["Juba", 12, "31.05.2025"]]
    record = brought(personas, workbook(tmp_path, lines))
    said = {
        "say.operation_name": "Floods", "say.country": "SSD", "say.component": "site", "say.round_number": "5",
        "remember": "Partner X",
    }  # fmt: skip
    screen = shown(personas, record)
    facts = dict(block(screen, Facts, "round.xlsx").items)
    assert "operation" in facts["Still to be said"]
    with pytest.raises(Refused) as refused:
        send(personas, record, answers(screen, **said))
    assert refused.value.code == "sources.mapping_incomplete"
    again = shown(personas, record, answers(screen, **said))
    assert next(one.value for one in block(again, Form).questions if one.name == "say.operation_name") == "Floods"
    columns = {"take.location_name": "0", "take.displaced.individuals": "1", "take.reporting_date": "2"}
    send(personas, record, answers(again, **said, **columns))
    assert work.run_next()
    assert [(one.name, one.state) for one in SourceMapping.everything.all()] == [("Partner X", "kept")]
    assert (Round.everything.get().number, Round.everything.get().assessed_locations) == (5, 2)
    Intake.everything.all().delete()
    lines[1][1] = 33
    second = brought(personas, workbook(tmp_path, lines, "next.xlsx"))
    facts = dict(block(shown(personas, second), Facts, "next.xlsx").items)
    assert facts["Understood by"] == "a remembered mapping"


def test_the_sheet_of_a_workbook_is_chosen(personas: Personas, shared_data: Path) -> None:
    record = brought(personas, shared_data / "displacement" / "dtm_south_sudan_baseline_round_11.xlsx")
    choice = block(shown(personas, record), Choice)
    assert choice.current == "MT R11 Baseline locations"
    other = shown(personas, record, sheet="MT R11 County summary")
    assert block(other, Form).hidden["sheet"] == "MT R11 County summary"
    assert block(other, Choice).current == "MT R11 County summary"


def test_several_levels_are_read_as_recognised(personas: Personas, tmp_path: Path) -> None:
    fine = csv_file(tmp_path, [row("SS0101", 5), row("SS0102", 6)], "two.csv")
    coarse = [{k: v for k, v in row("SS0101", 11).items() if not k.startswith("admin2")}]
    record = brought(personas, csv_file(tmp_path, coarse, "one.csv"), fine)
    screen = shown(personas, record)
    assert [str(one.title) for one in screen.blocks if isinstance(one, Facts)] == ["What came", "one.csv", "two.csv"]
    send(personas, record, answers(screen))
    assert work.run_next()
    assert Round.everything.get().assessed_locations == 2


def test_a_refused_file_tells_its_problems_and_may_be_tried_again(personas: Personas, tmp_path: Path) -> None:
    record = brought(personas, csv_file(tmp_path, [row("SS0101", 5), row("SS0102", "x")]))
    send(personas, record, answers(shown(personas, record)))
    before = counted()[:4]
    assert work.run_next()
    assert counted()[:4] == before
    record.refresh_from_db()
    assert record.state == "refused"
    (line,) = block(shown(personas, record), Table, "Problems").rows
    assert (line["file"], line["row"], line["column"]) == ("round.csv", 3, "K (individuals)")
    assert Job.everything.get(ref=record.job).state == "failed"
    send(personas, record, answers(shown(personas, record), **{"take.individuals": "0"}))
    record.refresh_from_db()
    assert record.state == "mapped"


def test_a_stopped_import_leaves_nothing_and_may_begin_again(personas: Personas, tmp_path: Path) -> None:
    record = brought(personas, csv_file(tmp_path, [row("SS0101", 5)]))
    send(personas, record, answers(shown(personas, record)))
    record.refresh_from_db()
    with personas.asking(personas.amina):
        do(work.stop, Job.objects.get(ref=record.job))
    assert not work.run_next()
    assert not Round.everything.exists()
    screen = shown(personas, record)
    assert "stopped" in str(block(screen, Notice).text)
    send(personas, record, answers(screen))
    assert work.run_next()
    assert Round.everything.exists()


def test_work_done_twice_is_done_once(personas: Personas, tmp_path: Path) -> None:
    record = brought(personas, csv_file(tmp_path, [row("SS0101", 5)]))
    send(personas, record, answers(shown(personas, record)))
    assert work.run_next()
    record.refresh_from_db()
    with personas.asking(personas.amina):
        assert work.tasks["sources.take_in"].run(None, intake=record.pk)["rounds"] == record.outcome["rounds"]


@pytest.mark.parametrize(
    "terms, code",
    [({"office": "NBO"}, "sources.which_office"), ({"licence": " "}, "sources.which_terms")],
)
def test_a_file_comes_with_its_office_and_terms(
    personas: Personas, tmp_path: Path, terms: dict[str, str], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        brought(personas, csv_file(tmp_path, [row("SS0101", 5)]), **terms)
    assert refused.value.code == code
    assert not Intake.everything.exists()


def test_no_file_and_no_table_are_refused_at_the_door(personas: Personas, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        brought(personas)
    assert refused.value.code == "sources.no_files"
    (tmp_path / "round.csv").write_bytes(b"%PDF-1.7")
    with pytest.raises(Refused) as refused:
        brought(personas, tmp_path / "round.csv")
    assert refused.value.code == "intake.not_a_table"


def test_others_see_neither_the_page_nor_the_import(personas: Personas, tmp_path: Path) -> None:
    record = brought(personas, csv_file(tmp_path, [row("SS0101", 5)]))
    for who in (personas.daniel, personas.chiara, personas.bakary):
        with personas.asking(who), pytest.raises(Refused) as refused:
            pages.follow.draw(Asked({"ref": record.ref}))
        assert refused.value.code == "kernel.not_found"
    with personas.asking(personas.daniel):
        assert block(pages.bring.draw(Asked()), Notice).tone == "refusal"
    with personas.asking(personas.amina):
        assert {one.name for one in block(pages.bring.draw(Asked()), Form).questions} >= {
            "files",
            "source",
            "licence",
        }
