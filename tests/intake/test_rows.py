"""Typed rows, their problems, totals, wide groups, batches."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from waystation.intake import Field, Mapping, Row, Source, Take, Tally, Wide, batches, open_table, propose, rows
from waystation.intake.totals import WORDS, is_total_label
from waystation.kernel.refusals import catalogue

Csv = Callable[..., Source]
AREA = Field("area", "code", required=True)
NAME = Field("name", "text")
PEOPLE = Field("people", "integer", minimum=0)
HOMES = Field("homes", "integer", minimum=0)
FIELDS = [AREA, NAME, PEOPLE, HOMES]


def read(source: Source, fields: list[Field] = FIELDS, **changes: Any) -> tuple[list[Row], Tally]:
    tally = Tally()
    mapping = propose(source, fields).with_(**changes)
    found = list(rows(source, mapping, fields, tally))
    for problem in [*mapping.problems, *tally.problems, *tally.findings]:
        assert "{" not in str(problem).replace("{value}", "")
    return found, tally


def test_nothing_but_an_empty_cell_is_null(csv_of: Csv) -> None:
    source = csv_of("area,name,people\nNA,null,0\nNA,None,\nNA, ,5\nNA,N/A,6\nNA,nan,7\n")
    found, tally = read(source)
    assert {r.values["area"] for r in found} == {"NA"}
    assert [r.values["name"] for r in found] == ["null", "None", None, "N/A", "nan"]
    assert [r.values["people"] for r in found] == [0, None, 5, 6, 7]
    assert not tally.problems


def test_markers_mean_what_the_mapping_says_and_nothing_else(csv_of: Csv) -> None:
    source = csv_of("area,name,people\nSS01,Not available,Not available\nSS02,x,999\n")
    found, _ = read(source)
    assert found[0].values["name"] == "Not available"
    assert [p.code for p in found[0].problems] == ["intake.not_a_number"]
    assert str(found[0].problems[0]).startswith("file.csv, row 2, column C (people): “Not available” is not a number.")
    mapped, _ = read(source, markers={"Not available": None, "999": None})
    assert [(r.values["name"], r.values["people"]) for r in mapped] == [(None, None), ("x", None)]
    assert not mapped[0].problems


@pytest.mark.parametrize(
    "cell, code",
    [("12.5", "not_whole"), ("-3", "below_minimum"), ("about 5", "not_a_number"), ("1.2E+05", "number_shortened"),
     ("9" * 20, "number_too_big"), ("(4)", "below_minimum")],
)  # fmt: skip
def test_counts_are_whole_and_not_below_their_minimum(csv_of: Csv, cell: str, code: str) -> None:
    source = csv_of(f'area,people\nSS01,7\nSS02,"{cell}"\n')
    found, tally = read(source)
    assert found[0].values["people"] == 7
    assert type(found[0].values["people"]) is int
    (problem,) = found[1].problems
    assert (problem.code, problem.row, problem.column) == (f"intake.{code}", 3, "B (people)")
    assert cell.strip("()") in problem.message
    assert found[1].values["people"] is None
    assert tally.counts[problem.code, "B (people)"] == 1
    assert (tally.rows, tally.refused) == (2, 1)


def test_decimals_are_exact_and_bounded(csv_of: Csv) -> None:
    field = Field("share", "decimal", minimum=0)
    source = csv_of('area;share\nSS01;"0,1"\nSS02;2,25\nSS03;-1,5\nSS04;' + "9" * 30 + "\nSS05;x\n")
    found, _ = read(source, [AREA, field])
    assert [r.values["share"] for r in found] == [Decimal("0.1"), Decimal("2.25"), None, None, None]
    codes = [p.code.removeprefix("intake.") for r in found for p in r.problems]
    assert codes == ["below_minimum", "number_too_big", "not_a_number"]


def test_required_values_and_patterns(csv_of: Csv) -> None:
    area = Field("area", "code", required=True, pattern=r"SS\d\d")
    source = csv_of("area,name,people\n,Juba,1\nSS1,Torit,2\nSS01,Juba,3\n")
    found, _ = read(source, [area, NAME, PEOPLE])
    codes = [[p.code for p in r.problems] for r in found]
    assert codes == [["intake.required"], ["intake.not_this_code"], []]
    assert found[0].problems[0].where == "file.csv, row 2, column A (area)"


def test_damaged_text_is_a_finding(csv_of: Csv) -> None:
    found, tally = read(csv_of("area,name\nTD01,GuÃ©ra\n"))
    assert found[0].values["name"] == "GuÃ©ra"
    assert not found[0].problems
    assert [f.code for f in found[0].findings] == ["intake.damaged_text"]
    assert tally.findings[0].row == 2


def test_text_that_looks_like_a_formula_is_kept_as_text(csv_of: Csv) -> None:
    texts = ["=1+1", "+41 22", "-x", "@SUM(A1)", "=cmd|' /C calc'!A0"]
    found, tally = read(csv_of("area,name\n" + "".join(f"SS01,{t}\n" for t in texts)))
    assert [r.values["name"] for r in found] == texts
    assert not tally.problems


@pytest.mark.parametrize(
    "word",
    ["Grand Total", "TOTAL", "Sub-total", "Sous-total", "Total général", "Suma", "Total general", "Итого", "Всего",
     "合计", "总计", "المجموع", "الإجمالي", "Total:", " total "],
)  # fmt: skip
def test_total_rows_are_left_out_and_told(csv_of: Csv, word: str) -> None:
    source = csv_of(f"area,name,people\nSS01,Juba,1\nSS02,Torit,2\n{word},,3\nSS03,Wau,9\n")
    found, tally = read(source)
    assert [r.values["area"] for r in found] == ["SS01", "SS02", "SS03"]
    assert [(f.code, f.row) for f in tally.findings] == [("intake.total_row", 4)]
    assert tally.left_out == 1
    kept, _ = read(source, totals="keep")
    assert len(kept) == 4


def test_words_for_totals_within_names_decide_only_with_the_numbers(csv_of: Csv) -> None:
    text = "area,name,people,homes\nTotal Energies,a,1,1\nLac,b,50,20\nLac,c,60,30\nTotal Lac,d,111,51\nKanem,e,9,9\n"
    found, tally = read(csv_of(text))
    assert [r.values["area"] for r in found] == ["Total Energies", "Lac", "Lac", "Kanem"]
    assert [f.params["label"] for f in tally.findings] == ["Total Lac"]
    assert not is_total_label("Totalville")
    assert len(WORDS) > 30


def test_a_row_without_label_that_equals_the_sum_is_a_total(csv_of: Csv) -> None:
    text = "area,name,people,homes\nA,a,10,1\nB,b,20,2\n,,30,3\nC,c,5,1\nD,d,6,1\n,,11,2\n,,41,5\n"
    found, tally = read(csv_of(text))
    assert [r.values["area"] for r in found] == ["A", "B", "C", "D"]
    assert [f.code for f in tally.findings] == ["intake.unlabelled_sum"] * 2 + ["intake.unlabelled_sum"]


def test_a_row_with_a_label_that_equals_the_sum_is_kept_and_told(csv_of: Csv) -> None:
    text = "area,name,people,homes\nA,a,10,11\nB,b,20,12\nC,c,30,13\nRegion,d,60,36\n"
    found, tally = read(csv_of(text))
    assert len(found) == 4
    assert [f.code for f in found[3].findings] == ["intake.sum_row"]
    assert not tally.left_out
    small, tally = read(csv_of("area,name,people,homes\nA,a,1,1\nB,b,1,1\nC,c,2,2\nD,d,4,4\n"))
    assert (len(small), tally.findings) == (4, [])


def test_notes_and_repeated_headers_are_left_out_and_told(csv_of: Csv) -> None:
    text = "area,name,people\nA,a,1\narea,name,people\nB,b,2\nSource: baseline assessment of March\n"
    found, tally = read(csv_of(text))
    assert [r.values["area"] for r in found] == ["A", "B"]
    assert [f.code for f in tally.findings] == ["intake.repeated_header", "intake.note_row"]


def test_rows_with_too_many_cells_and_a_cut_last_row_have_problems(csv_of: Csv) -> None:
    found, _ = read(csv_of("area,name,people\nA,Juba, town,1\nB,b,2\nC,c"))
    assert [[p.code for p in r.problems] for r in found] == [
        ["intake.not_a_number", "intake.extra_cells"], [], ["intake.cut_row"]
    ]  # fmt: skip


def test_wide_groups_become_rows(csv_of: Csv) -> None:
    source = csv_of("area,in camps,in camps homes,returned,returned homes\nA,10,2,,\nB,5,1,7,3\nTotal,15,3,7,3\n")
    fields = [AREA, PEOPLE, HOMES, Field("group", "text", required=True)]
    mapping = propose(source, [AREA]).with_(
        wide=(
            Wide({"group": "displaced"}, {"people": Take("in camps"), "homes": Take("in camps homes")}),
            Wide({"group": "returned"}, {"people": Take("returned"), "homes": Take("returned homes")}),
        )
    )
    tally = Tally()
    found = [(r.origin, *r.values.values()) for r in rows(source, mapping, fields, tally)]
    assert found == [(2, "A", "displaced", 10, 2), (3, "B", "displaced", 5, 1), (3, "B", "returned", 7, 3)]
    assert tally.left_out == 1


def test_batches_are_typed_and_hold_only_rows_without_problems(csv_of: Csv) -> None:
    fields = [AREA, PEOPLE, Field("share", "decimal"), Field("day", "date")]
    lines = "".join(f"SS01,{i},0.{i:016},2021-03-01\n" for i in range(25)) + "SS02,x,1,2021-03-01\n"
    source = csv_of("area,people,share,day\n" + lines)
    tally = Tally()
    found = list(batches(source, propose(source, fields), fields, size=10, tally=tally))
    assert [b.num_rows for b in found] == [10, 10, 5]
    assert found[0].schema.names == ["origin_row", "area", "people", "share", "day"]
    types = [pa.int64(), pa.string(), pa.int64(), pa.decimal128(38, 15), pa.date32()]
    assert found[0].schema.types == types
    assert pa.Table.from_batches(found)["origin_row"].to_pylist() == list(range(2, 27))
    assert (tally.rows, tally.refused, len(tally.problems)) == (26, 1, 1)


def test_a_tally_keeps_a_thousand_problems_and_counts_all(csv_of: Csv) -> None:
    _, tally = read(csv_of("area,people\n" + "SS01,x\n" * 2500))
    assert len(tally.problems) == 1000
    assert tally.counts["intake.not_a_number", "B (people)"] == 2500


@pytest.mark.parametrize("form", ["csv", "json", "xlsx"])
def test_memory_does_not_grow_with_the_rows(form: str, book: Callable[..., bytes]) -> None:
    def peak(count: int) -> int:
        lines = [[f"SS{i % 90:02}", f"name {i % 7}", i, i] for i in range(count)]
        if form == "xlsx":
            content = book([["area", "name", "people", "homes"], *lines])
        elif form == "json":
            content = str([dict(zip(("area", "name", "people", "homes"), r, strict=True)) for r in lines]).encode()
            content = content.replace(b"'", b'"')
        else:
            content = ("area,name,people,homes\n" + "".join(",".join(map(str, r)) + "\n" for r in lines)).encode()
        source = open_table(content, name="f")
        mapping: Mapping = propose(source, FIELDS)
        tracemalloc.start()
        for _row in rows(source, mapping, FIELDS):
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    small, large = peak(6_000), peak(18_000)
    assert large < small * 1.5 + 300_000


def test_every_refusal_says_what_to_do() -> None:
    mine = {code: str(r.message) for code, r in catalogue.items() if code.startswith("intake.")}
    assert len(mine) > 45
    assert all(message.endswith(".") and len(message) > 30 for message in mine.values())
