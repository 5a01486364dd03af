"""Files that cannot be taken: each is refused naming file, row and column, and the database is as before."""

from __future__ import annotations

import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.personas import Personas
from waystation.apps.sources.datasets.taking import take_in
from waystation.apps.sources.tests.files import TERMS, bring, counted, csv_file, findings, row, text_of, workbook
from waystation.apps.tracking.models import Round
from waystation.apps.tracking.tests.making import load_countries
from waystation.kernel.refusals import Refused


@pytest.fixture(autouse=True)
def _countries(personas: Personas) -> None:
    load_countries(personas, "SSD", "SDN")


def refused(personas: Personas, *paths: Path, **constants: Any) -> Refused:
    """The refusal of an import, after which everything is as it was."""
    before = counted()
    with pytest.raises(Refused) as met:
        bring(personas, *paths, **constants)
    assert counted() == before
    assert all(problem.file for problem in met.value.problems)
    assert "{" not in str(met.value)
    return met.value


@pytest.mark.parametrize(
    "change, code, column",
    [
        ({"individuals": "many"}, "intake.not_a_number", "K (individuals)"),
        ({"individuals": "12.5"}, "intake.not_whole", "K (individuals)"),
        ({"individuals": "1E+05"}, "intake.number_shortened", "K (individuals)"),
        ({"reportingDate": "soon"}, "intake.not_a_date", "D (reportingDate)"),
        ({"operation": ""}, "intake.required", "A (operation)"),
        ({"country": "Atlantis"}, "tracking.unknown_country", "country"),
        ({"assessmentType": "guess"}, "tracking.unknown_component", "component"),
        ({"reportingDate": "2025-04-01"}, "sources.two_dates", "reporting_date"),
        ({"roundNumber": "-1"}, "intake.below_minimum", "C (roundNumber)"),
    ],
)
def test_a_bad_cell_is_named(
    personas: Personas, tmp_path: Path, change: dict[str, str], code: str, column: str
) -> None:
    rows = [row("SS0101", 5), row("SS0102", 6), row("SS0103", 7, **change)]
    met = refused(personas, csv_file(tmp_path, rows))
    (problem,) = met.problems
    assert (problem.code, problem.file, problem.row, problem.column) == (code, "round.csv", 4, column)


def test_all_bad_cells_are_told_at_once(personas: Personas, tmp_path: Path) -> None:
    rows = [row(f"SS010{n}", "x" if n % 2 else n) for n in range(1, 8)]
    assert [problem.row for problem in refused(personas, csv_file(tmp_path, rows)).problems] == [2, 4, 6, 8]


def test_a_file_that_says_too_little_says_what_is_missing(personas: Personas, tmp_path: Path) -> None:
    met = refused(personas, csv_file(tmp_path, [{"admin1Pcode": "SS01", "individuals": 4, "country": "SSD"}]))
    assert met.code == "sources.mapping_incomplete"
    for name in ("operation_name", "component", "round_number", "reporting_date"):
        assert name in str(met)


def test_a_word_said_by_hand_for_no_field_is_refused(personas: Personas, tmp_path: Path) -> None:
    with pytest.raises(Refused) as met:
        bring(personas, csv_file(tmp_path, [row("SS0101", 5)]), colour="blue")
    assert met.value.code == "sources.unknown_field"
    with pytest.raises(Refused) as met:
        bring(personas, csv_file(tmp_path, [row("SS0101", 5)]), round_number="third")
    assert met.value.code == "sources.said_wrong"


def test_a_round_with_another_date_is_not_guessed_at(personas: Personas, tmp_path: Path) -> None:
    bring(personas, csv_file(tmp_path, [row("SS0101", 5)]))
    met = refused(personas, csv_file(tmp_path, [row("SS0101", 6, reportingDate="2025-03-30")], "other.csv"))
    assert (met.code, met.problems[0].where) == ("tracking.other_date", "other.csv, row 2")


@pytest.mark.parametrize("day", ["1989-12-31", "2999-01-01"])
def test_a_reporting_date_that_cannot_be(personas: Personas, tmp_path: Path, day: str) -> None:
    met = refused(personas, csv_file(tmp_path, [row("SS0101", 5, reportingDate=day)]))
    assert (met.code, met.problems[0].row) == ("tracking.date_impossible", 2)


def test_one_bad_file_of_several_refuses_all(personas: Personas, tmp_path: Path) -> None:
    good, bad = csv_file(tmp_path, [row("SS0101", 5)], "good.csv"), csv_file(tmp_path, [row("SS0102", "x")], "bad.csv")
    assert refused(personas, good, bad).problems[0].file == "bad.csv"


def test_truncated_files(personas: Personas, tmp_path: Path) -> None:
    rows = [row(f"SS010{n}", n) for n in range(1, 9)]
    cut = tmp_path / "cut.csv"
    cut.write_text(text_of(rows)[:-30])
    assert refused(personas, cut).code == "intake.cut_row"
    broken = tmp_path / "cut.json"
    broken.write_text(json.dumps({"result": rows})[:-40])
    assert refused(personas, broken).code == "intake.truncated"
    book = workbook(tmp_path, [list(rows[0]), *(list(one.values()) for one in rows)])
    book.write_bytes(book.read_bytes()[:-900])
    assert refused(personas, book).code in ("intake.damaged", "intake.truncated")


