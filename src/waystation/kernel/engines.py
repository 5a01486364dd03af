"""What computes datasets: DuckDB in process, or Spark, behind one expression layer (Ibis).

Dataset steps and figures are written once as Ibis expressions; ``connection()`` runs them on the engine that
``WAYSTATION_ENGINE`` names (``spark`` is Spark on this machine, ``spark://HOST:PORT`` a cluster). Connections belong to
a thread; Spark's is shared by the process.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
from django.conf import settings

from waystation.kernel.values import digest

_mine = threading.local()
_free: deque[Any] = deque()  # DuckDB connections whose threads have ended
_chosen: ContextVar[str | None] = ContextVar("engine", default=None)
MEMORY = "1500MB"


@contextmanager
def using(engine: str) -> Iterator[None]:
    """Compute with another engine inside the block (``duckdb`` or ``spark``)."""
    token = _chosen.set(engine)
    try:
        yield
    finally:
        _chosen.reset(token)


def connection() -> Any:
    """The Ibis backend of this thread. Raises LookupError for an unknown engine, ImportError without its extra."""
    engine = _chosen.get() or settings.WAYSTATION_ENGINE
    held = _mine.__dict__.setdefault("connections", {})
    if engine not in held:
        held[engine] = _Lent(_open(engine))
    return held[engine].link


class _Lent:
    """A connection for as long as its thread lives, then for the next one.

    It is never closed with its thread: a server's threads are not Python's, and DuckDB frees memory twice when one of
    them takes a connection with it as it ends.
    """

    def __init__(self, link: Any) -> None:
        self.link = link

    def __del__(self) -> None:
        if self.link.name == "duckdb":
            _free.append(self.link)


def _open(engine: str) -> Any:
    if engine == "duckdb":
        try:
            return _free.popleft()
        except IndexError:
            link = ibis.duckdb.connect(memory_limit=MEMORY, preserve_insertion_order=False)
        link.con.execute("SET parquet_metadata_cache = true")  # files never change: their footers are read once
        return link
    if engine.partition(":")[0] == "spark":
        from pyspark.sql import SparkSession

        session = SparkSession.builder.config("spark.ui.enabled", "false").master(engine)
        if engine == "spark":  # on one machine 200 shuffle partitions are 192 too many
            session = session.master("local[*]").config("spark.sql.shuffle.partitions", "8")
        return ibis.pyspark.connect(session.config("spark.sql.session.timeZone", "UTC").getOrCreate())
    raise LookupError(f"WAYSTATION_ENGINE is {engine!r}; it can be duckdb, spark or spark://HOST:PORT")


def scan(paths: Sequence[Path], schema: pa.Schema) -> ibis.Table:
    """A table over Parquet files of one schema; an empty one when there are none."""
    if not paths:
        return ibis.memtable(schema.empty_table())
    names = [str(path) for path in paths]
    link = connection()
    known = _mine.__dict__.setdefault("views", {})
    name = f"scan_{digest(names)[:24]}"
    key = (id(link), name)
    if key not in known:
        if link.name == "pyspark":
            frame = link._session.read.parquet(*names)  # Ibis reads one path at a time here
            frame.createOrReplaceTempView(name)
            known[key] = link.table(name)
        else:
            known[key] = link.read_parquet(names, table_name=name)
    return known[key]


def fetch(expression: Any) -> pa.Table:
    """Run an expression and bring the result home as Arrow."""
    return connection().to_pyarrow(expression)


def mapped(column: pa.ChunkedArray, turn: Callable[[Any], Any], kind: pa.DataType | None = None) -> pa.Array:
    """A column with every value turned by a function, asked once for each different value (null too)."""
    coded = column.combine_chunks().dictionary_encode(null_encoding="encode")
    values = [turn(value) for value in coded.dictionary.to_pylist()]
    return pa.array(values, kind or pa.string()).take(coded.indices)
