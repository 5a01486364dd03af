"""Tracking's figures: numbers worked out by hand, moved by exactly what one record changes, opened down to their rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.personas import Personas
from waystation.apps.tracking.models import Operation, Round
from waystation.apps.tracking.tests.making import (
    act_on,
    correct,
    fresh,
    make_operation,
    make_round,
    publish,
    receive,
    spot,
)
from waystation.kernel import figures, scope
from waystation.kernel.acts import do
from waystation.kernel.figures import Value, lineage, roll_up, value
from waystation.kernel.refusals import Refused
from waystation.kernel.register import find_register
from waystation.kernel.values import clock, now

BEFORE, DAY = date(2024, 3, 31), date(2025, 3, 31)
DISPLACED = {"where": {"population_group": "displaced"}}
IN_THE_YEAR = {"arrival_from": date(2024, 6, 1), "arrival_until": date(2024, 7, 1)}
EARLIER = {"arrival_from": date(2023, 4, 10), "arrival_until": date(2023, 7, 1)}
HOW_SURE = {"informants": 3, "informant_kinds": 3, "agreement": 1.0, "collected_on": DAY, "access": "full"}
FIRST = [spot("HT0111", 40, **EARLIER), spot("HT0112", 5)]
SECOND = [
    spot("HT0111", 100, males=40, females=50, households=20, under_18=30, aged_60_over=10, **IN_THE_YEAR, **HOW_SURE),
    spot("HT0112", 50, males=20, females=20, households=9, reason="disaster", **EARLIER),
    spot("HT0211", 30, reason=None, under_18=12),
    spot("HT0212", None),
    spot("HT0111", 7, population_group="returned_internal", households=2),
    spot("HT0211", 4, population_group="returned_abroad"),
]
# figure, how it is asked, its value in the known world, rows without a value, the file's rows that count
KNOWN: list[tuple[str, Mapping[str, Any], float, int, list[int]]] = [
    ("people_present", DISPLACED, 180, 1, [2, 3, 4, 5]),
    ("households_present", DISPLACED, 29, 2, [2, 3, 4, 5]),
    ("children_present", DISPLACED, 42, 2, [2, 3, 4, 5]),
    ("older_people_present", DISPLACED, 10, 3, [2, 3, 4, 5]),
    ("idps_tracked", {}, 180, 1, [2, 3, 4, 5]),
    ("idps_tracked", {"where": {"admin1": "HT01"}}, 150, 0, [2, 3]),
    ("returnees_internal_tracked", {}, 7, 0, [6]),
    ("returnees_abroad_tracked", {}, 4, 0, [7]),
    ("newly_displaced", {}, 100, 2, [2, 4, 5]),
    ("newly_displaced", {"where": {"admin1": "HT01"}}, 100, 0, [2]),
    ("countries_tracked", {}, 1, 0, [2, 3, 4, 5, 6, 7]),
]
# figure, how it is asked, which row is changed, to what, by how much the value moves
MOVED: list[tuple[str, Mapping[str, Any], int, dict[str, Any], int]] = [
    ("people_present", DISPLACED, 0, {"individuals": 101}, 1),
    ("households_present", DISPLACED, 0, {"households": 25}, 5),
    ("children_present", DISPLACED, 0, {"under_18": 29}, -1),
    ("older_people_present", DISPLACED, 0, {"aged_60_over": 4}, -6),
    ("idps_tracked", {}, 1, {"individuals": 40}, -10),
    ("idps_tracked", {}, 3, {"individuals": 0}, 0),
    ("returnees_internal_tracked", {}, 4, {"individuals": 9}, 2),
    ("returnees_abroad_tracked", {}, 5, {"individuals": 1}, -3),
    ("newly_displaced", {}, 0, {"individuals": 103}, 3),
    ("newly_displaced", {}, 1, IN_THE_YEAR, 50),
    ("newly_displaced", {}, 0, {"arrival_from": date(2024, 3, 1)}, -100),
    ("new_displacement_multiple", {}, 0, {"individuals": 180}, 2),
]


def ask(name: str, as_of: date = DAY, **more: Any) -> Value:
    """The house asks."""
    with scope.enter(scope.house("tests")):
        return value(f"tracking.{name}", as_of=as_of, **more)


def opened(name: str, as_of: date = DAY, **more: Any) -> list[Any]:
    """The rows of the file that the house is shown behind a figure."""
    with scope.enter(scope.house("tests")):
        return sorted(row["origin_row"] for row in lineage(f"tracking.{name}", as_of=as_of, **more).rows)


def parts(answer: Value) -> dict[Any, Any]:
    """Values by the one dimension that was asked for."""
    return {part[answer.by[0]]: part["value"] for part in answer.parts}


def refused(call: Any, *args: Any, **more: Any) -> str:
    """The code with which a question is refused."""
    with pytest.raises(Refused) as caught:
        call(*args, **more)
    return caught.value.code


@pytest.fixture
def haiti(personas: Personas) -> Operation:
    """One operation that counts, with two rounds a year apart."""
    made = make_operation(personas)
    make_round(personas, made, 1, BEFORE, FIRST, planned_locations=4, assessed_locations=2)
    make_round(personas, made, 2, DAY, SECOND, planned_locations=10, assessed_locations=8)
    return made


def last(operation: Operation) -> Round:
    """The operation's second round as it stands."""
    return fresh(Round.everything.get(operation=operation, number=2))


