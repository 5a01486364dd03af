"""A small dataset of counts at places, with its figures: declared for one test and forgotten after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from waystation.kernel import figures
from waystation.kernel.datasets import Col, Dataset, Terms, datasets
from waystation.kernel.figures import At, Dim, Distinct, Latest, Maximum, Share, Stock, figure
from waystation.kernel.figures.additivity import Additive
from waystation.kernel.models import Partition
from waystation.kernel.values import now

TERMS = Terms("a test", "CC0")
DAY, STEP = Dim("day", "day", time=True), Dim("step", "step", along="day")
PLACE, KIND, TEAM = Dim("place", "place"), Dim("kind", "kind"), Dim("team", "team")
DIMS = (DAY, STEP, PLACE, KIND, TEAM)
KINDS: dict[str, Additive] = {
    "additive": Additive(at="day"),
    "stock": Stock(at="day", per=("team",)),
    "share": Share(at="day", per=("team",)),
    "distinct": Distinct(at="day", identity="person"),
    "latest": Latest(at="day", per=("team", "place", "kind")),
    "maximum": Maximum(at="day"),
}
COLS = (
    ("record", pa.int64()), ("day", pa.date32()), ("step", pa.int32()), ("place", pa.string()), ("kind", pa.string()),
    ("team", pa.string()), ("person", pa.string()), ("count", pa.int64()), ("of", pa.int64()),
)  # fmt: skip


def counted(at: At) -> Any:
    """Counts at places, as they came."""
    rows = at.table("counting.rows")
    return rows.mutate(value=rows["count"], numerator=rows["count"], denominator=rows.of)


@contextmanager
def declared() -> Iterator[Dataset]:
    """The dataset ``counting.rows`` and a figure of each additivity (``counting.stock``...)."""
    cols = tuple(Col(name, kind, "public") for name, kind in COLS)
    made = Dataset("counting.rows", (*cols, Col("name", pa.string(), "personal")), seen_with=("record", "house.duties"))
    for word, kind in KINDS.items():
        never = ("kind",) if word == "stock" else ()
        figure(f"counting.{word}", unit="x", label=word, kind=kind, dims=DIMS, never_across=never)(counted)
    try:
        yield made
    finally:
        del datasets["counting.rows"]
        for word in KINDS:
            figures.figures.pop(f"counting.{word}", None)


def row(day: date, place: str | None, count: int | None, **more: Any) -> dict[str, Any]:
    """A row; ``kind`` is a, ``team`` is red and ``name`` a person's unless said."""
    return {"day": day, "place": place, "count": count, "kind": "a", "team": "red", "name": "Amina", **more}


def put(key: str, rows: Sequence[Mapping[str, Any]], version: int = 1) -> Partition:
    """Write rows and let them count from now on, instead of what stood under the key."""
    schema = pa.schema([f for f in datasets["counting.rows"].schema if f.name not in ("_key", "_version", "_row")])
    filled = [{"origin": "f" * 64, "origin_row": n, "step": None, **one} for n, one in enumerate(rows, start=2)]
    batches = pa.Table.from_pylist(filled, schema=schema).to_batches()
    made = datasets["counting.rows"].write(batches, key=key, version=version, terms=TERMS)
    made.in_force_from = now()
    Partition.objects.filter(dataset=made.dataset, key=key, in_force_until=None).update(in_force_until=now())
    made.save()
    return made


def redeclared(name: str, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    """The figure, otherwise declared, for the rest of the test."""
    monkeypatch.setitem(figures.figures, name, replace(figures.find(name), **changes))
