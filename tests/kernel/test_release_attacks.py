"""Releases under attack: every byte of a folder, every way a person's data could get in, every small count that could be
worked out; and what is withdrawn, whichever way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.disclosure.readers import possible_values, whole_table
from tests.kernel.figures import counting
from tests.kernel.figures.counting import put, row
from tests.personas import Personas
from waystation.disclosure import Dim, Structure
from waystation.kernel import facts, figures, release, scope
from waystation.kernel.acts import do
from waystation.kernel.datasets import datasets, path_of
from waystation.kernel.formats import Header, Sheet
from waystation.kernel.models import Release
from waystation.kernel.refusals import Refused
from waystation.kernel.release import Guard, Package, Spot, Watch, pass_gate
from waystation.kernel.release.folder import check_folder
from waystation.kernel.release.records import withdraw

PLACES = ("north", "south")
TABLE = pa.table({"place": pa.array(PLACES), "people": pa.array([30, 40], pa.int64())})


@pytest.fixture
def signing(personas: Personas) -> Iterator[Personas]:
    """Bakary, who signs releases, is asking."""
    with personas.asking(personas.bakary):
        yield personas


def package(**more: Any) -> Package:
    sheet = Sheet("counts", TABLE, (Header("place"), Header("people")), formats=("csv",))
    return Package("test.counts", "Counts of a test", [replace(sheet, **more)], [], extra={"page.pdf": b"%PDF-1.7 x"})


def publish(who: Personas, made: Package | None = None) -> Release:
    out: Release = release.publish(made or package(), audience="public", licence="CC BY 4.0", office=who.dakar).record
    return out


# --- every byte ---


def flips(content: bytes) -> Iterator[bytes]:
    """The content with each byte in turn one bit off (so that letters change their case), bytes left out and put in."""
    for place in range(len(content)):
        yield content[:place] + bytes([content[place] ^ 0x20]) + content[place + 1 :]
    for place in range(0, len(content), 29):
        yield content[:place] + content[place + 1 :]
        yield content[:place] + b" " + content[place:]
    yield content + b"\n"
    yield content[:-1]
    yield b""


def test_every_altered_byte_of_every_file_is_found(signing: Personas) -> None:
    made = publish(signing)
    release.take_back(made.ref, "counted twice")
    folder = release.folder_of(made.folder)
    files = sorted(folder.iterdir())
    assert [one.name for one in files] == [
        "counts.csv", "datapackage.json", "manifest.json", "manifest.sig", "page.pdf", "withdrawn.json",
    ]  # fmt: skip
    assert check_folder(folder)["ok"]
    for path in files:
        content = path.read_bytes()
        for number, altered in enumerate(flips(content)):
            path.write_bytes(altered)
            assert altered == content or not check_folder(folder)["ok"], f"{path.name}: change {number} goes unnoticed"
        path.unlink()
        found = release.verify_release(made.ref)["problems"] if path.name != "manifest.json" else ["gone"]
        assert found, f"{path.name} may be taken away"
        path.write_bytes(content)
    assert release.verify_release(made.ref)["ok"]


def test_anchors_are_believed_only_as_they_were_signed_here(signing: Personas) -> None:
    folder = release.folder_of(publish(signing).folder)
    assert len(release.anchors()) == 8
    manifest = json.loads((folder / "manifest.json").read_bytes())
    for content in (b"{", json.dumps(manifest | {"audit_heads": []}).encode(), b"\xff"):
        (folder / "manifest.json").write_bytes(content)
        assert release.anchors() == []


# --- nobody's own data ---

PERSONAL = [("personal", "internal"), ("personal", "public"), ("sensitive", "partners"), ("sensitive", "internal")]


@pytest.mark.parametrize("privacy,audience", PERSONAL)
def test_a_column_that_says_it_is_personal_never_leaves(privacy: Any, audience: str) -> None:
    headers = (Header("place"), Header("people", privacy))
    assert gate(package(headers=headers), audience) == "release.personal_field"
    twice = (Header("place"), Header("people"), Header("people", privacy))
    assert gate(package(headers=twice), audience) == "release.personal_field", "said twice, the closer class counts"


@pytest.mark.parametrize("audience", list(release.AUDIENCES))
def test_a_column_named_as_a_personal_one_of_its_dataset_never_leaves(
    audience: str, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sheet says public; the dataset it was made from knows better."""
    with counting.declared():
        kept = put("one", [row(counting.date(2025, 1, 31), "p", 3)])
        kept.may_republish = True
        leaked = pq.read_table(path_of(kept)).select(["place", "name"])
        sheet = Sheet("rows", leaked, (Header("place"), Header("name")), formats=("csv",))
        assert gate(Package("x", "x", [sheet], [kept]), audience) == "release.personal_field"
        assert datasets["counting.rows"].col("name").privacy == "personal"


def test_a_figure_cannot_hold_or_be_split_by_what_is_personal(personas: Personas) -> None:
    with counting.declared():
        put("one", [row(counting.date(2025, 1, 31), "p", 3)])
        with pytest.raises(Refused) as unknown:
            figures.value("counting.additive", by=("name",))
        assert unknown.value.code == "figures.unknown_dim"
        answer = figures.value("counting.additive", by=("place",))
        assert "Amina" not in json.dumps(answer.as_dict())
        at = figures.declare.at()
        assert "name" not in at.table("counting.rows").columns


def test_what_an_arrow_table_carries_beside_its_columns_stays_behind(signing: Personas) -> None:
    told = TABLE.replace_schema_metadata({"pandas": "Amina Diallo"})
    field = told.schema.field(0).with_metadata({"note": "Amina Diallo"})
    told = told.set_column(0, field, told.column(0))
    folder = release.folder_of(publish(signing, package(table=told, formats=("csv", "xlsx", "parquet"))).folder)
    assert not [one.name for one in folder.iterdir() if b"Amina Diallo" in one.read_bytes()]


