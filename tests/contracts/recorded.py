"""The recorded answers of the DTM API, published here: shared by the tests of who reads what leaves tracking."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from waystation.apps.places.acts import load_areas
from waystation.apps.places.shapes import AreaRow
from waystation.apps.tracking.acts import operations as on_operations
from waystation.apps.tracking.models import Operation, Round
from waystation.apps.tracking.tests import publishing
from waystation.kernel.acts import do
from waystation.kernel.datasets import Terms

COUNTRIES = {"TCD": "Chad", "HTI": "Haiti"}
Answers = dict[str, list[dict[str, Any]]]


def answers_in(shared_data: Path) -> Answers:
    """What the real API answered, by file; the test is skipped where it is missing."""
    folder = shared_data / "collect" / "dtm_api"
    if not folder.is_dir():
        pytest.skip(f"the recorded answers are not in {folder}")
    return {path.stem: json.loads(path.read_text())["result"] for path in folder.glob("*.json")}


def publish_all(recorded: Answers, terms: Terms = publishing.OPEN) -> list[Round]:
    """Every recorded round of Chad and Haiti, and operations as active as they were."""
    rounds = []
    for iso3, name in COUNTRIES.items():
        publishing.country(iso3, name)
        rows = {level: recorded[f"admin{level}-{iso3.lower()}"] for level in range(3)}
        rounds += publishing.publish_dtm(rows, name=iso3, terms=terms)
    for row in recorded["operation-list"]:
        if row["admin0Pcode"] in COUNTRIES and row["operationStatus"] == "Inactive":
            for one in Operation.everything.filter(name=row["operation"], country__iso3=row["admin0Pcode"]):
                do(on_operations.close, one)
    return rounds


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
