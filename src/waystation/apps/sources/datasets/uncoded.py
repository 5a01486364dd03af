"""Rows that name their areas without codes: names get their codes before anything is checked, or wait for people.

Only levels of which the gazetteer holds codes are looked at. A name that is decided gives its rows the code and the round a
finding that says why; a name that is not is asked about, and the whole import waits until it is answered. A code that the file
gives is never replaced, even where the gazetteer does not know it.
"""

from __future__ import annotations

import os
from collections import abc, defaultdict
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from waystation.apps.naming import api as naming
from waystation.apps.naming.shapes import Found as Meant
from waystation.apps.places import api as places
from waystation.apps.sources.datasets.quality import MOST, Found
from waystation.apps.sources.datasets.staging import STAGED, Staged
from waystation.kernel.models import Office
from waystation.kernel.refusals import Problem, Refused

LEVELS = (1, 2, 3)
SURE = ("exact", "same", "alias", "source")  # told together, not one by one
_COLUMNS = [f"admin{n}_{what}" for n in LEVELS for what in ("code", "name")]
_UNCODED = f"""
    SELECT k, {", ".join(_COLUMNS)}, count(*), min(file), min(origin_row) FROM read_parquet($path)
    WHERE {" OR ".join(f"(admin{n}_code IS NULL AND admin{n}_name IS NOT NULL)" for n in LEVELS)}
    GROUP BY ALL ORDER BY min(file), min(origin_row)
"""  # noqa: S608 - column names of ours
Words = tuple[str | None, ...]  # a row's codes and names, as _COLUMNS


@dataclass(frozen=True)
class _Row:
    """What rows of a round say of their areas, how many say it, and where the first of them is."""

    k: int
    words: Words
    rows: int
    file: int
    row: int

    def asked(self, levels: abc.Collection[int]) -> tuple[dict[int, str], dict[int, str]]:
        """Names and codes by level, of the levels that have codes."""
        names = {n: self.words[2 * n - 1] for n in levels if self.words[2 * n - 1]}
        codes = {n: self.words[2 * n - 2] for n in levels if self.words[2 * n - 2]}
        return {n: str(one) for n, one in names.items()}, {n: str(one) for n, one in codes.items()}


@dataclass
class _Meanings:
    """What the rows without codes mean, and the names that people must decide, by country."""

    codes: dict[tuple[int, Words], dict[int, str]] = field(default_factory=dict)
    told: list[tuple[_Row, Meant]] = field(default_factory=list)
    doubtful: dict[str, list[tuple[Meant, int]]] = field(default_factory=lambda: defaultdict(list))


def name_codes(staged: Staged, source: str, office: Office) -> list[Found]:
    """Give the staged rows the codes that their names mean; what was decided, as findings of the rounds.

    Raises Refused ``sources.names_wait`` when names are uncertain, with a question opened for each.
    """
    rows = _uncoded(staged.path)
    if not rows:
        return []
    meanings = _meanings(staged, rows, source)
    if meanings.doubtful:
        raise _waits(staged, meanings, source, office)
    if meanings.codes:
        _fill(staged.path, meanings.codes)
    return _findings(meanings.told)


def _uncoded(path: Path) -> list[_Row]:
    with duckdb.connect() as link:
        rows = link.execute(_UNCODED, {"path": str(path)}).fetchall()
    return [_Row(k, tuple(words), *rest) for k, *words, count, file, row in rows for rest in [(count, file, row)]]


def _meanings(staged: Staged, rows: list[_Row], source: str) -> _Meanings:
    keys = {k: key for key, k in staged.rounds.items()}
    together: dict[tuple[str, date], list[_Row]] = defaultdict(list)
    for row in rows:
        if row.k is not None:
            together[keys[row.k].country, staged.dates[row.k]].append(row)
    found = _Meanings()
    for (country, day), some in together.items():
        levels = {one.level for one in places.areas(country=country, on=day)} & set(LEVELS)
        asked = [row.asked(levels) for row in some]
        meant = naming.match(country=country, rows=asked, source=source, on=day)
        for row, by_level in zip(some, meant, strict=True):
            _take(found, country, row, by_level)
    return found


def _take(found: _Meanings, country: str, row: _Row, by_level: abc.Mapping[int, Meant]) -> None:
    """Note what one row's names mean; below a name that must be asked about, nothing is asked yet."""
    for level, one in sorted(by_level.items()):
        if one.standing in ("uncertain", "unknown"):
            found.doubtful[country].append((one, row.rows))
            return
        if one.code:
            found.codes.setdefault((row.k, row.words), {})[level] = one.code
            found.told.append((row, one))


def _waits(staged: Staged, meanings: _Meanings, source: str, office: Office) -> Refused:
    waiting = sum(
        naming.ask(country=country, source=source, office=office, found=_summed(some))
        for country, some in meanings.doubtful.items()
    )
    names = list(dict.fromkeys(one.text for some in meanings.doubtful.values() for one, _rows in some))
    params = {"count": waiting, "source": source, "names": ", ".join(names[:5])}
    return Refused(problems=[Problem("sources.names_wait", params, staged.files[0].name)])


def _summed(some: list[tuple[Meant, int]]) -> list[tuple[Meant, int]]:
    counted: dict[Meant, int] = defaultdict(int)
    for one, rows in some:
        counted[one] += rows
    return list(counted.items())


def _fill(path: Path, codes: abc.Mapping[tuple[int, Words], abc.Mapping[int, str]]) -> None:
    """Write the staged rows again, with codes where there was none."""
    anew = path.with_suffix(".named")
    with pq.ParquetFile(path) as file, pq.ParquetWriter(anew, STAGED, compression="zstd") as writer:
        for batch in file.iter_batches(columns=STAGED.names):
            columns = {name: batch.column(name).to_pylist() for name in ("k", *_COLUMNS)}
            words = list(zip(*(columns[name] for name in _COLUMNS), strict=True))
            found = [codes.get(key, {}) for key in zip(columns["k"], words, strict=True)]
            for level in LEVELS:
                name = f"admin{level}_code"
                filled = [old or one.get(level) for old, one in zip(columns[name], found, strict=True)]
                place = batch.schema.get_field_index(name)
                batch = batch.set_column(place, batch.schema.field(place), pa.array(filled, pa.string()))
            writer.write_batch(batch)
    os.replace(anew, path)


def _findings(told: list[tuple[_Row, Meant]]) -> list[Found]:
    """One finding for each name that was decided by likeness, and one a round and level for the others together."""
    sure: dict[tuple[int, int], list[tuple[_Row, Meant]]] = defaultdict(list)
    alone: dict[tuple[int, Meant], tuple[_Row, int]] = {}
    for row, one in told:
        if one.way in SURE:
            sure[row.k, one.level].append((row, one))
        else:
            first, rows = alone.get((row.k, one), (row, 0))
            alone[row.k, one] = first, rows + row.rows
    found = []
    for (k, level), some in sure.items():
        first, names = some[0][0], {one.text for _row, one in some}
        details = {"names": len(names), "rows": sum(row.rows for row, _one in some)}
        found.append(Found(k, "code_by_name", "", first.file, first.row, f"admin{level}_code", details))
    for (k, one), (first, rows) in list(alone.items())[:MOST]:
        why: dict[str, Any] = {"why": naming.why(one), "code": one.code, "rows": rows}
        place = f"{one.code} {one.text}"
        found.append(Found(k, "code_by_name", place, first.file, first.row, f"admin{one.level}_code", why))
    return found
