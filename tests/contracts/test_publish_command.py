"""``waystation tracking publish``: one command from a file to a release, which stops where people must decide."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import pytest

from tests.personas import Personas
from tests.world import HEADERS
from waystation.apps.tracking.models import Round
from waystation.apps.tracking.tests.making import load_countries
from waystation.kernel.acts import do
from waystation.kernel.commands import commands
from waystation.kernel.house import grant
from waystation.kernel.models import Release
from waystation.kernel.refusals import Refused
from waystation.site.commands import publishing

ROW = "Test crisis,HTI,HT01,Ouest,250,2024-03-31,1,Conflict,BA"
OUT = ("--audience", "public", "--licence", "CC BY 4.0", "--may-republish")


def publish(personas: Personas, *said: str) -> Any:
    command = commands[publishing.publish.words]
    parser = ArgumentParser()
    command.takes(parser)
    with personas.asking(personas.bakary):
        return command.run(parser.parse_args(said)).data


@pytest.fixture
def file(personas: Personas, tmp_path: Path) -> str:
    load_countries(personas, "HTI")
    with personas.asking(personas.zainab):
        do(grant, holder=personas.bakary, duty="tracking.manage", office=personas.dakar)
    path = tmp_path / "round.csv"
    path.write_text(f"{HEADERS}\n{ROW}\n{ROW}\n", encoding="utf-8")  # the same place twice
    return str(path)


def test_open_blocking_findings_are_told_with_their_row_and_nothing_is_published(personas: Personas, file: str) -> None:
    with pytest.raises(Refused) as refused:
        publish(personas, file, *OUT)
    first, *each = refused.value.problems
    assert first.code == "tracking.open_findings"
    assert {one.code for one in each} == {"tracking.finding"}
    assert ("round.csv", 3) in {(one.file, one.row) for one in each}
    assert not Round.everything.filter(published_version__isnull=False).exists()
    assert not Release.everything.exists()


def test_accepted_with_a_reason_they_are_published_and_released(personas: Personas, file: str) -> None:
    done = publish(personas, file, *OUT, "--accept-findings", "two camps of one name")
    assert [one["state"] for one in done["rounds"]] == ["published"]
    assert {one["state"] for one in done["findings"] if one["blocking"]} == {"accepted"}
    assert Release.everything.get().ref == done["release"]["ref"]
