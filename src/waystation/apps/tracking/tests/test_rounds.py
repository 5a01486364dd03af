"""A round's life: what keeps it from being planned, filled, validated and withdrawn."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.personas import Personas
from waystation.apps.tracking.models import Round
from waystation.apps.tracking.tests.making import act_on, correct, fresh, make_operation, make_round, receive, spot
from waystation.kernel import facts
from waystation.kernel.acts import do
from waystation.kernel.figures import value
from waystation.kernel.refusals import Refused
from waystation.kernel.register import find_register

DAY = date(2025, 3, 31)


def refused(personas: Personas, who: Any, verb: str, *on: Any, **said: Any) -> str:
    """The code with which an act is refused."""
    with personas.asking(who), pytest.raises(Refused) as told:
        do(act_on(verb), *on, **said)
    return told.value.code


@pytest.mark.parametrize(
    "said,code",
    [
        ({"period_start": date(2025, 4, 1), "period_end": date(2025, 3, 1)}, "tracking.dates_reversed"),
        ({"reporting_date": date(1989, 12, 31)}, "tracking.date_impossible"),
        ({"reporting_date": date(2999, 1, 1)}, "tracking.date_impossible"),
        ({"component": "guess"}, "tracking.unknown_component"),
        ({"number": 1}, "tracking.round_exists"),
    ],
)
def test_a_round_that_cannot_be_planned(personas: Personas, said: dict[str, Any], code: str) -> None:
    operation = make_operation(personas)
    with personas.asking(personas.amina):
        do(act_on("plan"), operation=operation, number=1, reporting_date=DAY)
    wanted = {"operation": operation, "number": 2, "reporting_date": DAY} | said
    assert refused(personas, personas.amina, "plan", **wanted) == code
    assert Round.everything.count() == 1


def test_a_round_is_no_country_wide_mix_of_more_places_than_were_planned(personas: Personas) -> None:
    operation = make_operation(personas)
    with personas.asking(personas.amina):
        made = do(act_on("plan"), operation=operation, number=1, reporting_date=DAY, planned_locations=3).record
    with pytest.raises(Refused) as told:
        receive(personas, made, [spot("HT0111", 5)], assessed_locations=4)
    assert told.value.code == "tracking.more_assessed_than_planned"
    assert fresh(made).data_version == 0


def test_without_rows_there_is_nothing_to_validate_or_withdraw(personas: Personas) -> None:
    operation = make_operation(personas)
    with personas.asking(personas.amina):
        made = do(act_on("plan"), operation=operation, number=1, reporting_date=DAY).record
    Round.everything.filter(pk=made.pk).update(state="cleaning")  # a round whose rows were lost on the way
    assert refused(personas, personas.bakary, "validate", fresh(made)) == "tracking.no_observations"
    assert (
        refused(personas, personas.bakary, "withdraw", fresh(made), why="made by mistake")
        == "tracking.nothing_published"
    )


def test_a_reason_of_blanks_is_no_reason(personas: Personas) -> None:
    made = make_round(personas, make_operation(personas), 1, DAY, [spot("HT0111", 5)])
    assert refused(personas, personas.amina, "correct", made, why="  \n") == "kernel.argument_missing"
    assert fresh(made).state == "published"


def test_a_correction_is_a_new_version_and_the_old_one_stays_readable(personas: Personas) -> None:
    made = make_round(personas, make_operation(personas), 1, DAY, [spot("HT0111", 5), spot("HT0112", 8)])
    before = made.published_at
    corrected = correct(personas, made, [spot("HT0111", 5), spot("HT0112", 7)])
    assert (corrected.published_version, corrected.state) == (2, "published")
    with personas.asking(personas.amina):
        assert value("tracking.people_present", where={"round": 1}, across={"operation": "one"}).value == 12
        assert value("tracking.people_present", known_at=before, where={"round": 1}).value == 13


def test_the_rows_of_a_published_round_are_made_before_anyone_asks(personas: Personas, home: Path) -> None:
    made = make_round(personas, make_operation(personas), 1, DAY, [spot("HT0111", 5), spot("HT0112", 8)])
    kept = home / "derived" / "tracking.published"
    assert not kept.exists()
    assert facts.deliver() == 1
    assert len(list(kept.glob("*.parquet"))) == 1
    correct(personas, made, [spot("HT0111", 6)])
    assert facts.deliver() == 1
    assert len(list(kept.glob("*.parquet"))) == 2


def test_two_operations_of_a_country_are_added_only_with_a_reason(personas: Personas) -> None:
    first = make_operation(personas, "Mobility tracking", total_note="")
    opening = find_register("tracking.operations")
    said = {"name": "Site assessments", "country": "HTI", "office": personas.dakar}
    with personas.asking(personas.amina):
        with pytest.raises(Refused) as told:
            do(opening.act("open_operation"), **said)
        assert told.value.code == "tracking.say_why_added"
        assert str(first) in str(told.value)
        apart = do(opening.act("open_operation"), **said, in_total=False).record
        with pytest.raises(Refused):
            do(opening.act("describe"), apart, in_total=True)
        assert do(opening.act("describe"), apart, in_total=True, total_note="Only people in camps").record.in_total
