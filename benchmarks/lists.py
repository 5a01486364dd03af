"""Lists, sheets and files of a register with a million records, beside Django's own admin on the same table.

    python benchmarks/lists.py [--records 1000000] [--repeat 20]

On SQLite, and on PostgreSQL as well when DATABASE_URL names a server (a database is made there and dropped again). Requests
go through all of Django in this process, as one person who may see everything; the admin is installed here only. Prints the
median and the 95th percentile of wall clock and the median of CPU, in milliseconds; exits with 1 when a list's median is
100 ms or more, its 95th percentile 200 ms or more, or a sheet's median 60 ms or more.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

LIST, WORST, SHEET = 100.0, 200.0, 60.0  # milliseconds
FILE_ROWS = 50_000
OURS, THEIRS = "/r/places.sites/", "/admin/places/site/"
REBUILD = "search rebuild"  # the command that brings the search index up to date, where there is one
SITES = """
INSERT INTO places_site (ref, office_id, author_id, state, version, created_at, code, name, kind, country_id, area_id,
                         longitude, latitude, opened_on, closed_on)
WITH RECURSIVE s(n) AS (SELECT CAST(0 AS bigint) UNION ALL SELECT n + 1 FROM s WHERE n + 1 < {records})
SELECT 'SITE-' || (10000000 + n), {office}, {author}, CASE WHEN {any2} % 10 < 8 THEN 'open' ELSE 'closed' END, 1,
       '2024-01-01', CASE WHEN n % 3 = 0 THEN 'C' || (1000000 + n) ELSE '' END, 'Site ' || {any3},
       CASE {any4} % 4 WHEN 0 THEN 'camp' WHEN 1 THEN 'settlement' WHEN 2 THEN 'office' ELSE 'other' END,
       {country} + {any5} % 5000 % {countries}, CASE WHEN n % 10 = 0 THEN NULL ELSE {area} + {any5} % 5000 END,
       {any6} % 36000 / 100.0 - 180, {any7} % 18000 / 100.0 - 90, CASE WHEN n % 20 = 0 THEN NULL ELSE {day} END, NULL
FROM s"""


def ready(home: str) -> None:
    """Django with the admin beside us, in this process only."""
    os.environ |= {"WAYSTATION_HOME": home, "DJANGO_SETTINGS_MODULE": "waystation.site.settings"}
    import django

    from waystation.site import settings

    settings.INSTALLED_APPS.append("django.contrib.admin")
    settings.TEMPLATES[0]["OPTIONS"]["context_processors"].append("django.contrib.auth.context_processors.auth")
    settings.ROOT_URLCONF = "addresses_with_admin"
    settings.ALLOWED_HOSTS = ["testserver"]
    django.setup()
    from django.test.utils import setup_test_environment

    setup_test_environment()
    sys.modules["addresses_with_admin"] = with_admin()


def with_admin() -> types.ModuleType:
    """Our addresses, and the admin's list of sites with the same columns, filters, search and length of page."""
    from django.contrib import admin
    from django.urls import path

    from waystation.apps.places.models import Site
    from waystation.kernel.register import find_register
    from waystation.site import urls
    from waystation.surfaces.paging import PAGE

    ours = find_register("places.sites")

    class Whole(admin.AdminSite):
        def has_permission(self, request: Any) -> bool:
            return True

    class Sites(admin.ModelAdmin):
        list_display, list_filter, search_fields = ours.columns, ours.filters, ours.search
        list_per_page, list_select_related = PAGE, ("country", "area")

        def has_view_permission(self, request: Any, obj: Any = None) -> bool:
            return True

        has_module_permission = has_change_permission = has_view_permission
        has_add_permission = has_delete_permission = lambda self, request, obj=None: False

    site = Whole(name="admin")
    site.register(Site, Sites)
    made = types.ModuleType("addresses_with_admin")
    made.urlpatterns = [path("admin/", site.urls), *urls.urlpatterns]
    return made


