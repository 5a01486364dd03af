"""Where the table stands in a messy sheet."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from waystation.intake import Layout, Source, open_table

Bytes = Callable[..., bytes]
Csv = Callable[..., Source]


def test_a_plain_table(csv_of: Csv) -> None:
    source = csv_of("name,count\nLac,1\nKanem,2\n")
    assert source.layout == Layout(None, (1,), None, 2)
    assert source.layout.confidence > 0.9
    assert source.layout.reasons
    assert [(c.letter, c.header, c.kind) for c in source.columns] == [("A", "name", "text"), ("B", "count", "integer")]


def test_hxl_tags_under_the_headers(csv_of: Csv) -> None:
    source = csv_of("Province,Personnes,note\n#adm1+name,#affected +idps,\nLac,1,x\n")
    assert (source.layout.header_rows, source.layout.hxl_row, source.layout.first_data_row) == ((1,), 2, 3)
    assert [c.hxl for c in source.columns] == ["#adm1+name", "#affected+idps", ""]


def test_hxl_tags_that_are_the_only_headers(csv_of: Csv) -> None:
    source = csv_of("#org,#adm1+name,Sector,#date\nA,Lac,Health,March\n")
    assert (source.layout.header_rows, source.layout.hxl_row) == ((1,), 1)
    assert [c.header for c in source.columns] == ["#org", "#adm1+name", "Sector", "#date"]


def test_titles_and_blank_rows_above(csv_of: Csv) -> None:
    source = csv_of("Baseline assessment\nRound 11,July\n\n\nstate,county,people\nSS01,Juba,10\nSS02,Torit,20\n")
    assert (source.layout.header_rows, source.layout.first_data_row) == ((5,), 6)
    assert next(iter(source.lines())) == (6, ["SS01", "Juba", "10"])


@pytest.mark.parametrize(
    "top, headers",
    [
        ("area,People,,Homes\n,men,women,\n", ["area", "People / men", "People / women", "Homes"]),
        ("area,men,women,homes\nzone,hommes,femmes,maisons\n",
         ["area / zone", "men / hommes", "women / femmes", "homes / maisons"]),
        (",People,,\narea,men,women,homes\n", ["area", "men", "women", "homes"]),
        ("Survey,,,\nFor use,,until 2021,\n\narea,men,women,homes\n", ["area", "men", "women", "homes"]),
        (",IDPs,,Others\narea,men,women,all\n", ["area", "IDPs / men", "IDPs / women", "Others / all"]),
        ("area,2020,,2021\n,m,f,m\n", ["area", "2020 / m", "2020 / f", "2021 / m"]),
    ],
)  # fmt: skip
def test_two_header_rows(csv_of: Csv, top: str, headers: list[str]) -> None:
    source = csv_of(top + "Lac,1,2,3\nKanem,4,5,6\nGuéra,7,8,9\n")
    assert [c.header for c in source.columns] == headers
    assert len(source.layout.header_rows) == (2 if "/" in str(headers) else 1)


@pytest.mark.parametrize(
    "text",
    [
        "area,people,homes\nLac,Not available,Not available\nKanem,4,5\nKanem,Not available,6\n",
        "org,sector,area\nA,Health,Lac\nB,Health,Kanem\nA,Education,Lac\n",
        "area,2019,2020\nLac,5,6\nKanem,7,8\n",
        "area,people\nLac,n/a\nKanem,3\nKanem,4\n",
    ],
)
def test_a_row_of_data_is_not_taken_for_a_header(csv_of: Csv, text: str) -> None:
    source = csv_of(text)
    assert (source.layout.header_rows, source.layout.first_data_row) == ((1,), 2)


def test_no_header_at_all(csv_of: Csv) -> None:
    source = csv_of("1,2\n3,4\n")
    assert source.layout.header_rows == ()
    assert source.layout.confidence < 0.2
    assert [c.name for c in source.columns] == ["A", "B"]
    assert len(list(source.lines())) == 2


def test_the_caller_overrides(csv_of: Csv) -> None:
    source = csv_of("x,y\nname,count\nLac,1\n").with_layout(Layout(None, (2,), None, 3))
    assert [c.header for c in source.columns] == ["name", "count"]
    assert list(source.lines()) == [(3, ["Lac", "1"])]


def test_the_largest_visible_table_of_a_workbook_is_taken(books: Bytes) -> None:
    content = books(
        {
            "Note": [["Published in November"], ["Contact us"]],
            "Summary": [["state", "people"], ["SS01", 1]],
            "Details": [["state", "people"], *[[f"SS{i:02}", i] for i in range(30)]],
            "Old": [["state", "people"], *[[f"SS{i:02}", i] for i in range(300)]],
        },
        hidden="Old",
    )
    source = open_table(content, name="f.xlsx")
    assert source.layout.sheet == "Details"
    assert "Summary" in source.layout.reasons[0]
    assert open_table(content, name="f.xlsx", sheet="Summary").layout.sheet == "Summary"
    assert source.layout_of("Note").confidence < 0.5


def test_a_sheet_that_is_not_there(books: Bytes, code_of: Callable[..., str]) -> None:
    content = books({"One": [["a", "b"], ["x", 1]]})
    assert code_of(lambda: open_table(content, name="f.xlsx", sheet="Two")) == "no_sheet"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(csv_of: Csv, delimiter: str) -> None:
    text = 'name;count;share\n"A;B";1;0,5\nC;2;0,7\n'.replace(";", delimiter)
    assert [c.header for c in csv_of(text).columns] == ["name", "count", "share"] or delimiter == ","
    assert csv_of("sep=;\nname;count\nA;1\n").columns[1].header == "count"


def test_broken_quotes_and_cut_files_are_refused_with_the_row(csv_of: Csv, code_of: Callable[..., str]) -> None:
    assert code_of(lambda: list(csv_of('a,b\nx,1\n"y,2\n').lines())) == "truncated"
    assert code_of(lambda: list(csv_of('a,b\nx,1\n"y"z,2\n').lines())) == "broken_quote"
    assert [c for _r, c in csv_of('a,b\nx,5" pipe\n').lines()] == [["x", '5" pipe']]


def test_row_numbers_are_those_of_the_spreadsheet(csv_of: Csv) -> None:
    source = csv_of('name,note\n\nA,"two\nlines"\n,\nB,x\n')
    assert [row for row, _cells in source.lines()] == [3, 5]


def test_kinds_of_columns(csv_of: Csv) -> None:
    source = csv_of("a,b,c,d,e,f,g\nSS01,1,1.5,2021-01-02,x y,007,\nSS02,2,2,2021-01-03,NA,008,\n")
    assert [c.kind for c in source.columns] == ["code", "integer", "decimal", "date", "text", "code", "empty"]
    assert source.columns[0].samples == ("SS01", "SS02")
