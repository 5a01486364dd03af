"""Opening a figure down to its rows, and asking later whether it still stands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.kernel import workshop
from tests.kernel.figures import counting
from tests.kernel.figures.counting import put, row
from tests.personas import Personas
from waystation.kernel import figures, house, scope
from waystation.kernel.acts import do
from waystation.kernel.datasets import path_of
from waystation.kernel.figures import Additive, Dim
from waystation.kernel.models import DutyGrant, FrozenFigure, Partition, Release, Revision
from waystation.kernel.values import now

JAN = date(2025, 1, 31)


@pytest.fixture(autouse=True)
def _declared() -> Iterator[None]:
    with counting.declared():
        yield


@pytest.fixture
def rows(personas: Personas) -> Personas:
    """Sixty rows of two duties: rows of ``record`` are seen by whoever sees that duty held (stewards, its author, its holder)."""
    with personas.asking(personas.zainab):
        ours = do(house.grant, holder=personas.daniel, duty="release.sign", office=personas.dakar).record
    with scope.enter(scope.house("tests")):
        theirs = do(house.grant, holder=personas.amina, duty="release.sign", office=personas.dakar).record
    DutyGrant.everything.filter(pk=ours.pk).update(author=personas.chiara)  # Chiara wrote one of them and is no steward
    first = [row(JAN, f"p{n:02}", n, record=ours.pk) for n in range(40)]
    put("one", [*first, *(row(JAN, f"q{n:02}", 100 + n, record=theirs.pk) for n in range(20))])
    return personas


def pages(size: int, **asked: Any) -> list[Any]:
    found = [figures.lineage("counting.additive", size=size, page=1, **asked)]
    while found[-1].rows:
        found.append(figures.lineage("counting.additive", size=size, page=len(found) + 1, **asked))
    return found


@pytest.mark.parametrize(
    "who,shown", [("zainab", 60), ("chiara", 40), ("daniel", 40), ("amina", 20), ("bakary", 0), (None, 0)]
)
def test_rows_are_shown_as_far_as_their_record_is_and_the_rest_is_counted(
    rows: Personas, who: str | None, shown: int
) -> None:
    with rows.asking(getattr(rows, who) if who else None):
        for one in pages(7):
            assert (one.total, one.hidden) == (60, 60 - shown)
        told = [line for one in pages(7) for line in one.rows]
    assert len(told) == shown
    assert len({line["digest"] for line in told}) == shown, "no row comes twice, none is left out"
    assert figures.value("counting.additive").value == sum(range(40)) + sum(range(100, 120)), "the number is for all"


def test_a_row_says_where_it_came_from_and_nothing_about_a_person(rows: Personas) -> None:
    with rows.asking(rows.zainab):
        told = figures.lineage("counting.additive", where={"place": "p07"})
    (line,) = told.rows
    assert (line["value"], line["origin"], line["origin_row"], told.total) == (7, "f" * 64, 9, 1)
    assert "name" not in line
    assert "Amina" not in str(told.as_dict())


def test_digests_of_rows_are_the_same_every_time_and_another_for_other_rows(rows: Personas) -> None:
    def taken() -> list[str]:
        with rows.asking(rows.zainab):
            return [line["digest"] for one in pages(25) for line in one.rows]

    first = taken()
    assert taken() == first
    before = figures.value("counting.additive").fingerprint
    put("one", [row(JAN, "p00", 1)], version=2)
    assert not set(taken()) & set(first)
    assert figures.value("counting.additive").fingerprint != before


@pytest.mark.django_db
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(st.sampled_from(["p", "q", None, "unknown"]), st.none() | st.integers(0, 50)), min_size=1, max_size=12
    )
)
def test_parts_and_unknown_make_the_total(made: list[tuple[str | None, int | None]]) -> None:
    """Where a figure adds, its parts (the unknown one among them) are all of it: values, rows, rows without a value."""
    Partition.objects.all().delete()
    put("one", [row(JAN, place, count, of=60, person=f"x{count}") for place, count in made])
    for word in ("additive", "stock"):
        answer = figures.value(f"counting.{word}", by=("place",), across={"kind": "one kind"})
        known = [part["value"] for part in answer.parts if part["value"] is not None]
        assert answer.value == (sum(known) if known else None)
        assert answer.rows == sum(part["rows"] for part in answer.parts) == len(made)
        assert answer.unknown == sum(part["unknown"] for part in answer.parts)
        assert {part["place"] for part in answer.parts} == {place or "unknown" for place, _ in made}
        rolled = figures.roll_up(answer, "place")
        assert rolled == [{"value": answer.value}]


# --- does it still stand ---


@pytest.fixture
def frozen(personas: Personas) -> FrozenFigure:
    """A figure of a dataset, frozen in a release."""
    put("one", [row(JAN, "p", 3), row(JAN, "q", 4)])
    return freeze("counting.additive", personas, by=("place",))


def freeze(name: str, personas: Personas, **asked: Any) -> FrozenFigure:
    release = Release.everything.create(
        ref="REL-1", office=personas.hq, state="released", title="x", product="x", audience="public", licence="x"
    )
    made = figures.freeze(figures.value(name, **asked))
    made.release = release
    made.save()
    return FrozenFigure.objects.get(pk=made.pk)


def test_nothing_happened_so_it_is_the_same(frozen: FrozenFigure) -> None:
    told = figures.verify(frozen)
    assert (told.status, told.now, told.by, told.why) == ("same", "same", [], "")
    assert told.recomputed == told.now_value == frozen.value == "7"


def test_a_later_version_is_named_and_what_was_frozen_stands(frozen: FrozenFigure) -> None:
    put("one", [row(JAN, "p", 5), row(JAN, "q", 4)], version=2)
    told = figures.verify(frozen)
    assert (told.status, told.recomputed, told.now, told.now_value) == ("same", "7", "changed", "9")
    assert told.by == [{"input": "counting.rows", "key": "one", "change": "edited", "before": 1, "after": 2}]


def test_other_rows_with_the_same_sum_have_drifted(frozen: FrozenFigure) -> None:
    put("one", [row(JAN, "q", 4), row(JAN, "p", 3)], version=2)
    told = figures.verify(frozen)
    assert (told.status, told.now, told.now_value) == ("same", "drifted", "7")
    assert [one["after"] for one in told.by] == [2]


def test_another_file_beside_it_is_named(frozen: FrozenFigure) -> None:
    put("two", [row(JAN, "r", 1)])
    told = figures.verify(frozen)
    assert (told.now, told.by) == ("changed", [{"input": "counting.rows", "key": "two", "change": "added"}])


def test_when_its_data_leave_force_it_says_so(frozen: FrozenFigure) -> None:
    Partition.objects.update(in_force_until=now())
    told = figures.verify(frozen)
    assert (told.status, told.now, told.now_value) == ("same", "changed", None)
    assert told.by == [{"input": "counting.rows", "key": "one", "change": "removed"}]


def test_dates_altered_behind_its_back_show(frozen: FrozenFigure) -> None:
    """Somebody with the database lets another version have been in force at the time."""
    put("one", [row(JAN, "p", 5), row(JAN, "q", 4)], version=2)
    first, second = Partition.objects.order_by("version")
    Partition.objects.filter(pk=second.pk).update(in_force_from=first.in_force_from)
    Partition.objects.filter(pk=first.pk).update(in_force_until=first.in_force_from)
    told = figures.verify(frozen)
    assert (told.status, told.recomputed) == ("changed", "9")
    assert [(one["key"], one["before"], one["after"]) for one in told.by] == [("one", 1, 2)]


def test_a_definition_that_means_something_else_shows(frozen: FrozenFigure, monkeypatch: pytest.MonkeyPatch) -> None:
    counting.redeclared("counting.additive", monkeypatch, unit="y")
    told = figures.verify(frozen)
    assert (told.status, told.why) == ("drifted", "the definition was changed")


@pytest.mark.parametrize("harm", ["altered", "lost", "forgotten", "figure gone", "dimension gone"])
def test_what_cannot_be_computed_any_more_says_why(
    frozen: FrozenFigure, harm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Partition.objects.get()
    path = path_of(kept)
    if harm == "altered":
        other = pq.read_table(path).slice(0, 1)
        pq.write_table(other, path)
    elif harm == "lost":
        path.unlink()
    elif harm == "forgotten":
        kept.delete()
    elif harm == "figure gone":
        monkeypatch.delitem(figures.figures, "counting.additive")
    else:
        counting.redeclared("counting.additive", monkeypatch, dims=())
    told = figures.verify(frozen)
    assert told.status == "not computable"
    gone = {"figure gone": "no figure called", "dimension gone": "cannot be split by"}
    assert gone.get(harm, "stored data were altered or lost") in told.why


@pytest.fixture
def shop(personas: Personas) -> Iterator[Personas]:
    """A figure of records: what the pieces of the workshop weigh."""

    def weight(at: Any) -> Any:
        "What the pieces weigh together."
        rows = at.records("workshop.pieces")
        return rows.mutate(value=rows.weight)

    with workshop.declared(), personas.asking(personas.amina):
        figures.figure("workshop.weight", unit="kg", label="weight", kind=Additive(), dims=(Dim("name", "name"),))(
            weight
        )
        yield personas
        del figures.figures["workshop.weight"]


def test_records_changed_since_are_named_one_by_one(shop: Personas) -> None:
    chair = do(workshop.make, name="chair", weight=4).record
    do(workshop.make, name="table", weight=30)
    frozen = freeze("workshop.weight", shop)
    do(workshop.weigh, chair, weight=5)
    stool = do(workshop.make, name="stool", weight=0).record
    told = figures.verify(frozen)
    assert (told.status, told.now, told.now_value) == ("same", "changed", "35")
    assert told.by == [
        {"input": "workshop.pieces", "key": chair.ref, "change": "edited", "before": 1, "after": 2},
        {"input": "workshop.pieces", "key": stool.ref, "change": "added", "before": None, "after": 1},
    ]


def test_a_past_that_was_rewritten_shows(shop: Personas) -> None:
    do(workshop.make, name="chair", weight=4)
    frozen = freeze("workshop.weight", shop)
    kept = Revision.objects.get(model="workshop.piece")
    kept.values["weight"] = 5
    kept.save()
    told = figures.verify(frozen)
    assert (told.status, told.recomputed) == ("changed", "5")
    assert [one["input"] for one in told.by] == ["workshop.pieces"]


def test_records_open_to_whoever_sees_them(shop: Personas) -> None:
    do(workshop.make, name="chair", weight=4)
    with shop.asking(shop.chiara):  # makes pieces in Nairobi
        do(workshop.make, name="mat", weight=1)
        told = figures.lineage("workshop.weight")
    assert (told.total, told.hidden, [line["name"] for line in told.rows]) == (2, 1, ["mat"])
    assert not {"phone", "story"} & set(told.rows[0])
