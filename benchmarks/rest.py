"""The interface for programs with a million records: a page of 100, an act with its trail by four clients at once, and 50
readers at once on one serving process.

Prints milliseconds of server time (measured around the WSGI application, JSON and all middleware included) and exits with 1
when a page's median takes 60 ms or more, an act's median 25 ms or more, or a reader gets anything but 200. Beside the page, in
the same run: the same 100 rows asked of the database alone, as dictionaries.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

PAGE, ACT = 60.0, 25.0  # milliseconds, at the median
AT_ONCE = 50
LISTS = {
    "first page": "",
    "hundredth page": "",
    "filtered": "&state=closed",
    "filtered twice": "&kind=camp&country=HTI",
    "searched by reference": "&q=SITE-00012",
    "by name": "&sort=name",
}


def fill(records: int) -> tuple[str, list[str]]:
    """A house with that many sites, put straight into the table; a key that may do everything; some references."""
    from waystation.apps.places.models import Country, Site
    from waystation.kernel import house, scope
    from waystation.kernel.acts import do
    from waystation.kernel.models import Actor, Office
    from waystation.site.commands.opening import open_house

    with scope.enter(scope.house("benchmark")):
        open_house("Benchmark")
        office = Office.objects.get(code="HQ")
        person: Actor = do(house.invite, username="ben", name="Ben", office=office).record
        do(house.grant, holder=person, duty="places.keep", office=office)
        countries = list(Country.objects.order_by("pk")[:40])
        kinds = ["camp", "settlement", "transit", "host"]
        for start in range(0, records, 20_000):
            rows = [
                Site(ref=f"SITE-{n:08}", office=office, author=person, state="closed" if n % 5 == 0 else "open", version=1,
                     name=f"Site {(n * 7919) % records:07}", kind=kinds[n % 4], country=countries[n % 40],
                     longitude=n % 180, latitude=n % 90)
                for n in range(start, min(start + 20_000, records))
            ]  # fmt: skip
            Site._base_manager.bulk_create(rows, batch_size=2000)
    with scope.enter(scope.Scope(person)):
        return str(do(house.issue, grants="read act").answer["key"]), [f"SITE-{n:08}" for n in range(1, 2000, 5)]


def milliseconds(what: Callable[[], Any], times: int) -> list[float]:
    """How long each of some calls took."""
    found = []
    for _n in range(times):
        began = time.perf_counter()
        what()
        found.append((time.perf_counter() - began) * 1000)
    return found


def with_cpu(name: str, what: Callable[[], Any], times: int) -> bool:
    """Time some calls of a page; print them with the CPU that this process spent on one."""
    cpu = time.process_time()
    found = milliseconds(what, times)
    return told(f"{name} ({(time.process_time() - cpu) * 1000 / times:.1f} CPU)", found, PAGE)


def told(name: str, found: list[float], limit: float | None = None) -> bool:
    """Print median and 95th percentile; whether the median holds its limit."""
    median, p95 = statistics.median(found), sorted(found)[int(len(found) * 0.95)]
    print(
        f"{name:34} {median:8.1f} ms median {p95:8.1f} ms p95" + (f"   limit {limit:.0f}" if limit else ""), flush=True
    )
    return limit is None or median < limit


def pages(key: str, times: int) -> bool:
    """Pages of 100, each asked some times."""
    from django.test import Client

    from waystation.apps.places.models import Site
    from waystation.kernel import scope

    client = Client(headers={"Authorization": f"Bearer {key}", "Host": "localhost"})

    def ask(address: str) -> dict[str, Any]:
        answer = client.get(address)
        assert answer.status_code == 200, answer.content
        found: dict[str, Any] = json.loads(answer.content)
        return found

    good = True
    for name, query in LISTS.items():
        address = f"/api/v1/places.sites?limit=100{query}"
        for _n in range(99 if name == "hundredth page" else 0):
            address = ask(address)["next"]
        ask(address)
        good &= with_cpu(name, partial(client.get, address), times)
    with scope.enter(scope.house("benchmark")):
        bare = milliseconds(lambda: list(Site.objects.order_by("-pk").values()[:100]), times)
    told("the same rows, database alone", bare)
    one = ask("/api/v1/places.sites?limit=1")["items"][0]["ref"]
    with_cpu("one record", partial(client.get, f"/api/v1/places.sites/{one}"), times)
    return good


def acting(key: str, refs: list[str], times: int, prefer: str) -> list[float]:
    """Four clients rename sites at once, each its own, each on its own connection, none with a pause."""
    from django.db import connection
    from django.test import Client

    found: list[float] = []

    def work(number: int) -> None:
        client = Client(headers={"Authorization": f"Bearer {key}", "Host": "localhost"})
        try:
            for n in range(times):
                address = f"/api/v1/places.sites/{refs[n * 4 + number]}/acts/rename_site"
                began = time.perf_counter()
                answer = client.post(
                    address, {"name": f"{prefer} {n}"}, content_type="application/json", headers={"Prefer": prefer}
                )
                found.append((time.perf_counter() - began) * 1000)
                assert answer.status_code == 200, answer.content
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    cpu = time.process_time()
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(found) == 4 * times, "a client broke"
    print(f"{(time.process_time() - cpu) * 1000 / len(found):.1f} ms of CPU an act", flush=True)
    return found


def reading(key: str, times: int) -> bool:
    """Fifty readers at once on one ``waystation serve``."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "waystation.site.cli", "serve", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wrong: list[str] = []
    found: list[float] = []

    def read() -> None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        for _n in range(times):
            began = time.perf_counter()
            try:
                line.request("GET", "/api/v1/places.sites?limit=100", headers={"Authorization": f"Bearer {key}"})
                answer = line.getresponse()
                answer.read()
                found.append((time.perf_counter() - began) * 1000)
                if answer.status != 200:
                    wrong.append(str(answer.status))
            except (OSError, http.client.HTTPException) as broken:
                wrong.append(repr(broken))
                line.close()

    try:
        for _n in range(1200):
            assert server.poll() is None, "the server did not start"
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        began = time.perf_counter()
        threads = [threading.Thread(target=read) for _n in range(AT_ONCE)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        seconds = time.perf_counter() - began
    finally:
        server.terminate()
        server.wait(30)
    told(f"{AT_ONCE} readers at once (with waiting)", found or [0.0])
    print(f"{len(found) / seconds:.0f} pages of 100 a second, {len(wrong)} errors {sorted(set(wrong))[:3]}")
    return not wrong and len(found) == AT_ONCE * times


def main() -> int:
    """Measure on the database that DATABASE_URL names (it must be empty), else on SQLite in a temporary folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=50)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {
            "WAYSTATION_HOME": home,
            "DJANGO_SETTINGS_MODULE": "waystation.site.settings",
            "WAYSTATION_API_RATE": "100000000",
        }
        import django

        django.setup()
        began = time.perf_counter()
        key, refs = fill(asked.records)
        print(f"{asked.records:,} records in {time.perf_counter() - began:.0f} s", flush=True)
        good = [pages(key, asked.times)]
        told("an act and its record, four at once", acting(key, refs, asked.times, "return=representation"))
        good.append(told("an act, four at once", acting(key, refs, asked.times, "return=minimal"), ACT))
        good.append(reading(key, 10))
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
