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

from tests.contracts.recorded import answers_in, load_pcodes, publish_all
from waystation.apps.tracking.releases import package
from waystation.apps.tracking.tests import publishing
from waystation.kernel import release, scope

OWN_OF_HDX = ("dataset_hdx_id", "resource_hdx_id")  # HDX gives them to its own files


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
    return shared_data / "collect" / "dtm_api"


@pytest.fixture(scope="module")
def folder(shared_data: Path, house: Path, django_db_setup: None, django_db_blocker: Any) -> Iterator[Path]:
    """A release of all recorded rounds to the public."""
    recorded = answers_in(shared_data)
    moved = override_settings(WAYSTATION_HOME=house)
    with django_db_blocker.unblock(), moved, scope.enter(scope.house("test")):
        rounds = publish_all(recorded)
        load_pcodes(shared_data)
        with scope.enter(scope.Scope(publishing.signer())):
            office = publishing.office()
            made = release.publish(package(rounds), audience="public", licence="CC BY 4.0", office=office).record
        yield release.folder_of(made.folder)
        call_command("flush", verbosity=0, interactive=False)


def test_libhxl_reads_what_hdx_published(folder: Path, theirs: Path) -> None:
    ours, wanted = (
        hxl.data(str(path), hxl.InputOptions(allow_local=True))
        for path in (folder / "idps.csv", theirs / "hdx-published-tcd-hti.csv")
    )
    assert ours.headers == wanted.headers
    assert ours.display_tags == wanted.display_tags
    rows, wanted_rows = ours.values, wanted.values
    assert len(rows) > 1000
    assert rows == wanted_rows


def test_hapi_table_is_that_of_hdx(folder: Path, theirs: Path) -> None:
    ours, wanted = (
        [{k: v for k, v in row.items() if k not in OWN_OF_HDX} for row in csv.DictReader(path.open(encoding="utf-8-sig"))]
        for path in (folder / "hapi-idps.csv", theirs / "hdx-hapi-idps-tcd-hti.csv")
    )
    assert ours == wanted


def test_frictionless_finds_the_package_valid(folder: Path) -> None:
    about = json.loads((folder / "datapackage.json").read_text())
    tables = [one for one in about["resources"] if one["format"] in ("csv", "xlsx", "parquet")]
    assert {one["format"] for one in tables} == {"csv", "xlsx", "parquet"}
    for one in tables:
        if one["format"] == "csv":
            report = frictionless.Resource({**one, "basepath": str(folder)}).validate()
            assert report.valid, report.flatten(["rowNumber", "fieldName", "type", "note"])[:5]
    assert frictionless.Package(str(folder / "datapackage.json")).resource_names == [one["name"] for one in about["resources"]]


def test_all_formats_hold_the_same(folder: Path) -> None:
    for name in ("idps", "hapi-idps", "areas"):
        table = pq.read_table(folder / f"{name}.parquet")
        rows = list(csv.reader((folder / f"{name}.csv").open(encoding="utf-8")))
        tagged = 1 + (rows[1][0].startswith("#"))
        sheet = openpyxl.load_workbook(folder / f"{name}.xlsx", read_only=True).active
        assert len(rows) - tagged == table.num_rows == sheet.max_row - tagged
        assert rows[0] == table.column_names == [cell.value for cell in next(sheet.iter_rows(max_row=1))]
    features = json.loads((folder / "areas.geojson").read_text())["features"]
    areas = pq.read_table(folder / "areas.parquet").to_pylist()
    assert [one["properties"]["displaced"] for one in features] == [one["displaced"] for one in areas]


def test_the_release_verifies(folder: Path, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock(), scope.enter(scope.PUBLIC):
        found = release.verify_release(folder.name)
    assert found["ok"], found["problems"]
