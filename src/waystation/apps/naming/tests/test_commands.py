"""``waystation places match``: what the names of a file mean, on the command line."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.personas import Personas
from waystation.apps.naming.commands import match
from waystation.apps.naming.tests.making import south_sudan
from waystation.kernel.commands import Answer
from waystation.kernel.refusals import Refused


@pytest.fixture
def house(personas: Personas, tmp_path: Path) -> Personas:
    south_sudan(personas, tmp_path)
    return personas


def run(personas: Personas, path: Path, *options: str) -> Answer:
    parser = ArgumentParser()
    match.takes(parser)
    with personas.asking(personas.amina):
        return match.run(parser.parse_args([str(path), "--country", "SSD", *options]))


def test_a_csv_with_columns_that_are_recognised(house: Personas, tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_text("State,County,People\nEASTERN EQUATORIA STATE,budi,4\nUnity,Kapoeta,5\n", encoding="utf-8")
    answer = run(house, path)
    told: dict[str, Any] = json.loads(json.dumps(answer.data))
    assert [(one["row"], one["level"], one["code"]) for one in told["rows"]] == [
        (2, 1, "SS02"), (2, 2, "SS0201"), (3, 1, "SS06"), (3, 2, None),
    ]  # fmt: skip
    assert told["summary"] == {
        "names": 4, "decided": 3,
        "levels": {"admin1": {"decided": 2}, "admin2": {"decided": 1, "uncertain": 1}},
    }  # fmt: skip
    assert [one["code"] for one in told["rows"][3]["candidates"]][:2] == ["SS0202", "SS0203"]
    assert "3 of 4 names decided" in answer.text
    assert "Nothing of that name lies in the place above it." in answer.text


def test_a_workbook_with_columns_that_are_said(house: Personas, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for line in (("Where", "Which part"), ("Central Equatoria", "Kajo Keji")):
        book.active.append(line)
    book.save(tmp_path / "names.xlsx")
    answer = run(house, tmp_path / "names.xlsx", "--admin1", "Where", "--admin2", "Which part")
    assert [one["code"] for one in answer.data["rows"]] == ["SS01", "SS0102"]


@pytest.mark.parametrize(
    "options, code",
    [
        (("--admin1", "Nowhere"), "naming.no_such_column"), ((), "naming.no_name_column"),
        (("--admin1", "Where", "--country", "HTI"), "naming.no_places"),
    ],
)  # fmt: skip
def test_what_cannot_be_matched_is_refused(
    house: Personas, tmp_path: Path, options: tuple[str, ...], code: str
) -> None:
    from tests.derived.making import World
    from waystation.apps.places.tests.makers import haiti

    haiti(World(house))
    path = tmp_path / "names.csv"
    path.write_text("Where,How many\nBudi,4\n", encoding="utf-8")
    with pytest.raises(Refused) as refused:
        run(house, path, *options)
    assert refused.value.code == code
