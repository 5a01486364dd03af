"""Each quality rule: what breaks it is found with its place and row; what is right raises nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.personas import Personas
from waystation.apps.sources.datasets import quality
from waystation.apps.sources.tests.files import bring, csv_file, findings, load_areas, row
from waystation.apps.tracking.models import Finding, Round
from waystation.apps.tracking.tests.making import act_on, fresh, load_countries
from waystation.kernel.acts import do
from waystation.kernel.codelists import codelist
from waystation.kernel.refusals import Refused
from waystation.kernel.register import find_register

SSD = (
    (1, "SS01", "State 01", ""),
    (1, "SS02", "State 02", ""),
    *((2, f"SS01{n:02}", f"County {n:02}", "SS01") for n in range(1, 10)),
    (2, "SS0201", "Kapoeta", "SS02"),
)


@pytest.fixture(autouse=True)
def _places(personas: Personas) -> None:
    load_countries(personas, "SSD", "SDN")
    load_areas(personas, "SSD", *SSD)
    load_areas(personas, "SDN", (1, "SD01", "Khartoum", ""))


def found(personas: Personas, folder: Path, *rows: dict[str, Any], rule: str = "") -> list[Finding]:
    """What is found (of a rule) in a round of these rows."""
    bring(personas, csv_file(folder, rows))
    return findings(rule)


def seen(ones: Sequence[Finding]) -> list[tuple[str, int | None, str]]:
    """Rule, row and column of findings."""
    return [(one.rule, one.origin_row, one.column) for one in ones]


def test_every_rule_is_declared_with_its_explanation_and_what_to_do() -> None:
    known = codelist("tracking.finding_rule").codes
    assert {one.code for one in quality.rules} <= known.keys()
    for code in known.values():
        assert code.more["severity"] in ("blocking", "warning")
        assert code.more["explanation"].endswith(".")
        assert code.more["what_to_do"].endswith(".")


def test_right_rows_raise_nothing(personas: Personas, tmp_path: Path) -> None:
    rows = [row(f"SS01{n:02}", 100 + n, males=50, females=50 + n, collected_on="2025-03-10") for n in range(1, 10)]
    assert found(personas, tmp_path, *rows) == []


CASES = [  # rule, column, what makes the second row break it
    ("negative", "individuals", {"individuals": -4}),
    ("negative", "males", {"males": -1}),
    ("negative", "households", {"households": -1}),
    ("sexes_exceed", "individuals", {"males": 60, "females": 50}),
    ("sexes_exceed", "individuals", {"males": 101}),
    ("sexes_short", "individuals", {"males": 40, "females": 50}),
    ("ages_exceed", "individuals", {"under_18": 80, "aged_60_over": 30}),
    ("missing_count", "individuals", {"individuals": ""}),
    ("stale_date", "collected_on", {"collected_on": "2024-03-01"}),
    ("impossible_date", "collected_on", {"collected_on": "2999-01-01"}),
    ("impossible_date", "arrival_until", {"arrived_from": "2025-02-01", "arrived_until": "2025-01-01"}),
    ("unknown_value", "reason", {"displacementReason": "Dragons"}),
    ("unknown_value", "population_group", {"population_group": "Dragons"}),
    ("encoding", "admin2_name", {"admin2Name": "KapoÃ©ta"}),
    ("total_row", "admin2_name", {"admin2Name": "Total général"}),
    ("unknown_code", "admin2_code", {"admin2Pcode": "SS0177", "admin2Name": "Kapoeta"}),
    ("wrong_parent", "admin2_code", {"admin2Pcode": "SS0201"}),
    ("other_country", "admin1_code", {"admin1Pcode": "SD01", "admin2Pcode": "", "admin2Name": ""}),
]


@pytest.mark.parametrize("rule, column, change", CASES)
def test_a_row_that_breaks_one_rule(
    personas: Personas, tmp_path: Path, rule: str, column: str, change: dict[str, Any]
) -> None:
    bare = {
        "males": "", "females": "", "households": "", "under_18": "", "aged_60_over": "", "collected_on": "",
        "arrived_from": "", "arrived_until": "", "population_group": "displaced",
    }  # fmt: skip
    first, second = ({**row(f"SS010{n}", 100), **bare} for n in (1, 2))
    ones = found(personas, tmp_path, first, {**second, **change})
    assert seen(ones) == [(rule, 3, column)]
    assert ones[0].details["file"] == "round.csv"
    assert ones[0].blocking == (codelist("tracking.finding_rule").codes[rule].more["severity"] == "blocking")


def test_an_unknown_code_comes_with_the_code_that_was_meant(personas: Personas, tmp_path: Path) -> None:
    one, other = found(
        personas, tmp_path, row("SS0177", 5, admin2Name="Kapoeta"), row("SSD0101", 6, admin1Pcode="SS01", admin2Name="?"),
        rule="unknown_code",
    )  # fmt: skip
    assert (one.place, one.details["suggestion"]) == ("SS0177 Kapoeta", "SS0201 Kapoeta")
    assert other.details["suggestion"] == "SS0101 County 01"


def test_a_code_is_one_finding_however_many_rows_have_it(personas: Personas, tmp_path: Path) -> None:
    rows = [row("SS0177", n, displacementReason=f"Reason {n}") for n in range(30)]
    (one,) = found(personas, tmp_path, *rows, rule="unknown_code")
    assert (one.origin_row, one.details["rows"]) == (2, 30)


def test_a_country_without_codes_is_one_finding_a_level(personas: Personas, tmp_path: Path) -> None:
    load_countries(personas, "TCD")
    rows = [row(f"TD01{n:02}", n, country="TCD") for n in range(1, 30)]
    ones = found(personas, tmp_path, *rows)
    assert seen(ones) == [("no_codes", 2, "admin1_code"), ("no_codes", 2, "admin2_code")]
    assert all(one.blocking and one.details["country"] == "TCD" for one in ones)


def test_origins_may_lie_in_another_country(personas: Personas, tmp_path: Path) -> None:
    one, other = row("SS0101", 5, idpOriginAdmin1Pcode="SD01"), row("SS0102", 5, idpOriginAdmin1Pcode="XX99")
    assert seen(found(personas, tmp_path, one, other)) == [("unknown_code", 3, "origin_admin1_code")]


def test_rows_are_doubled_only_when_nothing_tells_them_apart(personas: Personas, tmp_path: Path) -> None:
    apart = [
        row("SS0101", 5), row("SS0101", 5, displacementReason="Natural disaster"), row("SS0102", 5),
        row("SS0101", 5, idpOriginAdmin1Pcode="SS02"), row("SS0101", 5, population_group="Returned IDPs"),
    ]  # fmt: skip
    assert found(personas, tmp_path, *apart) == []
    (one,) = found(personas, tmp_path / "more", *apart, row("SS0101", 7), rule="duplicate")
    assert (one.origin_row, one.details["rows"], one.details["same_id"]) == (7, [2, 7], False)


def test_one_id_at_two_places(personas: Personas, tmp_path: Path) -> None:
    (one,) = found(personas, tmp_path, row("SS0101", 5, id=8), row("SS0102", 5, id=8), row("SS0103", 5, id=9))
    assert (one.rule, one.column, one.details["rows"], one.details["id"]) == ("duplicate", "source_id", [2, 3], 8)


def test_one_location_in_two_areas(personas: Personas, tmp_path: Path) -> None:
    rows = [
        row("SS0101", 5, location_code="L1", males=2),
        row("SS0102", 6, location_code="L1", population_group="host"),
    ]
    (one,) = found(personas, tmp_path, *rows, rule="duplicate")
    assert one.details["areas"] == ["SS0101 County 01", "SS0102 County 02"]


def test_codes_and_names_swapped_in_some_rows(personas: Personas, tmp_path: Path) -> None:
    rows = [row(f"SS010{n}", n) for n in range(1, 8)]
    rows[6] |= {"admin2Pcode": "County", "admin2Name": "SS0107"}
    (one,) = found(personas, tmp_path, *rows, rule="code_name_swapped")
    assert (one.origin_row, one.details["rows"], one.details["code"]) == (8, 1, "County")


def test_a_sum_of_the_rows_above_is_suspected(personas: Personas, tmp_path: Path) -> None:
    rows = [row(f"SS010{n}", 20 * n, males=10 * n, females=10 * n) for n in range(1, 5)]
    (one,) = found(personas, tmp_path, *rows, row("SS0105", 200, males=100, females=100))
    assert (one.rule, one.origin_row) == ("total_row", 6)


def next_round(personas: Personas, folder: Path, *rows: dict[str, Any]) -> list[Finding]:
    """What is found in round 4, after a round 3 that stands."""
    later = [{**one, "roundNumber": 4, "reportingDate": "2025-06-30"} for one in rows]
    bring(personas, csv_file(folder, later, "next.csv"))
    round = Round.everything.get(number=4)
    return list(Finding.everything.filter(round=round).order_by("pk"))


@pytest.mark.parametrize(
    "before, now, told",
    [
        (300, 1600, True),  # more than five times, and by more than 1000
        (250, 1250, False),  # exactly five times, and by exactly 1000
        (100, 1000, False),  # ten times, and by less than 1000
        (2000, 3500, False),  # by more than 1000, and less than five times
        (9000, 1500, True),  # a fall is a jump too
        (0, 1500, True),
    ],
)
def test_jumps(personas: Personas, tmp_path: Path, before: int, now: int, told: bool) -> None:
    bring(personas, csv_file(tmp_path, [row("SS0101", before), row("SS0102", 50)]))
    ones = next_round(personas, tmp_path, row("SS0101", now), row("SS0102", 50))
    assert [one.rule for one in ones] == ["jump"] * told
    if told:
        details = {name: ones[0].details[name] for name in ("before", "now")}
        assert (ones[0].place, details) == ("SS0101 County 01", {"before": before, "now": now})


def test_lost_places_and_coverage(personas: Personas, tmp_path: Path) -> None:
    bring(personas, csv_file(tmp_path, [row(f"SS01{n:02}", n - 1) for n in range(1, 10)]))
    ones = next_round(personas, tmp_path, *(row(f"SS01{n:02}", n) for n in range(3, 10)))
    lost = [one for one in ones if one.rule == "lost_location"]
    (fell,) = [one for one in ones if one.rule == "coverage_drop"]
    assert [(one.place, one.details["before"]) for one in lost] == [("SS0102 County 02", 1)]  # SS0101 held nobody
    assert fell.details == {"before": 9, "now": 7}


def test_a_round_is_compared_with_the_published_version_of_the_one_before(personas: Personas, tmp_path: Path) -> None:
    bring(personas, csv_file(tmp_path, [row("SS0101", 100)]))
    with personas.asking(personas.bakary):
        do(act_on("validate"), Round.everything.get())
        do(act_on("publish"), Round.everything.get())
    with personas.asking(personas.amina):
        do(act_on("correct"), Round.everything.get(), why="a trial")
    bring(personas, csv_file(tmp_path, [row("SS0101", 9000)], "trial.csv"))
    ones = next_round(personas, tmp_path, row("SS0101", 9000))
    assert [(one.rule, one.details["before"]) for one in ones] == [("jump", 100)]


def test_rounds_of_one_file_are_compared_with_each_other(personas: Personas, tmp_path: Path) -> None:
    rows = [
        row("SS0101", count, roundNumber=n, reportingDate=f"2025-0{n}-28") for n, count in ((1, 10), (2, 2000), (3, 2000))
    ]  # fmt: skip
    bring(personas, csv_file(tmp_path, rows))
    assert [(one.round.number, one.rule) for one in findings()] == [(2, "jump")]


def test_other_components_are_not_compared(personas: Personas, tmp_path: Path) -> None:
    bring(personas, csv_file(tmp_path, [row("SS0101", 10)]))
    assert next_round(personas, tmp_path, row("SS0101", 9000, assessmentType="SA")) == []


def test_two_hundred_findings_a_rule_and_one_for_the_rest(personas: Personas, tmp_path: Path) -> None:
    rows = [row("SS0101", -n, location_code=f"L{n}") for n in range(1, 251)]
    ones = found(personas, tmp_path, *rows, rule="negative")
    assert len(ones) == 201
    assert ones[-1].details == {"more": 50}
    assert ones[-1].blocking
    with personas.asking(personas.bakary):
        for one in ones[:-1]:
            do(find_register("tracking.findings").act("accept"), one, reason="checked")
        with pytest.raises(Refused) as refused:
            do(act_on("validate"), Round.everything.get())
    assert refused.value.code == "tracking.open_findings"


def test_a_round_is_validated_when_its_blocking_findings_are_settled(personas: Personas, tmp_path: Path) -> None:
    (one,) = found(personas, tmp_path, row("SS0101", -5))
    with personas.asking(personas.bakary):
        with pytest.raises(Refused):
            do(act_on("validate"), Round.everything.get())
        do(find_register("tracking.findings").act("accept"), one, reason="the source says so")
        do(act_on("validate"), Round.everything.get())
    assert fresh(Round.everything.get()).state == "validated"


def test_warnings_do_not_block(personas: Personas, tmp_path: Path) -> None:
    (one,) = found(personas, tmp_path, row("SS0101", ""))
    assert not one.blocking
    with personas.asking(personas.bakary):
        do(act_on("validate"), Round.everything.get())
