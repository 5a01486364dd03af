"""The confidence of a count: what is known weighs, what is unknown does not, and too little is unknown."""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis
import pyarrow as pa
import pytest

from waystation.apps.counting.queries.confidence import WEIGHTS, with_confidence
from waystation.apps.tracking.datasets.tables import observations
from waystation.kernel.engines import fetch

DAY = date(2025, 6, 30)


def confidence(**row: Any) -> tuple[float | None, str]:
    """The score and the word of one row."""
    given = {"reporting_date": DAY, **row}
    names = ("reporting_date", "collected_on", "informants", "informant_kinds", "agreement", "access", "reassessed")
    schema = pa.schema([pa.field(name, observations.col(name).type) for name in names])
    table = ibis.memtable(pa.Table.from_pylist([given], schema=schema))
    found = fetch(with_confidence(table)).to_pylist()[0]
    return found["confidence"], found["confidence_word"]


def test_the_weights_are_shares_of_one() -> None:
    assert sum(WEIGHTS.values()) == pytest.approx(1.0)


def test_all_parts_at_their_best_are_one() -> None:
    score, word = confidence(
        informants=5, informant_kinds=3, agreement=1.0, access="full", collected_on=date(2025, 6, 15)
    )
    assert (score, word) == (pytest.approx(1.0), "high")


def test_all_parts_at_their_worst_are_nothing() -> None:
    score, word = confidence(
        informants=0, informant_kinds=0, agreement=0.0, access="none", collected_on=date(2023, 1, 1)
    )
    assert (score, word) == (0.0, "low")


def test_a_count_by_hand() -> None:
    # 0.20 * 2/3 + 0.30 * 0.5 + 0.15 * 0.6 over the 0.65 that is known
    score, word = confidence(informants=2, agreement=0.5, access="partial")
    assert score == pytest.approx((0.20 * 2 / 3 + 0.15 + 0.09) / 0.65)
    assert word == "medium"


@pytest.mark.parametrize(
    "row",
    [{}, {"access": "unknown"}, {"informants": 3, "access": "full"}],
)
def test_too_little_known_is_unknown_and_not_low(row: dict[str, Any]) -> None:
    assert confidence(**row) == (None, "unknown")


def test_age_falls_in_a_straight_line_and_a_count_taken_over_has_none() -> None:
    known = {"agreement": 1.0, "access": "full"}
    half = date.fromordinal(DAY.toordinal() - 198)
    fresh, _word = confidence(collected_on=date(2025, 6, 1), **known)
    older, _word = confidence(collected_on=half, **known)
    carried, _word = confidence(collected_on=date(2025, 6, 1), reassessed=False, **known)
    assert fresh == pytest.approx(1.0)
    assert older == pytest.approx((0.45 + 0.20 * (365 - 198) / 335) / 0.65)
    assert carried == pytest.approx(0.45 / 0.65)


def test_a_date_after_the_report_is_fresh_and_never_more_than_one() -> None:
    score, _word = confidence(collected_on=date(2025, 7, 20), agreement=1.0, access="full")
    assert score == pytest.approx(1.0)
