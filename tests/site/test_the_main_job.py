"""The whole main job on the command line with real data: imported, checked, signed off, published, read back by programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hxl
import openpyxl
import pytest
from django.test import Client

from waystation.kernel import scope
from waystation.kernel.models import Partition, Release
from waystation.site.cli import main

Run = Callable[..., tuple[int, Any]]
LICENCE = "CC BY 3.0 IGO"


@pytest.fixture
def run(db: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command as a shell would; answers its exit code and what it printed as JSON."""
    monkeypatch.setattr("sys.stdin.readline", lambda: "a long passphrase\n", raising=False)

    def run(*words: str) -> tuple[int, Any]:
        capsys.readouterr()
        code = main([*words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    assert run("init")[0] == 0
    duties = [word for duty in ("tracking", "places", "release") for word in ("--duty", duty)]
    assert run("user", "add", "amina", *duties, "--office", "HQ")[0] == 0
    return run


def publish(run: Run, files: list[Path], *more: str) -> tuple[int, Any]:
    """``tracking publish`` for the public."""
    words = ("--as", "amina", "--audience", "public", "--licence", LICENCE, "--may-republish", *more)
    return run("tracking", "publish", *map(str, files), *words)


def read_back(run: Run, path: str, **query: str) -> list[dict[str, Any]]:
    """What the DTM API answers a program whose key was made on the command line."""
    code, made = run("token", "create", "--user", "amina", "--scope", "dtm:read")
    assert code == 0
    answer = Client().get(path, query, headers={"Ocp-Apim-Subscription-Key": made["key"]})
    rows: list[dict[str, Any]] = json.loads(answer.content)["result"]
    return rows


@pytest.mark.parametrize("country", ["tcd", "hti"])
def test_the_dtm_api_of_a_country(run: Run, shared_data: Path, country: str) -> None:
    folder = shared_data / "collect" / "dtm_api"
    files = [folder / f"admin{level}-{country}.json" for level in range(3)]
    code, refused = publish(run, files)
    assert (code, refused["code"]) == (1, "tracking.open_findings")
    assert {one["code"] for one in refused["problems"][1:]} == {"tracking.finding"}
    assert all(one["file"].endswith(".json") and one["row"] and one["column"] for one in refused["problems"][1:])
    with scope.enter(scope.house("test")):
        assert not Partition.objects.filter(in_force_from__isnull=False, dataset="tracking.observations").exists()
        assert not Release.objects.exists()

    code, done = publish(run, files, "--accept-findings", "the source uses codes of its own")
    assert code == 0
    assert {one["state"] for one in done["rounds"]} == {"published"}
    assert {one["state"] for one in done["findings"] if one["blocking"]} == {"accepted"}
    theirs = [json.loads(path.read_text())["result"] for path in files]
    for level, rows in enumerate(theirs):
        assert read_back(run, f"/v3/displacement/admin{level}", Admin0Pcode=country.upper()) == rows
    folder_out = Path(done["release"]["folder"])
    allowed = hxl.InputOptions(allow_local=True)
    with hxl.make_input(str(folder_out / "idps.csv"), allowed) as stream, hxl.data(stream) as source:
        rows = list(source)
    counted = sum(int(row.get("#affected+idps")) for row in rows if row.get("#adm+level") == "2")
    assert counted == sum(row["numPresentIdpInd"] for row in theirs[2])
    assert run("release", "verify", done["release"]["ref"])[1]["ok"]
    code, verified = run("figure", "verify")
    assert code == 0
    assert {one["status"] for one in verified} == {"same"}
    assert run("check", "all")[0] == 0


def test_the_workbook_of_south_sudan(run: Run, shared_data: Path) -> None:
    path = shared_data / "displacement" / "dtm_south_sudan_baseline_round_11.xlsx"
    said = {"operation_name": "South Sudan mobility tracking", "country": "SSD", "component": "BA", "round_number": "11",
            "reporting_date": "2021-09-30"}  # fmt: skip
    words = [word for name, value in said.items() for word in ("--set", f"{name}={value}")]
    code, refused = publish(run, [path], *words)
    assert (code, refused["code"]) == (1, "tracking.open_findings")
    code, done = publish(run, [path], *words, "--accept-findings", "no list of codes is held yet")
    assert code == 0
    assert [one["ref"] for one in done["rounds"]] == ["SSD-SOUTH-SUDAN-MOBILITY-TRACKING-AREA-11"]
    stated = displaced_in(path)
    rows = read_back(run, "/v3/displacement/admin0", CountryName="South Sudan")
    assert sum(row["numPresentIdpInd"] for row in rows) == stated
    code, figure = run("figure", "value", "tracking.idps_tracked", "--as-of", "2021-12-31")
    assert (code, figure["value"]) == (0, stated)


def displaced_in(path: Path) -> int:
    """Displaced people in the workbook's own summary by state."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    lines = list(book["MT R11 State Summary"].iter_rows(values_only=True))
    book.close()
    headers = [" ".join(str(one).split()) if one else "" for one in lines[0]]
    code, people = headers.index("state_pcode"), headers.index("Estimated # of IDP individuals (total)")
    return sum(int(line[people]) for line in lines[1:] if str(line[code]).startswith("SS"))
