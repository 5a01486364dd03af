"""What was acknowledged survives its process; what could not be written whole is not there at all.

Real processes on a real folder: one is killed in the middle of its acts, others may write files up to a size only, which
is how a full disk looks to them.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

OPEN = """
import sys
import django
django.setup()
from django.core.management import call_command
from waystation.kernel import audit, house, scope
from waystation.kernel.acts import do
from waystation.kernel.models import AccessToken, Actor, AuditEntry, Office

call_command("migrate", verbosity=0, interactive=False)
if not Office.everything.exists():
    with scope.enter(scope.house("trial")):
        office = do(house.open_office, code="HQ", name="Trial").record
        do(house.invite, username="amina", name="Amina", office=office)
person = Actor.objects.get(username="amina")
"""

CLERK = (
    OPEN
    + """
with scope.enter(scope.Scope(person)):
    for number in range(100_000):
        print(do(house.issue, grants="read", key=f"sent-{number}").record.ref, flush=True)
"""
)

FULL_DISK = (
    OPEN
    + """
import resource, signal
from pathlib import Path
import pyarrow as pa
from django.conf import settings
from django.db import DatabaseError
from waystation.kernel import keys
from waystation.kernel.datasets import Col, Dataset, Terms, keep_raw
from waystation.kernel.release.folder import folder_of, mark_withdrawn, write_folder
from waystation.kernel.formats import Header, Sheet

home = Path(settings.WAYSTATION_HOME)
rows = Dataset("trial.rows", (Col("text", pa.string(), "public"),))
text = pa.array([f"{n:07} " * 9 for n in range(40_000)])
batch = pa.record_batch({"text": text, "origin": text, "origin_row": pa.array(range(40_000), pa.int64())})
large = home / "large.csv"
large.write_bytes(b"x" * 3_000_000)
keys.seal("x")
folder_of("REL-1").mkdir(parents=True)
sheet = Sheet("rows", pa.table({"text": text}), (Header("text"),), formats=("csv",))

def files():
    return {str(p.relative_to(home)): p.stat().st_size for p in home.rglob("*") if p.is_file() and "sqlite3" not in p.name}

def stored():
    return AccessToken.everything.count(), AuditEntry.objects.count(), str(audit.heads())

def refused(what, call):
    with scope.enter(scope.Scope(person)):
        before = files(), stored()
        try:
            call()
        except (OSError, DatabaseError) as full:
            print(what, "refused")
        assert (files(), stored()) == before, (what, set(files()) ^ set(before[0]))
        assert list(audit.verify()) == []

def limit(most):
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
limit(100_000)
refused("partition", lambda: rows.write([batch], key="one", version=1, terms=Terms("a", "b")))
refused("raw file", lambda: keep_raw(large))
refused("release", lambda: write_folder("REL-2", [sheet], {"licence": "CC0", "title": "x"}, {}))
limit(10)
refused("keys", keys.rotate)
refused("note", lambda: mark_withdrawn("REL-1", {"why": "because it was wrong"}))
refused("act", lambda: do(house.issue, grants="read"))
limit(resource.RLIM_INFINITY)
with scope.enter(scope.Scope(person)):
    print(do(house.issue, grants="act").record.state)
assert keys.unseal(keys.seal("still")) == "still"
"""
)


REPEAT = (
    OPEN
    + """
with scope.enter(scope.Scope(person)):
    print(*AccessToken.objects.order_by("pk").values_list("ref", flat=True))
    print(*(do(house.issue, grants="read", key=f"sent-{n}").record.ref for n in range(int(sys.argv[1]))))
    print(*AccessToken.objects.order_by("pk").values_list("ref", flat=True))
    print(len(list(audit.verify())))
"""
)


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A house of its own on SQLite, with one person in it."""
    if os.environ.get("DATABASE_URL"):
        pytest.skip("SQLite is what these processes write to; it was tried in the run without DATABASE_URL.")
    home = str(tmp_path_factory.mktemp("house"))
    return {**os.environ, "WAYSTATION_HOME": home, "DJANGO_SETTINGS_MODULE": "waystation.site.settings"}


def ran(around: dict[str, str], script: str, *words: str) -> list[str]:
    """The lines that a process of its own printed; it must have ended well."""
    command = [sys.executable, "-c", script, *words]
    told = subprocess.run(command, env=around, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
    return told.stdout.splitlines()


def test_a_process_killed_in_the_middle_of_its_acts_loses_nothing_it_acknowledged(
    surroundings: dict[str, str],
) -> None:
    clerk = subprocess.Popen([sys.executable, "-c", CLERK], env=surroundings, stdout=subprocess.PIPE, text=True)
    assert clerk.stdout is not None
    acknowledged = [clerk.stdout.readline().strip() for _ in range(60)]
    clerk.send_signal(signal.SIGKILL)
    acknowledged += clerk.stdout.read().split()
    assert clerk.wait(30) == -signal.SIGKILL
    clerk.stdout.close()
    stored, repeated, after, broken = ran(surroundings, REPEAT, str(len(acknowledged)))
    assert stored.split()[: len(acknowledged)] == acknowledged
    assert len(stored.split()) <= len(acknowledged) + 1, "at most the act that was under way"
    assert repeated.split() == acknowledged, "sent again, they are the same acts"
    assert after == stored
    assert broken == "0"


def test_a_full_disk_leaves_nothing_half(surroundings: dict[str, str]) -> None:
    refused = ["partition", "raw file", "release", "keys", "note", "act"]
    assert ran(surroundings, FULL_DISK) == [*(f"{what} refused" for what in refused), "active"]
