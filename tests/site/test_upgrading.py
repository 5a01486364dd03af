"""A house of the first version, with people, a trail and jobs in it, is brought forward and is whole; and never backward."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.site.houses import PASSPHRASE, House, house_on, kind_in_force

# The tables as the first migrations left them, filled through the models of that day; the trail keyed as the house keys it.
FIRST = """
import json, django
django.setup()
from datetime import datetime, timedelta, UTC
from pathlib import Path
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from waystation.kernel import audit, keys
from waystation.site import upgrading

Path(settings.WAYSTATION_HOME).mkdir(parents=True, exist_ok=True)
ours = {app for app, name in upgrading.known() if app == "kernel"} | {
    c.label for c in django.apps.apps.get_app_configs() if c.name.startswith("waystation.")}
graph = MigrationExecutor(connection).loader.graph
first = [one for one in upgrading.known() if one[0] in ours and one[1].startswith("0001")]
others = [one for one in graph.leaf_nodes() if one[0] not in ours]
MigrationExecutor(connection).migrate(first + others)
old = upgrading.registry_at(upgrading.applied())
model = lambda name: old.get_model("kernel", name)
at = datetime(2026, 1, 1, 12, 30, 15, 123456, tzinfo=UTC)
with transaction.atomic():
    hq = model("Office").objects.create(code="HQ", name="Headquarters", path="/HQ/")
    dakar = model("Office").objects.create(code="DKR", name="Dakar", parent=hq, path="/HQ/DKR/")
    amina = model("Actor").objects.create(username="amina", name="Amina Diallo", email="amina@example.org", office=dakar, password="!")
    for number in range(40):
        job = model("Job").objects.create(ref=f"JOB-{number}", office=dakar, author=amina, state="done", version=3,
            task="trial.count", arguments={"to": number}, result={"counted": number}, created_at=at)
        chain = audit.hash_chain(job)
        head, _new = model("ChainHead").objects.get_or_create(chain=chain)
        left = model("Revision")(model="kernel.job", key=str(job.pk), version=3, at=at + timedelta(minutes=number),
            values={"ref": job.ref, "share": "0.1", "é": [1, 2.5, None]})
        entry = model("AuditEntry")(chain=chain, place=head.length + 1, at=left.at, actor=amina, purpose="", act="house.jobs.finish",
            subject=audit.label(job), said={"result": number}, contents=audit._contents([left]), previous=head.digest)
        entry.digest = audit._link(entry)
        entry.save()
        left.entry = entry
        left.save()
        head.length, head.digest = entry.place, entry.digest
        head.save()
    fact = model("OutboxFact").objects.create(name="trial.happened", body={"number": 7}, at=at, entry=entry)
    model("Delivery").objects.create(fact=fact, reaction="trial.listen", due_at=at, state="given up", tries=8, error="OSError: x")
print(json.dumps({"pending": len(upgrading.pending())}))
"""
LATER = """
import json, django
django.setup()
from django.db import connection
from waystation.kernel import audit
from waystation.kernel.models import Actor, AuditEntry, Delivery, Job, Office, Revision
job = Job.everything.get(ref="JOB-7")
print(json.dumps({
    "rows": [m._base_manager.count() for m in (Office, Actor, Job, AuditEntry, Revision, Delivery)],
    "broken": len(list(audit.verify())), "job": [job.result, job.created_at.isoformat(), job.due_at],
    "email": Actor.objects.get(username="amina").email,
}))
"""
FUTURE = """
import json, django
django.setup()
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
MigrationRecorder(connection).record_applied("kernel", "9999_from_the_future")
print(json.dumps({}))
"""
WHOLE = {"rows": [2, 1, 40, 40, 40, 1], "broken": 0, "job": [{"counted": 7}, "2026-01-01T12:30:15.123456+00:00", None],
         "email": "amina@example.org"}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    kept = tmp_path_factory.mktemp("upgrading")
    passphrase = kept / "passphrase"
    passphrase.write_text(PASSPHRASE)
    passphrase.chmod(0o600)
    return kept


@pytest.fixture(scope="module")
def house(folder: Path) -> Iterator[House]:
    with house_on(kind_in_force(), folder) as made:
        assert made.run(FIRST)["pending"] > 0
        yield made


def test_a_house_of_the_first_version_comes_forward_whole(house: House, folder: Path) -> None:
    key = ["--passphrase-file", str(folder / "passphrase")]
    (worked, refused), (dried, dry), (code, done), (repeated, again) = house.commands(
        ["work", "--once"],
        ["upgrade", "--dry-run"],
        ["upgrade", "-o", str(folder / "before.waystation"), *key],
        ["upgrade"],
    )
    assert (worked, refused["code"]) == (1, "site.database_older"), "nobody works on tables of another version"
    assert dried == 0
    assert "kernel.0002_operations" in dry["pending"]
    assert (code, done["ran"]) == (0, dry["pending"])
    assert (repeated, again["pending"]) == (0, [])
    assert house.run(LATER) == WHOLE


def test_the_backup_made_before_restores_with_the_newer_code(house: House, folder: Path) -> None:
    with house_on(kind_in_force(), folder) as another:
        code, answer = another.command(
            "restore", str(folder / "before.waystation"), "--passphrase-file", str(folder / "passphrase")
        )
        assert (code, answer["ok"]) == (0, True)
        assert another.run(LATER) == WHOLE


def test_a_database_of_a_newer_version_is_left_alone(house: House, folder: Path) -> None:
    key = ["--passphrase-file", str(folder / "passphrase")]
    made = ["backup", "-o", str(folder / "future.waystation"), *key]
    *refusals, (code, _made) = house.commands(
        ["serve", "--port", "0"], ["work", "--once"], ["upgrade"], made, before=FUTURE
    )
    for exit_code, refused in refusals:
        assert (exit_code, refused["code"]) == (1, "site.database_newer")
        assert "kernel.9999_from_the_future" in refused["title"]
    assert code == 0, "but it can be backed up"
    with house_on("sqlite", folder) as another:
        code, refused = another.command("restore", str(folder / "future.waystation"), *key)
        assert (code, refused["code"]) == (1, "site.backup_newer")


def test_what_is_not_whole_after_an_upgrade_is_said(folder: Path) -> None:
    with house_on("sqlite", folder) as spoilt:
        spoilt.run(FIRST.replace("entry.save()", "entry.said = {'result': 99}; entry.save()"))
        code, refused = spoilt.command("upgrade", "--no-backup")
        assert (code, refused["code"]) == (1, "site.unsound")
        assert "the entry was edited" in refused["title"]
