"""Cells of workbooks: values, dates, formulas, merged areas."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waystation.intake import Field, Odd, Tally, open_table, propose, rows
from waystation.intake.workbook import shows_date
from waystation.intake.worksheet import EPOCH_1900, EPOCH_1904, number, serial_date

Bytes = Callable[..., bytes]


def cells(content: bytes) -> list[list[object]]:
    source = open_table(content, name="f.xlsx")
    return [list(c) for _row, c in source.preview(100)]


def test_values_are_what_they_are_and_numbers_are_never_floats(book: Bytes, raw: type[str]) -> None:
    found = cells(
        book(
            [
                ["a", "b", "c", "d", "e", "f", "g"],
                ["NA", 12, raw("><v>8.0</v>"), raw("><v>0.30000000000000004</v>"), raw('t="b"><v>1</v>')],
                ["=1+1", "+41", "-x", "@SUM(A1)", raw('t="e"><v>#REF!</v>'), raw("><v>1E5</v>"), raw('t="str"><v/>')],
                ["_x0041_", raw('t="n"><v></v>'), raw('t="d"><v>2021-03-01T00:00:00</v>')],
            ]
        )
    )
    assert found[1] == ["NA", 12, 8, Decimal("0.3"), True]
    assert [type(v) for v in found[1]] == [str, int, int, Decimal, bool]
    assert found[2] == ["=1+1", "+41", "-x", "@SUM(A1)", Odd("cell_error", "#REF!"), 100_000]
    assert found[3] == ["A", None, date(2021, 3, 1)]


def test_dates_follow_the_style_of_the_cell_and_the_epoch_of_the_book(book: Bytes, raw: type[str]) -> None:
    line = [raw('s="1"><v>44197</v>'), raw('s="2"><v>44197.5</v>'), raw('s="3"><v>1.5</v>'), 44197]
    grid = [["a", "b", "c", "d"], line]
    assert cells(book(grid))[1] == [
        date(2021, 1, 1),
        datetime.combine(date(2021, 1, 1), time(12)),
        Decimal("1.5"),
        44197,
    ]
    later = book(grid, settings='<workbookPr date1904="1"/>')
    assert cells(later)[1][0] == date(2025, 1, 2)


def test_day_numbers() -> None:
    assert [serial_date(n, EPOCH_1900) for n in (1, 59, 61)] == [date(1900, 1, 1), date(1900, 2, 28), date(1900, 3, 1)]
    assert serial_date(0, EPOCH_1904) == date(1904, 1, 1)
    for text, value in (("5", 5), ("5.0", 5), ("-1.25", Decimal("-1.25")), ("1e3", 1000)):
        assert number(text) == value
    with pytest.raises(ValueError, match="x"):
        number("x")


@pytest.mark.parametrize(
    "form, dated",
    [("yyyy\\-mm\\-dd", True), ("[$-409]d\\-mmm\\-yy;@", True), ("0.00", False), ("General", False), ("[h]:mm", False),
     ('"day "0', False), ("[Red]#,##0", False), ("mmm yy", True), ("0.0E+00", False), ("#,##0_d", False)],
)  # fmt: skip
def test_which_formats_show_dates(form: str, dated: bool) -> None:
    assert shows_date(form) is dated


def test_formulas_give_their_last_value_and_never_run(book: Bytes, raw: type[str]) -> None:
    found = cells(
        book(
            [
                ["a", "b", "c"],
                [raw("><f>SUM(B1:B2)</f><v>7</v>"), raw('t="str"><f>A1&amp;"x"</f><v>ax</v>'), raw("><f>1+1</f>")],
                [raw('><f t="shared" si="0"/>'), raw('t="str"><f>""</f><v></v>'), 1],
            ]
        )
    )
    assert found[1] == [7, "ax", Odd("formula_without_value", "=1+1")]
    assert found[2] == [Odd("formula_without_value", "="), None, 1]


def test_prefixes_places_left_out_and_phonetic_guides(book: Bytes) -> None:
    sheet = (
        '<x:worksheet xmlns:x="m"><x:sheetData>'
        '<x:row><x:c t="s"><x:v>0</x:v></x:c><x:c t="s"><x:v>1</x:v></x:c></x:row>'
        '<x:row><x:c t="inlineStr"><x:is><x:t>A</x:t><x:rPh><x:t>no</x:t></x:rPh></x:is></x:c><x:c><x:v>3</x:v></x:c>'
        "</x:row></x:sheetData></x:worksheet>"
    )
    strings = "<sst><si><r><t>na</t></r><r><t>me</t></r><rPh><t>no</t></rPh></si><si><t>count</t></si></sst>"
    content = book([], more={"xl/worksheets/sheet1.xml": sheet, "xl/sharedStrings.xml": strings})
    assert cells(content) == [["name", "count"], ["A", 3]]


def test_merged_texts_fill_every_cell_and_merged_numbers_none(book: Bytes) -> None:
    content = book(
        [
            ["area", "people", None, "year"],
            [None, "men", "women", None],
            ["SS01", 10, 20, 2021],
            [None, 11, None, None],
            [None, 12, 22, None],
        ],
        merged=["A1:A2", "B1:C1", "D1:D2", "A3:A5", "C3:C4", "D3:D5"],
    )
    source = open_table(content, name="f.xlsx")
    assert source.layout.header_rows == (1, 2)
    assert [c.header for c in source.columns] == ["area", "people / men", "people / women", "year"]
    fields = [
        Field("area", "code", required=True),
        Field("men", "integer", synonyms=("people men",)),
        Field("women", "integer", synonyms=("people women",)),
        Field("year", "integer", dimension=True),
    ]
    found = list(rows(source, propose(source, fields), fields))
    assert [r.values["area"] for r in found] == ["SS01"] * 3
    assert [r.values["year"] for r in found] == [2021] * 3
    assert [r.values["women"] for r in found] == [None, None, 22]
    assert [p.code for r in found for p in r.problems] == ["intake.merged_number"] * 2
    assert str(found[0].problems[0]).startswith("f.xlsx, Sheet 1, row 3, column C (people / women): One number (20)")


def test_what_openpyxl_writes_is_read_the_same() -> None:
    written = openpyxl.Workbook()
    sheet = written.active
    assert sheet is not None
    lines: list[list[object]] = [["code", "name", "day", "count", "share"]]
    lines += [[f"SS{i:02}", "Ñandú " * 3, date(2021, 1, 1 + i), i * 7, i / 8] for i in range(20)]
    for line in lines:
        sheet.append(line)
    sheet.merge_cells("B2:B4")
    sheet["E22"] = "=SUM(E2:E21)"
    written.create_sheet("Hidden").sheet_state = "hidden"
    out = io.BytesIO()
    written.save(out)
    source = open_table(out.getvalue(), name="f.xlsx")
    assert [(s.name, s.hidden) for s in source.sheets()] == [("Sheet", False), ("Hidden", True)]
    assert (source.sheets()[0].rows, source.sheets()[0].columns) == (22, 5)
    found = [c for _row, c in source.lines()]
    assert found[-1] == [None] * 4 + [Odd("formula_without_value", "=SUM(E2:E21)")]
    assert [c[1] for c in found[1:3]] == ["Ñandú Ñandú Ñandú "] * 2
    for line, got in zip(lines[1:], found, strict=False):
        assert got[0] == line[0]
        assert got[2:4] == line[2:4]
        assert got[4] == Decimal(str(line[4]))


@given(st.lists(st.lists(st.one_of(st.none(), st.integers(-(10**14), 10**14), st.text("aé<&\"' ]>", min_size=1)),
                         min_size=1, max_size=6), min_size=1, max_size=8))  # fmt: skip
def test_any_grid_comes_back(grid: list[list[object]]) -> None:
    written = openpyxl.Workbook(write_only=True)
    sheet = written.create_sheet("Sheet 1")
    for line in [["h1", "h2"], *grid]:
        sheet.append(line)
    out = io.BytesIO()
    written.save(out)
    source = open_table(out.getvalue(), name="f.xlsx")
    found = dict(source.preview(100))
    for place, line in enumerate(grid, 2):
        while line and line[-1] is None:
            line = line[:-1]
        assert found.get(place, []) == line


def test_a_date_where_a_code_is_expected_is_told(book: Bytes, raw: type[str]) -> None:
    content = book([["code", "n"], ["SS01", 1], [raw('s="1"><v>44256</v>'), 2], [raw("><v>1.5</v>"), 3], [7, 4]])
    source = open_table(content, name="f.xlsx")
    fields = [Field("code", "code", required=True), Field("n", "integer")]
    tally = Tally()
    found = list(rows(source, propose(source, fields), fields, tally))
    codes = [[p.code for p in r.problems] for r in found]
    assert codes == [[], ["intake.date_for_code"], ["intake.number_for_code"], []]
    assert found[3].values["code"] == "7"
    assert "2021-03-01" in found[1].problems[0].message
