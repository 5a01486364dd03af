"""Counting what happens, over all processes on this machine, and saying it as Prometheus reads it.

Counts live in a small SQLite file of their own, ``run/counts.sqlite3``: every process adds to the same rows, a process that
ends takes nothing with it, and losing the file loses nothing but counts. It is never waited for long and never in the way:
what cannot be counted is not. Labels are names of declarations (routes, acts, refusals, states), never what anybody typed.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from waystation.kernel import acts

WITHIN = (0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 10.0)  # seconds: the buckets of how long requests take
Row = tuple[str, str, float]
_here = threading.local()
ADD = "INSERT INTO counted VALUES (?, ?, ?) ON CONFLICT (name, labels) DO UPDATE SET value = value + excluded.value"
TABLE = (
    "CREATE TABLE IF NOT EXISTS counted (name TEXT, labels TEXT, value REAL, PRIMARY KEY (name, labels)) WITHOUT ROWID"
)


def labelled(**labels: object) -> str:
    """Labels as Prometheus writes them: ``act="house.offices.open",outcome="done"``."""
    escaped = {k: str(v).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") for k, v in labels.items()}
    return ",".join(f'{name}="{value}"' for name, value in escaped.items())


def add(rows: Iterable[Row]) -> None:
    """Add to some counts: (name, labels, by how much). A full disk or a busy file is no reason to fail."""
    with suppress(sqlite3.Error, OSError):
        _counted().executemany(ADD, rows)
        _counted().commit()


def _counted() -> sqlite3.Connection:
    path = Path(settings.WAYSTATION_HOME) / "run" / "counts.sqlite3"
    if getattr(_here, "path", None) != path or not path.exists():
        path.parent.mkdir(exist_ok=True, mode=0o700)
        _here.connection, _here.path = sqlite3.connect(path, timeout=0.5), path
        _here.connection.execute("PRAGMA journal_mode=WAL")
        _here.connection.execute("PRAGMA synchronous=OFF")
        _here.connection.execute(TABLE)
    kept: sqlite3.Connection = _here.connection
    return kept


def request(route: str, status: int, seconds: float) -> None:
    """Count a request that was answered."""
    within = next((str(one) for one in WITHIN if seconds <= one), "+Inf")
    add([
        ("waystation_requests_total", labelled(route=route, status=f"{status // 100}xx"), 1),
        ("waystation_request_seconds_bucket", labelled(route=route, le=within), 1),
        ("waystation_request_seconds_sum", labelled(route=route), seconds),
    ])  # fmt: skip


def act_ended(name: str, outcome: str) -> None:
    """Count an act: done, broken, or refused with a code."""
    plain = outcome in ("done", "broken")
    rows = [("waystation_acts_total", labelled(act=name, outcome=outcome if plain else "refused"), 1.0)]
    add(rows if plain else [*rows, ("waystation_refusals_total", labelled(code=outcome), 1.0)])


acts.watching.append(act_ended)


def lines() -> Iterator[str]:
    """All counts, as Prometheus reads them."""
    try:
        kept = _counted().execute("SELECT name, labels, value FROM counted ORDER BY name, labels").fetchall()
    except (sqlite3.Error, OSError):
        return
    yield from family("waystation_requests_total", "counter", "Requests answered.", kept)
    yield from family("waystation_acts_total", "counter", "Acts, and how they ended.", kept)
    yield from family("waystation_refusals_total", "counter", "Acts refused, by the code of the refusal.", kept)
    yield "# HELP waystation_request_seconds How long requests took.\n# TYPE waystation_request_seconds histogram"
    for route, total in [(row[1], row[2]) for row in kept if row[0] == "waystation_request_seconds_sum"]:
        sofar = 0.0
        held = {labels: value for name, labels, value in kept if name == "waystation_request_seconds_bucket"}
        for bound in [*map(str, WITHIN), "+Inf"]:
            sofar += held.get(f'{route},le="{bound}"', 0)
            yield f'waystation_request_seconds_bucket{{{route},le="{bound}"}} {sofar:g}'
        yield f"waystation_request_seconds_sum{{{route}}} {total:.6f}"
        yield f"waystation_request_seconds_count{{{route}}} {sofar:g}"


def family(name: str, kind: str, about: str, rows: Iterable[Row]) -> Iterator[str]:
    """The lines of one measure: what it is, and its values; ``rows`` of other names are left out."""
    found = [row for row in rows if row[0] == name]
    if found:
        yield f"# HELP {name} {about}\n# TYPE {name} {kind}"
    for _name, labels, value in found:
        amount = f"{value:.15g}"
        yield f"{name}{{{labels}}} {amount}" if labels else f"{name} {amount}"
