"""Datasets: observations as they came (raw), as tidy tables, as derived tables; Parquet, never edited.

A tidy row names the raw file and the row in it that it came from. A partition is one Parquet file named by its
SHA-256; a correction is the next version under the same key. Files are complete on disk before the transaction that
names them; a file no partition names is left over from a refusal and may be swept.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings
from django.db.models import Q, QuerySet

from waystation.kernel import engines
from waystation.kernel.fields import Privacy
from waystation.kernel.files import put
from waystation.kernel.models import Partition, RawFile
from waystation.kernel.values import file_digest, fresh_id, now

datasets: dict[str, Dataset] = {}
ORIGINS = (
    pa.field("_key", pa.string()),
    pa.field("_version", pa.int32()),
    pa.field("_row", pa.int64()),
    pa.field("origin", pa.string()),
    pa.field("origin_row", pa.int64()),
)


@dataclass(frozen=True)
class Terms:
    """Under what terms data came: who made it, its licence, how to credit it, whether it may be republished."""

    source: str
    licence: str
    attribution: str = ""
    may_republish: bool = False


@dataclass(frozen=True)
class Col:
    """A column: its Arrow type, its class and what it holds. ``hxl`` is its tag in exports."""

    name: str
    type: pa.DataType
    privacy: Privacy = "public"
    label: Any = ""
    hxl: str = ""


@dataclass(frozen=True, eq=False)
class Dataset:
    """A declared table. ``seen_with`` = (column, register): a row is seen by whoever sees the record it names."""

    name: str
    cols: tuple[Col, ...]
    seen_with: tuple[str, str] | None = None
    about: Any = ""
    _by_name: dict[str, Col] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        datasets[self.name] = self
        self._by_name.update({col.name: col for col in self.cols})

    @property
    def schema(self) -> pa.Schema:
        """The declared columns, then where each row came from."""
        return pa.schema([*(pa.field(c.name, c.type) for c in self.cols), *ORIGINS])

    def col(self, name: str) -> Col:
        """A declared column by name. Raises KeyError."""
        return self._by_name[name]

    def folder(self) -> Path:
        """Where its partitions are kept."""
        return Path(settings.WAYSTATION_HOME) / "datasets" / self.name

    def write(
        self,
        batches: Iterable[pa.RecordBatch],
        *,
        key: str,
        version: int,
        terms: Terms,
        written_at: datetime | None = None,
    ) -> Partition:
        """Write the rows of a partition to disk, durably, and return it unsaved: an act saves it.

        ``batches`` hold the declared columns, ``origin`` and ``origin_row``; order is kept. Raises
        pyarrow.ArrowInvalid when a column is missing or of another type.
        """
        folder = self.folder()
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = folder / f".{fresh_id(8)}.{os.getpid()}.part"
        rows = 0
        try:
            with pq.ParquetWriter(unfinished, self.schema, compression="zstd") as writer:
                for batch in batches:
                    writer.write_batch(self._placed(batch, key, version, rows))
                    rows += batch.num_rows
            with unfinished.open("rb+") as stream:
                os.fsync(stream.fileno())
            taken = file_digest(unfinished)
            size = unfinished.stat().st_size
            os.replace(unfinished, folder / f"{taken}.parquet")
        finally:
            unfinished.unlink(missing_ok=True)
        return Partition(
            dataset=self.name, key=key, version=version, digest=taken, rows=rows, size=size,
            written_at=written_at or now(), source=terms.source, licence=terms.licence,
            attribution=terms.attribution, may_republish=terms.may_republish,
        )  # fmt: skip

    def _placed(self, batch: pa.RecordBatch, key: str, version: int, before: int) -> pa.RecordBatch:
        count = batch.num_rows
        own = {
            "_key": pa.array([key] * count, pa.string()),
            "_version": pa.array([version] * count, pa.int32()),
            "_row": pa.array(range(before, before + count), pa.int64()),
        }
        columns = [own[f.name] if f.name in own else batch.column(f.name).cast(f.type) for f in self.schema]
        return pa.RecordBatch.from_arrays(columns, schema=self.schema)

    def scan(self, partitions: Iterable[Partition]) -> ibis.Table:
        """The rows of some partitions, as an expression."""
        return engines.scan([path_of(one) for one in partitions], self.schema)

    def in_force(self, known_at: datetime | None = None) -> QuerySet[Partition]:
        """The partitions that counted at a moment (default: now)."""
        moment = known_at or now()
        open_then = Q(in_force_until__isnull=True) | Q(in_force_until__gt=moment)
        return Partition.objects.filter(open_then, dataset=self.name, in_force_from__lte=moment).order_by("key")


def path_of(partition: Partition) -> Path:
    """The Parquet file of a partition."""
    return Path(settings.WAYSTATION_HOME) / "datasets" / partition.dataset / f"{partition.digest}.parquet"


def whole(partition: Partition) -> bool:
    """Whether the file is there and its bytes are those that were written."""
    path = path_of(partition)
    return path.exists() and file_digest(path) == partition.digest


def keep_raw(source: Path, name: str = "") -> RawFile:
    """Keep a file as it came, under its digest; the RawFile is the known one or a new, unsaved one. Raises OSError."""
    taken = file_digest(source)
    kept = raw_path(taken)
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as come:
            put(kept, iter(lambda: come.read(1 << 20), b""))
    known = RawFile.objects.filter(digest=taken).first()
    return known or RawFile(digest=taken, name=(name or source.name)[:255], size=source.stat().st_size)


def raw_path(digest: str) -> Path:
    """Where a raw file is kept."""
    return Path(settings.WAYSTATION_HOME) / "raw" / digest[:2] / digest


def find(name: str) -> Dataset:
    """A dataset by name. Raises Refused ``kernel.unknown_name``."""
    from waystation.kernel.refusals import Refused

    if name not in datasets:
        raise Refused("kernel.unknown_name", what="dataset", name=name, known=", ".join(sorted(datasets)))
    return datasets[name]


def cited(partitions: Iterable[Partition]) -> list[dict[str, Any]]:
    """The different terms some partitions came under, each with the partitions that did (key and version)."""
    found: dict[tuple[Any, ...], list[str]] = {}
    names = ("source", "licence", "attribution", "may_republish")
    for one in partitions:
        found.setdefault(tuple(getattr(one, name) for name in names), []).append(f"{one.key} v{one.version}")
    return [{**dict(zip(names, terms, strict=True)), "partitions": keys} for terms, keys in found.items()]
