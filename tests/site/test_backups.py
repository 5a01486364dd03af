"""A backup is whole or not there, opens with its passphrase alone, and restores to either kind of database."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.site.houses import PASSPHRASE, house_on, kind_in_force
from waystation.kernel import scope, work
from waystation.kernel.acts import do
from waystation.kernel.models import Job
from waystation.kernel.refusals import Refused
from waystation.site import cli
from waystation.site.backups import restoring
from waystation.site.backups.sealing import CHUNK, FORMAT, Opener, Sealer

TOLD = """
import hashlib, json
from waystation.kernel.values import canonical

def told(tables):
    # a table's rows in no order, each as its canonical bytes: databases sort texts and keep keys of JSON in ways of their own
    return {name: [len(rows), hashlib.sha256(b"".join(sorted(map(canonical, rows)))).hexdigest()] for name, rows in tables.items()}

def stored():
    from waystation.site import upgrading
    from waystation.site.backups import rows
    with rows.snapshot() as alias:
        return told({m._meta.label_lower: list(rows.read(m, alias)) for m in rows.tables(upgrading.registry_at(upgrading.applied()))})
"""
# A demonstration, where somebody goes on acting while the backup is made; then another, onto a disk that is full.
BUSY = (
    TOLD
    + """
import sys, threading, resource, signal
from pathlib import Path
from waystation.site import cli
assert cli.main(["demo", "--no-serve"]) == 0
from django.db import connection
from waystation.kernel import house, scope
from waystation.kernel.acts import do
from waystation.kernel.models import AccessToken, Actor, AuditEntry
from waystation.kernel.refusals import Refused
from waystation.site.backups import making, restoring

made, over, acting = Path(sys.argv[1]), threading.Event(), threading.Event()
person = Actor.objects.get(username="amina")

def act():
    with scope.enter(scope.Scope(person)):
        while not over.is_set():
            do(house.issue, grants="while it runs")
            acting.set()
            over.wait(0.1)
    connection.close()

clerk = threading.Thread(target=act)
clerk.start()
acting.wait(60)
manifest = making.make(made, sys.argv[2])
over.set()
clerk.join()
kept = {}
with restoring._members(made, sys.argv[2]) as members:
    found = restoring.Found()
    for name, about, content in members:
        if name.startswith("rows/"):
            label = name.split("/")[1]
            kept.setdefault(label, []).extend(found.rows(label, content.read())[1])
after = AuditEntry.objects.count()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
try:
    making.make(made.with_name("second"), sys.argv[2])
except Refused as full:
    code = full.code
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(json.dumps({"kept": {**{n: [0, told({n: []})[n][1]] for n in manifest["tables"]}, **told(kept)}, "after": after,
                  "full": code, "beside": sorted(p.name for p in made.parent.iterdir()),
                  "links": sum(h["length"] for h in manifest["heads"])}))
"""
)
AGAIN = (
    TOLD
    + """
import sys, django
django.setup()
from waystation.kernel import house, scope
from waystation.kernel.acts import do
from waystation.kernel.models import AccessToken, Actor
found = stored()
newest = AccessToken.everything.order_by("-pk").first().pk
with scope.enter(scope.Scope(Actor.objects.get(username="amina"))):
    made = do(house.issue, grants="after").record
