"""Files become rounds: recognised, remembered, told apart from what is there already."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.personas import Personas
from waystation.apps.sources.datasets import fields
from waystation.apps.sources.datasets.taking import take_in
from waystation.apps.sources.tests.files import TERMS, bring, counted, csv_file, findings, row, workbook
from waystation.apps.tracking.models import Operation, Round
from waystation.apps.tracking.tests.making import act_on, fresh, load_countries, publish
from waystation.intake import open_table
from waystation.kernel.acts import do
from waystation.kernel.datasets import find, path_of, raw_path, whole
from waystation.kernel.models import Partition
from waystation.kernel.refusals import Refused
from waystation.kernel.register import find_register


@pytest.fixture(autouse=True)
def _countries(personas: Personas) -> None:
    load_countries(personas, "SSD", "NAM", "SDN")


def held(
    version: int | None = None, columns: str = "*", dataset: str = "tracking.observations"
) -> list[dict[str, Any]]:
    """The rows of the one round's last (or said) version."""
    parts = Partition.objects.filter(dataset=dataset).order_by("version")
    part = parts.get(version=version) if version else parts.last()
    assert part is not None
    assert whole(part)
    query = "SELECT " + columns + " FROM read_parquet(?) ORDER BY _row"
    found: list[dict[str, Any]] = duckdb.sql(query, params=[str(path_of(part))]).to_arrow_table().to_pylist()
    return found


def test_a_file_opens_its_operation_and_round(personas: Personas, tmp_path: Path) -> None:
    path = csv_file(tmp_path, [row("SS0101", 250, males=120, females=130), row("SS0102", 40)])
    taken = bring(personas, path)
    (one,) = taken.rounds
    assert (one.ref, one.rows, one.version, one.state) == ("SSD-FLOODS-IN-THE-NORTH-AREA-03", 2, 1, "cleaning")
    operation = Operation.everything.get()
    assert (operation.name, operation.country_id, operation.office) == ("Floods in the north", "SSD", personas.dakar)
    round = Round.everything.get()
    assert (round.reporting_date, round.assessed_locations, round.planned_locations) == (date(2025, 3, 31), 2, None)
    first = held()[0]
    assert first["individuals"] == 250
    assert (first["males"], first["females"], first["households"]) == (120, 130, None)
    assert (first["reason"], first["reason_said"]) == ("conflict", "Conflict")
    assert (first["population_group"], first["assessment_type"], first["access"]) == ("unknown", "BA", "unknown")
    assert first["round"] == round.pk
    assert first["origin_row"] == 2
    assert raw_path(first["origin"]).read_bytes() == path.read_bytes()


def test_every_row_names_its_file_and_row(personas: Personas, tmp_path: Path) -> None:
    one = csv_file(tmp_path, [row("SS0101", 1), row("SS0102", 2)], "one.csv")
    two = csv_file(tmp_path, [row("SS0103", 3)], "two.csv")
    bring(personas, one, two)
    rows = held()
    assert [(r["individuals"], r["origin_row"]) for r in rows] == [(1, 2), (2, 3), (3, 2)]
    assert len({r["origin"] for r in rows}) == 2
    assert Partition.objects.get().origins.count() == 2


@pytest.mark.parametrize(
    "said, code",
    [
        ("Conflict; Natural disaster", "conflict+disaster"),
        ("Natural disaster|Conflict", "conflict+disaster"),
        ("armed CONFLICT", "conflict"),
        ("No reason for displacement reported", "not_reported"),
        ("Conflict; dragons", "unknown"),
        ("", "unknown"),
    ],
)
def test_reasons_in_the_sources_words_become_codes(personas: Personas, tmp_path: Path, said: str, code: str) -> None:
    bring(personas, csv_file(tmp_path, [row("SS0101", 5, displacementReason=said)]))
    (one,) = held()
    assert (one["reason"], one["reason_said"]) == (code, said or None)
    assert bool(findings("unknown_value")) == ("dragons" in said)


