"""The guide for programs says what works: its examples are run, by curl, against a house that is being served."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import Any

import pytest

from tests.architecture.tree import ROOT
from tests.personas import move_in
from waystation.apps.tracking.tests.making import load_countries
from waystation.hall.hooks.models import Webhook
from waystation.kernel import house, scope
from waystation.kernel.acts import do
from waystation.kernel.register import find_register
from waystation.site.cli import _parser

GUIDE = ROOT / "docs" / "api.md"


def examples() -> list[str]:
    return re.findall(r"```sh\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.django_db(transaction=True)
def test_every_example_of_the_guide_runs(live_server: Any) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not on this machine; it is what the guide's examples are written for")
    personas = move_in()
    load_countries(personas, "HTI")
    with personas.asking(personas.amina):
        key = do(house.issue, grants="read act feed:read").answer["key"]
    calls = [one for one in examples() if one.startswith(("curl", "SITE="))]
    script = "set -euo pipefail\n" + "\n".join(f"{one}\necho" for one in calls)
    around = {**os.environ, "KEY": key, "HOUSE": live_server.url, "NO_PROXY": "*"}
    told = subprocess.run(["bash", "-c", script], env=around, capture_output=True, text=True, timeout=60, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
    assert '"user": "amina"' in told.stdout
    assert "iso3" in told.stdout, "the CSV has a header"
    assert '"code": "kernel.argument_missing"' in told.stdout or '"code": "rest.wrong_value"' in told.stdout
    with scope.enter(scope.house("tests")):
        site = find_register("places.sites").model.objects.get()
        assert (site.name, site.state, site.version) == ("Camp Seventeen", "closed", 3)
        assert Webhook.objects.get().listens == ["places.sites", "tracking.round_published"]


def test_the_command_of_the_guide_is_one_of_ours() -> None:
    [said] = [one.split() for one in examples() if one.startswith("waystation")]
    assert said[1:3] == ["token", "create"]
    args = _parser().parse_args(
        ["token", "create", "--user", "amina", "--scope", "read act feed:read", "--expires", "2027-06-30"]
    )
    assert args.scope == "read act feed:read"