def fill(records: int) -> Any:
    """A house, 5,000 areas, and the sites: invented by the database itself, for a million acts take twenty minutes."""
    from django.db import connection

    from waystation.apps.places.models import Area, Country
    from waystation.kernel import house, scope
    from waystation.kernel.acts import _count_anew, do
    from waystation.kernel.commands import commands
    from waystation.kernel.models import Office
    from waystation.kernel.register import find_register
    from waystation.site.commands.opening import open_house

    with scope.enter(scope.house("benchmark")):
        open_house("Benchmark")
        office = Office.objects.get(code="HQ")
        person = do(house.invite, username="ben", name="Ben", office=office).record
        do(house.grant, holder=person, duty="places.keep", office=office)
        lands = sorted(Country.objects.values_list("pk", flat=True))
        said = {"office": office, "state": "listed", "version": 1, "level": 1, "folded": ""}
        named = [(n, f"Area {n * 7919 % 5000:04}") for n in range(5000)]
        areas = [
            Area(ref=f"A{n}", pcode=f"P{n:05}", name=name, country_id=lands[n % len(lands)], **said)
            for n, name in named
        ]
        Area._base_manager.bulk_create(areas, batch_size=1000)
        number = {f"any{salt}": f"((n + {salt}) * 2654435761 / 7 % 99999989)" for salt in range(2, 9)}
        days = f"{number['any8']} % 4000"
        later = f"date('2015-01-01', '+' || {days} || ' days')"
        day = later if connection.vendor == "sqlite" else f"(date '2015-01-01' + CAST({days} AS int))"
        first = Area._base_manager.order_by("pk").values_list("pk", flat=True)[0]
        with connection.cursor() as cursor:
            cursor.execute(SITES.format(records=records, office=office.pk, author=person.pk, country=lands[0],
                                        countries=len(lands), area=first, day=day, **number))  # fmt: skip
        _count_anew(find_register("places.sites").model)
        if REBUILD in commands:
            commands[REBUILD].run(argparse.Namespace(json=False))
        else:
            print(f"there is no command '{REBUILD}': what is searched for is looked for in every record")
    return person


def asked(records: int) -> dict[str, tuple[str, str]]:
    """What is asked of us, and of the admin for the same; empty where it has no such thing."""
    from waystation.surfaces.paging import PAGE

    deep, page = f"after=SITE-{10_000_000 + records * 7 // 10}", records * 7 // 10 // PAGE
    order, columns = {"name": 3, "opened_on": 9}, f"{THEIRS}?o="
    return {
        "first page": (OURS, THEIRS),
        "a page far on": (f"{OURS}?{deep}", f"{THEIRS}?p={page}"),
        "filtered": (f"{OURS}?state=closed", f"{THEIRS}?state__exact=closed"),
        "filtered twice": (f"{OURS}?state=closed&kind=camp", f"{THEIRS}?state__exact=closed&kind__exact=camp"),
        "by name": (f"{OURS}?sort=name", f"{columns}{order['name']}"),
        "by name, backwards": (f"{OURS}?sort=-name", f"{columns}-{order['name']}"),
        "by name, far on": (f"{OURS}?sort=name&{deep}", f"{columns}{order['name']}&p={page}"),
        "by day": (f"{OURS}?sort=opened_on", f"{columns}{order['opened_on']}"),
        "by country": (f"{OURS}?sort=country", f"{columns}5"),
        "by area, far on": (f"{OURS}?sort=-area&{deep}", f"{columns}-6&p={page}"),
        "filtered, by name": (f"{OURS}?kind=camp&state=closed&sort=name",
                              f"{columns}{order['name']}&kind__exact=camp&state__exact=closed"),
        "searched": (f"{OURS}?q=site+4242", f"{THEIRS}?q=site+4242"),
        "sheet": (f"{OURS}SITE-{10_000_000 + records // 2}/", ""),
    }  # fmt: skip


