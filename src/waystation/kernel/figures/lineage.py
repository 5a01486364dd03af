"""Opening a figure: the rows it was computed from, page by page, with digests, as far as the reader may see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import ibis

from waystation.kernel import engines
from waystation.kernel import scope as scopes
from waystation.kernel.datasets import cited
from waystation.kernel.datasets import find as find_dataset
from waystation.kernel.figures.compute import chosen, contributed
from waystation.kernel.figures.declare import At, Figure, find
from waystation.kernel.figures.declare import at as when
from waystation.kernel.models import RawFile
from waystation.kernel.register import find_register
from waystation.kernel.values import digest

MOST = 500


@dataclass(frozen=True)
class Lineage:
    """A page of contributing rows. ``total`` rows count; ``hidden`` of them are not for this reader; ``cites`` says whom
    to cite for all of them."""

    figure: Figure
    at: At
    rows: list[dict[str, Any]]
    total: int
    hidden: int
    page: int
    size: int
    cites: list[dict[str, Any]]

    def as_dict(self) -> dict[str, Any]:
        """The shape scripts read."""
        return {
            "name": self.figure.name, "as_of": self.at.as_of.isoformat(), "total": self.total, "hidden": self.hidden,
            "page": self.page, "size": self.size, "sources": self.cites, "rows": self.rows,
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

    Each row has its values, its SHA-256 (``digest``), and its origin: raw file and row, or record and version. At most
    500 a page. The public is told how many rows there are and shown none: rows are as fine as they were counted, so
    small counts stand in them that no release would show. Raises Refused as ``value`` does.
    """
    figure = find(name)
    where = dict(where or {})
    for one in where:
        figure.dim(one)
    at = when(as_of, known_at, where)
    page, size = max(page, 1), min(max(size, 1), MOST)
    rows = chosen(figure, at, (), where)
    seen = _seen(at, rows)
    counts = {"total": rows.count(), "shown": rows.count(where=seen)}
    counted = engines.fetch(rows.aggregate(**counts)).to_pylist()[0]
    order = [name for name in ("_dataset", "_key", "_version", "_row", "_model", "_record") if name in rows.columns]
    order += [name for name in (dim.name for dim in figure.dims) if name in rows.columns]  # rows unfolded from one
    some = rows.filter(seen).order_by(order).limit(size, offset=(page - 1) * size)
    found = [_told(row) for row in engines.fetch(some).to_pylist()]
    _name_files(found)
    hidden, cites = counted["total"] - counted["shown"], cited(contributed(at, rows))
    return Lineage(figure, at, found, counted["total"], hidden, page, size, cites)


def _seen(at: At, rows: Any) -> Any:
    """Whether the reader may see the record a row belongs to: by the dataset's ``seen_with``, or the record itself.
    A row of which nothing says so is hidden."""
    asking = scopes.current()
    if asking.whole:
        return ibis.literal(True)
    if asking.actor is None:
        return ibis.literal(False)
    ways = [ibis.literal(False)]
    if "_model" in rows.columns:
        for register in at.records_read:
            keys = [str(pk) for pk in find_register(register).model.objects.values_list("pk", flat=True)]
            ways.append((rows["_model"] == register) & rows["_record"].isin(keys))
    if "_dataset" in rows.columns:
        for dataset in at.partitions:
            rule = find_dataset(dataset).seen_with
            ways.append((rows["_dataset"] == dataset) & (_among(rows, rule[1]) if rule else ibis.literal(True)))
    return ibis.or_(*ways).fill_null(False)


def _among(rows: Any, register: str) -> Any:
    if "_seen" not in rows.columns:
        return ibis.literal(False)
    return rows["_seen"].isin(list(find_register(register).model.objects.values_list("pk", flat=True)))


def _told(row: dict[str, Any]) -> dict[str, Any]:
    kept = {key: item for key, item in row.items() if key != "_seen"}
    told = {key: item if isinstance(item, int | float | bool | None) else str(item) for key, item in kept.items()}
    return {**told, "digest": digest(told)}


def _name_files(rows: list[dict[str, Any]]) -> None:
    wanted = {row["origin"] for row in rows if row.get("origin")}
    names = dict(RawFile.objects.filter(digest__in=wanted).values_list("digest", "name"))
    for row in rows:
        if row.get("origin"):
            row["origin_file"] = names.get(row["origin"], "")
