"""Proposed and remembered mappings."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

import pytest

from waystation.intake import Field, Layout, Mapping, Source, Take, Wide, open_table, propose, rows

Csv = Callable[..., Source]
Code = Callable[..., str]
AREA = Field(
    "area_code", "code", required=True, hxl=("#adm1+code",), synonyms=("admin1Pcode", "Pcode1", "رمز المحافظة")
)
NAME = Field("area_name", "text", hxl=("#adm1+name",), synonyms=("admin1Name", "Province", "المحافظة"))
PEOPLE = Field("people", "integer", hxl=("#affected+idps",), synonyms=("numPresentIdpInd", "Personnes"), minimum=0)
DAY = Field("day", "date", hxl=("#date+reported", "#date"), synonyms=("reportingDate",))
FIELDS = [AREA, NAME, PEOPLE, DAY]


def values(source: Source, mapping: Mapping, fields: list[Field]) -> list[dict[str, object]]:
    return [r.values for r in rows(source, mapping, fields)]


def test_tags_come_first_and_the_nearest_tag_wins(csv_of: Csv) -> None:
    source = csv_of(
        "a,b,c,d,e\n#affected+idps+m,#affected+idps,#adm1+code+origin,#adm1 +code,#date\n1,2,SS99,SS01,2021-03-01\n"
    )
    mapping = propose(source, FIELDS)
    assert {n: t.header for n, t in mapping.takes.items()} == {"area_code": "d", "people": "b", "day": "e"}
    assert not mapping.problems
    assert values(source, mapping, FIELDS) == [{"area_code": "SS01", "people": 2, "day": date(2021, 3, 1)}]


def test_headers_are_compared_without_case_accents_and_punctuation(csv_of: Csv) -> None:
    source = csv_of("PCODE-1;Provínce;personnes ;Reporting date\nTD07;Lac;12;2021-03-01\n")
    mapping = propose(source, FIELDS)
    assert [t.index for t in mapping.takes.values()] == [0, 1, 2, 3]
    arabic = csv_of("المُحافظة,رمز المحافظة\nصنعاء,YE13\n")
    assert {n: t.index for n, t in propose(arabic, FIELDS).takes.items()} == {"area_code": 1, "area_name": 0}


def test_json_keys_are_headers() -> None:
    source = open_table(b'{"result": [{"admin1Pcode": "TD07", "numPresentIdpInd": 5}]}', name="f.json")
    mapping = propose(source, FIELDS)
    assert mapping.layout.json_path == "result"
    assert values(source, mapping, FIELDS) == [{"area_code": "TD07", "people": 5}]


def test_several_columns_that_could_be_it_are_told(csv_of: Csv) -> None:
    source = csv_of("x,y,c\n#affected+idps+m,#affected+idps+f,#adm1+code\n1,2,TD07\n")
    mapping = propose(source, FIELDS)
    assert [p.code for p in mapping.problems] == ["intake.several_columns"]
    assert "A (x), B (y)" in mapping.problems[0].message


def test_a_header_that_stands_twice_is_told(csv_of: Csv) -> None:
    source = csv_of("admin1Pcode,Personnes,Personnes\nTD07,1,2\n")
    mapping = propose(source, FIELDS)
    assert [p.code for p in mapping.problems] == ["intake.same_header"]
    second = mapping.with_(takes={**mapping.takes, "people": Take("Personnes", index=2)})
    assert values(source, second, FIELDS) == [{"area_code": "TD07", "people": 2}]


@pytest.mark.parametrize("tags", ["#adm1+name,#adm1+code,#affected+idps\n", ""])
def test_codes_and_names_titled_the_wrong_way_round(csv_of: Csv, tags: str) -> None:
    source = csv_of("admin1Name,admin1Pcode,numPresentIdpInd\n" + tags + "TD07,Lac,1\nTD08,Kanem,2\nTD09,Guéra,3\n")
    mapping = propose(source, FIELDS)
    assert [p.code for p in mapping.problems] == ["intake.swapped"]
    assert "“Lac”" in mapping.problems[0].message
    assert "“TD07”" in mapping.problems[0].message
    assert values(source, mapping, FIELDS)[0] == {"area_code": "TD07", "area_name": "Lac", "people": 1}


def test_codes_that_are_none_are_told(csv_of: Csv) -> None:
    source = csv_of("admin1Pcode,admin1Name\nLac,Lac region\nKanem,Kanem region\n")
    assert [p.code for p in propose(source, FIELDS).problems] == ["intake.not_codes"]


@pytest.mark.parametrize(
    "numbers, code",
    [(["1,234", "1.234"], "mixed_decimals"), (["1,234.5", "1.234,5"], "mixed_decimals"), (["1,234", "5"], None)],
)
def test_ways_to_write_numbers(csv_of: Csv, numbers: list[str], code: str | None) -> None:
    source = csv_of("admin1Pcode;Personnes\n" + "".join(f"TD07;{n}\n" for n in numbers))
    mapping = propose(source, FIELDS)
    assert [p.code for p in mapping.problems] == ([f"intake.{code}"] if code else [])
    if not code:
        assert mapping.takes["people"].decimal == "point"
        assert [r.values["people"] for r in rows(source, mapping, FIELDS)] == [1234, 5]


def test_doubtful_columns_are_told_and_can_be_decided(csv_of: Csv) -> None:
    share = Field("share", "decimal")
    source = csv_of("admin1Pcode;share;day\nTD07;1,234;01/02/2021\nTD08;2,345;03/04/2021\n")
    mapping = propose(source, [AREA, share, DAY])
    assert [p.code for p in mapping.problems] == ["intake.ambiguous_decimals", "intake.ambiguous_dates"]
    assert mapping.problems[0].column == "B (share)"
    doubtful = list(rows(source, mapping, [AREA, share, DAY]))
    assert {p.code for r in doubtful for p in r.problems} == {"intake.number_unclear", "intake.not_a_date"}
    decided = mapping.with_(
        takes={
            **mapping.takes,
            "share": Take("share", decimal="comma"),
            "day": Take("day", date="%d/%m/%Y"),
        }
    )
    first = values(source, decided, [AREA, share, DAY])[0]
    assert (str(first["share"]), first["day"]) == ("1.234", date(2021, 2, 1))
    assert propose(csv_of("admin1Pcode;day\nTD07;week 5\n"), FIELDS).problems[0].code == "intake.not_a_date"


def test_serial_dates_are_recognised(csv_of: Csv, raw: type[str], book: Callable[..., bytes]) -> None:
    for source in (
        csv_of("admin1Pcode,day\nTD07,44197\n"),
        open_table(book([["admin1Pcode", "day"], ["TD07", 44197]]), name="f.xlsx"),
    ):
        mapping = propose(source, FIELDS)
        assert mapping.takes["day"].date == "serial"
        assert values(source, mapping, FIELDS)[0]["day"] == date(2021, 1, 1)


FIRST = "admin1Pcode,admin1Name,Personnes,note\nTD07,Lac,5,x\nTD08,Kanem,6,y\n"


def remembered(csv_of: Csv) -> Mapping:
    mapping = propose(csv_of(FIRST), FIELDS).with_(markers={"n/a": None}, constants={"day": "2021-03-01"})
    return Mapping.from_json(json.dumps(mapping.to_json()))


def test_a_mapping_survives_json(csv_of: Csv, code_of: Code) -> None:
    mapping = propose(csv_of(FIRST), FIELDS)
    mapping = mapping.with_(wide=(Wide({"group": "a"}, {"people": Take("Personnes", decimal="comma", date="iso")}),))
    assert Mapping.from_json(json.dumps(mapping.to_json())) == mapping
    assert code_of(lambda: Mapping.from_json({"version": 99}, "f.csv")) == "mapping_version"


def test_the_next_file_is_recognised(csv_of: Csv) -> None:
    source = csv_of(FIRST.replace("5", "n/a"))
    mapping = remembered(csv_of)
    assert mapping.matches(source) == (1.0, [])
    assert values(source, mapping, FIELDS)[0] == {
        "area_code": "TD07", "area_name": "Lac", "people": None, "day": date(2021, 3, 1)
    }  # fmt: skip


def test_columns_that_moved_came_and_went_are_told(csv_of: Csv) -> None:
    source = csv_of("Title\n\nadmin1Name,admin1Pcode,households,Personnes\nLac,TD07,2,5\nKanem,TD08,3,6\n")
    mapping = remembered(csv_of)
    score, differences = mapping.matches(source)
    assert 0.7 < score < 1
    assert differences == [
        "The data now begins at row 4.",
        "The column “admin1Pcode” moved from A to B.",
        "The column “admin1Name” moved from B to A.",
        "The column “Personnes” moved from C to D.",
        "The column “households” is new.",
        "The column “note”, which is not used, is gone.",
    ]
    assert [v["people"] for v in values(source, mapping, FIELDS)] == [5, 6]


def test_a_sheet_that_was_renamed_is_found(books: Callable[..., bytes]) -> None:
    table = [["admin1Pcode", "Personnes"], ["TD07", 5], ["TD08", 6]]
    first = open_table(books({"Note": [["About"]], "Round 11": table}), name="11.xlsx")
    mapping = propose(first, FIELDS)
    larger = [["x", "y", "z"], *[[i, i, i] for i in range(20)]]
    second = open_table(books({"Other": larger, "Round 12": table}), name="12.xlsx")
    assert second.layout.sheet == "Other"
    score, differences = mapping.matches(second)
    assert score == 1
    assert differences == ["The sheet is now called “Round 12”."]
    assert len(values(second, mapping, FIELDS)) == 2


def test_another_file_is_not_recognised_and_a_missing_column_is_refused(csv_of: Csv, code_of: Code) -> None:
    other = csv_of("item,quantity\ntent,5\n")
    mapping = remembered(csv_of)
    score, differences = mapping.matches(other)
    assert score < 0.2
    assert "The column “admin1Pcode” for “area_code” is gone." in differences
    assert code_of(lambda: list(rows(other, mapping, FIELDS))) == "column_missing"
    unmapped = Mapping(layout=Layout())
    assert code_of(lambda: list(rows(csv_of(FIRST), unmapped, FIELDS))) == "column_missing"


def test_a_column_is_found_by_its_place_when_it_has_no_header(csv_of: Csv) -> None:
    source = csv_of("TD07,5\nTD08,6\n")
    mapping = Mapping(layout=Layout(None, (), None, 1), takes={"area_code": Take(index=0), "people": Take(index=1)})
    assert [v["people"] for v in values(source, mapping, FIELDS)] == [5, 6]


def test_a_constant_that_cannot_be_is_an_error(csv_of: Csv) -> None:
    with pytest.raises(ValueError, match="constant 'soon' of day"):
        list(rows(csv_of(FIRST), propose(csv_of(FIRST), FIELDS).with_(constants={"day": "soon"}), FIELDS))
