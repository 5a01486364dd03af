"""What we release of the recorded answers, read by libhxl and Frictionless: it holds what HDX published of them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import frictionless
import hxl
import openpyxl
import pyarrow.parquet as pq
import pytest
from django.core.management import call_command
from django.test import override_settings

from tests.contracts.recorded import folder_in, load_pcodes, publish_all
from waystation.apps.exchange.releases import package
from waystation.apps.tracking.tests import publishing
from waystation.kernel import release, scope

OWN_OF_HDX = ("dataset_hdx_id", "resource_hdx_id")  # HDX gives them to its own files

pytestmark = pytest.mark.django_db  # else no database is made where these tests run alone


@pytest.fixture(scope="module")
def house(tmp_path_factory: Any) -> Path:
    """A data folder for all tests here."""
    return Path(tmp_path_factory.mktemp("house"))


@pytest.fixture(autouse=True)
def home(settings: Any, house: Path) -> Path:
    """Instead of a data folder for each test."""
    settings.WAYSTATION_HOME = house
    return house


@pytest.fixture(scope="module")
def theirs(shared_data: Path) -> Path:
    """What HDX published."""
    return folder_in(shared_data)


@pytest.fixture(scope="module")
def folder(shared_data: Path, house: Path, django_db_setup: None, django_db_blocker: Any) -> Iterator[Path]:
    """A release of all recorded rounds to the public."""
    moved = override_settings(WAYSTATION_HOME=house)
    with django_db_blocker.unblock(), moved, scope.enter(scope.house("test")):
        rounds = publish_all(shared_data)
        load_pcodes(shared_data)
        with scope.enter(scope.Scope(publishing.signer())):
            office = publishing.office()
            made = release.publish(
                package([one.ref for one in rounds]), audience="public", licence="CC BY 4.0", office=office
            ).record
        yield release.folder_of(made.folder)
        call_command("flush", verbosity=0, interactive=False)


def lines(path: Path) -> list[str]:
    """A file's lines, without a byte order mark."""
    return path.read_text(encoding="utf-8-sig").splitlines()


def test_libhxl_reads_what_hdx_published(folder: Path, theirs: Path) -> None:
    ours, wanted = (tagged(path) for path in (folder / "idps.csv", theirs / "hdx-published-tcd-hti.csv"))
    assert ours[0] == wanted[0]
    assert ours[1] == wanted[1]
    assert len(ours[2]) > 1000
    assert ours[2] == wanted[2]


def tagged(path: Path) -> tuple[list[str], list[str], list[list[str]]]:
    """Headers, tags and rows as libhxl reads them."""
    with hxl.make_input(str(path), hxl.InputOptions(allow_local=True)) as stream, hxl.data(stream) as data:
        return list(data.headers), list(data.display_tags), [list(row.values) for row in data]


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_hapi_table_is_that_of_hdx(folder: Path, theirs: Path) -> None:
    """Every cell of every row, in order, but the ids HDX gives, and five warnings: the matching of names by HDX's library
    has become better since, and now finds in "Nord Ouest" the area whose code the row has."""
    ours, wanted = (rows_of(path) for path in (folder / "hapi-idps.csv", theirs / "hdx-hapi-idps-tcd-hti.csv"))
    assert list(ours[0]) == list(wanted[0])
    better = {"provider_admin1_name": "Nord Ouest", "warning": "PCode mismatch HT09 != Nord Ouest"}
    mended = [row for row in wanted if better.items() <= row.items()]
    for row in mended:
        row["warning"] = ""
    assert len(mended) == 5
    for row in [*ours, *wanted]:
        for name in OWN_OF_HDX:
            del row[name]
    assert ours == wanted


def test_frictionless_finds_the_package_valid(folder: Path) -> None:
    report = frictionless.Package(str(folder / "datapackage.json")).validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "type", "note"])[:5]
    checked = {task.name: task.stats.get("rows") for task in report.tasks}
    assert checked["idps-csv"] == checked["idps-xlsx"] > 1000


def test_all_formats_hold_the_same(folder: Path) -> None:
    for name in ("idps", "hapi-idps", "areas"):
        table = pq.read_table(folder / f"{name}.parquet")
        rows = list(csv.reader(lines(folder / f"{name}.csv")))
        tagged = 1 + (rows[1][0].startswith("#"))
        sheet = list(openpyxl.load_workbook(folder / f"{name}.xlsx").active.values)
        assert len(rows) - tagged == table.num_rows == len(sheet) - tagged
        assert rows[0] == table.column_names == list(sheet[0])
    features = json.loads((folder / "areas.geojson").read_text())["features"]
    areas = pq.read_table(folder / "areas.parquet").to_pylist()
    assert [one["properties"]["displaced"] for one in features] == [one["displaced"] for one in areas]


def test_the_release_verifies(folder: Path, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock(), scope.enter(scope.PUBLIC):
        found = release.verify_release(folder.name)
    assert found["ok"], found["problems"]


def test_figures_frozen_in_it_are_the_totals_of_its_tables(folder: Path) -> None:
    figures = json.loads((folder / "manifest.json").read_text())["figures"]
    with (folder / "hapi-idps.csv").open(encoding="utf-8", newline="") as stream:
        totals = [int(row["population"]) for row in csv.DictReader(stream) if row["admin_level"] == "0"]
    assert sorted(part["value"] for one in figures for part in one["parts"]) == sorted(totals)
