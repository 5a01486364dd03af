"""Suppression against readers who try every table that agrees with what is published."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.disclosure.readers import Table, possible_values, sums, whole_table
from waystation.disclosure import Dim, Key, Result, Structure, Unsound, audit, suppress

SEX = Dim("sex", parts=("female", "male"), total="all")


def two_by_two(a: int, b: int, c: int, d: int) -> tuple[Structure, Table]:
    structure = Structure((Dim("area", parts=("north", "south"), total="country"), SEX))
    leaves = {
        ("north", "female"): a, ("north", "male"): b, ("south", "female"): c, ("south", "male"): d,
    }  # fmt: skip
    return structure, whole_table(structure, leaves)


def assert_proved(structure: Structure, table: Table, result: Result, threshold: int) -> None:
    """Each small cell has two tables of counts that publish the same and in which it is at either end."""
    for key, reason in result.suppressed.items():
        if reason != "small":
            continue
        low, high = ({k: v + change.get(k, 0) for k, v in table.items()} for change in result.alternatives(key))
        assert low[key] == 0
        assert high[key] >= threshold - 1
        for other in (low, high):
            assert min(other.values()) >= 0
            assert all(other[k] == v for k, v in table.items() if k not in result.suppressed)
            for total, parts, whole in sums(structure, table):
                short = other[total] - sum(other[part] for part in parts)
                assert short == 0 if whole else short >= 0


def test_the_textbook_table_hides_a_square() -> None:
    structure, table = two_by_two(3, 20, 40, 60)
    result = suppress(table, structure, 5)
    assert result.suppressed == {
        ("north", "female"): "small",
        ("north", "male"): "complementary",
        ("south", "female"): "complementary",
        ("south", "male"): "complementary",
    }
    assert result.audit.safe
    assert result.raised == ()
    assert_proved(structure, table, result, 5)


def test_hiding_the_small_cell_alone_gives_it_back() -> None:
    structure, table = two_by_two(3, 20, 40, 60)
    (leak,) = audit(table, {("north", "female")}, structure, 5)
    assert (leak.key, leak.low, leak.high, leak.exact) == (("north", "female"), 3, 3, True)


def test_a_published_small_cell_is_a_leak() -> None:
    structure, table = two_by_two(3, 20, 40, 60)
    assert [leak.exact for leak in audit(table, set(), structure, 5)] == [True]


def test_an_interval_narrower_than_the_threshold_is_a_leak() -> None:
    structure = Structure((Dim("area", parts=("a", "b", "c"), total="all"),))
    table: Table = {("a",): 1, ("b",): 1, ("c",): 98, ("all",): 100}
    found = audit(table, {("a",), ("b",)}, structure, 5)
    assert [(leak.low, leak.high, leak.exact) for leak in found] == [(1, 1, True)] * 2  # zeros would be published
    result = suppress(table, structure, 5)
    assert result.suppressed[("c",)] == "complementary"
    assert audit(table, result.suppressed, structure, 5) == []


def test_elimination_finds_what_no_single_equation_shows() -> None:
    """Two rows hidden crosswise in two columns: their sum, less the others, gives one cell back."""
    structure = Structure(
        (Dim("row", parts=("1", "2"), total="rows"), Dim("column", parts=("a", "b", "c"), total="columns"))
    )
    leaves = {("1", "a"): 30, ("1", "b"): 40, ("1", "c"): 3, ("2", "a"): 50, ("2", "b"): 60, ("2", "c"): 70}
    table = whole_table(structure, leaves)
    hidden = {("1", "a"), ("1", "b"), ("1", "c"), ("2", "a"), ("2", "b")}
    assert [leak.key for leak in audit(table, hidden, structure, 5) if leak.exact] == [("1", "c")]


def test_a_chain_of_only_children_is_hidden_up_to_where_it_branches() -> None:
    structure = Structure((Dim("area", hierarchy={"a": "A", "A": "top", "B": "top", "b": "B"}),))
    table: Table = {("a",): 3, ("A",): 3, ("B",): 90, ("b",): 90, ("top",): 93}
    result = suppress(table, structure, 10)
    assert result.suppressed == {("a",): "small", ("A",): "small", ("B",): "complementary", ("b",): "complementary"}


def test_where_nothing_else_remains_the_totals_above_are_hidden_and_said() -> None:
    structure = Structure((Dim("area", hierarchy={"a": "A", "A": "top"}),))
    table: Table = {("a",): 3, ("A",): 30, ("top",): 30}
    with pytest.raises(Unsound, match="not_additive"):
        suppress(table, structure, 10)
    structure = Structure((Dim("area", hierarchy={"a": "A", "b": "A", "A": "top"}),))
    table = {("a",): 9, ("b",): 9, ("A",): 18, ("top",): 18}
    assert suppress(table, structure, 10).raised == ()  # 9 + 9: each may be 0 to 18
    table = {("a",): 9, ("b",): 1, ("A",): 10, ("top",): 10}
    assert suppress(table, structure, 10).raised == ()
    table = {("a",): 10, ("b",): 0, ("A",): 10, ("top",): 10}
    assert suppress(table, structure, 10).suppressed == {}
    table = {("a",): 4, ("b",): 0, ("A",): 4, ("top",): 4}
    assert set(suppress(table, structure, 10).suppressed) == {("a",), ("A",), ("top",)}


def test_ten_ones_under_a_published_ten_are_not_given_away_by_published_zeros() -> None:
    structure = Structure((Dim("area", parts=tuple("abcdefghij"), total="all"),))
    table: Table = dict.fromkeys([(code,) for code in "abcdefghij"], 1)
    table["all",] = 10
    result = suppress(table, structure, 10)
    assert result.suppressed["all",] == "complementary"
    assert result.raised == (("all",),)


def test_zeros_are_published_and_used_last() -> None:
    structure, table = two_by_two(3, 0, 0, 50)
    result = suppress(table, structure, 5)
    assert all(table[key] for key in result.suppressed)
    assert_proved(structure, table, result, 5)


def test_zeros_are_small_where_declared() -> None:
    structure, table = two_by_two(0, 20, 40, 60)
    assert suppress(table, structure, 5).suppressed == {}
    result = suppress(table, structure, 5, zeros_ok=False)
    assert result.suppressed["north", "female"] == "small"
    assert len(result.suppressed) == 4


def test_linked_tables_protect_each_other() -> None:
    """By sex and by reason, never crossed: the areas' totals are the same cells in both tables."""
    reason = Dim("reason", parts=("conflict", "disaster"), total="any")
    structure = Structure((Dim("area", hierarchy={"a": "A", "b": "A"}), SEX, reason))
    by_sex = {("a", "female"): 30, ("a", "male"): 3, ("b", "female"): 50, ("b", "male"): 60}
    by_reason = {("a", "conflict"): 13, ("a", "disaster"): 20, ("b", "conflict"): 100, ("b", "disaster"): 10}
    table: Table = {}
    for (area, code), count in whole_table(Structure((structure.dims[0], SEX)), by_sex).items():
        table[area, code, "any"] = count
    for (area, code), count in whole_table(Structure((structure.dims[0], reason)), by_reason).items():
        table[area, "all", code] = count
    result = suppress(table, structure, 5)
    assert result.audit.safe
    assert audit(table, result.suppressed, structure, 5) == []
    assert_proved(structure, table, result, 5)
    assert set(result.suppressed) == {(a, s, "any") for a in "ab" for s in ("female", "male")}