def changed(which: int, to: dict[str, Any]) -> list[dict[str, Any]]:
    """The second round's rows with one of them changed."""
    return [row | to if place == which else row for place, row in enumerate(SECOND)]


def test_known_records_give_the_numbers_worked_out_by_hand_and_their_own_rows(haiti: Operation) -> None:
    for name, asked, wanted, unknown, rows in KNOWN:
        answer = ask(name, **asked)
        assert (answer.value, answer.unknown) == (wanted, unknown), name
        assert opened(name, **asked) == rows, name
        assert [one["source"] for one in answer.cites] == ["Test survey"], name


@pytest.mark.parametrize("name, asked, which, to, by", MOVED)
def test_one_record_moves_the_value_by_what_it_changed_and_the_old_dates_still_give_the_old_one(
    personas: Personas, haiti: Operation, name: str, asked: Mapping[str, Any], which: int, to: dict[str, Any], by: int
) -> None:
    before, moment = ask(name, **asked), now()
    correct(personas, last(haiti), changed(which, to), planned_locations=10, assessed_locations=8)
    after = ask(name, **asked)
    assert (after.value or 0) - before.value == by
    again = ask(name, known_at=moment, **asked)
    assert (again.value, again.fingerprint) == (before.value, before.fingerprint)
    assert after.fingerprint != before.fingerprint


def test_who_arrived_in_part_of_the_year_is_unknown_and_who_was_counted_before_it_is_not_there(
    personas: Personas, haiti: Operation
) -> None:
    over_the_edge = changed(0, {"arrival_from": date(2024, 3, 31), "arrival_until": date(2024, 4, 30)})
    open_ended = changed(0, {"arrival_from": date(2024, 4, 1), "arrival_until": None})
    correct(personas, last(haiti), over_the_edge)
    assert (ask("newly_displaced").value, ask("newly_displaced").unknown) == (None, 3)
    correct(personas, last(haiti), open_ended)  # who is counted on the reporting date has arrived by then
    assert ask("newly_displaced").value == 100
    assert ask("newly_displaced", as_of=date(2026, 6, 30)).value is None  # no round in that year: nobody knows
    assert ask("newly_displaced", as_of=date(2026, 6, 30)).rows == 4


def test_the_multiple_is_one_asking_over_another_and_names_its_base(haiti: Operation) -> None:
    answer = ask("new_displacement_multiple")
    assert answer.value == 2.5
    assert answer.apart == {"numerator": 100, "denominator": 40}
    assert answer.apart["numerator"] == ask("newly_displaced").value
    assert answer.apart["denominator"] == ask("newly_displaced", as_of=BEFORE).value
    assert (answer.coverage.answered, answer.coverage.planned) == (8, 10)
    assert answer.coverage.note == "for the year before, 2 of 4 places were assessed"
    assert "base" in answer.figure.sentence
    assert opened("new_displacement_multiple") == [2, 2, 3, 4, 5]
    alone = ask("new_displacement_multiple", as_of=BEFORE)  # nothing was counted the year before: no base, no multiple
    assert (alone.value, alone.apart) == (None, {"numerator": 40, "denominator": 0})


def test_events_are_movements_of_the_year_and_operations_stay_apart(personas: Personas, haiti: Operation) -> None:
    for number, day, people in ((1, date(2024, 3, 31), 500), (2, date(2024, 8, 1), 30), (3, DAY, 12)):
        make_round(personas, haiti, number, day, [spot("HT0111", people)], component="event")
    assert ask("event_displacements").value == 42
    assert ask("idps_tracked").value == 180  # events are not the component that counts
    by_day = ask("event_displacements", by=("reporting_date",))
    assert [one["value"] for one in roll_up(by_day, "reporting_date")] == [42]
    other = make_operation(personas, name="Coast")
    made = make_round(personas, other, 1, DAY, [spot("HT0111", 3)], component="event")
    assert refused(ask, "event_displacements") == "figures.never_across"
    assert ask("event_displacements", across={"operation": "they track different coasts"}).value == 45
    correct(personas, made, [spot("HT0111", 4)])
    assert ask("event_displacements", where={"operation": other.ref}).value == 4