def test_unknown_is_neither_zero_nor_empty(personas: Personas, tmp_path: Path) -> None:
    rows = [row("SS0101", 0, idpOriginAdmin1Pcode="Not available"), row("SS0102", ""), row("SS0103", "N/A")]
    bring(personas, csv_file(tmp_path, rows))
    assert [one["individuals"] for one in held()] == [0, None, None]
    assert held()[0]["origin_admin1_code"] is None
    assert [one.origin_row for one in findings("missing_count")] == [3, 4]


def test_namibia_is_a_country(personas: Personas, tmp_path: Path) -> None:
    taken = bring(personas, csv_file(tmp_path, [row("NA0101", 7, country="NA")]))
    assert taken.rounds[0].ref.startswith("NAM-")


def test_countries_are_known_by_code_number_or_name(personas: Personas, tmp_path: Path) -> None:
    rows = [row(f"SS010{n}", n, country=said) for n, said in enumerate(("SSD", "ss", "728", "Soudan du Sud"), 1)]
    taken = bring(personas, csv_file(tmp_path, rows))
    assert [(one.ref, one.rows) for one in taken.rounds] == [("SSD-FLOODS-IN-THE-NORTH-AREA-03", 4)]


def test_a_file_with_an_hxl_row_needs_no_headers_we_know(personas: Personas, tmp_path: Path) -> None:
    text = (
        "Crisis,Pays,Tour,Jour,Type,Code,Lieu,Personnes\n"
        "#operation+name,#country+code,#round+code,#date+reported,#assessment+type,#adm1+code,#adm1+name,#affected+idps\n"
        "Floods,SSD,2,2025-02-28,SA,SS01,State 1,11\n"
    )
    (tmp_path / "hxl.csv").write_text(text)
    bring(personas, tmp_path / "hxl.csv")
    (one,) = held()
    assert (one["individuals"], one["population_group"], one["component"]) == (11, "displaced", "site")


def test_a_workbook_with_titles_two_header_rows_and_merged_cells(personas: Personas, tmp_path: Path) -> None:
    lines = [
        ["Displacement in the north"],
        [],
        ["Operation", "Country", "Round", "Reporting date", "Assessment type", "State", None, "People", None],
        [
            None,
            None,
            None,
            None,
            None,
            "admin1 pcode",
            "admin1 name",
            "IDP individuals",
            "returnee individuals from abroad",
        ],
        ["Floods", "SSD", 1, date(2025, 1, 31), "BA", "SS01", "State 1", 10, 20],
        [None, None, None, None, None, "SS02", "State 2", 5, 0],
        ["Grand Total", None, None, None, None, None, None, 15, 20],
    ]
    merged = ["A1:I1", "F3:G3", "H3:I3", "A5:A6", "B5:B6", "C5:C6", "D5:D6", "E5:E6"]
    taken = bring(personas, workbook(tmp_path, lines, merged=merged))
    assert taken.rounds[0].rows == 4
    assert [(one["population_group"], one["individuals"], one["origin_row"]) for one in held()] == [
        ("displaced", 10, 5), ("returned_abroad", 20, 5), ("displaced", 5, 6), ("returned_abroad", 0, 6),
    ]  # fmt: skip
    assert [(one.code, one.row) for one in taken.skipped] == [("intake.total_row", 7)]


def test_what_the_file_does_not_say_is_said_by_hand(personas: Personas, tmp_path: Path) -> None:
    rows = [{"admin1Pcode": "SS01", "admin1Name": "State 1", "individuals": 12}]
    said = {
        "operation_name": "Floods", "country": "SSD", "component": "area", "round_number": "4",
        "reporting_date": "2025-04-30", "population_group": "returned_abroad",
    }  # fmt: skip
    bring(personas, csv_file(tmp_path, rows), **said)
    (one,) = held()
    assert (one["operation_name"], one["round_number"], one["population_group"]) == ("Floods", 4, "returned_abroad")


