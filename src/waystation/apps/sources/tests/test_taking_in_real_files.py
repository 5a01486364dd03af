"""Real files of the field: what comes in adds up to what their publishers say, at every level."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from tests.personas import Personas
from waystation.apps.sources.datasets.taking import TakenIn
from waystation.apps.sources.tests.files import bring, findings, load_areas
from waystation.apps.tracking.models import Round
from waystation.apps.tracking.tests.making import load_countries
from waystation.kernel.datasets import path_of
from waystation.kernel.models import Partition

WIDE = {  # the groups of the South Sudan workbook and how its summaries title them
    "displaced": "Estimated # of IDP {}  (total)",
    "returned_internal": "Estimated # of returnee {} from South Sudan",
    "returned_abroad": "Estimated # of returnee {} from abroad",
    "relocated": "Estimated  # of relocated {}",
    "returned_not_home": "Estimated  # of not yet returned {}",
}


def asked(query: str, dataset: str = "tracking.observations") -> list[Any]:
    """A query over all partitions of a dataset; ``rows`` stands for them."""
    paths = [str(path_of(one)) for one in Partition.objects.filter(dataset=dataset)]
    found: list[Any] = duckdb.sql(query.replace("rows", "read_parquet($1)", 1), params=[paths]).fetchall()
    return found


def dtm(personas: Personas, shared_data: Path, iso: str) -> TakenIn:
    """The three levels of a country as the DTM API gave them."""
    load_countries(personas, "TCD", "HTI")
    folder = shared_data / "collect" / "dtm_api"
    return bring(personas, *(folder / f"admin{level}-{iso}.json" for level in (0, 1, 2)))


@pytest.mark.parametrize("iso, rounds, rows, total", [("tcd", 29, 145, 6_117_890), ("hti", 58, 1384, 13_831_385)])
def test_the_dtm_api_at_three_levels(
    personas: Personas, shared_data: Path, iso: str, rounds: int, rows: int, total: int
) -> None:
    taken = dtm(personas, shared_data, iso)
    assert (len(taken.rounds), sum(one.rows for one in taken.rounds)) == (rounds, rows)
    assert asked("SELECT sum(individuals) FROM rows") == [(total,)]
    levels = asked("SELECT level, sum(individuals) FROM rows GROUP BY 1 ORDER BY 1", "tracking.levels")
    assert levels == [(0, total), (1, total)]
    assert not findings("control_total")
    assert not findings("duplicate")
    assert asked("SELECT count(*) FROM rows WHERE origin_admin1_code = 'Not available'") == [(0,)]


def test_haitis_totals_are_equal_for_every_key_at_every_level(personas: Personas, shared_data: Path) -> None:
    dtm(personas, shared_data, "hti")
    totals = """
        SELECT round, reason, coalesce(origin_admin1_code, ''), sum(individuals), sum(males), sum(females)
        FROM rows WHERE $level GROUP BY ALL ORDER BY ALL
    """
    fine = asked(totals.replace("$level", "true"))
    assert len(fine) > 58
    for level in ("level = 0", "level = 1"):
        assert asked(totals.replace("$level", level), "tracking.levels") == fine


def test_the_published_csv_gives_the_same_rounds_as_the_api(personas: Personas, shared_data: Path) -> None:
    load_countries(personas, "TCD", "HTI")
    taken = bring(personas, shared_data / "collect" / "dtm_api" / "hdx-published-tcd-hti.csv")
    assert len(taken.rounds) == 29 + 58
    for iso in ("tcd", "hti"):
        again = dtm(personas, shared_data, iso)
        assert all(one.unchanged for one in again.rounds), [one for one in again.rounds if not one.unchanged]


def test_chads_codes_are_not_those_of_the_global_list(personas: Personas, shared_data: Path) -> None:
    load_countries(personas, "TCD")
    with (shared_data / "collect" / "pcodes" / "global-pcodes-adm-1-2.csv").open(encoding="utf-8-sig") as stream:
        rows = [one for one in csv.DictReader(stream) if one["Location"] == "TCD"]
    areas = [(int(one["Admin Level"]), one["P-Code"], one["Name"], one["Parent P-Code"]) for one in rows]
    load_areas(personas, "TCD", *((n, code, name, "" if n == 1 else above) for n, code, name, above in areas))
    dtm(personas, shared_data, "tcd")
    unknown = findings("unknown_code")
    assert {one.details["suggestion"] for one in unknown if one.column == "admin1_code"} == {"TCD07 Lac"}
    assert all(one.blocking for one in unknown)
    assert {one.rule for one in findings() if one.blocking} == {"unknown_code"}


@pytest.fixture
def workbook(personas: Personas, shared_data: Path) -> Path:
    """The South Sudan workbook, taken in."""
    load_countries(personas, "SSD")
    path = shared_data / "displacement" / "dtm_south_sudan_baseline_round_11.xlsx"
    taken = bring(
        personas, path, operation_name="South Sudan mobility tracking", country="SSD", component="area",
        round_number="11", reporting_date="2021-09-30",
    )  # fmt: skip
    assert [(one.ref, one.rows) for one in taken.rounds] == [("SSD-SOUTH-SUDAN-MOBILITY-TRACKING-AREA-11", 5 * 3335)]
    return path


def summary(path: Path, sheet: str, code: str) -> dict[str, dict[str, tuple[int, int]]]:
    """(households, individuals) by group and area, as a sheet of the workbook sums them up."""
    with closing(openpyxl.load_workbook(path, read_only=True, data_only=True)) as book:
        lines = iter(list(book[sheet].iter_rows(values_only=True)))
    headers = [" ".join(str(one).split()) if one else "" for one in next(lines)]
    found: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for line in lines:
        area = line[headers.index(code)]
        if not isinstance(area, str) or not area.startswith("SS"):
            continue
        for group, title in WIDE.items():
            words = [" ".join(title.format(count).split()) for count in ("households", "individuals")]
            pair = [int(line[headers.index(word)]) for word in words]
            found[group][area] = (pair[0], pair[1])
    return found


@pytest.mark.parametrize(
    "sheet, code, column, areas",
    [
        ("MT R11 State Summary", "state_pcode", "admin1_code", 10),
        ("MT R11 County summary", "county_pcode", "admin2_code", 78),
        ("MT R11 Payam summary", "payam_pcode", "admin3_code", 508),
    ],
)
def test_south_sudan_adds_up_to_its_own_summaries(
    workbook: Path, sheet: str, code: str, column: str, areas: int
) -> None:
    stated = summary(workbook, sheet, code)
    query = "SELECT population_group, $area, sum(households), sum(individuals) FROM rows GROUP BY 1, 2"
    counted: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for group, area, households, individuals in asked(query.replace("$area", column)):
        counted[group][area] = (int(households), int(individuals))
    assert {group: len(found) for group, found in counted.items()} == dict.fromkeys(WIDE, areas)
    assert counted == stated


def test_south_sudan_says_which_places_were_assessed_anew(workbook: Path) -> None:
    round = Round.everything.get()
    assert (round.planned_locations, round.assessed_locations) == (3335, 3335 - 259)
    assert round.coverage == pytest.approx(0.922, abs=0.001)
    assert asked("SELECT count(DISTINCT location_code) FROM rows WHERE access = 'none'")[0][0] > 0
    assert Counter(one.rule for one in findings()) == {"no_codes": 3}  # at three levels