def test_parts_with_unknown_make_the_whole(personas: Personas, haiti: Operation) -> None:
    wanted = {
        "sex": {"male": 60, "female": 70, "unknown": 50},
        "age": {"under_18": 42, "18_to_59": 60, "60_and_over": 10, "unknown": 68},
        "confidence": {"high": 100, "unknown": 80},
        "reason": {"conflict": 100, "disaster": 50, "unknown": 30},
        "admin2": {"HT0111": 100, "HT0112": 50, "HT0211": 30, "HT0212": None},
    }
    for dim, known in wanted.items():
        answer = ask("people_present", by=(dim,), **DISPLACED)
        assert parts(answer) == known, dim
        assert answer.value == 180 == sum(part or 0 for part in known.values()), dim
        assert answer.unknown == 1, dim
        for part, count in known.items():
            alone = ask("people_present", where={**DISPLACED["where"], dim: part})
            assert alone.value == count, (dim, part)
    assert refused(ask, "people_present", by=("sex", "age")) == "tracking.sex_and_age_apart"
    assert refused(ask, "people_present", by=("sex",), where={"age": "under_18"}) == "tracking.sex_and_age_apart"


def test_parts_that_exceed_their_whole_are_not_believed(personas: Personas, haiti: Operation) -> None:
    correct(
        personas, last(haiti), [spot("HT0111", 10, males=8, females=4, under_18=9, aged_60_over=2), spot("HT0112", 0)]
    )
    for dim in ("sex", "age"):
        answer = ask("people_present", by=(dim,))
        assert (answer.value, parts(answer)) == (10, {"unknown": 10})
    correct(personas, last(haiti), [spot("HT0112", 0)])
    assert parts(ask("people_present", by=("sex",))) == {"unknown": 0}
    correct(personas, last(haiti), [spot("HT0112", None, males=3)])
    answer = ask("people_present", by=("sex",))
    assert (answer.value, parts(answer), answer.unknown) == (None, {"unknown": None}, 1)


def test_what_does_not_add_is_refused(personas: Personas, haiti: Operation) -> None:
    other = make_operation(personas, name="Sites", in_total=False)
    make_round(personas, other, 1, DAY, [spot("HT0111", 9, households=3)], component="site")
    for name in ("people_present", "households_present", "children_present", "older_people_present"):
        assert refused(ask, name, **DISPLACED) == "figures.never_across", name
        split = ask(name, by=("operation", "assessment_type"), **DISPLACED)
        assert refused(roll_up, split, "operation") == "figures.never_across", name
        one = {**DISPLACED["where"], "operation": haiti.ref}
        over_time = ask(name, by=("round",), where=one)
        assert refused(roll_up, over_time, "round") == "figures.wrong_roll_up", name
    why = {"operation": "sites lie outside the areas", "assessment_type": "as above"}
    assert ask("people_present", across=why, **DISPLACED).value == 189
    assert ask("idps_tracked").value == 180  # the other says that it does not count in the total
    assert refused(ask, "places_assessed") == "figures.never_across"
    assert refused(roll_up, ask("countries_tracked", by=("operation",)), "operation") == "figures.wrong_roll_up"


def test_coverage_is_that_of_the_published_version_and_stays_so_for_its_two_dates(
    personas: Personas, haiti: Operation
) -> None:
    first, moment = ask("idps_tracked"), now()
    with personas.asking(personas.amina):
        do(act_on("correct"), last(haiti), why="a site was left out")
    receive(personas, last(haiti), SECOND, planned_locations=12, assessed_locations=9)
    under_correction = ask("idps_tracked")
    assert (under_correction.coverage.answered, under_correction.coverage.planned) == (8, 10)
    publish(personas, last(haiti))
    corrected = ask("idps_tracked")
    assert (corrected.coverage.answered, corrected.coverage.planned) == (9, 12)
    again = ask("idps_tracked", known_at=moment)
    assert (again.coverage, again.fingerprint) == (first.coverage, first.fingerprint)
    assert first.coverage.share == 0.8


def test_coverage_says_which_rounds_do_not_say_theirs(personas: Personas, haiti: Operation) -> None:
    other = make_operation(personas, name="Coast")
    make_round(personas, other, 1, DAY, [spot("HT0111", 9)])
    answer = ask("idps_tracked")
    assert (answer.coverage.answered, answer.coverage.planned) == (8, 10)
    assert answer.coverage.note == "some rounds do not say how many places they planned"


def test_a_last_round_of_long_ago_still_counts_and_says_that_it_is_old(haiti: Operation) -> None:
    answer = ask("idps_tracked", as_of=date(2026, 4, 1))
    assert answer.value == 180
    assert answer.coverage.note == "1 of the 1 rounds that count reports on a day more than a year before the date"
    assert ask("idps_tracked", as_of=date(2026, 3, 30)).coverage.note == ""
    assert ask("idps_tracked", as_of=date(2026, 4, 1), by=("round",)).coverage.note == ""


