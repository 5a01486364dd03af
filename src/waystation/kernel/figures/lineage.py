"""Opening a figure: the rows it was computed from, page by page, with digests, as far as the reader may see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from waystation.kernel import engines
from waystation.kernel import scope as scopes
from waystation.kernel.datasets import find as find_dataset
from waystation.kernel.figures.compute import chosen
from waystation.kernel.figures.declare import At, Figure, find
from waystation.kernel.figures.declare import at as when
from waystation.kernel.models import RawFile
from waystation.kernel.register import find_register
from waystation.kernel.values import digest


@dataclass(frozen=True)
class Lineage:
    """A page of contributing rows. ``total`` rows count; ``hidden`` of them are not for this reader."""

    figure: Figure
    at: At
    rows: list[dict[str, Any]]
    total: int
    hidden: int
    page: int
    size: int

    def as_dict(self) -> dict[str, Any]:
        """The shape scripts read."""
        return {
            "name": self.figure.name, "as_of": self.at.as_of.isoformat(), "total": self.total, "hidden": self.hidden,
            "page": self.page, "size": self.size, "rows": self.rows,
        }  # fmt: skip


def lineage(
    name: str,
    *,
    as_of: date | None = None,
    known_at: datetime | None = None,
    where: Mapping[str, Any] | None = None,
    page: int = 1,
    size: int = 50,
) -> Lineage:
    """The rows behind a figure for the current scope: those of records it may see, and how many it may not.

    Each row has its values, its SHA-256 (``digest``), and its origin: raw file and row, or record and version.
    """
    figure = find(name)
    at = when(as_of, known_at)
    rows = chosen(figure, at, (), dict(where or {}))
    total = engines.fetch(rows.aggregate(n=rows.count())).to_pylist()[0]["n"]
    seen = _seen(at, rows)
    shown = total if seen is rows else engines.fetch(seen.aggregate(n=seen.count())).to_pylist()[0]["n"]
    order = ["_key", "_version", "_row"] if "_row" in rows.columns else ["_record"]
    some = seen.order_by(order).limit(size, offset=(max(page, 1) - 1) * size)
    found = [_told(row) for row in engines.fetch(some).to_pylist()]
    _name_files(found)
    return Lineage(figure, at, found, total, total - shown, max(page, 1), size)


def _seen(at: At, rows: Any) -> Any:
    """The rows whose record the reader may see: by the dataset's ``seen_with``, or the register itself."""
    if scopes.current().whole:
        return rows
    if "_record" in rows.columns:
        for register in at.records_read:
            keys = [str(pk) for pk in find_register(register).model.objects.values_list("pk", flat=True)]
            rows = rows.filter((rows["_model"] != register) | rows["_record"].isin(keys))
        return rows
    for dataset in at.partitions:
        rule = find_dataset(dataset).seen_with
        if rule and rule[0] in rows.columns:
            keys = list(find_register(rule[1]).model.objects.values_list("pk", flat=True))
            rows = rows.filter(rows[rule[0]].isin(keys))
    return rows


def _told(row: dict[str, Any]) -> dict[str, Any]:
    row = {key: item if isinstance(item, int | float | bool | None) else str(item) for key, item in row.items()}
    return {**row, "digest": digest(row)}


def _name_files(rows: list[dict[str, Any]]) -> None:
    wanted = {row["origin"] for row in rows if row.get("origin")}
    names = dict(RawFile.objects.filter(digest__in=wanted).values_list("digest", "name"))
    for row in rows:
        if row.get("origin"):
            row["origin_file"] = names.get(row["origin"], "")
