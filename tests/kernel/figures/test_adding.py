"""What may be added and what is refused; what is unknown; parts and wholes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from tests.kernel.figures import counting
from tests.kernel.figures.counting import put, row
from waystation.kernel import figures
from waystation.kernel.refusals import Refused

pytestmark = pytest.mark.django_db
JAN, FEB, MAR = date(2025, 1, 31), date(2025, 2, 28), date(2025, 3, 31)


@pytest.fixture(autouse=True)
def _declared() -> Iterator[None]:
    with counting.declared():
        yield


def ask(word: str, **more: Any) -> Any:
    return figures.value(f"counting.{word}", **more).value


def parts(word: str, by: tuple[str, ...], **more: Any) -> dict[Any, Any]:
    answer = figures.value(f"counting.{word}", by=by, **more)
    return {tuple(part[name] for name in by) if len(by) > 1 else part[by[0]]: part["value"] for part in answer.parts}


def refused(call: Any, *args: Any, **more: Any) -> str:
    with pytest.raises(Refused) as caught:
        call(*args, **more)
    return caught.value.code


def test_a_stock_takes_the_last_value_of_each_and_adds_over_places() -> None:
    put("one", [row(JAN, "p", 10), row(JAN, "q", 5), row(FEB, "p", 7), row(FEB, "q", 4)])
    put("two", [row(JAN, "r", 100, team="blue")])
    assert ask("stock", as_of=MAR) == 111
    assert ask("stock", as_of=JAN) == 115
    assert ask("additive", as_of=MAR) == 126
    assert ask("maximum", as_of=MAR) == 100


def test_a_place_missing_from_the_last_round_is_no_part_of_it_asked_alone_or_as_a_part() -> None:
    put("one", [row(JAN, "p", 10), row(JAN, "q", 5), row(FEB, "p", 7)])
    assert parts("stock", ("place",), as_of=MAR) == {"p": 7}
    assert ask("stock", as_of=MAR, where={"place": "q"}) is None
    assert ask("stock", as_of=MAR, where={"day": JAN, "place": "q"}) == 5


def test_split_over_time_a_stock_shows_every_date_and_has_no_sum() -> None:
    put("one", [row(JAN, "p", 10, step=1), row(FEB, "p", 7, step=2)])
    answer = figures.value("counting.stock", by=("day",), as_of=MAR)
    assert (answer.value, [part["value"] for part in answer.parts]) == (None, [10, 7])
    assert parts("stock", ("step",), as_of=MAR) == {1: 10, 2: 7}
    assert figures.value("counting.additive", by=("day",), as_of=MAR).value == 17
    assert refused(figures.roll_up, answer, "day") == "figures.wrong_roll_up"
    assert refused(figures.roll_up, figures.value("counting.stock", by=("step",)), "step") == "figures.wrong_roll_up"


@pytest.mark.parametrize(
    "word, over, right",
    [
        ("additive", "place", 12), ("additive", "day", 12), ("stock", "place", 12), ("stock", "day", None),
        ("share", "place", 0.5), ("share", "day", None), ("distinct", "place", None), ("distinct", "day", None),
        ("latest", "place", None), ("maximum", "place", 9), ("maximum", "day", 9),
    ],
)  # fmt: skip
def test_each_additivity_rolls_up_its_own_way_or_refuses(word: str, over: str, right: float | None) -> None:
    put("one", [row(JAN, "p", 3, of=8, person="x"), row(JAN, "q", 9, of=16, person="x")])
    answer = figures.value(f"counting.{word}", by=(over,), across={"kind": "one kind"})
    if right is None:
        assert refused(figures.roll_up, answer, over) == "figures.wrong_roll_up"
    else:
        assert [one["value"] for one in figures.roll_up(answer, over)] == [right]


def test_people_are_counted_once_however_they_are_split() -> None:
    put("one", [row(JAN, "p", 1, person="x"), row(JAN, "q", 1, person="x"), row(JAN, "q", 1, person="y")])
    put("two", [row(JAN, "q", 1, person=None)])
    answer = figures.value("counting.distinct", by=("place",))
    assert (answer.value, {p["place"]: p["value"] for p in answer.parts}) == (2, {"p": 1, "q": 2})
    assert answer.unknown == 1


def test_the_last_value_known_of_several_is_not_one_value() -> None:
    put("one", [row(JAN, "p", 3), row(FEB, "p", 4), row(FEB, "q", 9)])
    assert ask("latest", where={"place": "p"}) == 4
    assert parts("latest", ("place",), where={"place": "p"}) == {"p": 4}
    assert refused(figures.value, "counting.latest") == "figures.wrong_roll_up"


def test_a_share_keeps_numerator_and_denominator_apart() -> None:
    put("one", [row(JAN, "p", 1, of=2), row(JAN, "q", 0, of=6), row(JAN, "r", None, of=90), row(JAN, "s", 5, of=None)])
    answer = figures.value("counting.share", by=("place",))
    assert answer.value == 1 / 8
    told = {p["place"]: (p["numerator"], p["denominator"], p["value"]) for p in answer.parts}
    assert told == {"p": (1, 2, 0.5), "q": (0, 6, 0.0), "r": (None, None, None), "s": (None, None, None)}
    assert (answer.rows, answer.unknown) == (4, 2)


def test_nothing_to_share_is_no_share() -> None:
    put("one", [row(JAN, "p", 0, of=0)])
    assert ask("share") is None


def test_unknown_is_never_zero() -> None:
    put("one", [row(JAN, "p", None), row(JAN, "q", 0), row(JAN, "r", None), row(JAN, "r", 4)])
    answer = figures.value("counting.stock", by=("place",))
    assert {p["place"]: (p["value"], p["unknown"]) for p in answer.parts} == {"p": (None, 1), "q": (0, 0), "r": (4, 1)}
    assert (answer.value, answer.rows, answer.unknown) == (4, 4, 2)
    assert ask("stock", where={"place": "p"}) is None
    assert ask("stock", as_of=date(2024, 1, 1)) is None


def test_what_nobody_said_is_one_part_called_unknown() -> None:
    put("one", [row(JAN, None, 3), row(JAN, "unknown", 4), row(JAN, "p", 5)])
    assert parts("stock", ("place",)) == {"p": 5, "unknown": 7}
    assert ask("stock", where={"place": "unknown"}) == 7
    assert ask("stock", where={"place": ["unknown", "p"]}) == 12


def test_what_must_stay_apart_is_not_added_unless_someone_says_why() -> None:
    put("one", [row(JAN, "p", 3, kind="a"), row(JAN, "q", 4, kind="b"), row(JAN, "q", 5, kind=None)])
    with pytest.raises(Refused) as caught:
        figures.value("counting.stock")
    assert (caught.value.code, caught.value.problems[0].params["count"]) == ("figures.never_across", 3)
    assert refused(figures.value, "counting.stock", by=("place",)) == "figures.never_across"
    assert parts("stock", ("place", "kind")) == {("p", "a"): 3, ("q", "b"): 4, ("q", "unknown"): 5}
    assert ask("stock", where={"kind": "b"}) == 4
    answer = figures.value("counting.stock", across={"kind": "they are counted apart and never overlap"})
    assert (answer.value, answer.across["kind"]) == (12, "they are counted apart and never overlap")
    assert refused(figures.value, "counting.stock", across={"kind": " "}) == "figures.say_why"
    split = figures.value("counting.stock", by=("kind",))
    assert refused(figures.roll_up, split, "kind") == "figures.never_across"


def test_each_place_of_one_kind_may_be_shown_though_the_whole_may_not_be_added() -> None:
    put("one", [row(JAN, "p", 3, kind="a"), row(JAN, "q", 4, kind="b")])
    answer = figures.value("counting.stock", by=("place",))
    assert {p["place"]: p["value"] for p in answer.parts} == {"p": 3, "q": 4}
    assert answer.value is None


def test_what_a_figure_does_not_know_is_refused_by_name() -> None:
    assert refused(figures.value, "counting.no_such") == "kernel.unknown_name"
    for asked in ({"by": ("colour",)}, {"where": {"colour": "x"}}, {"across": {"colour": "x"}}):
        assert refused(figures.value, "counting.stock", **asked) == "figures.unknown_dim"
    assert refused(figures.lineage, "counting.stock", where={"colour": "x"}) == "figures.unknown_dim"


def test_floats_add_exactly_whatever_the_order(monkeypatch: pytest.MonkeyPatch) -> None:
    def tenths(at: Any) -> Any:
        rows = at.table("counting.rows")
        return rows.mutate(value=rows["count"] / 10)

    counting.redeclared("counting.additive", monkeypatch, run=tenths)
    put("one", [row(JAN, "p", 1)] * 7)
    assert str(ask("additive")) == "0.700000000"
