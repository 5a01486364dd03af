"""Lists of areas: what they change, what they are refused for, and codes through time."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from tests.personas import Personas
from waystation.apps.places import api
from waystation.apps.places.acts import end, load_areas, load_countries, merge, rename, split
from waystation.apps.places.commands import load_world
from waystation.apps.places.datasets.countries import countries_from_packages
from waystation.apps.places.models import Area, Country, Edition
from waystation.apps.places.shapes import AreaShape
from waystation.apps.places.tests.making import TERMS, Desk
from waystation.intake.arealists import AreaRow
from waystation.intake.countries import TERMS as PACKAGED
from waystation.intake.countries import region_name
from waystation.kernel import scope
from waystation.kernel.acts import do
from waystation.kernel.refusals import Refused

FIRST, LATER = date(2020, 1, 9), date(2024, 6, 1)


def held(*, pcode: str, on: date, country: str = "") -> AreaShape:
    """What a code meant on a day, which it is known to do."""
    found = api.resolve(pcode=pcode, on=on, country=country)
    assert found is not None
    return found


def test_countries_come_whole_from_packages() -> None:
    rows = {row.iso3: row for row in countries_from_packages()}
    assert len(rows) == 250  # 249 of ISO 3166-1, and Kosovo under its user-assigned code
    assert all(all(row.names.values()) and len(row.names) == 6 for row in rows.values())
    namibia = rows["NAM"]
    assert (namibia.iso2, namibia.m49, namibia.status) == ("NA", "516", "state")
    assert namibia.names["ar"] == "ناميبيا"
    assert rows["XKX"].status == "assigned"
    assert rows["ALA"].names["ru"] == "Аландские острова"  # M49's own list has it in the genitive


SCRIPTS = {"ru": "[А-я]", "zh": "[\u4e00-\u9fff]", "ar": "[\u0620-\u064a]"}


def test_names_are_in_the_six_languages() -> None:
    """Each in its own script; of French and Spanish, at least half differ from the English ones."""
    rows = countries_from_packages()
    for language, script in SCRIPTS.items():
        assert [row.iso3 for row in rows if not re.search(script, row.names[language])] == []
    for language in ("fr", "es"):
        assert sum(row.names[language] != row.names["en"] for row in rows) > len(rows) / 2
    regions = {code for row in rows for code in (row.region, row.subregion, row.intermediate) if code}
    assert {"002", "142", "202", "419", "830"} <= regions
    for language, script in SCRIPTS.items():
        assert [code for code in regions if not re.search(script, region_name(code, language))] == []
    assert region_name("014", "zh-hans") == "东非"
    assert region_name("419", "fr") == "Amérique latine et Caraïbes"  # CLDR's own name leaves the Caribbean out
    assert region_name("830", "es") == "Guernesey y Jersey"


def test_countries_come_from_a_file_too(keeping: Desk) -> None:
    head = "iso3,iso2,M49,English Short,Arabic Short,Region Code"
    path = keeping.csv("NAM,NA,516,Namibia,ناميبيا,2", "qzz,QZ,,Somewhere,,", name="countries.csv", head=head)
    assert keeping.take("countries", path)["changes"] == {"new": 1, "corrected": 0, "unchanged": 1}
    made = api.country(code="QZ")
    assert made is not None
    assert (made.iso3, made.status, made.name("ar")) == ("QZZ", "assigned", "Somewhere")
    names = keeping.csv("NAM,Namíbia", name="spanish.csv", head="alpha-3,Country or Area")
    assert keeping.take("countries", names, "--language", "es")["changes"]["corrected"] == 1
    namibia = api.country(code="NAM")
    assert namibia is not None
    assert (namibia.name("es"), namibia.name("fr"), namibia.iso2) == ("Namíbia", "Namibie", "NA")
    bad = keeping.csv("NAM,NA,,Namibia", "NAM,NA,,Again", "QZY,,,", "X1,,,No code", name="bad.csv", head=head)
    assert [(one.code, one.row) for one in keeping.refused("countries", bad)] == [("intake.not_this_code", 5)]
    bad = keeping.csv("NAM,NA,,Namibia", "NAM,NA,,Again", "QZY,,,", name="bad.csv", head=head)
    told = [("places.code_twice", 3), ("places.name_missing", 4)]
    assert [(one.code, one.row) for one in keeping.refused("countries", bad)] == told
    taken = keeping.take("countries", bad, "--leave-out")
    assert [(one["code"], one["row"]) for one in taken["findings"]] == told


def test_countries_are_found_by_every_code_and_taken_in_once(keeping: Desk) -> None:
    found = [api.country(code=code) for code in ("NA", "nam", "516", "4")]
    assert [one.iso3 for one in found if one] == ["NAM", "NAM", "NAM", "AFG"]
    assert api.country(code="??") is None
    assert len(api.countries()) == 250
    load_world()
    assert Edition.objects.order_by("-pk")[0].changes == {"new": 0, "corrected": 0, "unchanged": 250}
    less = [row._replace(status="territory") for row in countries_from_packages() if row.iso3 == "NAM"]
    done = do(load_countries, rows=less, terms=PACKAGED, complete=True)
    assert done.answer["changes"]["corrected"] == 1
    assert {one["code"] for one in done.answer["findings"]} == {"places.country_not_in_list"}
    with pytest.raises(Refused) as unknown:
        api.gazetteer(country="QQQ")
    assert unknown.value.code == "places.unknown_country"


def test_the_country_code_na_is_namibia(keeping: Desk) -> None:
    taken = keeping.take("areas", keeping.csv("NA,1,NA01,Zambezi,NA,2020-01-09,", "NA,1,NA02,NA,NA,2020-01-09,"))
    assert taken["changes"] == {"new": 2}
    found = api.resolve(pcode="NA02", on=LATER)
    assert found is not None
    assert (found.country, found.name, found.parent) == ("NAM", "NA", "")


def test_a_list_taken_in_twice_changes_nothing(keeping: Desk) -> None:
    keeping.namibia()
    version = api.gazetteer(country="NAM").version
    again = keeping.take("areas", keeping.folder / "areas.csv")
    assert again["changes"] == {"unchanged": 3}
    assert api.gazetteer(country="NAM").version == version
    later = keeping.csv("NAM,1,NA01,Zambezi,NAM,2022-01-01,", "NAM,1,NA02,Erongo,NAM,2019-01-01,")
    assert keeping.take("areas", later)["changes"] == {"unchanged": 1, "known earlier": 1}
    assert Area.objects.get(pcode="NA01").valid_from == FIRST  # a later list does not take what is known of before


def test_another_name_from_a_later_date_keeps_the_old_one_for_its_time(keeping: Desk) -> None:
    keeping.take("areas", keeping.csv("NAM,1,NA01,Caprivi,NAM,2010-01-01,"))
    taken = keeping.take("areas", keeping.csv("NAM,1,NA01,Zambezi,NAM,2013-08-09,"))
    assert taken["changes"] == {"renamed": 1}
    names = {year: held(pcode="NA01", on=date(year, 1, 1)).name for year in (2005, 2012, 2014)}
    assert names == {2005: "Caprivi", 2012: "Caprivi", 2014: "Zambezi"}
    older = keeping.take("areas", keeping.csv("NAM,1,NA01,West Caprivi,NAM,1990-01-01,"))
    assert older["changes"] == {"known earlier": 1}
    assert held(pcode="NA01", on=date(1995, 1, 1)).name == "West Caprivi"
    same_day = keeping.take("areas", keeping.csv("NAM,1,NA01,Zambesi,NAM,2013-08-09,"))
    assert same_day["changes"] == {"corrected": 1}
    between = keeping.take("areas", keeping.csv("NAM,1,NA01,Something else,NAM,2011-01-01,"))
    assert between["changes"] == {"older": 1}


def test_a_complete_list_ends_what_it_lacks(keeping: Desk) -> None:
    keeping.namibia()
    path = keeping.csv("NAM,1,NA01,Zambezi,NAM,2024-06-01,", "NAM,2,NA0101,Kongola,NA01,2024-06-01,")
    assert "places.not_in_list" in keeping.found("areas", path)
    assert keeping.take("areas", path, "--complete")["changes"]["ended"] == 1
    gazetteer = api.gazetteer(country="NAM")
    assert gazetteer.at("NA02", date(2024, 5, 31))
    assert gazetteer.at("NA02", LATER) is None
    assert [one.code for one in api.check_codes(country="NAM", pairs=[("NA02", "")], on=LATER)] == [
        "places.code_not_valid"
    ]
    undated = [AreaRow(2, "NAM", 1, "NA01", "Zambezi")]
    with pytest.raises(Refused) as refused:
        do(load_areas, rows=undated, terms=TERMS, title="x.csv", complete=True)
    assert refused.value.code == "places.say_as_of"


@pytest.mark.parametrize(
    "line,code,column",
    [
        ("XXQ,1,XX01,Nowhere,XXQ,2020-01-01,", "unknown_country", "country"),
        ("NAM,1,SD19,Abyei PCA,NAM,2020-01-01,", "code_of_another_country", "pcode"),
        ("NAM,1,NA01,Again,NAM,2020-01-09,", "code_twice", "pcode"),
        ("NAM,7,NA0901,Too deep,NA01,2020-01-01,", "level_unknown", "level"),
        ("NAM,2,NA0901,Orphan,NA09,2020-01-01,", "parent_unknown", "parent"),
        ("NAM,1,NA09,Above itself,NA01,2020-01-01,", "parent_not_above", "parent"),
        ("NAM,1,NA09,Backwards,NAM,2020-01-01,2019-01-01", "ends_before_it_begins", "valid_until"),
    ],
)
def test_a_bad_row_refuses_the_list_and_says_where(keeping: Desk, line: str, code: str, column: str) -> None:
    path = keeping.csv("NAM,1,NA01,Zambezi,NAM,2020-01-09,", line)
    (problem,) = keeping.refused("areas", path)
    assert (problem.code, problem.row, problem.column) == (f"places.{code}", 3, column)
    taken = keeping.take("areas", path, "--leave-out")
    assert taken["changes"] == {"new": 1, "left out": 1}
    assert taken["findings"][0]["code"] == problem.code


def test_rows_without_a_code_or_a_name(keeping: Desk) -> None:
    problems = keeping.refused("areas", keeping.csv("NAM,1,NA01,,NAM,2020-01-09,", "NAM,1,,Erongo,NAM,2020-01-09,"))
    assert [(one.code, one.row) for one in problems] == [("intake.required", 2), ("intake.required", 3)]
    for row, code in (
        (AreaRow(2, "NAM", 1, "", "Zambezi"), "code_missing"),
        (AreaRow(2, "NAM", 1, "NA01", ""), "name_missing"),
    ):
        with pytest.raises(Refused) as refused:
            do(load_areas, rows=[row], terms=TERMS, title="x.csv")
        assert refused.value.code == f"places.{code}"
    with pytest.raises(Refused) as nothing:
        do(load_areas, rows=[], terms=TERMS, title="x.csv")
    assert nothing.value.code == "places.nothing_to_load"


def test_what_is_worth_a_look_is_told(keeping: Desk) -> None:
    twice = "NAM,1,NA01,Zambezi,NAM,2020-01-09,"
    path = keeping.csv(twice, twice, "NAM,2,NA0901,Straight below,NAM,2020-01-09,")
    assert keeping.found("areas", path) == ["places.same_row_twice", "places.no_level_between"]


def test_a_gazetteer_with_a_column_for_each_level(keeping: Desk) -> None:
    head = "adm2_name,adm2_name1,adm2_pcode,adm1_name,adm1_pcode,adm0_pcode,valid_on,lang1"
    path = keeping.csv(
        "Kongola,كونغولا,NA0101,Zambezi,NA01,NA,2020-01-09,ar", ",,,Erongo,NA02,NA,2020-01-09,", head=head
    )
    assert keeping.take("areas", path)["changes"] == {"new": 3}
    kongola = api.resolve(pcode="NA0101", on=LATER)
    assert kongola is not None
    assert (kongola.parent, kongola.names, kongola.valid_from) == ("NA01", {"ar": "كونغولا"}, FIRST)
    assert [one.pcode for one in api.parents(pcode="NA0101", on=LATER)] == ["NA01"]


def test_codes_that_a_spreadsheet_spoiled(keeping: Desk) -> None:
    """In a list with a row for each area, and in a gazetteer with a column for each level."""
    lines = "NAM,1,3.50E+06,Zambezi,NAM,2020-01-09,", "NAM,1,1-Mar,Erongo,NAM,2020-01-09,"
    problems = keeping.refused("areas", keeping.csv(*lines))
    told = [("intake.number_shortened", 2), ("intake.date_for_code", 3)]
    assert [(one.code, one.row) for one in problems] == told
    assert all(one.column == "C (P-Code)" for one in problems)
    head = "adm1_name,adm1_pcode,adm0_pcode"
    problems = keeping.refused("areas", keeping.csv("Zambezi,3.50E+06,NA", "Erongo,1-Mar,NA", head=head))
    assert [(one.code, one.row) for one in problems] == told
    assert all(one.column == "adm1_pcode" for one in problems)
    path = keeping.csv("Zambezi,NA01,NA", "HardapÃ©,NA03,NA", head=head)
    (finding,) = keeping.take("areas", path)["findings"]
    assert (finding["code"], finding["row"], finding["column"]) == ("intake.damaged_text", 3, "adm1_name")


def test_an_area_is_split_renamed_merged_and_ends(keeping: Desk) -> None:
    keeping.namibia()
    zambezi = Area.objects.get(pcode="NA01")
    with pytest.raises(Refused, match="line for each part"):
        do(split, zambezi, into="NA03 Only one", on=LATER)
    for into, code in (
        ("NA03 East\nNA03 West", "places.split_codes_differ"),
        ("NA03", "places.split_into_two"),
        ("NA02 East\nNA04 West", "places.code_in_use"),
    ):
        with pytest.raises(Refused) as refused:
            do(split, zambezi, into=into, on=LATER)
        assert refused.value.code == code
    do(split, zambezi, into="NA03 Zambezi East\nNA04 Zambezi West", on=LATER)
    gazetteer = api.gazetteer(country="NAM")
    assert gazetteer.resolve("NA01", LATER) is None
    assert [one.pcode for one in gazetteer.after("NA01", LATER)] == ["NA03", "NA04"]
    assert [one.pcode for one in gazetteer.before("NA03", FIRST)] == ["NA01"]
    pairs = [("NA01", ""), ("NA03", ""), ("NA02", "")]
    assert [(one.index, one.code) for one in api.check_codes(country="NAM", pairs=pairs, on=LATER)] == [
        (0, "places.code_ended")
    ]
    assert [(one.index, one.code) for one in api.check_codes(country="NAM", pairs=pairs, on=FIRST)] == [
        (1, "places.code_not_yet")
    ]
    east, west = (Area.objects.get(pcode=code) for code in ("NA03", "NA04"))
    with pytest.raises(Refused) as itself:
        do(merge, east, into=east, on=date(2025, 1, 1))
    assert itself.value.code == "places.merge_into_like"
    do(merge, east, into=west, on=date(2025, 1, 1))
    do(rename, west, name="Zambezi", pcode="NA05", on=date(2026, 1, 1))
    assert held(pcode="NA03", on=date(2026, 2, 1)).pcode == "NA05"
    assert held(pcode="NA01", on=date(2026, 2, 1)).pcode == "NA05"
    erongo = Area.objects.get(pcode="NA02")
    with pytest.raises(Refused) as early:
        do(end, erongo, on=FIRST)
    assert early.value.code == "places.ends_too_early"
    ended = do(end, erongo, on=LATER).record
    with pytest.raises(Refused) as twice:
        do(end, ended, on=LATER)
    assert twice.value.code == "places.already_ended"


def test_columns_of_codes_are_checked_at_once(keeping: Desk) -> None:
    keeping.namibia()
    keeping.take("areas", keeping.csv("SSD,1,SS00,Abyei Region,SSD,2023-08-29,", name="ssd.csv"))
    pairs = [("NA0101", "NA01"), ("NA0101", "NA02"), ("SS00", ""), ("ZZ", "")] * 25_000
    problems = api.check_codes(country="NAM", pairs=pairs, on=LATER)
    assert [one.code for one in problems[:3]] == [
        "places.not_below",
        "places.code_of_another_country",
        "places.code_unknown",
    ]
    assert len(problems) == 75_000
    assert problems[-1].index == 99_999


def test_one_code_held_by_two_countries_asks_which(keeping: Desk) -> None:
    for iso3 in ("SDN", "SSD"):
        keeping.take("areas", keeping.csv(f"{iso3},1,ABYEI,Abyei,{iso3},2020-01-01,"))
    with pytest.raises(Refused) as refused:
        api.resolve(pcode="ABYEI", on=LATER)
    assert refused.value.code == "places.code_in_two_countries"
    assert held(pcode="ABYEI", on=LATER, country="SDN").country == "SDN"


def test_nothing_is_kept_without_countries_or_an_office(personas: Personas, tmp_path: Path) -> None:
    with personas.asking(personas.amina), pytest.raises(Refused) as refused:
        do(load_areas, rows=[AreaRow(2, "NAM", 1, "NA01", "Zambezi")], terms=TERMS, title="x.csv")
    assert refused.value.code == "places.no_countries"
    assert not Country._base_manager.exists()


@pytest.mark.django_db
def test_an_empty_house_has_no_office_to_keep_places() -> None:
    with scope.enter(scope.house("tests")), pytest.raises(Refused) as refused:
        load_world()
    assert refused.value.code == "places.no_office"


def test_only_keepers_keep_and_anyone_looks(keeping: Desk, personas: Personas) -> None:
    keeping.namibia()
    with personas.asking(personas.daniel), pytest.raises(Refused) as refused:
        keeping.take("areas", keeping.folder / "areas.csv")
    assert refused.value.code == "kernel.not_allowed"
    with personas.asking(None):
        assert [one.pcode for one in api.areas(country="NAM", level=1, on=LATER)] == ["NA01", "NA02"]
