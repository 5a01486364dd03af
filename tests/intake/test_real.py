"""Real published files, where they are at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from waystation.intake import Field, Mapping, Take, Tally, Wide, batches, open_table, propose, rows

ISO = Field("country", "code", True, ("#country+code",), ("admin0Pcode",), pattern="[A-Z0-9]{3}")
CODE = Field("code", "code", False, ("#adm2+code", "#adm1+code"), ("admin2Pcode", "admin1Pcode", "P-Code"))
PEOPLE = Field("people", "integer", True, ("#affected+idps",), ("numPresentIdpInd",), 0)
DAY = Field("day", "date", True, ("#date+reported",), ("reportingDate",))
ROUND = Field("round", "integer", True, ("#round+code",), ("roundNumber",), dimension=True)
MEN = Field("men", "integer", False, ("#affected+idps+m",), ("numberMales",), 0)
FIELDS = [ISO, CODE, PEOPLE, DAY, ROUND, MEN]


def test_answers_of_the_api_and_the_file_published_from_them_agree(shared_data: Path) -> None:
    folder = shared_data / "collect" / "dtm_api"
    published = open_table(folder / "hdx-published-tcd-hti.csv", name="published")
    assert published.layout.hxl_row == 2
    level = Field("level", "integer", True, ("#adm+level",), dimension=True)
    sums = {0: 0, 1: 0, 2: 0}
    for row in rows(published, propose(published, [*FIELDS, level]), [*FIELDS, level]):
        assert not row.problems
        sums[row.values["level"]] += row.values["people"]
    for depth, total in sums.items():
        found = 0
        for country in ("hti", "tcd"):
            source = open_table(folder / f"admin{depth}-{country}.json", name=country)
            assert source.layout.json_path == "result"
            tally = Tally()
            found += sum(r.values["people"] for r in rows(source, propose(source, FIELDS), FIELDS, tally))
            assert not tally.problems
        assert found == total


@pytest.fixture(scope="module")
def baseline(shared_data: Path) -> Path:
    return shared_data / "displacement" / "dtm_south_sudan_baseline_round_11.xlsx"


GROUPS = {
    "displaced": "Estimated # of IDP individuals (total)",
    "returned": "Estimated  # of returnee individuals (total)",
}
PLACE = Field("place", "code", True, synonyms=("location_ssid", "county_pcode", "payam_pcode", "state_pcode"))
COUNT = Field("people", "integer", True, minimum=0)
GROUP = Field("group", "text", True)


def wide(path: Path, sheet: str, place: str) -> tuple[int, int, Tally]:
    source = open_table(path, name=path.name, sheet=sheet)
    columns = [c for c in source.columns if "individuals" in c.header]
    displaced = next(c for c in columns if "IDP" in c.header)
    returned = next(c for c in columns if "returnee" in c.header)
    mapping = Mapping(
        layout=source.layout,
        takes={"place": Take(place)},
        wide=tuple(
            Wide({"group": name}, {"people": Take(c.header, index=c.index)})
            for name, c in (("displaced", displaced), ("returned", returned))
        ),
    )
    tally = Tally()
    sums = {"displaced": 0, "returned": 0}
    for row in rows(source, mapping, [PLACE, COUNT, GROUP], tally):
        if not row.problems:
            sums[row.values["group"]] += row.values["people"]
    return sums["displaced"], sums["returned"], tally


def test_the_sheets_of_one_round_agree_when_their_totals_are_left_out(baseline: Path) -> None:
    counties = wide(baseline, "MT R11 County summary", "county_pcode")
    payams = wide(baseline, "MT R11 Payam summary", "payam_pcode")
    places = wide(baseline, "MT R11 Baseline locations", "location_ssid")
    for _displaced, _returned, tally in (counties, payams):
        assert [f.code for f in tally.findings] == ["intake.total_row"]
        assert not tally.problems
    assert counties[:2] == payams[:2] == places[:2]
    assert counties[0] > 1_000_000
    assert not places[2].problems


def test_every_sheet_of_the_round_opens(baseline: Path) -> None:
    source = open_table(baseline, name=baseline.name)
    assert source.layout.sheet == "MT R11 Baseline locations"
    assert len(source.columns) == 35
    assert source.layout_of("Note").confidence < 0.5
    state = source.layout_of("MT R11 State Summary")
    assert (state.header_rows, state.hxl_row, state.first_data_row) == ((1,), 2, 3)
    assert sum(1 for _line in source.lines()) == 3335


def test_namibia_keeps_its_codes(shared_data: Path) -> None:
    source = open_table(shared_data / "geography" / "global_pcodes_adm1_adm2.csv.gz", name="p-codes")
    parent = Field("parent", "code", True, synonyms=("Parent P-Code",))
    fields = [Field("country", "code", True, synonyms=("Location",)), CODE, parent]
    tally = Tally()
    found = [b.to_pydict() for b in batches(source, propose(source, fields), fields, tally=tally)]
    codes = [c for b in found for country, c in zip(b["country"], b["code"], strict=True) if country == "NAM"]
    assert len(codes) > 100
    assert all(c.startswith("NA") for c in codes)
    assert not tally.problems
    country = open_table(shared_data / "geography" / "country_codes.csv", name="countries")
    assert any("NA" in cells for _row, cells in country.lines())


@pytest.mark.parametrize(
    "name, hxl, data",
    [("3w_chad_2021-10.xlsx", 2, 3), ("3w_south_sudan_2022_q1.xlsx", 1, 2),
     ("3w_ukraine_round12_2022-05-26.xlsx", None, 2)],
)  # fmt: skip
def test_odd_headers_of_activity_lists(shared_data: Path, name: str, hxl: int | None, data: int) -> None:
    source = open_table(shared_data / "coordination" / name, name=name)
    assert (source.layout.hxl_row, source.layout.first_data_row) == (hxl, data)
    assert source.columns[1].header
    organisations = Field("sector", "text", True, ("#sector",), ("Name", "OBLAST"))
    mapping = propose(source, [organisations])
    tally = Tally()
    found = list(rows(source, mapping, [organisations], tally))
    assert len(found) > 20
    assert not tally.refused


def test_stocks_and_flows_read_whole(shared_data: Path) -> None:
    folder = shared_data / "displacement"
    for name, count in (("idmc_flows_country_year.csv.gz", 4071), ("idmc_stocks_country_year_sex_age.csv.gz", 12682)):
        source = open_table(folder / name, name=name)
        fields = [
            Field("geo", "code", True, pattern="[A-Z0-9]{3}"),
            Field("t", "integer", True, dimension=True),
            Field("n", "integer", minimum=0),
        ]
        tally = Tally()
        assert len(list(rows(source, propose(source, fields), fields, tally))) == count
        assert not tally.problems
    tagged = open_table(folder / "idmc_idps_country_year_hxl.csv", name="tagged")
    people = Field("people", "integer", hxl=("#affected+idps+ind+stock+conflict",), minimum=0)
    assert sum(1 for _row in rows(tagged, propose(tagged, [ISO, people]), [ISO, people])) == 1965