def gate(made: Package, audience: str) -> str:
    with pytest.raises(Refused) as refused:
        pass_gate(made, audience, "CC BY 4.0")
    return refused.value.code


# --- small counts ---

AREA = Dim("area", hierarchy={"a": "all", "b": "all", "c": "all"})
SEX = Dim("sex", parts=("female", "male"), total="both")
SQUARE = Structure((AREA, SEX))


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.integers(0, 6), min_size=6, max_size=6), st.integers(2, 4))
def test_whoever_tries_every_table_that_fits_a_release_learns_no_small_count(counts: list[int], threshold: int) -> None:
    """Through the gate itself, in two sheets of one population: by area, and by area and sex."""
    table = whole_table(SQUARE, dict(zip([(a, s) for a in "abc" for s in ("female", "male")], counts, strict=True)))
    by_area = {key: count for key, count in table.items() if key[1] == "both"}
    sheets = [_sheet("by_area", by_area), _sheet("by_both", table)]
    if not any(table.values()):
        return
    guard = Guard({"people": Watch(threshold, SQUARE)}, _spots)
    left, told = pass_gate(Package("x", "x", sheets, [], guard=guard), "public", "CC0")
    shown: dict[tuple[str, str], set[Any]] = {key: set() for key in table}
    for sheet in left:
        for line in sheet.table.to_pylist():
            shown[line["area"], line["sex"]].add(line["people"])
    assert all(len(values) == 1 for values in shown.values()), "a count hidden in one sheet is hidden in both"
    hidden = {key for key, values in shown.items() if values == {None}}
    assert told["suppressed"] == len(hidden) + sum(key in hidden for key in by_area)
    possible = possible_values(SQUARE, table, hidden, 6 + threshold) if hidden else {}
    for key, count in table.items():
        if 0 < count < threshold:
            assert min(possible[key]) == 0
            assert max(possible[key]) >= threshold - 1
        if key not in hidden:
            assert shown[key] == {count}


def _sheet(name: str, table: dict[tuple[str, str], int]) -> Sheet:
    rows = [{"area": area, "sex": sex, "people": count} for (area, sex), count in table.items()]
    return Sheet(name, pa.Table.from_pylist(rows), (Header("area"), Header("sex"), Header("people")))


def _spots(sheets: list[Sheet]) -> list[Spot]:
    return [
        Spot("people", {"area": line["area"], "sex": line["sex"]}, sheet.name, place, "people", line["people"])
        for sheet in sheets
        for place, line in enumerate(sheet.table.to_pylist())
    ]


# --- refused and withdrawn ---


def test_a_release_refused_at_the_last_leaves_no_folder(signing: Personas, monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate let it pass and the folder stood; then the act met a name that was taken."""
    publish(signing)
    monkeypatch.setattr("waystation.kernel.release.records.fresh_id", lambda _size: "same")
    kept = publish(signing)
    folders = sorted(path.name for path in release.folder_of("").iterdir())
    release.folder_of(kept.folder).rename(release.folder_of("elsewhere"))
    with pytest.raises(Refused) as refused:
        publish(signing)
    assert refused.value.code == "kernel.already_exists"
    release.folder_of("elsewhere").rename(release.folder_of(kept.folder))
    assert sorted(path.name for path in release.folder_of("").iterdir()) == folders


def test_data_that_may_not_be_republished_do_not_leave_whoever_asks(signing: Personas) -> None:
    with counting.declared():
        kept = put("one", [row(counting.date(2025, 1, 31), "p", 3)])
        made = replace(package(), partitions=[kept])
        for audience in ("public", "partners"):
            assert gate(made, audience) == "release.may_not_republish"
        with scope.enter(scope.house("tests")), pytest.raises(Refused) as refused:
            publish(signing, made)
        assert refused.value.code == "release.may_not_republish"
        assert not release.folder_of("").exists()


def status(client: Client, address: str) -> int:
    answer = client.get(address)
    if answer.streaming:
        b"".join(answer.streaming_content)  # a file is closed when it has been read
    return int(answer.status_code)


def test_withdrawn_through_the_web_it_is_served_no_more_and_its_folder_says_why(signing: Personas) -> None:
    made = publish(signing)
    folder, file = release.folder_of(made.folder), reverse("release-file", args=[made.ref, "counts.csv"])
    public, bakary = Client(), Client()
    bakary.force_login(signing.bakary)
    assert status(public, file) == 200
    address = reverse("act", args=["house.releases", made.ref, "withdraw"])
    assert bakary.post(address, {"why": "counted twice", "sure": "yes"}).status_code == 303
    assert status(public, file) == 404
    assert status(public, reverse("open-release", args=[made.ref])) == 404
    assert made.ref not in public.get("/open/").content.decode()
    assert status(bakary, file) == 410
    assert (
        "withdrawn.json, which says that it was withdrawn, is missing" in release.verify_release(made.ref)["problems"]
    )
    facts.deliver()
    note = json.loads((folder / "withdrawn.json").read_bytes())
    assert (note["release"], note["why"]) == (made.ref, "counted twice")
    assert release.verify_release(made.ref)["ok"]


def test_a_note_is_left_once_and_by_no_failure_twice(signing: Personas, tmp_path: Path) -> None:
    made = publish(signing)
    release.take_back(made.ref, "counted twice")
    note = release.folder_of(made.folder) / "withdrawn.json"
    first = note.read_bytes()
    facts.deliver()
    assert note.read_bytes() == first
    with pytest.raises(Refused) as again:
        do(withdraw, Release.everything.get(ref=made.ref), why="again")
    assert again.value.code == "kernel.wrong_state"