print(json.dumps({"stored": found, "newer": made.pk > newest}))
"""
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    kept = tmp_path_factory.mktemp("backups")
    passphrase = kept / "passphrase"
    passphrase.write_text(PASSPHRASE + "\n")
    passphrase.chmod(0o600)
    return kept


@pytest.fixture(scope="module")
def busy(folder: Path) -> Iterator[dict[str, tuple[Path, dict[str, Any]]]]:
    """A backup of a busy house on each kind of database there is, and what the house said of it."""
    with ExitStack() as stack:
        made = {}
        for kind in {"sqlite", kind_in_force()}:
            house = stack.enter_context(house_on(kind, folder))
            path = folder / kind / "house.waystation"
            path.parent.mkdir()
            made[kind] = path, house.run(BUSY, str(path), PASSPHRASE)
        yield made


@pytest.mark.parametrize("source", ["sqlite", "postgresql"])
@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_a_backup_made_while_people_act_restores_to_either_kind(
    busy: dict[str, tuple[Path, dict[str, Any]]], folder: Path, source: str, target: str
) -> None:
    if kind_in_force() != "sqlite" == source == target:
        pytest.skip("SQLite alone: it was tried in the run without DATABASE_URL.")
    with house_on(source, folder), house_on(target, folder) as house:
        path, told = busy[source]
        key = ["--passphrase-file", str(folder / "passphrase")]
        code, answer = house.command("restore", str(path), *key)
        assert (code, answer["ok"], answer["checks"]["ok"]) == (0, True, True), answer
        assert answer["figures"] > 0, "released figures were computed anew and are the same"
        again = house.run(AGAIN)
        assert again["stored"] == told["kept"], "every row of every table"
        assert again["newer"], "no key of a row is given twice"


def test_a_restore_writes_over_nothing(
    busy: dict[str, tuple[Path, dict[str, Any]]], folder: Path, tmp_path: Path
) -> None:
    key = ["--passphrase-file", str(folder / "passphrase")]
    with house_on("sqlite", tmp_path) as house:
        (house.home / "raw").mkdir(parents=True)
        (house.home / "raw" / "somebody's own").write_text("kept")
        code, refused = house.command("restore", str(busy["sqlite"][0]), *key)
        assert (code, refused["code"]) == (1, "site.not_empty")


def test_it_is_of_one_moment_while_others_went_on(busy: dict[str, tuple[Path, dict[str, Any]]]) -> None:
    for path, told in busy.values():
        entries = told["kept"]["kernel.auditentry"][0]
        assert told["links"] == entries, "the heads of the trail are of the moment of its rows"
        assert entries < told["after"]
        assert restoring.verify(path, PASSPHRASE)["tables"]["kernel.auditentry"]["rows"] == entries


def test_a_full_disk_leaves_nothing_that_looks_whole(busy: dict[str, tuple[Path, dict[str, Any]]]) -> None:
    for _path, told in busy.values():
        assert (told["full"], told["beside"]) == ("site.backup_unwritten", ["house.waystation"])


def test_a_backup_that_is_cut_or_altered_restores_nothing(
    busy: dict[str, tuple[Path, dict[str, Any]]], folder: Path, tmp_path: Path
) -> None:
    whole = busy["sqlite"][0].read_bytes()
    harmed = tmp_path / "harmed"
    for content, code in (
        (whole[: len(whole) // 2], "site.backup_cut"),
        (whole[:-1], "site.backup_cut"),
        (whole[:-100] + bytes([whole[-100] ^ 1]) + whole[-99:], "site.backup_altered"),
        (b"PK" + whole, "site.no_backup"),
    ):
        harmed.write_bytes(content)
        with pytest.raises(Refused) as no:
            restoring.verify(harmed, PASSPHRASE)
        assert no.value.code == code
    harmed.write_bytes(whole[:-100])
    with house_on("sqlite", tmp_path) as house:
        code, refused = house.command("restore", str(harmed), "--passphrase-file", str(folder / "passphrase"))
        assert (code, refused["code"]) == (1, "site.backup_cut")
        left = {p.name for p in house.home.rglob("*") if p.is_file() and ".sqlite3" not in p.name}
        assert left <= {"django.key"}
        again = house.command("upgrade", "--dry-run")
        assert again[1]["code"] == "kernel.no_home", "there is no house, and a restore may be tried again"


# --- the seal


def sealed(content: bytes, passphrase: str = PASSPHRASE) -> bytes:
    stream = io.BytesIO()
    sealer = Sealer(stream, passphrase)
    sealer.write(content)
    sealer.close()
    return stream.getvalue()


def opened(content: bytes, passphrase: str = PASSPHRASE) -> bytes:
    return Opener(io.BytesIO(content), passphrase, Path("x")).read()


def parts(content: bytes) -> tuple[bytes, list[bytes]]:
    """The header and the chunks, each with its length."""
    end = content.index(b"\n", len(FORMAT)) + 1
    header, rest, found = content[:end], content[end:], []
    while rest:
        size = 4 + int.from_bytes(rest[:4], "big")
        found.append(rest[:size])
        rest = rest[size:]
    return header, found


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK])
def test_what_is_sealed_opens(size: int) -> None:
    content = os.urandom(size)
    assert opened(sealed(content)) == content
    assert size < 100 or content[:100] not in sealed(content)


def test_chunks_can_be_neither_dropped_swapped_repeated_nor_added() -> None:
    header, (one, two, three) = parts(sealed(os.urandom(2 * CHUNK + 10)))
    for broken, code in (
        ((one, two), "site.backup_cut"),
        ((one, three), "site.backup_altered"),
        ((two, one, three), "site.backup_altered"),
        ((one, one, two, three), "site.backup_altered"),
        ((one, two, three, three), "site.backup_altered"),
        ((one, two, b"\xff\xff\xff\xff" + three[4:]), "site.backup_altered"),
    ):
        with pytest.raises(Refused) as no:
            opened(header + b"".join(broken))
        assert no.value.code == code, broken


def test_the_wrong_passphrase_is_said_to_be_wrong() -> None:
    with pytest.raises(Refused) as no:
        opened(sealed(b"content"), "another long passphrase")
    assert no.value.code == "site.wrong_passphrase"
    with pytest.raises(Refused) as no:
        sealed(b"content", "short")
    assert no.value.code == "site.weak_passphrase"


def test_what_does_not_hold_what_its_list_says_is_refused() -> None:
    found = restoring.Found(tables={"kernel.office": 1}, files={"raw/a": 3})
    for manifest in (
        {"tables": {"kernel.office": {"rows": 2, "sha256": ""}}, "files": {}},
        {"tables": {}, "files": {"raw/a": 4}},
    ):
        with pytest.raises(Refused) as no:
            found.against(manifest, Path("x"))
        assert no.value.code == "site.backup_incomplete"


# --- the commands


@pytest.mark.django_db
def test_a_backup_needs_a_place_and_a_passphrase(
    personas: Any, tmp_path: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.WAYSTATION_BACKUP_PASSPHRASE = ""
    open_to_all = tmp_path / "passphrase"
    open_to_all.write_text(PASSPHRASE)
    open_to_all.chmod(0o644)
    for words, code in (
        (["backup"], "site.no_output"),
        (["backup", "-o", str(tmp_path / "b")], "site.no_passphrase"),
        (["backup", "-o", str(tmp_path / "b"), "--passphrase-file", str(open_to_all)], "site.passphrase_file"),
        (["backup", "verify", str(tmp_path / "none"), "--passphrase-file", str(open_to_all)], "site.passphrase_file"),
    ):
        assert cli.main(words) == 1
        assert f"refused ({code})" in capsys.readouterr().err
    assert not (tmp_path / "b").exists()


@pytest.mark.django_db(transaction=True)
def test_the_worker_makes_backups_and_keeps_as_many_as_are_wanted(personas: Any, settings: Any, tmp_path: Path) -> None:
    settings.WAYSTATION_BACKUP_FOLDER, settings.WAYSTATION_BACKUP_KEEP = str(tmp_path / "kept"), 2
    settings.WAYSTATION_BACKUP_PASSPHRASE = PASSPHRASE
    (tmp_path / "kept").mkdir()
    for day in (1, 2, 3):
        (tmp_path / "kept" / f"house-2020010{day}T020000Z.waystation").write_bytes(b"old")
    (tmp_path / "kept" / "before-house-20200101T020000Z.waystation").write_bytes(b"made by hand")
    with scope.enter(scope.house("schedule")):
        job = do(work.ask, task="house.backup", office=personas.hq, arguments={}).record
    assert work.run_next()
    job = Job.everything.get(pk=job.pk)
    assert job.state == "done", job.message
    done = job.result
    left = sorted(p.name for p in (tmp_path / "kept").iterdir())
    assert left == ["before-house-20200101T020000Z.waystation", "house-20200103T020000Z.waystation", done["file"]]
    assert restoring.verify(tmp_path / "kept" / done["file"], PASSPHRASE)["tables"]["kernel.actor"]["rows"] == 5
