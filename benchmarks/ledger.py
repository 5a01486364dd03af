"""A book of many transfers: a balance now, an act with ten lines, postings sustained, a hub's balances as of a past day, the check.

    python benchmarks/ledger.py [--transfers 10000000] [--seconds 10]

On the database that DATABASE_URL names, else on SQLite in a temporary folder. Exits with 1 when a limit is missed: a balance 2 ms, an
act with ten lines 25 ms (median), 500 postings a second, a hub as of a past day 1 s. Beside them, the limit of the machine: the
same ten lines as bare inserts and updates in one transaction.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any


def main() -> int:
    """Fill the book, measure, say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--transfers", type=int, default=10_000_000)
    parser.add_argument("--seconds", type=float, default=10)
    asked = parser.parse_args()
    os.environ["WAYSTATION_HOME"] = tempfile.mkdtemp()
    os.environ["DJANGO_SETTINGS_MODULE"] = "waystation.site.settings"
    import django

    django.setup()
    from benchmarks.ledger_book import Book

    begun = time.perf_counter()
    book = Book()
    book.fill(asked.transfers)
    print(f"filled         {asked.transfers:>12,} transfers in {time.perf_counter() - begun:6.1f} s")
    begun = time.perf_counter()
    print(f"closed         {book.close():>12,} months    in {time.perf_counter() - begun:6.1f} s")
    rows = [
        ("a balance now, ms", 2.0, median(book.balance, 200)),
        ("act, ten lines, ms", 25.0, median(book.ten_lines, 100)),
        ("bare, ten lines, ms", None, median(book.bare, 100)),
        ("hub as of a past day, ms", 1000.0, median(book.hub_then, 5)),
    ]
    missed = False
    for name, limit, found in rows:
        missed |= limit is not None and found > limit
        print(f"{name:26} {found:10.2f}" + (f"   (limit {limit:g})" if limit else ""))
    for lines in (1, 10):
        rate, cpu = sustained(lambda lines=lines: book.post(lines), asked.seconds, lines)
        missed |= lines == 10 and rate < 500
        print(
            f"postings a second, {lines:2} an act {rate:8.0f}   {cpu:.2f} ms of CPU each"
            + ("   (limit 500)" if lines == 10 else "")
        )
    begun = time.perf_counter()
    print(f"check ledger: {book.check()} differences in {time.perf_counter() - begun:.1f} s")
    return int(missed)


def median(what: Callable[[], Any], count: int) -> float:
    """Milliseconds of wall clock, the median of some calls after one to warm up."""
    what()
    taken = []
    for _ in range(count):
        begun = time.perf_counter()
        what()
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken)


def sustained(what: Callable[[], Any], seconds: float, lines: int) -> tuple[float, float]:
    """Postings a second, and milliseconds of CPU for each, over some seconds."""
    begun, cpu, count = time.perf_counter(), time.process_time(), 0
    while time.perf_counter() - begun < seconds:
        what()
        count += lines
    return count / (time.perf_counter() - begun), (time.process_time() - cpu) * 1000 / count


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    sys.exit(main())
