"""The recorded answers of the DTM API, taken in and published: shared by the tests of who reads what leaves tracking."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from waystation.apps.places.acts import load_areas
from waystation.apps.sources.datasets.taking import take_in
from waystation.apps.tracking.acts import findings as on_findings
from waystation.apps.tracking.acts import operations as on_operations
from waystation.apps.tracking.acts import rounds as on_rounds
from waystation.apps.tracking.models import Finding, Operation, Round
from waystation.apps.tracking.tests import publishing
from waystation.intake.arealists import AreaRow
from waystation.kernel.acts import do

COUNTRIES = {"TCD": "Chad", "HTI": "Haiti"}
Answers = dict[str, list[dict[str, Any]]]


def folder_in(shared_data: Path) -> Path:
    """Where the recorded answers are; the test is skipped where they are missing."""
    folder = shared_data / "collect" / "dtm_api"
    if not folder.is_dir():
        pytest.skip(f"the recorded answers are not in {folder}")
    return folder


def answers_in(shared_data: Path) -> Answers:
    """What the real API answered, by file."""
    return {path.stem: json.loads(path.read_text())["result"] for path in folder_in(shared_data).glob("*.json")}


def publish_all(shared_data: Path) -> list[Round]:
    """Every recorded round of Chad and Haiti, and operations as active as they were."""
    folder, answers = folder_in(shared_data), answers_in(shared_data)
    refs: list[str] = []
    for iso3, name in COUNTRIES.items():
        publishing.country(iso3, name)
        files = [folder / f"admin{level}-{iso3.lower()}.json" for level in range(3)]
        refs += [one.ref for one in take_in(files, office=publishing.office(), terms=publishing.OPEN).rounds]
    for one in Finding.everything.filter(blocking=True, state="found"):
        do(on_findings.accept, one, reason="as recorded")
    rounds = [_signed_off(one) for one in Round.everything.filter(ref__in=refs).order_by("pk")]
    for row in answers["operation-list"]:
        if row["admin0Pcode"] in COUNTRIES and row["operationStatus"] == "Inactive":
            for ended in Operation.everything.filter(name=row["operation"], country__iso3=row["admin0Pcode"]):
                do(on_operations.close, ended)
    return rounds


def _signed_off(round_: Round) -> Round:
    validated = do(on_rounds.validate, round_).record
    published: Round = do(on_rounds.publish, validated).record
    return published


def load_pcodes(shared_data: Path) -> None:
    """The areas of both countries from OCHA's global list of p-codes."""
    path = shared_data / "collect" / "pcodes" / "global-pcodes-adm-1-2.csv"
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = [
            AreaRow(
                number, one["Location"], int(one["Admin Level"]), one["P-Code"], one["Name"],
                "" if one["Admin Level"] == "1" else one["Parent P-Code"], date.fromisoformat(one["Valid from date"]),
            )
            for number, one in enumerate(csv.DictReader(stream), start=2)
            if one["Location"] in COUNTRIES
        ]  # fmt: skip
    do(load_areas, rows=rows, terms=publishing.OPEN, title=path.name)