def test_a_small_cell_nobody_printed_is_protected_too() -> None:
    """Women of the north are left out of the table, and are all less men."""
    structure, table = two_by_two(3, 20, 40, 60)
    del table["north", "female"]
    result = suppress(table, structure, 5)
    assert set(result.suppressed.values()) == {"complementary"}
    assert result.audit.proved == 1
    assert [leak.key for leak in audit(table, set(), structure, 5)] == [("north", "female")]


def test_unknown_is_neither_hidden_nor_zero_nor_cover() -> None:
    """The unknown value adds nothing to the total, so a reader can leave it out of the sum."""
    structure = Structure((Dim("area", parts=("a", "b", "c"), total="all"),))
    table: dict[Key, int | None] = {("a",): 3, ("b",): None, ("c",): 97, ("all",): 100}
    assert suppress(table, structure, 5).suppressed == {("a",): "small", ("c",): "complementary"}
    assert suppress({("a",): None, ("all",): None}, structure, 5).suppressed == {}


def test_dropped_rows_of_zero_are_no_cover() -> None:
    """The level between is not published and the empty areas were left out: the listed ones still add up."""
    structure = Structure((Dim("area", hierarchy={"a": "A", "b": "A", "c": "B", "d": "B", "A": "top", "B": "top"}),))
    table: Table = {("a",): 3, ("c",): 97, ("top",): 100}
    assert suppress(table, structure, 5).suppressed == {("a",): "small", ("c",): "complementary"}