def test_text_in_two_encodings(personas: Personas, tmp_path: Path) -> None:
    path = tmp_path / "mixed.csv"
    text = text_of([row("SS0101", 5, admin1Name="Bahr el Ghazal é"), row("SS0102", 6)])
    path.write_bytes(
        text.encode() + text_of([row("SS0103", 7, admin1Name="été")]).split("\n")[1].encode("latin-1") + b"\n"
    )
    assert refused(personas, path).code == "intake.mixed_encoding"


def test_one_other_encoding_is_read(personas: Personas, tmp_path: Path) -> None:
    path = tmp_path / "latin.csv"
    path.write_bytes(text_of([row("SS0101", 5, admin2Name="Bahr el Ghazal supérieur")]).encode("cp1252"))
    bring(personas, path)
    assert not findings("encoding")


def test_text_that_was_damaged_before_is_kept_and_told(personas: Personas, tmp_path: Path) -> None:
    bring(personas, csv_file(tmp_path, [row("SS0101", 5, admin2Name="SupÃ©rieur"), row("SS0102", 6)]))
    (one,) = findings("encoding")
    assert (one.origin_row, one.column, one.details["text"]) == (2, "admin2_name", "SupÃ©rieur")


def test_total_rows_are_left_out_and_told(personas: Personas, tmp_path: Path) -> None:
    total = {"operation": "Grand Total", "individuals": 11}
    taken = bring(personas, csv_file(tmp_path, [row("SS0101", 5), row("SS0102", 6), total]))
    assert (taken.rounds[0].rows, [one.row for one in taken.skipped]) == (2, [4])


def test_a_total_row_in_another_column_blocks(personas: Personas, tmp_path: Path) -> None:
    rows = [row("SS0101", 5), row("SS0102", 6), {**row("SS0103", 12), "admin2Name": "TOTAL"}]
    bring(personas, csv_file(tmp_path, rows))
    (one,) = findings("total_row")
    assert (one.origin_row, one.blocking) == (4, True)


def test_codes_and_names_the_wrong_way_round_are_read_by_their_values(personas: Personas, tmp_path: Path) -> None:
    rows = [row(f"SS010{n}", n) for n in range(1, 9)]
    swapped = [{**one, "admin2Pcode": one["admin2Name"], "admin2Name": one["admin2Pcode"]} for one in rows]
    taken = bring(personas, csv_file(tmp_path, swapped))
    assert "intake.swapped" in [one.code for one in taken.problems]
    assert not findings("code_name_swapped")


def test_decimal_commas_and_day_numbers_of_a_workbook(personas: Personas, tmp_path: Path) -> None:
    rows = [row(f"SS010{n}", n, longitude=f"31,{n}2", latitude=f"-4,{n}512") for n in range(1, 4)]
    bring(personas, csv_file(tmp_path, rows, mark=";"))
    serial = (date(2025, 3, 31) - date(1899, 12, 30)).days
    lines = [list(row("SS0101", 1)), list(row("SS0101", 77, reportingDate=serial).values())]
    taken = bring(personas, workbook(tmp_path, lines))
    assert (taken.rounds[0].version, Round.everything.get().reporting_date) == (2, date(2025, 3, 31))


def test_formulas_without_a_result(personas: Personas, tmp_path: Path) -> None:
    values = row("SS0101", "=2+3")
    met = refused(personas, workbook(tmp_path, [list(values), list(values.values())]))
    assert (met.code, met.problems[0].row) == ("intake.formula_without_value", 2)


def test_a_zip_bomb(personas: Personas, tmp_path: Path) -> None:
    good = workbook(tmp_path, [list(row("SS0101", 1)), list(row("SS0101", 1).values())])
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(good) as plain, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as made:
        for name in plain.namelist():
            inside = plain.read(name)
            made.writestr(name, inside + b" " * (300 << 20) if name.endswith("sheet1.xml") else inside)
    assert refused(personas, bomb).code == "intake.unpacks_too_large"


@pytest.mark.parametrize(
    "content, code",
    [
        (b"", "intake.empty_file"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "intake.web_page"),
        (b"%PDF-1.7 ...", "intake.not_a_table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "intake.old_workbook"),
    ],
)
def test_what_is_no_table(personas: Personas, tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "round.csv"
    path.write_bytes(content)
    assert refused(personas, path).code == code


def test_headers_without_rows(personas: Personas, tmp_path: Path) -> None:
    path = tmp_path / "headers.csv"
    path.write_text(text_of([row("SS0101", 5)]).splitlines()[0] + "\n")
    assert refused(personas, path).code in ("sources.no_rows", "intake.no_rows")


def test_a_mapping_of_other_columns_does_not_fit(personas: Personas, tmp_path: Path) -> None:
    from waystation.intake import Mapping, Take

    names = ("operation_name", "country", "component", "round_number", "reporting_date", "individuals")
    path = csv_file(tmp_path, [row("SS0101", 5)])
    with personas.asking(personas.amina):
        from waystation.intake import open_table

        mapping = Mapping(open_table(path, name="x").layout, {name: Take(header=f"no {name}") for name in names})
        with pytest.raises(Refused) as met:
            take_in([path], office=personas.dakar, terms=TERMS, mapping=mapping)
    assert met.value.code == "intake.column_missing"
