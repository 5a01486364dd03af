"""tracking publish: it stops at what is not in order, naming file, row and place, and goes on once that is accepted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.personas import Personas
from waystation.apps.places.acts import load_areas
from waystation.apps.tracking.models import Round
from waystation.apps.tracking.tests.making import TERMS, load_countries
from waystation.intake.arealists import AreaRow
from waystation.kernel import house, scope
from waystation.kernel.acts import do
from waystation.site.cli import main

HEADERS = "operation,admin0Pcode,admin1Pcode,admin1Name,numPresentIdpInd,reportingDate,roundNumber,displacementReason,assessmentType"
ROWS = "Crisis,HTI,HT01,Ouest,250,2024-03-31,1,Conflict,BA\nCrisis,HTI,HT99,Nowhere,30,2024-03-31,1,Conflict,BA\n"


def test_an_open_finding_stops_it_and_a_reason_lets_it_pass(
    personas: Personas, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    load_countries(personas, "HTI")
    with personas.asking(personas.amina):
        do(load_areas, rows=[AreaRow(2, "HTI", 1, "HT01", "Ouest", "HTI")], terms=TERMS, title="areas.csv")
    with scope.enter(scope.house("tests")):
        for duty in ("tracking.validate", "tracking.publish", "release.sign"):
            do(house.grant, holder=personas.amina, duty=duty, office=personas.dakar)
    path = tmp_path / "round.csv"
    path.write_text(f"{HEADERS}\n{ROWS}", encoding="utf-8")
    asked = ["tracking", "publish", str(path), "--as", "amina", "--audience", "public", "--licence", "CC BY 4.0"]
    asked += ["--may-republish", "--json"]
    assert main(asked) == 1
    first, each = json.loads(capsys.readouterr().out)["problems"]
    assert (first["code"], each["code"]) == ("tracking.open_findings", "tracking.finding")
    assert (each["file"], each["row"]) == ("round.csv", 3)
    assert Round.everything.get().state == "cleaning"
    assert main([*asked, "--accept-findings", "a place of its own list"]) == 0
    assert json.loads(capsys.readouterr().out)["figures"][0]["value"] == 280
    assert Round.everything.get().state == "published"
