"""Figures of others' statistics: as published, one edition at a time, cited, and never added to one another."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.personas import Personas
from waystation.apps.places.acts import load_countries
from waystation.apps.places.datasets.countries import countries_from_packages
from waystation.apps.reference.datasets.reading import take_reference
from waystation.apps.reference.models import Edition
from waystation.intake.countries import TERMS as COUNTRY_TERMS
from waystation.kernel import release, scope
from waystation.kernel.acts import do
from waystation.kernel.datasets import Terms
from waystation.kernel.figures import Value, lineage, roll_up, value
from waystation.kernel.formats import Header, Sheet
from waystation.kernel.models import FrozenFigure
from waystation.kernel.refusals import Refused
from waystation.kernel.register import find_register
from waystation.kernel.release import Package
from waystation.kernel.values import now

IDMC = Terms("IDMC", "CC BY 3.0 IGO", "Internal Displacement Monitoring Centre", may_republish=True)
UNHCR = Terms("UNHCR", "CC BY 4.0", "UNHCR Refugee Population Statistics", may_republish=True)
CLOSED = Terms("A closed source", "own use only", "A closed source")
END = date(2020, 12, 31)
WHO = "ISO3,Name,Year"
WORDS = [f"{cause} {what}{raw}" for cause in ("Conflict", "Disaster") for what in ("Stock Displacement", "Internal Displacements")
         for raw in ("", " (Raw)")]  # fmt: skip
BETWEEN = (
    "year,coo_iso,coa_iso,coa_name,refugees,asylum_seekers,returned_refugees,idps,returned_idps,stateless,ooc,oip,hst"
)


def displaced(*rows: Sequence[Any]) -> str:
    """A table by country and year: (code, year, conflict, disaster, new by conflict, new by disaster), exact numbers."""
    lines = [",".join([WHO, *WORDS])]
    for code, year, conflict, disaster, new_conflict, new_disaster in rows:
        counts = [conflict, new_conflict, disaster, new_disaster]
        pairs = [("", "") if one is None else (round(one, -2), one) for one in counts]
        lines.append(",".join(map(str, [code, f"Land {code}", year, *(cell for pair in pairs for cell in pair)])))
    return "\n".join(lines) + "\n"


STATED = displaced(
    ("AFG", 2019, 900, 80, 10, 5),
    ("AFG", 2020, 1234, 106, 40, 30),
    ("MOZ", 2020, 567, None, 20, 7),
    ("MOZ", 2021, 9999, 1, 1, 1),
)


@pytest.fixture
def desk(personas: Personas, tmp_path: Path) -> Any:
    """Takes in tables given as text, as one edition."""

    def take(edition: str, *texts: str, terms: Terms = IDMC, **more: Any) -> None:
        paths = []
        for number, text in enumerate(texts):
            paths.append(tmp_path / f"{terms.source}-{edition}-{number}.csv")
            paths[-1].write_text(text, encoding="utf-8")
        with personas.asking(personas.amina):
            take_reference(paths, edition=edition, terms=terms, office=personas.dakar, **more)

    return take


def ask(name: str, as_of: date = END, **more: Any) -> Value:
    """The house asks."""
    with scope.enter(scope.house("tests")):
        return value(f"reference.{name}", as_of=as_of, **more)


def opened(name: str, as_of: date = END, **more: Any) -> list[dict[str, Any]]:
    """The rows behind a figure, as the house is shown them."""
    with scope.enter(scope.house("tests")):
        return lineage(f"reference.{name}", as_of=as_of, **more).rows


def refused(call: Any, *args: Any, **more: Any) -> str:
    """The code with which a question is refused."""
    with pytest.raises(Refused) as caught:
        call(*args, **more)
    return caught.value.code


def test_one_edition_gives_its_last_year_up_to_the_date_before_rounding(desk: Any) -> None:
    desk("2021", STATED)
    wanted = {
        "internally_displaced": 1907,
        "displaced_by_conflict": 1801,
        "displaced_by_disasters": 106,
        "new_displacements": 97,
    }
    assert {name: ask(name).value for name in wanted} == wanted
    assert wanted["internally_displaced"] == wanted["displaced_by_conflict"] + wanted["displaced_by_disasters"]
    assert ask("internally_displaced", as_of=date(2020, 12, 30)).value == 980  # the year is not over: the one before
    assert ask("internally_displaced", as_of=date(2018, 6, 1)).value is None
    by_cause = ask("internally_displaced", by=("cause",))
    assert {part["cause"]: part["value"] for part in by_cause.parts} == {"conflict": 1801, "disaster": 106}
    assert [part["value"] for part in roll_up(by_cause, "cause")] == [1907]
    rows = opened("internally_displaced")
    assert sorted((row["country"], row["cause"], row["origin_row"], row["value"]) for row in rows) == [
        ("AFG", "conflict", 3, 1234), ("AFG", "disaster", 3, 106), ("MOZ", "conflict", 4, 567),
    ]  # fmt: skip
    assert sorted(row["value"] for row in opened("new_displacements")) == [7, 20, 30, 40]


@pytest.mark.parametrize(
    "name, old, new, by",
    [
        ("internally_displaced", 1234, 1244, 10), ("displaced_by_conflict", 567, 560, -7),
        ("displaced_by_disasters", 106, 107, 1), ("new_displacements", 40, 43, 3), ("displaced_by_disasters", 80, 90, 0),
    ],
)  # fmt: skip
def test_a_corrected_number_moves_the_value_by_as_much(desk: Any, name: str, old: int, new: int, by: int) -> None:
    desk("2021", STATED)
    before, moment = ask(name), now()
    desk("2021", STATED.replace(f",{old},", f",{new},").replace(f",{old}\n", f",{new}\n"))
    assert ask(name).value - before.value == by
    again = ask(name, known_at=moment)
    assert (again.value, again.fingerprint) == (before.value, before.fingerprint)


def test_editions_and_tables_that_say_the_same_are_never_added(desk: Any) -> None:
    parted = "geo,t,cause,sex,age,n\nAFG,2020,conflict,female,0-4,700\nAFG,2020,conflict,male,0-4,534\n"
    desk("2021", STATED)
    desk("2022", STATED.replace("1234", "1300"))
    for name in ("internally_displaced", "displaced_by_conflict", "displaced_by_disasters", "new_displacements"):
        assert refused(ask, name) == "figures.never_across", name
    assert ask("internally_displaced", where={"edition": "2022"}).value == 1973
    by_edition = ask("internally_displaced", by=("edition",))
    assert (by_edition.value, [part["value"] for part in by_edition.parts]) == (None, [1907, 1973])
    assert refused(roll_up, by_edition, "edition") == "figures.never_across"
    desk("2023", STATED, parted)
    asked = {"edition": "2023", "cause": "conflict", "country": "AFG"}
    assert refused(ask, "internally_displaced", where=asked) == "figures.never_across"
    split = ask("internally_displaced", where=asked, by=("table",))
    assert [part["value"] for part in split.parts] == [1234, 1234]
    known = ask("internally_displaced", where=asked, by=("sex",), across={"table": "to see both"})
    assert {part["sex"]: part["value"] for part in known.parts} == {"female": 700, "male": 534, "unknown": 1234}
    over_time = ask("internally_displaced", where={"edition": "2022"}, by=("year",))
    assert refused(roll_up, over_time, "year") == "figures.wrong_roll_up"


def test_the_citation_travels_with_the_value_its_rows_and_what_is_released(desk: Any, personas: Personas) -> None:
    desk("2021", STATED)
    cited = {
        "source": "IDMC", "licence": IDMC.licence, "attribution": IDMC.attribution, "may_republish": True,
        "partitions": ["REF-IDMC-2021 v1"],
    }  # fmt: skip
    answer = ask("internally_displaced")
    assert answer.cites == answer.as_dict()["sources"] == [cited]
    with scope.enter(scope.house("tests")):
        assert lineage("reference.internally_displaced", as_of=END).as_dict()["sources"] == [cited]
    with personas.asking(personas.bakary):
        out = release.publish(offered(answer), audience="public", licence="CC BY 4.0", office=personas.dakar).record
    assert IDMC.attribution in out.attribution
    assert [one.key for one in out.partitions.all()] == ["REF-IDMC-2021"]
    manifest = (release.folder_of(out.ref) / "manifest.json").read_text()
    assert manifest.count(IDMC.attribution) == 2  # among the sources, and beside the figure
    assert FrozenFigure.objects.get().value == "1907"


def offered(answer: Value) -> Package:
    """A package that quotes a figure and holds nothing else of it."""
    import pyarrow as pa

    sheet = Sheet("numbers", pa.table({"n": [1]}), [Header("n", "public")])
    return Package("tests.numbers", "Numbers", [sheet], [], figures=[answer])


def test_a_number_of_a_closed_source_cannot_leave_in_a_release(desk: Any, personas: Personas) -> None:
    desk("2021", STATED, terms=CLOSED)
    package = offered(ask("internally_displaced"))
    with personas.asking(personas.bakary):
        code = refused(release.publish, package, audience="public", licence="CC BY 4.0", office=personas.dakar)
    assert code == "release.may_not_republish"


def test_who_may_not_see_an_edition_is_told_how_many_rows_and_shown_none(desk: Any, personas: Personas) -> None:
    desk("2021", STATED, terms=CLOSED)
    with personas.asking(personas.daniel):
        found = lineage("reference.internally_displaced", as_of=END)
    assert (found.total, found.hidden, found.rows) == (3, 3, [])


def refugees_table(*rows: Sequence[Any]) -> str:
    """(year, origin, where they are, refugees, asylum seekers, others in need of protection)."""
    lines = [BETWEEN]
    lines += [f"{year},{coo},{coa},Land {coa},{ref},{asy},,,,,,{oip}," for year, coo, coa, ref, asy, oip in rows]
    return "\n".join(lines) + "\n"


ABROAD = refugees_table(
    (2019, "VEN", "COL", 700, 10, 1000),
    (2020, "VEN", "COL", 800, 20, 1500),
    (2020, "SYR", "DEU", 600, 50, ""),
    (2020, "SYR", "BRA", 5, "", 1),
    (2021, "VEN", "COL", 850, 25, 1600),
)
UNRWA = "year,coo_name,coo,coo_iso,coa_name,coa,coa_iso,total\n2020,Palestinian,GAZ,PSE,Lebanon,LEB,LBN,103\n"


def test_refugees_are_those_of_both_mandates_and_groups_abroad_add_up_by_region(desk: Any, personas: Personas) -> None:
    known = [row for row in countries_from_packages() if row.iso3 in ("COL", "DEU", "BRA", "LBN")]
    with personas.asking(personas.amina):
        do(load_countries, rows=known, terms=COUNTRY_TERMS)
    desk("2021", ABROAD, UNRWA, terms=UNHCR, measure="refugees_unrwa", mid_year=2021)
    assert ask("refugees").value == 800 + 600 + 5 + 103
    by_measure = ask("refugees", by=("measure",))
    assert {part["measure"]: part["value"] for part in by_measure.parts} == {"refugees": 1405, "refugees_unrwa": 103}
    assert ask("people_forced_abroad").value == 1508 + 70 + 1501
    by_region = ask("people_forced_abroad", by=("region",))
    assert {part["region"]: part["value"] for part in by_region.parts} == {"005": 2326, "145": 103, "155": 650}
    assert by_region.value == sum(part["value"] for part in by_region.parts)
    assert ask("people_forced_abroad", where={"region": "005"}).value == 2326
    assert len(opened("refugees", where={"origin_country": "SYR"})) == 2
    assert ask("refugees", as_of=date(2021, 6, 29)).value == 1508
    assert ask("refugees", as_of=date(2021, 6, 30)).value == 850  # that year's numbers are of its middle
    moment = now()
    desk("2021", ABROAD.replace("600,50", "601,49"), UNRWA, terms=UNHCR, measure="refugees_unrwa", mid_year=2021)
    assert (ask("refugees").value, ask("people_forced_abroad").value) == (1509, 3079)
    assert ask("refugees", known_at=moment).value == 1508


def test_a_table_that_does_not_say_what_it_counts_is_asked_for_it(desk: Any) -> None:
    with pytest.raises(Refused) as caught:
        desk("2021", UNRWA, terms=UNHCR)
    assert caught.value.code == "reference.say_measure"
    assert not Edition.everything.exists()
    with pytest.raises(Refused) as caught:
        desk("2021", UNRWA, terms=UNHCR, measure="stateless")
    assert caught.value.code == "reference.say_measure"


def test_the_edition_year_is_that_of_the_newest_edition_for_the_date(desk: Any, personas: Personas) -> None:
    to_2020 = "\n".join(line for line in STATED.splitlines() if ",2021," not in line) + "\n"
    desk("2021", to_2020)
    moment = now()
    assert ask("displacement_report_edition").value == 2021
    desk("Report of 2022, corrected", STATED)
    assert ask("displacement_report_edition").value == 2022
    assert ask("displacement_report_edition", known_at=moment).value == 2021
    assert ask("displacement_report_edition", where={"edition": "2021"}).value == 2021
    answer = ask("displacement_report_edition", by=("edition",))
    assert {part["edition"]: part["value"] for part in answer.parts} == {
        "2021": 2021,
        "Report of 2022, corrected": 2022,
    }
    assert refused(roll_up, answer, "edition") == "figures.wrong_roll_up"
    assert [row["_key"] for row in opened("displacement_report_edition")] == ["REF-IDMC-REPORT-OF-2022-CORRECTED"]
    assert [one["source"] for one in ask("displacement_report_edition").cites] == ["IDMC"]
    desk("2021", ABROAD, terms=UNHCR)
    assert ask("refugee_statistics_edition").value == 2021
    inside = "year,coo_iso,coa_iso,coa_name,total\n2020,AFG,AFG,Land,5\n"
    desk("2023", inside, terms=UNHCR, measure="idps_stock")
    assert refused(ask, "displacement_report_edition") == "figures.never_across"  # two sources have no one edition
    assert ask("displacement_report_edition", where={"source": "IDMC"}).value == 2022
    with personas.asking(personas.amina):
        withdraw = find_register("reference.editions").act("withdraw")
        do(withdraw, Edition.objects.get(edition__startswith="Report"), why="taken back")
    assert ask("displacement_report_edition", where={"source": "IDMC"}).value == 2021


def test_world_totals_come_out_as_idmc_published_them(desk: Any, personas: Personas, shared_data: Path) -> None:
    """The report of 2021: 55 million people at the end of 2020, 48 million of them by conflict, 7 million by disasters."""
    path = shared_data / "displacement" / "idmc_idps_country_year_hxl.csv"
    with path.open(encoding="utf-8-sig", newline="") as stream:
        published = [row for row in csv.DictReader(stream) if row["Year"].isdigit()]
    with personas.asking(personas.amina):
        take_reference([path], edition="2022", terms=IDMC, office=personas.dakar)
    columns = {
        "displaced_by_conflict": ["Conflict Stock Displacement"],
        "displaced_by_disasters": ["Disaster Stock Displacement"],
    }
    columns["internally_displaced"] = [words for several in columns.values() for words in several]
    columns["new_displacements"] = ["Conflict Internal Displacements", "Disaster Internal Displacements"]
    told: dict[int, dict[str, Any]] = {}
    for year in (2009, 2015, 2020, 2021):
        rows = [row for row in published if row["Year"] == str(year)]
        for name, wanted in columns.items():
            cells = [row[f"{words} (Raw)"] or row[words] for row in rows for words in wanted]
            total = sum(int(cell) for cell in cells if cell)
            told.setdefault(year, {})[name] = ask(name, as_of=date(year, 12, 31)).value
            assert (told[year][name] or 0) == total, (name, year)
    millions = {name: round(count / 1e6) for name, count in told[2020].items()}
    assert millions == {
        "internally_displaced": 55,
        "displaced_by_conflict": 48,
        "displaced_by_disasters": 7,
        "new_displacements": 40,
    }
    assert ask("displacement_report_edition").value == 2022


def test_refugees_come_out_as_unhcr_and_unrwa_published_them(
    personas: Personas, shared_data: Path, tmp_path: Path
) -> None:
    """More than 26 million refugees in 2020. The years around it are enough: the whole table has a million values."""
    folder = shared_data / "displacement" / "unhcr"
    kept, counted = tmp_path / "population.csv", Counter[str]()
    with gzip.open(folder / "population.csv.gz", "rt", encoding="utf-8", newline="") as whole, kept.open("w") as few:
        reader = csv.DictReader(whole)
        out = csv.DictWriter(few, list(reader.fieldnames or ()))
        out.writeheader()
        for row in reader:
            if row["year"] in ("2019", "2020"):
                out.writerow(row)
                counted[row["year"]] += int(row["refugees"] or 0)
    with (folder / "unrwa.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            counted[row["year"]] += int(row["total"] or 0)
    with personas.asking(personas.amina):
        files = [kept, folder / "unrwa.csv"]
        take_reference(files, edition="2025.12", terms=UNHCR, office=personas.dakar, measure="refugees_unrwa")
    assert ask("refugees").value == counted["2020"]
    assert ask("refugees", as_of=date(2019, 12, 31)).value == counted["2019"]
    assert counted["2020"] // 1_000_000 == 26
