"""Change between rounds: its parts always make the whole, and wider coverage is never new displacement."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from waystation.apps.counting.queries.changes import change_rows, compared
from waystation.apps.counting.shapes import PARTS
from waystation.apps.counting.tests.rows import SPRING, SUMMER, Row, spot, table
from waystation.kernel import engines


def parts(rows: list[Row], *by: str) -> dict[Any, int]:
    found: dict[Any, int] = defaultdict(int)
    for one in engines.fetch(change_rows(table(rows))).to_pylist():
        found[(one["part"], *(one[name] for name in by)) if by else one["part"]] += one["value"]
    return {key: value for key, value in found.items() if value}


def test_wider_coverage_alone_is_no_arrival() -> None:
    before = [spot(1, "A1a", 100), spot(1, "B1a", 50)]
    after = [spot(2, "A1a", 100), spot(2, "B1a", 50), spot(2, "B2a", 900), spot(2, "C1a", 300)]
    assert parts(before + after) == {"coverage_gained": 1200}


def test_a_place_nobody_counted_again_is_coverage_lost_and_so_is_an_unknown_count() -> None:
    rows = [spot(1, "A1a", 100), spot(1, "A1b", 70), spot(2, "A1b", None), spot(2, "A1c", 5), spot(1, "A1d", None)]
    assert parts(rows) == {"coverage_lost": -170, "coverage_gained": 5}


def test_what_was_taken_over_is_reassessment_whatever_its_dates_say() -> None:
    late = {"arrival_from": date(2025, 5, 1), "arrival_until": date(2025, 6, 1)}
    assert parts([spot(1, "A1a", 100), spot(2, "A1a", 130, reassessed=False, **late)]) == {"reassessment": 30}


def test_only_people_who_came_wholly_after_the_earlier_round_arrived() -> None:
    after = [
        spot(2, "A1a", 60, arrival_from=SPRING + timedelta(days=1), arrival_until=SUMMER),
        spot(2, "A1a", 40, arrival_from=SPRING, arrival_until=SUMMER),
        spot(2, "A1a", 25),
    ]
    assert parts([spot(1, "A1a", 80), *after]) == {"arrivals": 60, "reassessment": 125 - 80 - 60}


def test_people_who_left_returned_only_as_far_as_returned_people_rose() -> None:
    back = {"population_group": "returned_internal"}
    before = [spot(1, "A1a", 100), spot(1, "B1a", 100), spot(1, "B1a", 10, **back), spot(1, "C1a", 500, **back)]
    after = [spot(2, "A1a", 40), spot(2, "B1a", 70), spot(2, "B1a", 40, **back), spot(2, "C1b", 90, **back)]
    assert parts(before + after) == {"returns": -30, "reassessment": -60}
    assert parts(before + after, "admin1") == {
        ("returns", "A"): -20, ("reassessment", "A"): -40, ("returns", "B"): -10, ("reassessment", "B"): -20,
    }  # fmt: skip


def test_whole_people_are_shared_by_the_largest_remainder() -> None:
    back = {"population_group": "returned_internal"}
    before = [*(spot(1, f"{area}1a", 1) for area in "ABC"), spot(1, "D1a", 0, **back)]
    after = [*(spot(2, f"{area}1a", 0) for area in "ABC"), spot(2, "D1a", 2, **back)]
    assert parts(before + after, "admin1") == {("returns", "A"): -1, ("returns", "B"): -1, ("reassessment", "C"): -1}


def test_a_place_that_lies_elsewhere_later_is_compared_where_it_lies_later() -> None:
    moved = spot(1, "A1a", 100) | {"admin1_code": "B", "admin2_code": "B9"}
    assert parts([moved, spot(2, "A1a", 130)], "admin1", "admin2") == {("reassessment", "A", "A1"): 30}
    (place,) = engines.fetch(compared(table([moved, spot(2, "A1a", 130)]))).to_pylist()
    assert place["areas_seen"] == 2


def test_rounds_are_compared_with_the_one_before_in_their_own_series() -> None:
    other = spot(3, "A1a", 900, component="site", _key="S3")
    rows = [
        spot(1, "A1a", 10),
        spot(2, "A1a", 15),
        spot(4, "A1a", 11),
        other,
        spot(3, "A1a", 5, population_group="host"),
    ]
    assert parts(rows, "round_number") == {("reassessment", 2): 5, ("reassessment", 4): -4}


people = st.one_of(st.none(), st.integers(0, 60), st.integers(0, 5000))
row = st.builds(
    lambda n, place, count, more: spot(n, place, count, **more),
    st.integers(1, 3),
    st.sampled_from(["A1a", "A1b", "A2a", "B1a", "B2a", "C1a"]),
    people,
    st.fixed_dictionaries({}, optional={
        "population_group": st.sampled_from(["displaced", "returned_internal", "migrant"]),
        "reassessed": st.booleans(),
        "arrival_from": st.dates(SPRING - timedelta(days=40), SPRING + timedelta(days=250)),
        "admin2_code": st.sampled_from(["A1", "B1", None]),
        "location_code": st.none(),
    }),
)  # fmt: skip


@settings(deadline=None, max_examples=25)
@given(st.lists(row, min_size=1, max_size=25))
def test_the_parts_always_make_the_change_in_every_area(rows: list[Row]) -> None:
    held = table(rows)
    found: dict[Any, dict[str, int]] = defaultdict(lambda: dict.fromkeys(PARTS, 0))
    for one in engines.fetch(change_rows(held)).to_pylist():
        found[one["pair"], one["admin1"], one["admin2"]][one["part"]] += one["value"]
    change: dict[Any, int] = defaultdict(int)
    for one in engines.fetch(compared(held)).to_pylist():
        change[one["pair"], one["admin1"], one["admin2"]] += (one["after"] or 0) - (one["before"] or 0)
    for area, total in change.items():
        assert sum(found[area].values()) == total
        signs = found[area]
        assert signs["coverage_gained"] >= 0 >= signs["coverage_lost"]
        assert signs["arrivals"] >= 0 >= signs["returns"]
    whole: dict[Any, int] = defaultdict(int)
    for one in engines.fetch(held).to_pylist():
        if one["population_group"] == "displaced" and one["individuals"] is not None:
            whole[one["_key"]] += one["individuals"]
    for before, after in pairwise(sorted(whole)):
        parts = [sum(held.values()) for (pair, *_area), held in found.items() if pair == after]
        assert sum(parts) == whole[after] - whole[before]
