"""Tables brought in: by cell what is wrong, all rows or none, and nothing through this door that another would refuse."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.derived import making
from tests.derived.making import World
from tests.personas import Personas
from waystation.apps.tracking.models import Operation
from waystation.kernel import scope
from waystation.kernel.acts import do
from waystation.kernel.formats import WRITERS
from waystation.kernel.models import AuditEntry
from waystation.kernel.refusals import Refused
from waystation.kernel.register import find_register, registers
from waystation.site.cli import main
from waystation.surfaces.bringing import bringable, brought, columns_of, read, rejected, template, tried

HEAD = "name,country,office,in_total,min_cell,total_note"


@pytest.fixture
def world(personas: Personas) -> World:
    making.collect()
    made = World(personas)
    with scope.enter(scope.house("countries")):
        made.one("places.countries")
    return made


def country() -> str:
    from waystation.apps.places.models import Country

    return str(Country.everything.values_list("iso3", flat=True)[0])


def written(folder: Path, *rows: str) -> Path:
    path = folder / "operations.csv"
    path.write_text("\n".join([HEAD, *rows]), encoding="utf-8")
    return path


def read_in(path: Path) -> Any:
    register = find_register("tracking.operations")
    return register, register.act("open_operation"), read(path, path.name, register.act("open_operation"))


def test_rows_are_done_by_the_act_and_told_apart_by_cell(world: World, tmp_path: Path) -> None:
    here = country()
    path = written(
        tmp_path, f"North,{here},DKR,yes,5,", f"South,{here},YYY,perhaps,many,", "East,ZZZ,DKR,no,0,", f"West,{here},DKR,no,,",
    )  # fmt: skip
    with world.personas.asking(world.personas.amina):
        register, act, table = read_in(path)
        trial = tried(register, act, table)
        assert (trial.good, trial.wrong) == (2, 2)
        found = {(one.row, one.column, one.code) for line in table.lines for one in line.problems}
        assert found >= {
            (3, "office", "table.no_record"),
            (3, "in_total", "table.not_wanted"),
            (3, "min_cell", "table.not_wanted"),
        }
        assert (4, "tracking.unknown_country") in {(row, code) for row, _column, code in found}
        assert not Operation.everything.exists()
        with pytest.raises(Refused) as refused:
            brought(register, act, read_in(path)[2], "one")
        assert refused.value.code == "table.rows_wrong"
        assert not Operation.everything.exists()
        sheet = rejected(table)
        assert sheet.table.column("row").to_pylist() == [3, 4]
        assert "office" in sheet.table.column("problem").to_pylist()[0]


def test_a_good_table_is_brought_in_once_however_often_it_is_sent(world: World, tmp_path: Path) -> None:
    here = country()
    path = written(tmp_path, f"North,{here},DKR,yes,5,", f"West,{here},DKR,no,,")
    with world.personas.asking(world.personas.amina):
        register, act, table = read_in(path)
        first = brought(register, act, table, "digest")
        assert brought(register, act, read_in(path)[2], "digest") == first
    assert {(o.name, o.in_total, o.min_cell) for o in Operation.everything.all()} == {
        ("North", True, 5),
        ("West", False, 0),
    }


def test_a_row_sees_what_the_row_before_it_did(world: World, tmp_path: Path) -> None:
    here = country()
    with world.personas.asking(world.personas.amina):
        register, act, table = read_in(written(tmp_path, f"North,{here},DKR,no,,", f"North,{here},DKR,no,,"))
        assert tried(register, act, table).wrong == 1
        assert table.lines[1].problems[0].code == "kernel.already_exists"


def test_records_are_changed_by_their_reference(world: World, tmp_path: Path) -> None:
    with world.personas.asking(world.personas.amina):
        operation = world.one("tracking.operations")
        path = tmp_path / "smaller.csv"
        path.write_text(f"Reference,min cell\n{operation.ref},7\nNOWHERE-1,3\n,4\n", encoding="utf-8")
        register = find_register("tracking.operations")
        table = read(path, path.name, register.act("describe"))
        assert tried(register, register.act("describe"), table).wrong == 2
        assert {one.code for line in table.lines for one in line.problems} == {
            "kernel.not_found",
            "kernel.argument_missing",
        }
        path.write_text(f"ref,min_cell\n{operation.ref},7\n", encoding="utf-8")
        brought(register, register.act("describe"), read(path, path.name, register.act("describe")), "x")
    assert Operation.everything.get().min_cell == 7


@pytest.mark.parametrize(
    "text, code",
    [
        ("name,country,office,colour\na,b,c,d\n", "table.unknown_column"),
        ("name,country\na,b\n", "table.column_missing"),
        ("name,name,country,office\na,b,c,d\n", "table.column_twice"),
    ],
)
def test_what_is_no_table_for_the_act_is_refused_whole(world: World, tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / "odd.csv"
    path.write_text(text, encoding="utf-8")
    with world.personas.asking(world.personas.amina), pytest.raises(Refused) as refused:
        read_in(path)
    assert code in {one.code for one in refused.value.problems}


def test_formulas_are_disarmed_on_the_way_out_and_plain_on_the_way_in(world: World, tmp_path: Path) -> None:
    here = country()
    with world.personas.asking(world.personas.amina):
        _register, _act, table = read_in(written(tmp_path, f"'=HYPERLINK(0),{here},DKR,no,,"))
        assert table.lines[0].said["name"] == "=HYPERLINK(0)"
        table.lines[0].problems = [_problem()]
        WRITERS["csv"](rejected(table), tmp_path / "out.csv")
    rows = list(csv.reader((tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()))
    assert rows[1][0] == "'=HYPERLINK(0)"


def _problem() -> Any:
    from waystation.kernel.refusals import Problem

    return Problem("table.no_rows", {}, row=2)


def test_days_numbers_and_labels_of_a_workbook_are_read_as_they_are_meant(world: World, tmp_path: Path) -> None:
    with world.personas.asking(world.personas.amina):
        operation = world.one("tracking.operations")
        book = openpyxl.Workbook()
        book.active.append(["operation", "number", "reporting date", "component"])
        book.active.append([operation.ref, 3.0, date(2025, 3, 31), "Site assessment"])
        book.save(tmp_path / "rounds.xlsx")
        register = find_register("tracking.rounds")
        act = register.act("plan")
        table = read(tmp_path / "rounds.xlsx", "rounds.xlsx", act)
        assert not table.lines[0].problems, [str(one) for one in table.lines[0].problems]
        said = table.lines[0].said
        assert (said["number"], said["reporting_date"], said.get("component")) == (3, date(2025, 3, 31), "site")
        brought(register, act, table, "rounds")


def test_every_register_offers_templates_that_are_read_back(world: World, tmp_path: Path) -> None:
    """Derived: whatever is declared later has its table too."""
    seen = 0
    for register in registers.values():
        with scope.enter(scope.house("templates")):
            for act in bringable(register, scope.current()):
                seen += 1
                for kind in ("csv", "xlsx"):
                    path = tmp_path / f"{act.name}.{kind}"
                    WRITERS[kind](template(register, act), path)
                    with pytest.raises(Refused) as refused:
                        read(path, path.name, act)
                    assert not {one.code for one in refused.value.problems} & {
                        "table.unknown_column",
                        "table.column_missing",
                    }
                assert all(one.says for one in columns_of(act))
    assert seen > 10


@pytest.fixture
def client(world: World) -> Client:
    made = Client()
    made.force_login(world.personas.amina, backend="django.contrib.auth.backends.ModelBackend")
    return made


URL = "/r/tracking.operations/bring/open_operation/"


def send(client: Client, text: str, name: str = "ops.csv") -> Any:
    return client.post(URL, {"file": SimpleUploadedFile(name, text.encode())})


def test_on_the_page_it_is_tried_shown_and_then_brought_in(client: Client) -> None:
    here = country()
    page = send(client, f"{HEAD}\nNorth,{here},DKR,no,,\nSouth,{here},DKR,perhaps,,\n")
    assert page.status_code == 200
    body = page.content.decode()
    assert 'class="amiss"' in body
    assert "in_total cannot be “perhaps”" in body
    wrong = client.get(URL + re.search(r'href="(\?rejected=[^"]+)"', body).group(1))
    rows = list(openpyxl.load_workbook(io.BytesIO(wrong.content)).active.values)
    assert rows[0][-2:] == ("row", "problem")
    assert rows[1][-2] == 3
    page = send(client, f"{HEAD}\nNorth,{here},DKR,no,,\n")
    token = re.search(r'name="table" value="([^"]+)"', page.content.decode()).group(1)
    assert not Operation.everything.exists()
    done = client.post(URL, {"table": token})
    assert "1 row of ops.csv was brought in" in done.content.decode()
    assert Operation.everything.get().name == "North"
    assert client.post(URL, {"table": token}).status_code == 404  # it is not kept any longer
    kept = list((Path(settings.WAYSTATION_HOME) / "tables").iterdir())
    assert len(kept) == 1  # the refused one, until tomorrow


def test_strangers_forgers_and_the_wrong_file_get_a_sentence(client: Client, world: World) -> None:
    here = country()
    token = re.search(
        r'name="table" value="([^"]+)"', send(client, f"{HEAD}\nNorth,{here},DKR,no,,\n").content.decode()
    ).group(1)
    before = AuditEntry.objects.count()
    other = Client()
    other.force_login(world.personas.chiara, backend="django.contrib.auth.backends.ModelBackend")
    gone = other.post(URL, {"table": token})
    assert gone.status_code == 404
    assert "table.gone" in gone.content.decode()
    assert client.post(URL, {"table": token[:-2] + "xx"}).status_code == 404
    assert client.post("/r/tracking.operations/bring/describe/", {"table": token}).status_code == 404
    assert client.post(URL, {}).status_code == 422
    assert send(client, "\x00\x01\x02", "x.xlsx").status_code == 422
    long = send(client, HEAD + "\n" + "a,b,c,d,e,f\n" * 2100)
    assert long.status_code == 413
    assert "table.too_many_rows" in long.content.decode()
    nobody = Client()
    nobody.force_login(world.personas.daniel, backend="django.contrib.auth.backends.ModelBackend")
    assert nobody.get(URL).status_code == 403
    assert Client().get(URL).status_code == 302
    assert client.get("/r/tracking.operations/bring/close/").status_code in (403, 404)
    assert AuditEntry.objects.count() == before


def test_from_the_command_line(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here = country()
    path = written(tmp_path, f"North,{here},DKR,no,,", "South,ZZZ,DKR,no,,")
    asked = ["bring", "tracking.operations", "open_operation"]
    assert main([*asked, str(path), "--as", "amina", "--rejected", str(tmp_path / "wrong.xlsx")]) == 1
    assert "1 rows good, 1 refused, 0 brought in" in capsys.readouterr().out
    assert (tmp_path / "wrong.xlsx").exists()
    assert main([*asked, str(written(tmp_path, f"North,{here},DKR,no,,")), "--as", "amina", "--json"]) == 0
    assert Operation.everything.count() == 1
    assert main([*asked, "--template", str(tmp_path / "t.csv")]) == 0
    with world.personas.asking(world.personas.amina), pytest.raises(Refused):
        do(
            find_register("tracking.operations").act("open_operation"),
            name="",
            country=here,
            office=world.personas.dakar,
        )