def test_a_remainder_covers_as_far_as_it_goes() -> None:
    structure = Structure((Dim("area", parts=("a", "b", "c", "d"), total="all"),))
    wide: Table = {("a",): 3, ("b",): 50, ("all",): 100}
    assert suppress(wide, structure, 5).suppressed == {("a",): "small"}
    tight: Table = {("a",): 2, ("b",): 97, ("all",): 100}
    assert suppress(tight, structure, 5).suppressed == {("a",): "small", ("b",): "complementary"}


@st.composite
def tables(draw: st.DrawFn, largest: int = 14, areas: int = 8, dims: int = 3) -> tuple[Structure, Table]:
    count = draw(st.integers(2, areas))
    parents = {f"p{i}": f"p{draw(st.integers(0, i - 1))}" for i in range(1, count)}
    reason = Dim("reason", parts=("r", "s", "t"), total="any")
    structure = Structure((Dim("area", hierarchy=parents), SEX, reason)[: draw(st.integers(1, dims))])
    low = [sorted(set(dim.codes) - set(dim.parents.values())) for dim in structure.dims]
    keys: list[Key] = [()]
    for codes in low:
        keys = [(*key, code) for key in keys for code in codes]
    value = st.one_of(st.just(0), st.integers(0, largest))
    counts = draw(st.lists(value, min_size=len(keys), max_size=len(keys)))
    return structure, whole_table(structure, dict(zip(keys, counts, strict=True)))


@settings(deadline=None, max_examples=200)
@given(tables(), st.integers(2, 12), st.booleans())
def test_every_small_cell_stays_between_nothing_and_the_threshold(
    made: tuple[Structure, Table], threshold: int, zeros_ok: bool
) -> None:
    structure, table = made
    result = suppress(table, structure, threshold, zeros_ok=zeros_ok)
    assert result.audit.safe
    assert audit(table, result.suppressed, structure, threshold, zeros_ok=zeros_ok) == []
    small = {k for k, v in table.items() if v < threshold and (v > 0 or not zeros_ok)}
    assert {k for k, reason in result.suppressed.items() if reason == "small"} == small
    if not small:
        assert result.suppressed == {}
    assert_proved(structure, table, result, threshold)


@settings(deadline=None, max_examples=150)
@given(tables(largest=4, areas=4, dims=2), st.integers(2, 4))
def test_a_reader_who_tries_every_table_learns_nothing(made: tuple[Structure, Table], threshold: int) -> None:
    structure, table = made
    result = suppress(table, structure, threshold)
    hidden = set(result.suppressed)
    seen = possible_values(structure, table, hidden, 4 + threshold)
    knows_zeros = possible_values(structure, table, hidden, 4 + threshold, least=1)
    for key, reason in result.suppressed.items():
        if reason == "small":
            assert min(seen[key]) == 0
            assert max(seen[key]) >= threshold - 1
            if all(table[k] for k in hidden):
                assert max(knows_zeros[key]) >= threshold - 1
                assert len(knows_zeros[key]) > 1


@settings(deadline=None, max_examples=150)
@given(tables(largest=4, areas=4, dims=2), st.data())
def test_the_attack_reports_no_leak_that_is_none(made: tuple[Structure, Table], data: st.DataObject) -> None:
    structure, table = made
    hidden = {key for key in table if table[key] and data.draw(st.booleans())}
    seen = possible_values(structure, table, hidden, sum(table.values()) if len(hidden) < 4 else 8, least=1)
    for leak in audit(table, hidden, structure, 3):
        if leak.key in hidden:
            assert min(seen[leak.key]) >= leak.low
            assert leak.high is None or max(seen[leak.key]) <= leak.high
            assert not leak.exact or seen[leak.key] == {table[leak.key]}


@settings(deadline=None, max_examples=150)
@given(tables(), st.integers(2, 8), st.data())
def test_incomplete_tables_are_proved_as_far_as_they_are_listed(
    made: tuple[Structure, Table], threshold: int, data: st.DataObject
) -> None:
    structure, table = made
    listed = {key: count for key, count in table.items() if data.draw(st.integers(0, 3))}
    result = suppress(listed, structure, threshold)
    assert set(result.suppressed) <= set(listed)
    assert result.audit.safe
    assert audit(listed, result.suppressed, structure, threshold) == []
    assert_proved(structure, listed, result, threshold)
