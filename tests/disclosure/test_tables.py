"""Tables of rows, what is refused, and real tables."""

from __future__ import annotations

import csv
import itertools
import random
from pathlib import Path
from typing import Any

import pytest

from tests.disclosure.readers import whole_table
from waystation.disclosure import Cells, Dim, Structure, Unsound, audit, cells_from, suppress
from waystation.disclosure.circuits import Search
from waystation.kernel.refusals import Refused
from waystation.kernel.release import Spot, Watch, hidden_spots

SEX = Dim("sex", parts={"male", "female"}, total="all")
AREA = Dim("area", hierarchy={"a": "A", "b": "A"})
STRUCTURE = Structure((AREA, SEX))
BY_AREA: list[dict[str, Any]] = [
    {"area": "A", "value": 123},
    {"area": "a", "value": 23},
    {"area": "b", "value": 100},
]
BY_SEX: list[dict[str, Any]] = [
    {"area": "a", "sex": "male", "value": 20},
    {"area": "a", "sex": "female", "value": 3},
    {"area": "b", "sex": "male", "value": 60},
    {"area": "b", "sex": "female", "value": 40},
    {"area": "A", "sex": "male", "value": 80},
    {"area": "A", "sex": "female", "value": 43},
]


def test_linked_tables_are_looked_at_together() -> None:
    cells = cells_from([*BY_AREA, *BY_SEX], STRUCTURE)
    assert len(cells) == 9
    assert suppress(cells, STRUCTURE, 5).suppressed == {
        ("a", "female"): "small",
        **dict.fromkeys([("a", "male"), ("b", "male"), ("b", "female")], "complementary"),
    }


def test_where_no_total_was_listed_nothing_gives_a_count_back() -> None:
    rows = BY_SEX[:4]
    assert suppress(cells_from(rows, STRUCTURE), STRUCTURE, 5).suppressed == {("a", "female"): "small"}
    unknown = {"area": "b", "sex": None, "value": None}
    assert cells_from([*rows, unknown], STRUCTURE)["b", "all"] is None


@pytest.mark.parametrize(
    "rows, code",
    [
        ([{"area": "a", "sex": "male", "value": 1.5}], "disclosure.not_a_count"),
        ([{"area": "a", "sex": "male", "value": -1}], "disclosure.not_a_count"),
        ([{"area": "a", "sex": "male", "value": "7"}], "disclosure.not_a_count"),
        ([{"area": "a", "sex": "male", "value": True}], "disclosure.not_a_count"),
        ([{"area": "a", "sex": "male", "value": float("inf")}], "disclosure.not_a_count"),
        ([{"area": "a", "sex": "male"}], "disclosure.no_value"),
        ([{"area": "z", "sex": "male", "value": 1}], "disclosure.unknown_code"),
        ([*BY_AREA, {"area": "a", "value": 24}], "disclosure.conflict"),
        ([*BY_AREA[:2], {"area": "b", "value": 99}], "disclosure.not_additive"),
        ([BY_AREA[0], {"area": "a", "value": 200}], "disclosure.not_additive"),
    ],
)
def test_rows_that_cannot_be_judged_are_refused(rows: list[dict[str, Any]], code: str) -> None:
    with pytest.raises(Unsound) as refused:
        suppress(cells_from(rows, STRUCTURE), STRUCTURE, 5)
    assert refused.value.code == code
    assert str(refused.value)


def test_all_bad_rows_are_told_at_once_by_number() -> None:
    with pytest.raises(Unsound) as refused:
        cells_from([*BY_AREA, {"area": "a", "value": -1}, {"value": 2}, {"area": "b", "value": 0.5}], STRUCTURE)
    assert [(p.row, p.code) for p in refused.value.flaws] == [
        (4, "disclosure.not_a_count"),
        (5, "disclosure.conflict"),
        (6, "disclosure.not_a_count"),
    ]


def test_structures_that_cannot_be_are_refused() -> None:
    for code, wrong in {
        "cycle": lambda: Dim("d", hierarchy={"a": "b", "b": "a"}),
        "two_parents": lambda: Dim("d", hierarchy={"a": "b"}, parts=("a",), total="c"),
        "parts_missing": lambda: Dim("d", total="all"),
        "no_dims": lambda: Structure(()),
        "same_dim": lambda: Structure((SEX, SEX)),
        "threshold": lambda: suppress({}, STRUCTURE, 0),
        "no_code": lambda: cells_from([{"value": 1}], Structure((Dim("place"),))),
    }.items():
        with pytest.raises(Unsound) as refused:
            wrong()
        assert refused.value.code == f"disclosure.{code}"


