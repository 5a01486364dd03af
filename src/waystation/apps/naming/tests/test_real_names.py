"""The targets on real names: those of real workbooks with their codes hidden, against lists others made."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import place_names
from waystation.apps.naming.queries.matching import Index
from waystation.apps.naming.shapes import Place


@pytest.fixture(scope="module")
def places(shared_data: Path) -> list[Place]:
    return place_names.gazetteer(shared_data)


@pytest.fixture(scope="module")
def index(places: list[Place]) -> Index:
    assert len(places) > 45_000
    return Index(places)


def test_names_of_real_workbooks_find_their_codes(shared_data: Path, index: Index) -> None:
    books, renumbered, _countries, _levels = place_names.real(shared_data, index)
    total = sum(books[1:], books[0])
    assert total.names > 1000
    assert total.decided >= place_names.DECIDED * total.names
    assert total.right >= place_names.RIGHT * total.decided
    whole = sum(renumbered, total)  # even where the workbook's codes are of another edition and cannot be right
    assert whole.decided >= place_names.DECIDED * whole.names
    assert whole.right >= place_names.RIGHT * whole.decided


def test_names_in_other_scripts_are_decided_rightly(shared_data: Path, index: Index) -> None:
    scores = [place_names.scored(book, index) for book in place_names.in_other_scripts(shared_data)]
    assert all(one.right == one.decided for one in scores)
    assert scores[0].decided >= 18  # Yemen's 22 governorates in Arabic
    assert scores[1].decided >= 15  # Iraq's 18


@pytest.mark.parametrize("way", place_names.DAMAGE)
def test_spoilt_names_are_right_or_asked_about(places: list[Place], index: Index, way: str) -> None:
    score = place_names.scored(place_names.spoilt(places, way, 300, above=True), index, place_names.at_second)
    assert score.decided >= 0.7 * score.names
    assert score.right >= 0.99 * score.decided


def test_places_that_are_not_held_are_asked_about(places: list[Place]) -> None:
    kept, book = place_names.held_out(places, 0.05)
    score = place_names.scored(book, Index(kept), place_names.at_second)
    assert score.names > 1000
    assert score.decided <= 0.03 * score.names


def test_five_thousand_names_against_everything_in_ten_seconds(places: list[Place]) -> None:
    assert sum(place_names.speed(places)) < place_names.SECONDS
