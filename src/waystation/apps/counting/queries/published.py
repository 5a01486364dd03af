"""What is out: rows of the published rounds by administrative level, with what may not be shown left out.

A round's rows are made once for each published version and threshold, and kept in a file named by the digest of what they
were made from: nothing to keep in step, and what programs are served is what releases hold.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings

from waystation.apps.counting.queries.guarding import area_of, cause_of, spots_of, watches_of
from waystation.apps.counting.queries.levels import level_rows
from waystation.apps.counting.shapes import MEASURES, OutRound
from waystation.kernel.engines import mapped
from waystation.kernel.release import hidden_spots
from waystation.kernel.values import digest, fresh_id

METHOD = 2  # of making these rows: another number makes all of them anew
HIGHEST_ID = 2**31 - 1


def fingerprint(one: OutRound) -> str:
    """What a round's rows are made from, as a digest."""
    totals = one.levels.digest if one.levels else ""
    return digest([METHOD, one.observations.digest, totals, max(one.operation.min_cell, 1)])


def released_rows(rounds: Sequence[OutRound]) -> pa.Table:
    """The rows of some rounds (``levels.LEVELS``, ``hidden`` and ``id``) as they may be shown, in the source's order.

    ``id`` is the source's where it gave one, else a number of our own: positive, below 2^31, the same every time and for
    no other row. Hidden counts are null; ``hidden`` says where the number of people is one. Raises Refused
    ``release.disclosure_leak``.
    """
    made = tuple(fingerprint(one) for one in rounds)
    return _assembled(made, tuple(rounds))


def rows_at(rounds: Sequence[OutRound], level: int, *, detail: bool = False) -> pa.Table:
    """The released rows of one level, by reason and origin (``detail``) or over all of them; in no order."""
    return _at_level(tuple(fingerprint(one) for one in rounds), tuple(rounds), level, detail)


@lru_cache(maxsize=64)
def _at_level(made: tuple[str, ...], rounds: tuple[OutRound, ...], level: int, detail: bool) -> pa.Table:
    wanted = [("level", "==", level), ("detail", "==", detail)]
    tables = [pq.read_table(path, filters=wanted) for path in _files(made, rounds)]
    return pa.concat_tables(tables) if tables else _no_rows()


@lru_cache(maxsize=4)
def _assembled(made: tuple[str, ...], rounds: tuple[OutRound, ...]) -> pa.Table:
    tables = [pq.ParquetFile(path).read() for path in _files(made, rounds)]
    table = pa.concat_tables(tables).combine_chunks() if tables else _no_rows()
    return _in_order(_without_clashes(table), {one.key: one.operation.country_name for one in rounds})


def _no_rows() -> pa.Table:
    return _with_hidden(_named(level_rows([])), set())


def _files(made: tuple[str, ...], rounds: tuple[OutRound, ...]) -> list[Path]:
    """The files of the rounds' rows, made now where they are not there yet."""
    missing = [one for one, name in zip(rounds, made, strict=True) if not _file(name).exists()]
    if missing:
        _keep(missing)
    return [_file(name) for name in made]


def all_rows(rounds: Sequence[OutRound]) -> pa.Table:
    """As ``released_rows`` and with nothing hidden: what releases are made of, before they pass the gate."""
    names = {one.key: one.operation.country_name for one in rounds}
    return _in_order(_without_clashes(_named(level_rows(rounds))), names)


def _file(name: str) -> Path:
    return Path(settings.WAYSTATION_HOME) / "derived" / "tracking.published" / f"{name}.parquet"


def _keep(rounds: Sequence[OutRound]) -> None:
    table = _named(protected(level_rows(rounds), rounds))
    for one in rounds:
        path = _file(fingerprint(one))
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{fresh_id(8)}.part")
        pq.write_table(table.filter(pc.equal(table.column("key"), one.key)), unfinished, compression="zstd")
        os.replace(unfinished, path)