def test_a_remembered_mapping_reads_the_next_file(personas: Personas, tmp_path: Path) -> None:
    headers = ("ville", "gens", "op", "pays", "ronde", "le", "genre")
    lines = [dict(zip(headers, ("Bor", 31, "Floods", "SSD", 5, "2025-05-31", "SA"), strict=True))]
    path = csv_file(tmp_path, lines)
    with pytest.raises(Refused) as refused:
        bring(personas, path)
    assert refused.value.code == "sources.mapping_incomplete"
    with personas.asking(personas.amina):
        source = open_table(path, name="round.csv")
        index = {column.header: column.index for column in source.columns}
        from waystation.apps.sources.datasets.byhand import mapped

        wanted = {
            "location_name": "ville", "displaced.individuals": "gens", "operation_name": "op", "country": "pays",
            "round_number": "ronde", "reporting_date": "le", "component": "genre",
        }  # fmt: skip
        mapping = mapped(source, {name: index[header] for name, header in wanted.items()})
        remember = find_register("sources.mappings").act("remember")
        mark = fields.signature(source)
        do(remember, name="Partner X", signature=mark, mapping=mapping.to_json(), office=personas.dakar)
    bring(personas, path)
    (one,) = held()
    assert (one["location_name"], one["individuals"], one["population_group"]) == ("Bor", 31, "displaced")


def test_the_same_round_twice_is_refused_and_changes_nothing(personas: Personas, tmp_path: Path) -> None:
    rows = [row("SS0101", 5), row("SS0102", 6)]
    bring(personas, csv_file(tmp_path, rows))
    before = counted()
    with pytest.raises(Refused) as refused:
        bring(personas, csv_file(tmp_path, rows, "again.csv"))
    assert refused.value.code == "sources.same_data"
    with pytest.raises(Refused) as refused:
        bring(personas, csv_file(tmp_path, list(reversed(rows)), "reversed.csv"))
    assert refused.value.code == "sources.same_data"
    assert counted() == before


def test_of_several_rounds_the_unchanged_ones_are_left_alone(personas: Personas, tmp_path: Path) -> None:
    old = [row("SS0101", 5, roundNumber=n, reportingDate=f"2025-0{n}-28") for n in (1, 2)]
    bring(personas, csv_file(tmp_path, old))
    new = [*old, row("SS0101", 9, roundNumber=3, reportingDate="2025-03-31")]
    taken = bring(personas, csv_file(tmp_path, new, "longer.csv"))
    assert [(one.ref[-2:], one.unchanged, one.version) for one in taken.rounds] == [
        ("01", True, 1), ("02", True, 1), ("03", False, 1),
    ]  # fmt: skip


def test_corrected_rows_are_the_next_version(personas: Personas, tmp_path: Path) -> None:
    bring(personas, csv_file(tmp_path, [row("SS0101", 5)]))
    taken = bring(personas, csv_file(tmp_path, [row("SS0101", 6)], "corrected.csv"))
    assert (taken.rounds[0].version, Round.everything.get().data_version) == (2, 2)
    assert [one["individuals"] for one in held(1) + held(2)] == [5, 6]


def test_a_published_round_is_corrected_only_when_it_is_open(personas: Personas, tmp_path: Path) -> None:
    bring(personas, csv_file(tmp_path, [row("SS0101", 5)]))
    round = Round.everything.get()
    with personas.asking(personas.bakary):
        for one in findings():
            do(find_register("tracking.findings").act("accept"), one, reason="the source's own codes")
    publish(personas, round)
    before = counted()
    corrected = csv_file(tmp_path, [row("SS0101", 6)], "corrected.csv")
    with pytest.raises(Refused) as refused:
        bring(personas, corrected)
    assert refused.value.code == "tracking.round_closed"
    assert refused.value.problems[0].where == "corrected.csv, row 2"
    assert counted() == before
    with personas.asking(personas.amina):
        do(act_on("correct"), fresh(round), why="a county was counted twice")
    assert bring(personas, corrected).rounds[0].version == 2
    with personas.asking(personas.amina):
        assert (
            find("tracking.observations").in_force().get().version == 1
        )  # the published one, until the correction is published


