"""Files read into one staging table: typed, in our codes, each row with its round, level, file and row.

Memory does not grow with the rows: they pass through in batches and rest in one Parquet file.
"""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from waystation.apps.sources.datasets import words
from waystation.apps.sources.datasets.fields import FIELDS, level_of
from waystation.apps.tracking.shapes import RoundKey
from waystation.intake import Mapping, Source, Tally, batches
from waystation.kernel.codelists import codelist
from waystation.kernel.datasets import find
from waystation.kernel.models import RawFile
from waystation.kernel.refusals import Problem, Refused

BATCH = 10_000
MOST_TOLD = 200  # problems of one file that are told at once
_LATER = ("round", "operation")  # known only when their records are
STAGED = pa.schema(
    [
        *(pa.field(col.name, col.type) for col in find("tracking.observations").cols if col.name not in _LATER),
        pa.field("k", pa.int32()),
        pa.field("level", pa.int32()),
        pa.field("file", pa.int32()),
        pa.field("origin_row", pa.int64()),
        pa.field("group_said", pa.string()),
    ]
)
Progress = abc.Callable[[int, str], None]  # how far in thousandths, and what is being done


@dataclass
class Opened:
    """A file on its way in: kept as it came, opened, mapped."""

    raw: RawFile
    source: Source
    mapping: Mapping
    rows: int = 0
    tally: Tally = field(default_factory=Tally)

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.source.name


@dataclass
class Staged:
    """The staging table and the rounds in it, by their number ``k``."""

    path: Path
    files: list[Opened]
    rounds: dict[RoundKey, int] = field(default_factory=dict)
    dates: dict[int, date] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def tell(self, code: str, file: int, row: int, column: str = "", **params: Any) -> None:
        """Note a problem of a row."""
        if len(self.problems) < MOST_TOLD:
            at: dict[str, Any] = {"file": self.files[file].name, "row": row, "column": column or None}
            self.problems.append(Problem(code, params, **at))


def stage(files: list[Opened], path: Path, progress: Progress) -> Staged:
    """Read files into a staging table at ``path``. Raises Refused with every problem that was found in their rows."""
    staged, total, done = Staged(path, files), sum(one.rows for one in files) or 1, 0
    countries = words.Countries()
    with pq.ParquetWriter(path, STAGED, compression="zstd") as writer:
        for place, one in enumerate(files):
            level = level_of(one.mapping)
            for batch in batches(one.source, one.mapping, FIELDS, BATCH, one.tally):
                writer.write_batch(_tidied(batch, staged, place, level, countries))
                done += batch.num_rows
                progress(min(650, 650 * done // total), f"{one.name}: {done}")
            staged.problems += one.tally.problems[:MOST_TOLD]
    if staged.problems:
        raise Refused(problems=staged.problems)
    if not done:
        raise Refused(problems=[Problem("sources.no_rows", file=one.name) for one in files])
    return staged


def _tidied(batch: pa.RecordBatch, staged: Staged, file: int, level: int, countries: words.Countries) -> pa.RecordBatch:
    """A batch as read, in our codes."""
    rows = batch.column("origin_row")
    count = batch.num_rows

    def refused(code: str, column: str, said: str, index: int) -> None:
        known = ", ".join(codelist("tracking.component").codes)
        params = {"country": said, "component": said, "known": known}
        staged.tell(code, file, rows[index].as_py(), column, **params)

    read = batch.column
    group = words.translated(read("population_group"), word_or("population_group"), pa.string())
    reason = words.translated(read("reason_said"), words.reasons, pa.string())
    component = words.translated(
        read("component"), words.word("tracking.component"), pa.string(),
        partial(refused, "tracking.unknown_component", "component"),
    )  # fmt: skip
    country = words.translated(
        read("country"), countries, pa.string(), partial(refused, "tracking.unknown_country", "country")
    )
    dtm = {code.code: code.more["dtm"] for code in codelist("tracking.component").codes.values()}
    own: dict[str, pa.Array] = {
        "country": country,
        "component": component,
        "assessment_type": words.translated(component, dtm.get, pa.string()),
        "operation_name": words.translated(read("operation_name"), lambda said: " ".join(said.split()), pa.string()),
        "population_group": group.fill_null("unknown"),
        "group_said": read("population_group"),
        "reason": reason.fill_null("unknown"),
        "access": words.translated(read("access_said"), word_or("access"), pa.string()).fill_null("unknown"),
        "reassessed": words.translated(read("reassessed_said"), words.reassessed, pa.bool_()),
        "level": read("level").cast(pa.int32()).fill_null(level),
        "file": pa.array([file] * count, pa.int32()),
    }
    own["k"] = pa.array(_rounds(own, batch, staged, file), pa.int32())
    columns = [own[f.name] if f.name in own else _as(read(f.name), f.type) for f in STAGED]
    return pa.RecordBatch.from_arrays(columns, schema=STAGED)


def _as(column: pa.Array, kind: pa.DataType) -> pa.Array:
    """A column in another type; decimals become the nearest floats by way of their digits."""
    if pa.types.is_decimal(column.type):
        column = pc.cast(column, pa.string())
    return pc.cast(column, kind)


def word_or(name: str) -> abc.Callable[[str], str]:
    """A function from a word to a code of one of our lists; ``unknown`` where there is none."""
    meaning = words.word(f"tracking.{name}")
    return lambda said: meaning(said) or "unknown"


def _rounds(own: dict[str, pa.Array], batch: pa.RecordBatch, staged: Staged, file: int) -> list[int | None]:
    """The number of each row's round; a round whose rows give two reporting dates is told as a problem."""
    found: list[int | None] = []
    columns = (own["operation_name"], own["country"], own["component"], batch.column("round_number"))
    keys = zip(*(column.to_pylist() for column in columns), strict=True)
    days = batch.column("reporting_date").to_pylist()
    known = {(key.operation, key.country, key.component, key.number): k for key, k in staged.rounds.items()}
    for index, (key, day) in enumerate(zip(keys, days, strict=True)):
        k = known.get(key)
        if k is None and None not in key:
            k = known[key] = len(known)
            staged.rounds[RoundKey(*key)], staged.dates[k] = k, day
        if k is not None and staged.dates[k] != day:
            row = batch.column("origin_row")[index].as_py()
            said = {"number": key[3], "one": staged.dates[k], "other": day}
            staged.tell("sources.two_dates", file, row, "reporting_date", **said)
        found.append(k)
    return found
