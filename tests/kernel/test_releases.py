"""Releases: what the gate refuses and hides, what a folder holds, how it is verified and withdrawn."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.personas import Personas
from waystation.disclosure import Dim, Structure
from waystation.kernel import release, scope
from waystation.kernel.formats import Header, Sheet
from waystation.kernel.keys import public_key, sign
from waystation.kernel.models import Partition, Release
from waystation.kernel.refusals import Refused
from waystation.kernel.release import Guard, Package, Spot, Watch
from waystation.kernel.release.gate import refuse_leaks
from waystation.kernel.values import now

AREAS = ("all", "north", "south", "east")
COUNTS = (60, 30, 27, 3)
AREA = Dim("area", parts=AREAS[1:], total="all")


@pytest.fixture
def partition(db: None) -> Partition:
    """What the data of the package came from, republishable."""
    return Partition.objects.create(
        dataset="test.counts", key="one", version=1, digest="0" * 64, rows=4, size=1, written_at=now(),
        source="Somebody", licence="CC BY 4.0", attribution="Somebody else", may_republish=True,
    )  # fmt: skip


@pytest.fixture
def package(partition: Partition) -> Package:
    """Four counts of which one is small, guarded with a threshold of 5."""
    table = pa.table({"area": pa.array(AREAS), "people": pa.array(COUNTS, pa.int64())})
    sheet = Sheet("counts", table, (Header("area", hxl="#adm1"), Header("people", hxl="#affected")), "Counts")
    guard = Guard({"people": Watch(5, Structure((AREA,)))}, spots)
    return Package("test.counts", "Counts of a test", [sheet], [partition], guard=guard)


def spots(sheets: list[Sheet]) -> list[Spot]:
    """Where the counts of the package stand."""
    return [
        Spot("people", {"area": row["area"]}, sheet.name, place, "people", row["people"])
        for sheet in sheets
        for place, row in enumerate(sheet.table.to_pylist())
    ]


@pytest.fixture
def signing(personas: Personas) -> Iterator[Personas]:
    """Bakary, who signs releases, is asking."""
    with personas.asking(personas.bakary):
        yield personas


def publish(package: Package, who: Personas, audience: str = "public", licence: str = "CC BY 4.0") -> Release:
    made: Release = release.publish(package, audience=audience, licence=licence, office=who.dakar).record
    return made


def refusal(package: Package, who: Personas, **said: str) -> str:
    with pytest.raises(Refused) as refused:
        publish(package, who, **said)
    assert not Release.everything.exists()
    assert not release.folder_of("").exists()
    return refused.value.code


def test_a_release_is_written_signed_and_verified(package: Package, signing: Personas) -> None:
    made = publish(package, signing)
    folder = release.folder_of(made.folder)
    assert {path.name for path in folder.iterdir()} == {
        "counts.csv", "counts.xlsx", "counts.parquet", "datapackage.json", "manifest.json", "manifest.sig",
    }  # fmt: skip
    assert (made.state, made.audience, made.attribution) == ("released", "public", "Somebody else")
    assert list(made.partitions.all()) == package.partitions
    found = release.verify_release(made.ref)
    assert found["ok"], found["problems"]
    assert not found["withdrawn"]
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["signed_by"] == {"name": "Bakary Touré", "office": "Dakar"}
    assert manifest["sources"][0]["digest"] == "0" * 64
    assert [head["chain"] for head in release.anchors()] == [head["chain"] for head in manifest["audit_heads"]]


def test_small_counts_and_those_that_give_them_back_are_hidden(package: Package, signing: Personas) -> None:
    made = publish(package, signing)
    folder = release.folder_of(made.folder)
    left = dict(zip(AREAS, pq.read_table(folder / "counts.parquet").column("people").to_pylist(), strict=True))
    assert left["east"] is None
    assert sum(count is None for count in left.values()) == 2
    assert (folder / "counts.csv").read_text().splitlines()[-1] == "east,"
    assert json.loads((folder / "manifest.json").read_text())["disclosure"] == {"threshold": 5, "suppressed": 2}
    assert package.sheets[0].table.column("people").to_pylist() == list(COUNTS)


def test_the_house_gets_everything(package: Package, signing: Personas) -> None:
    made = publish(package, signing, audience="internal")
    table = pq.read_table(release.folder_of(made.folder) / "counts.parquet")
    assert table.column("people").to_pylist() == list(COUNTS)


def test_counts_that_do_not_add_up_do_not_leave(package: Package, signing: Personas) -> None:
    table = pa.table({"area": pa.array(AREAS), "people": pa.array((10, 30, 27, 3), pa.int64())})
    assert (
        refusal(replace(package, sheets=[replace(package.sheets[0], table=table)]), signing)
        == "disclosure.not_additive"
    )


def test_a_leak_stops_the_release(package: Package) -> None:
    """Hidden badly: the one small count alone, so that its total gives it back."""
    watch = Watch(5, Structure((AREA,)))
    cells = {(area,): count for area, count in zip(AREAS, COUNTS, strict=True)}
    refuse_leaks(cells, [("east",), ("south",)], watch, "counts")
    with pytest.raises(Refused) as refused:
        refuse_leaks(cells, [("east",)], watch, "counts")
    assert refused.value.code == "release.disclosure_leak"


def test_a_guard_that_looks_at_the_wrong_row_stops_the_release(package: Package, signing: Personas) -> None:
    def shifted(sheets: list[Sheet]) -> list[Spot]:
        return [replace(spot, row=(spot.row + 1) % len(AREAS)) for spot in spots(sheets)]

    guard = Guard({"people": Watch(5, Structure((AREA,)))}, shifted)
    assert refusal(replace(package, guard=guard), signing) == "release.guard_astray"


@pytest.mark.parametrize(
    "header,audience,code",
    [
        (Header("people", "personal"), "internal", "release.personal_field"),
        (Header("people", "sensitive"), "partners", "release.personal_field"),
        (Header("people", "internal"), "public", "release.internal_field"),
        (Header("other"), "internal", "release.unclassed_column"),
    ],
)
def test_the_gate_refuses_columns(
    package: Package, signing: Personas, header: Header, audience: str, code: str
) -> None:
    sheet = package.sheets[0]
    assert (
        refusal(
            replace(package, sheets=[replace(sheet, headers=(sheet.headers[0], header))]), signing, audience=audience
        )
        == code
    )


def test_the_gate_refuses_releases(package: Package, partition: Partition, signing: Personas) -> None:
    assert refusal(package, signing, audience="everyone") == "release.unknown_audience"
    assert refusal(package, signing, licence=" ") == "release.no_licence"
    empty = replace(package.sheets[0], table=package.sheets[0].table.slice(0, 0))
    assert refusal(replace(package, sheets=[empty]), signing) == "release.nothing_to_release"
    partition.may_republish = False
    assert refusal(package, signing) == "release.may_not_republish"
    assert refusal(package, signing, audience="partners") == "release.may_not_republish"
    assert publish(package, signing, audience="internal").state == "released"


def test_only_who_signs_releases_releases(package: Package, personas: Personas) -> None:
    for person in (personas.zainab, personas.amina, None):
        with personas.asking(person):
            assert refusal(package, personas) == "kernel.not_allowed"


@pytest.mark.parametrize("audience", ["partners", "internal"])
def test_the_public_sees_what_is_for_it(package: Package, signing: Personas, audience: str) -> None:
    ours, theirs = publish(package, signing, audience=audience), publish(package, signing)
    with scope.enter(scope.PUBLIC):
        assert [one.ref for one in Release.objects.all()] == [theirs.ref]
    assert {one.ref for one in Release.objects.all()} == {ours.ref, theirs.ref}


def test_a_withdrawn_release_says_so(package: Package, signing: Personas) -> None:
    made = publish(package, signing)
    done = release.take_back(made.ref, "counted twice")
    assert (done.record.state, done.record.withdrawn_why) == ("withdrawn", "counted twice")
    found = release.verify_release(made.ref)
    assert found["ok"], found["problems"]
    assert found["withdrawn"]
    assert found["state"] == "withdrawn"
    with scope.enter(scope.PUBLIC):
        assert not Release.objects.exists()
    with pytest.raises(Refused) as again:
        release.take_back(made.ref, "again")
    assert again.value.code == "kernel.wrong_state"
    with pytest.raises(Refused) as unknown:
        release.take_back("REL-0", "there is none")
    assert unknown.value.code == "kernel.not_found"


def alter(folder: Path, name: str, change: Any) -> None:
    path = folder / name
    path.write_bytes(change(path.read_bytes()))


@pytest.mark.parametrize(
    "name,said",
    [
        ("counts.csv", "counts.csv was altered"),
        ("datapackage.json", "datapackage.json was altered"),
        ("manifest.json", "the manifest's signature does not hold"),
        ("manifest.sig", "the manifest's signature does not hold"),
    ],
)
def test_every_changed_byte_is_found(package: Package, signing: Personas, name: str, said: str) -> None:
    folder = release.folder_of(publish(package, signing).folder)
    alter(folder, name, lambda content: content[:-1] + bytes([content[-1] ^ 1]))
    found = release.verify_release(str(folder))
    assert not found["ok"]
    assert said in found["problems"]


def test_missing_added_and_unsigned_files_are_found(package: Package, signing: Personas) -> None:
    folder = release.folder_of(publish(package, signing).folder)
    (folder / "counts.xlsx").unlink()
    (folder / "more.csv").write_text("a\n1\n")
    (folder / "withdrawn.json").write_text('{"why": "I say so", "signature": "00"}')
    found = release.check_folder(folder)
    assert found["problems"] == [
        "counts.xlsx is missing", "withdrawn.json is not signed by who signed the release", "more.csv was added",
    ]  # fmt: skip


def test_a_release_signed_by_another_house_is_not_ours(package: Package, signing: Personas, settings: Any) -> None:
    """Everything fits together, but with a key that is not the one on record."""
    made = publish(package, signing)
    folder, home = release.folder_of(made.folder), settings.WAYSTATION_HOME
    settings.WAYSTATION_HOME = home / "elsewhere"
    manifest = json.loads((folder / "manifest.json").read_text())
    content = json.dumps(manifest | {"signed_with": public_key()}).encode()
    signature = sign(content)
    settings.WAYSTATION_HOME = home
    (folder / "manifest.json").write_bytes(content)
    (folder / "manifest.sig").write_text(signature)
    assert release.check_folder(folder)["ok"]
    found = release.verify_release(made.ref)
    assert found["problems"] == ["the manifest is not the one that was signed off"]


def test_a_folder_that_is_none(signing: Personas, tmp_path: Path) -> None:
    for name in (str(tmp_path), "REL-0"):
        with pytest.raises(Refused) as refused:
            release.verify_release(name)
        assert refused.value.code == "release.no_folder"


def test_formulas_are_disarmed_and_unknown_is_empty(package: Package, signing: Personas) -> None:
    table = pa.table({"area": pa.array(["=1+1", "@x", None]), "people": pa.array([None, -7, 8], pa.int64())})
    made = publish(replace(package, sheets=[replace(package.sheets[0], table=table)], guard=None), signing)
    text = (release.folder_of(made.folder) / "counts.csv").read_text()
    assert text == "area,people\n#adm1,#affected\n'=1+1,\n'@x,-7\n,8\n"