def test_places_assessed_keeps_numerator_and_denominator_apart(personas: Personas, haiti: Operation) -> None:
    answer, moment = ask("places_assessed"), now()
    assert (answer.value, answer.apart) == (0.8, {"numerator": 8, "denominator": 10})
    by_round = {part["round"]: part["value"] for part in ask("places_assessed", by=("round",)).parts}
    assert by_round == {1: 0.5, 2: 0.8}
    correct(personas, last(haiti), SECOND, planned_locations=10, assessed_locations=9)
    assert ask("places_assessed").apart == {"numerator": 9, "denominator": 10}
    assert ask("places_assessed", known_at=moment).value == 0.8
    with scope.enter(scope.house("tests")):
        rows = lineage("tracking.places_assessed", as_of=DAY).rows
    assert [row["ref"] for row in rows] == [last(haiti).ref]


def test_rounds_of_the_year_and_a_withdrawn_one_is_none(personas: Personas, haiti: Operation) -> None:
    make_round(personas, haiti, 3, date(2024, 9, 30), FIRST)
    make_round(personas, haiti, 4, date(2024, 12, 31), FIRST, out=False)
    before, moment = ask("rounds_published"), now()
    assert before.value == 2  # of the last twelve months, and out
    assert parts(ask("rounds_published", by=("component",))) == {"area": 2}
    with personas.asking(personas.bakary):
        do(act_on("withdraw"), last(haiti), why="made by mistake")
    assert ask("rounds_published").value == 1
    assert ask("rounds_published", known_at=moment).value == 2
    with scope.enter(scope.house("tests")):
        rows = lineage("tracking.rounds_published", as_of=DAY, known_at=moment).rows
    assert sorted(row["number"] for row in rows) == [2, 3]


def on(day: date, verb: str, *record: Any, **said: Any) -> Any:
    """An act on operations, done by the house on a day."""
    with scope.enter(scope.house("tests")), clock(datetime(day.year, day.month, day.day, 12, tzinfo=UTC)):
        return do(find_register("tracking.operations").act(verb), *record, **said).record


def test_operations_are_told_as_they_stood_at_the_end_of_the_day(personas: Personas) -> None:
    """Their records hold no dates of their own: as of a past day means as recorded by then."""
    make_operation(personas, name="Of today")
    said = {"office": personas.dakar, "country": "HTI"}
    one = on(
        date(2024, 1, 10), "open_operation", name="One", protection_indicators=True, total_note="Other people", **said
    )
    two = on(date(2024, 1, 11), "open_operation", name="Two", informs_health=True, total_note="Other people", **said)
    two = on(date(2024, 6, 10), "describe", two, pandemic_indicators=True, protection_indicators=True)
    on(date(2024, 9, 1), "close", one)
    asked = ("operations_with_protection", "operations_with_pandemic_indicators", "countries_informing_health")
    told = {
        day: [ask(name, as_of=day).value for name in asked]
        for day in (date(2024, 1, 9), date(2024, 1, 10), date(2024, 3, 1), date(2024, 6, 10), date(2024, 12, 31))
    }
    assert list(told.values()) == [
        [None, None, 0],  # nothing was recorded yet
        [1.0, None, 0],
        [0.5, None, 1],
        [1.0, 1, 1],
        [1.0, 1, 1],  # the closed one is no part of the share any more
    ]
    assert ask("operations_with_protection", as_of=date(2024, 12, 31)).apart == {"numerator": 1, "denominator": 1}
    on(date(2025, 2, 1), "close", two)  # what it added it has added
    closed = ask("operations_with_pandemic_indicators", as_of=DAY, by=("state",))
    assert (closed.value, parts(closed)) == (1, {"closed": 1})
    assert ask("operations_with_pandemic_indicators", as_of=DAY, known_at=datetime(2024, 7, 1, tzinfo=UTC)).value == 1
    with scope.enter(scope.house("tests")):
        rows = lineage("tracking.operations_with_pandemic_indicators", as_of=DAY).rows
    assert [row["ref"] for row in rows] == [two.ref]
    for name in asked:
        assert "the end of the day" in figures.find(f"tracking.{name}").sentence


def test_countries_tracked_are_those_of_the_last_twelve_months(personas: Personas, haiti: Operation) -> None:
    chad = make_operation(personas, name="Lake", country="TCD")
    made = make_round(personas, chad, 1, date(2024, 3, 1), [spot("TD0101", 5)])
    assert ask("countries_tracked").value == 1
    assert ask("countries_tracked", as_of=BEFORE).value == 2
    with personas.asking(personas.bakary):
        do(act_on("withdraw"), made, why="counted elsewhere")
    assert ask("countries_tracked", as_of=BEFORE).value == 1
