"""As of a date, as known at a moment: whatever is corrected later, the same two dates give the same number and digests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.derived.making import World
from tests.kernel import workshop
from tests.kernel.figures import counting
from tests.kernel.figures.counting import put, row
from tests.personas import Personas
from waystation.kernel import figures
from waystation.kernel.acts import do
from waystation.kernel.figures import Additive, Coverage, Dim
from waystation.kernel.figures.records import table_at
from waystation.kernel.models import Partition
from waystation.kernel.refusals import Refused
from waystation.kernel.register import registers
from waystation.kernel.values import clock, now

JAN, FEB = date(2025, 1, 31), date(2025, 2, 28)
START = datetime(2040, 3, 1, tzinfo=UTC)  # later than the duties that these people were given when they moved in


@pytest.fixture(autouse=True)
def _declared() -> Iterator[None]:
    with counting.declared():
        yield


@pytest.fixture
def shop(personas: Personas) -> Iterator[Personas]:
    """The workshop's figure: what its pieces weigh together, of those it made until a date."""
    day = Dim("made_on", "made on", time=True)

    def weight(at: Any) -> Any:
        "What the pieces weigh together."
        rows = at.records("workshop.pieces")
        return rows.mutate(value=rows.weight)

    def weighed(at: Any, rows: Any) -> Coverage:
        known = at.listed("workshop.pieces")
        return Coverage(len(known), sum(one["weight"] is not None for one in known), "pieces")

    with workshop.declared(), personas.asking(personas.amina):
        figures.figure(
            "workshop.weight", unit="kg", label="weight", kind=Additive(at="made_on"), dims=(day,), coverage=weighed
        )(weight)
        yield personas
        del figures.figures["workshop.weight"]


def told(name: str, **asked: Any) -> dict[str, Any]:
    return figures.value(name, **asked).as_dict()


@pytest.mark.django_db
def test_a_correction_leaves_what_was_known_before_it_as_it_was() -> None:
    with clock(START):
        put("one", [row(JAN, "p", 10), row(FEB, "p", 7)])
        first = told("counting.stock", by=("place",))
    with clock(START + timedelta(days=1)):
        put("one", [row(JAN, "p", 10), row(FEB, "p", 9)], version=2)
    with clock(START + timedelta(days=2)):
        assert told("counting.stock", by=("place",), as_of=START.date(), known_at=START) == first
        assert told("counting.stock")["value"] == 9
        assert told("counting.stock", as_of=JAN)["value"] == 10
        assert told("counting.stock", known_at=START - timedelta(seconds=1))["value"] is None


@pytest.mark.django_db
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 99)), min_size=1, max_size=5))
def test_every_moment_goes_on_knowing_what_it_knew(edits: list[tuple[str, int]]) -> None:
    """Corrections in any order; what each moment said is asked again after the last of them."""
    Partition.objects.all().delete()
    said, versions = [], {"a": 0, "b": 0}
    for step, (key, count) in enumerate(edits):
        moment = START + timedelta(hours=step)
        versions[key] += 1
        with clock(moment):
            put(key, [row(JAN, key, count)], version=versions[key])
            said.append((moment, told("counting.stock", as_of=FEB, by=("place",))))
    with clock(START + timedelta(days=9)):
        for moment, then in said:
            assert told("counting.stock", as_of=FEB, by=("place",), known_at=moment) == then


def test_records_are_read_back_as_they_stood(shop: Personas) -> None:
    with clock(START):
        chair = do(workshop.make, name="chair", weight=4, made_on=JAN).record
        table = do(workshop.make, name="table", weight=None, made_on=FEB, phone="+253 77").record
        first = told("workshop.weight")
    assert (first["value"], first["unknown"], first["coverage"]["share"]) == (4, 1, 0.5)
    with clock(START + timedelta(days=1)):
        do(workshop.weigh, table, weight=30)
        do(workshop.make, name="stool", weight=2, made_on=FEB)
        second = told("workshop.weight")
    with clock(START + timedelta(days=2)):
        do(workshop.weigh, chair, weight=5)
        assert told("workshop.weight")["value"] == 37
        assert told("workshop.weight", as_of=JAN)["value"] == 5
        assert told("workshop.weight", as_of=START.date(), known_at=START) == first
        again = told("workshop.weight", as_of=START.date() + timedelta(days=1),
                     known_at=START + timedelta(days=1))  # fmt: skip
        assert again == second
        assert again["coverage"] == {"planned": 3, "answered": 3, "share": 1.0, "word": "pieces", "note": ""}


def test_nothing_is_known_in_the_future(shop: Personas) -> None:
    with pytest.raises(Refused) as early:
        figures.value("workshop.weight", known_at=now() + timedelta(minutes=1))
    assert early.value.code == "figures.not_known_yet"
    with pytest.raises(Refused) as early:
        figures.lineage("workshop.weight", known_at=now() + timedelta(minutes=1))
    assert early.value.code == "figures.not_known_yet"


def test_what_is_read_back_from_the_trail_is_what_stands(personas: Personas) -> None:
    """Every register of every app: the records of this moment, read from revisions, are those in the tables."""
    from tests.derived import making

    making.collect()
    World(personas).populate()
    for name in registers:
        stands, taken = table_at(name, None)
        back, taken_back = table_at(name, now())
        by_record = [("_record", "ascending")]
        assert back.sort_by(by_record).to_pylist() == stands.sort_by(by_record).to_pylist(), name
        assert taken_back == taken, name
        assert stands.num_rows > 0, name
