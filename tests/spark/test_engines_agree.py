"""DuckDB and Spark give the same numbers: the same expressions, run on both over the same files."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.personas import Personas
from waystation.apps.counting.api import change_rows, with_confidence
from waystation.apps.counting.tests.rows import SUMMER, arrow
from waystation.apps.counting.tests.rows import spot as counted
from waystation.apps.tracking.tests.making import correct, make_operation, make_round, spot
from waystation.kernel import engines, scope
from waystation.kernel.datasets import find
from waystation.kernel.figures import value
from waystation.kernel.refusals import Refused

missing = [
    name
    for name, there in (("pyspark", importlib.util.find_spec("pyspark")), ("Java", shutil.which("java")))
    if not there
]
if missing:
    pytest.skip(f"Spark: {', '.join(missing)} is missing; see python3 go.py spark", allow_module_level=True)
pytestmark = [
    # py4j leaves its sockets to the garbage collector; nothing of ours opens one here
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def told(personas: Personas) -> Iterator[None]:
    """Two operations with several rounds, one corrected, with counts that nobody knows."""
    north, south = make_operation(personas, "North"), make_operation(personas, "South")
    for number, month in enumerate((3, 6, 9), start=1):
        rows = [
            spot(f"HT{a:02}{b:02}", 100 * a + 10 * b + number, males=40 * a, females=50 * a, households=20 * a,
                 reason=("conflict", "disaster", None)[b % 3], informants=b, informant_kinds=a % 3 + 1,
                 agreement=b / 7, access=("full", "partial", "none")[a % 3], collected_on=date(2025, month, 1))
            for a in range(1, 5) for b in range(1, 7)
        ]  # fmt: skip
        rows += [spot("HT0107", None), spot("HT0108", 12 * number, population_group="returned_internal")]
        first = make_round(personas, north, number, date(2025, month, 28), rows)
        make_round(personas, south, number, date(2025, month, 15), rows[::2])
    correct(personas, first, rows[1:])
    with scope.enter(scope.house("tests")):
        yield


def both(ask: Any) -> list[Any]:
    """What a question gives on each engine."""
    found = []
    for engine in ("duckdb", "spark"):
        with engines.using(engine):
            found.append(ask())
    return found


@pytest.mark.parametrize("by", [(), ("admin2", "round"), ("sex",), ("reason",), ("reporting_date", "admin1")])
def test_a_figure_is_the_same_number(told: None, by: tuple[str, ...]) -> None:
    where = {"operation": "HTI-NORTH", "population_group": "displaced"}

    def ask() -> dict[str, Any]:
        answer = value("tracking.people_present", by=by, where=where).as_dict()
        answer.pop("known_at")
        return answer

    duck, spark = both(ask)
    assert duck == spark
    assert duck["rows"] > 0


def test_every_figure_that_can_be_asked_alone(told: None) -> None:
    from waystation.kernel.figures import figures

    def ask() -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name in sorted(figures):
            try:
                answer = value(name)
            except Refused as refused:
                found[name] = refused.code
            else:
                found[name] = (answer.value, answer.rows, answer.unknown, answer.fingerprint)
        return found

    duck, spark = both(ask)
    assert duck == spark


def test_confidence_is_the_same_to_the_last_digit_that_counts(told: None) -> None:
    kind = find("tracking.observations")

    def ask() -> list[tuple[Any, ...]]:
        rows = with_confidence(kind.scan(list(kind.in_force())))
        kept = rows.select("_key", "_row", "confidence", "confidence_word").order_by(["_key", "_row"])
        table = engines.fetch(kept).to_pylist()
        return [(one["_key"], one["_row"], one["confidence_word"], round(one["confidence"] or -1, 12)) for one in table]

    duck, spark = both(ask)
    assert duck == spark
    assert {word for _key, _row, word, _score in duck} >= {"high", "medium"}


def test_another_engine_tells_the_same_parts(tmp_path: Path) -> None:
    back = {"population_group": "returned_internal"}
    rows = [
        *(counted(1, f"{area}{n}{place}", 40 * n + 7, **more) for area in "AB" for n in (1, 2) for place in "xy" for more in ({}, back)),
        *(counted(2, f"{area}{n}x", 31 * n + 2, **more) for area in "AB" for n in (1, 2, 3) for more in ({}, back)),
        counted(2, "A1y", 900, arrival_from=SUMMER, location_code=None), counted(2, "B2y", 7, reassessed=False), counted(3, "A1x", 6),
    ]  # fmt: skip
    path = tmp_path / "rows.parquet"
    pq.write_table(arrow(rows), path)
    ours = parts_in(path)
    with engines.using("spark"):
        assert parts_in(path) == ours


def parts_in(path: Path) -> list[tuple[str, ...]]:
    """Every row of the parts, in an order."""
    names = ("pair", "admin1", "admin2", "part", "value", "place", "before", "after", "_key", "_row")
    found = engines.fetch(change_rows(engines.scan([path], find("tracking.observations").schema))).to_pylist()
    return sorted(tuple(str(one[name]) for name in names) for one in found)