def test_accepted_findings_hold_until_the_values_change(personas: Personas, tmp_path: Path) -> None:
    def negative(count: int, name: str) -> None:
        bring(personas, csv_file(tmp_path, [row("SS0101", count), row("SS0102", len(name))], name))

    negative(-5, "a.csv")
    with personas.asking(personas.bakary):
        do(find_register("tracking.findings").act("accept"), findings("negative")[0], reason="a known error")
    negative(-5, "bb.csv")
    assert [(one.state, one.data_version) for one in findings("negative")] == [("accepted", 2)]
    negative(-6, "ccc.csv")
    assert [(one.state, one.reason) for one in findings("negative")] == [("found", "a known error")]
    negative(6, "dddd.csv")
    assert findings("negative") == []


def test_levels_of_one_delivery_are_control_totals(personas: Personas, tmp_path: Path) -> None:
    fine = [row("SS0101", 30), row("SS0102", 12), row("SS0201", 8)]
    without = ("admin2Pcode", "admin2Name")
    first = [
        {**{k: v for k, v in row(f"{a}01", n).items() if k not in without}, "id": n}
        for a, n in (("SS01", 42), ("SS02", 9))
    ]
    whole_country = [{k: v for k, v in row("SS0101", 50).items() if not k.startswith("admin")}]
    paths = [
        csv_file(tmp_path, rows, f"admin{n}.csv") for n, rows in enumerate((whole_country, first, fine))
    ]  # fmt: skip
    taken = bring(personas, *paths)
    assert taken.rounds[0].rows == 3
    (wrong,) = findings("control_total")
    assert (wrong.place, wrong.details["stated"], wrong.details["counted"]) == ("SS02 State 02", 9, 8)
    assert wrong.blocking
    kept = held(dataset="tracking.levels")
    assert [(one["level"], one["admin1_code"], one["individuals"], one["source_id"]) for one in kept] == [
        (0, None, 50, None), (1, "SS01", 42, 42), (1, "SS02", 9, 9),
    ]  # fmt: skip


def test_who_does_not_run_tracking_brings_nothing(personas: Personas, tmp_path: Path) -> None:
    path = csv_file(tmp_path, [row("SS0101", 5)])
    with personas.asking(personas.daniel), pytest.raises(Refused) as refused:
        take_in([path], office=personas.nairobi, terms=TERMS)
    assert refused.value.code == "kernel.not_allowed"
    with personas.asking(personas.chiara), pytest.raises(Refused) as refused:
        take_in([path], office=personas.dakar, terms=TERMS)
    assert refused.value.code == "kernel.not_allowed"
    assert not Operation.everything.exists()


def test_an_import_can_be_stopped_and_leaves_nothing(personas: Personas, tmp_path: Path) -> None:
    class Enough(Exception):
        pass

    def stop(done: int, total: int, message: str) -> None:
        assert 0 <= done <= total
        if done >= 900:
            raise Enough

    before = counted()
    path = csv_file(tmp_path, [row("SS0101", 5)])
    with personas.asking(personas.amina), pytest.raises(Enough):
        take_in([path], office=personas.dakar, terms=TERMS, progress=stop)
    assert counted() == before


def test_a_wide_file_keeps_places_whose_count_was_taken_over(personas: Personas, tmp_path: Path) -> None:
    first = {"location_ssid": "S1", "IDP individuals": 3, "relocated individuals": 4, "Remarks": "Reassessed"}
    second = {
        "location_ssid": "S2",
        "IDP individuals": 5,
        "relocated individuals": 0,
        "Remarks": "Re-using previous round",
    }
    rows = [{**row("SS0101", ""), **one} for one in (first, second)]
    bring(personas, csv_file(tmp_path, rows))
    assert [(r["location_code"], r["population_group"], r["individuals"], r["reassessed"]) for r in held()] == [
        ("S1", "displaced", 3, True), ("S1", "relocated", 4, True),
        ("S2", "displaced", 5, False), ("S2", "relocated", 0, False),
    ]  # fmt: skip
    round = Round.everything.get()
    assert (round.planned_locations, round.assessed_locations) == (2, 1)