def protected(table: pa.Table, rounds: Sequence[OutRound]) -> pa.Table:
    """The rows of rounds without the counts that their operations' thresholds hide, and ``hidden``. Raises Refused."""
    limits = {one.key: one.operation.min_cell for one in rounds}
    strict = [key for key, limit in limits.items() if limit > 1]
    if not strict:
        return _with_hidden(table, set())
    places = np.flatnonzero(pc.is_in(table.column("key"), pa.array(strict)).to_numpy(zero_copy_only=False))
    rows = dict(zip(places.tolist(), table.take(places).to_pylist(), strict=True))
    spots = []
    for place, row in rows.items():
        shown = MEASURES if row["detail"] else MEASURES[:1]
        spots += spots_of(row, "published", place, {name: name for name in shown})
    hidden = hidden_spots(spots, watches_of(rows.values(), limits.__getitem__))
    holes = {(spot.row, spot.column) for spot in hidden}
    return _with_hidden(_without(table, holes), {row for row, column in holes if column == MEASURES[0]})


def _with_hidden(table: pa.Table, rows: set[int]) -> pa.Table:
    """With the column ``hidden``: whether the number of people of a row is hidden, and not unknown."""
    marks = np.zeros(table.num_rows, dtype=bool)
    marks[list(rows)] = True
    return table.append_column("hidden", pa.array(marks))


def _without(table: pa.Table, holes: set[tuple[int, str]]) -> pa.Table:
    for name in MEASURES:
        blank = np.zeros(table.num_rows, dtype=bool)
        blank[[row for row, column in holes if column == name]] = True
        at = table.schema.get_field_index(name)
        kept = pc.if_else(pa.array(blank), pa.scalar(None, pa.int64()), table.column(name))
        table = table.set_column(at, table.schema.field(at), kept)
    return table


def _named(table: pa.Table) -> pa.Table:
    """With the column ``id``: the source's, or one of our own."""
    said = table.column("source_id").to_pylist()
    rows = table.select([f.name for f in table.schema if f.name not in MEASURES]).to_pylist()
    given = [own_id(row) if id_ is None else id_ for row, id_ in zip(rows, said, strict=True)]
    return table.append_column("id", pa.array(given, pa.int64()))


def own_id(row: dict[str, object], turn: int = 0) -> int:
    """A number for a row the source gave none: the first bytes of a digest of what the row is about."""
    about = [row["key"], row["population_group"], row["level"], area_of(row), cause_of(row), turn]
    first = hashlib.sha256(repr(about).encode()).digest()[:4]
    return int.from_bytes(first, "big") % HIGHEST_ID + 1


def _without_clashes(table: pa.Table) -> pa.Table:
    """Numbers of our own that are another row's are drawn again, until every answer holds each number once."""
    ids = table.column("id").to_numpy().copy()
    ours = pc.is_null(table.column("source_id")).to_numpy(zero_copy_only=False)
    answers = table.column("level").to_numpy() * 2 + pc.cast(table.column("detail"), pa.int8()).to_numpy()
    for turn in range(1, 100):
        order = np.lexsort((ours, ids, answers))  # a source's number before ours
        again = (ids[order][1:] == ids[order][:-1]) & (answers[order][1:] == answers[order][:-1])
        clashing = [place for place in order[1:][again].tolist() if ours[place]]
        if not clashing:
            break
        for place in clashing:
            ids[place] = own_id(table.slice(place, 1).to_pylist()[0], turn)
    at = table.schema.get_field_index("id")
    return table.set_column(at, "id", pa.array(ids, pa.int64()))


def _in_order(table: pa.Table, countries: dict[str, str]) -> pa.Table:
    """By country's name, then by file (the one with the earliest round first), then as the file has them."""
    if not table.num_rows:
        return table
    files = table.group_by("origin").aggregate([("reporting_date", "min")]).to_pylist()
    files.sort(key=lambda one: (one["reporting_date_min"], one["origin"] or ""))
    rank = {one["origin"]: number for number, one in enumerate(files)}
    order = pa.table(
        {
            "country": mapped(table.column("key"), countries.__getitem__),
            "file": mapped(table.column("origin"), rank.__getitem__, pa.int32()),
            "position": table.column("position"),
        }
    )
    # Parquet keeps order and sorting is stable, so rows of one position stay as they were
    places = pc.sort_indices(order, sort_keys=[(name, "ascending") for name in order.column_names])
    return table.take(places)