def measured(get: Callable[[str], Any], address: str, repeat: int) -> tuple[float, float, float]:
    """Median and 95th percentile of wall clock, median of CPU, in milliseconds, after one request that is not counted.

    What takes more than three seconds is asked three times only."""
    walls, cpus = [], []
    for number in range(repeat + 1):
        cpu, wall = time.process_time(), time.perf_counter()
        answer = get(address)
        cpus.append((time.process_time() - cpu) * 1000)
        walls.append((time.perf_counter() - wall) * 1000)
        if answer.status_code != 200:
            raise SystemExit(f"{address}: {answer.status_code}")
        if number == 3 and walls[-1] > 3000:
            break
    walls, cpus = sorted(walls[1:]), sorted(cpus[1:])
    return walls[len(walls) // 2], walls[min(len(walls) - 1, round(len(walls) * 0.95))], cpus[len(cpus) // 2]


def run(on: str, records: int, repeat: int) -> int:
    """Fill one database and measure. Returns the exit code."""
    failed = []
    with tempfile.TemporaryDirectory() as home:
        ready(home)
        from django.test import Client

        client = Client()
        client.force_login(fill(records))
        print(f"\n{on}, {records:,} records; milliseconds (median, 95 of 100, CPU)")
        for name, (ours, theirs) in asked(records).items():
            median, worst, cpu = measured(client.get, ours, repeat)
            peer = measured(client.get, theirs, repeat) if theirs else None
            beside = f"admin {peer[0]:8.0f} {peer[1]:8.0f} {peer[2]:8.0f}" if peer else ""
            print(f"{name:22} {median:7.0f} {worst:7.0f} {cpu:7.0f}   {beside}", flush=True)
            most = (SHEET, WORST) if name == "sheet" else (LIST, WORST)
            failed += [f"{on}: {name}"] if median >= most[0] or worst >= most[1] else []
        files(client, Path(home))
    print(*(f"missed its limit: {one}" for one in failed), sep="\n", end="\n" if failed else "")
    return 1 if failed else 0


def files(client: Any, home: Path) -> None:
    """Files of the whole register: rows a second, and how much memory grew by meanwhile."""
    import resource

    from django.http import QueryDict

    from waystation.kernel import scope
    from waystation.kernel.models import Actor
    from waystation.kernel.register import find_register
    from waystation.surfaces.asked import Question
    from waystation.surfaces.files import leaving_of, write

    with scope.enter(scope.Scope(Actor.objects.get(username="ben"))) as asking:
        leaving = leaving_of(Question(find_register("places.sites"), asking, QueryDict("")))
        for kind in ("csv", "parquet", "geojson"):
            before, cpu, wall = (
                resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
                time.process_time(),
                time.perf_counter(),
            )
            rows = write(leaving, kind, home / kind)
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
            print(
                f"{kind + ' of all':22} {rows:,} rows in {wall:.0f} s ({cpu:.0f} s CPU), memory grew by {grown:.0f} MB"
            )


def on_both(given: list[str]) -> int:
    """Each database in a process of its own."""
    codes, url = [], os.environ.pop("DATABASE_URL", "")
    codes.append(subprocess.call([sys.executable, __file__, *given, "--on", "SQLite"]))
    if url:
        import psycopg

        name = f"waystation_lists_{os.getpid()}"
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(f"CREATE DATABASE {name}")
            try:
                own = urlsplit(url)._replace(path=f"/{name}").geturl()
                command = [sys.executable, __file__, *given, "--on", "PostgreSQL"]
                codes.append(subprocess.call(command, env={**os.environ, "DATABASE_URL": own}))
            finally:
                server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    return max(codes)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=20)
    parser.add_argument("--on", default="", help=argparse.SUPPRESS)
    said = parser.parse_args()
    return run(said.on, said.records, said.repeat) if said.on else on_both(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