def test_a_dimension_without_totals_keeps_populations_apart() -> None:
    structure = Structure((Dim("round"), SEX))
    one = {("1", "male"): 3, ("1", "female"): 50, ("1", "all"): 53}
    two = {("2", "male"): 30, ("2", "female"): 50, ("2", "all"): 80}
    assert {key[0] for key in suppress(one | two, structure, 5).suppressed} == {"1"}


def test_the_choice_does_not_depend_on_the_order_of_rows() -> None:
    rows = [*BY_AREA, *BY_SEX]
    first = suppress(cells_from(rows, STRUCTURE), STRUCTURE, 30).suppressed
    for seed in range(5):
        random.Random(seed).shuffle(rows)
        assert suppress(cells_from(rows, STRUCTURE), STRUCTURE, 30).suppressed == first


@pytest.fixture(scope="module")
def tables(shared_data: Path) -> Path:
    folder = shared_data / "disclosure" / "tables"
    if not folder.is_dir():
        pytest.skip("the folder of shared data has no disclosure/tables")
    return folder


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("threshold", [3, 10, 50])
def test_enterprises_by_activity_and_size(tables: Path, threshold: int) -> None:
    """The table INSEE publishes with rtauargus: four levels of activity by three sizes, numbers of enterprises."""
    rows = rows_of(tables / "rtauargus_turnover_act_size.csv")
    levels: dict[str, str] = {}
    for row in rows_of(tables / "rtauargus_activity_corr_table.csv"):
        chain = [row["A88"], row["A21"], row["A10"], "Total"]
        levels |= {child: parent for child, parent in itertools.pairwise(chain) if child != parent}
    structure = Structure((Dim("ACTIVITY", hierarchy=levels), Dim("SIZE", parts=("tr1", "tr2", "tr3"), total="Total")))
    cells: Cells = cells_from([row | {"N": int(row["N_OBS"])} for row in rows], structure, value="N")
    result = suppress(cells, structure, threshold)
    small = {key for key, value in cells.items() if value is not None and 0 < value < threshold}
    assert small
    assert {key for key, reason in result.suppressed.items() if reason == "small"} == small
    assert result.audit.safe
    assert audit(cells, result.suppressed, structure, threshold) == []
    assert any(leak.exact for leak in audit(cells, small, structure, threshold))
    assert ("Total", "Total") not in result.suppressed


def test_people_who_are_alone_with_their_keys(tables: Path) -> None:
    """The eight people of sdcMicro's textbook example: four of them are the only ones with their keys."""
    people = rows_of(tables / "sdcmicro_francdat.csv")
    names = ("Key1", "Key2", "Key3", "Key4")
    structure = Structure(tuple(Dim(name, parts={person[name] for person in people}, total="all") for name in names))
    leaves: dict[tuple[str, ...], int] = {}
    for person in people:
        key = tuple(person[name] for name in names)
        leaves[key] = leaves.get(key, 0) + 1
    assert sorted(leaves.values()) == [1, 1, 1, 1, 2, 2]
    table = whole_table(structure, leaves)
    result = suppress(table, structure, 2)
    assert {key for key in leaves if result.suppressed.get(key) == "small"} == {k for k, n in leaves.items() if n == 1}
    assert result.audit.safe
    assert audit(table, result.suppressed, structure, 2) == []


def test_more_combinations_of_codes_than_can_be_numbered_are_refused() -> None:
    dims = tuple(Dim(f"d{n}", parts=[str(code) for code in range(200)], total="all") for n in range(9))
    with pytest.raises(Unsound) as refused:
        suppress({("all",) * 9: 7}, Structure(dims), 5)
    assert refused.value.code == "disclosure.too_large"


def test_small_counts_without_a_proof_stop_the_release(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the search for circuits gives up, nothing leaves: here it is allowed to look at none."""
    monkeypatch.setattr(Search, "find", lambda *_asked, **_how: None)
    rows = [*BY_AREA, *BY_SEX]
    keys = [{"area": row["area"], "sex": row.get("sex") or "all"} for row in rows]
    spots = [Spot("p", key, "s", n, "value", row["value"]) for n, (key, row) in enumerate(zip(keys, rows, strict=True))]
    assert suppress(cells_from(rows, STRUCTURE), STRUCTURE, 5).audit.unproved == (("a", "female"),)
    with pytest.raises(Refused) as refused:
        hidden_spots(spots, {"p": Watch(5, STRUCTURE)})
    assert refused.value.code == "release.disclosure_leak"
