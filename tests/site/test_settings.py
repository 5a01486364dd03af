"""Settings are declared once; secrets are never shown and never lie open; what is misspelt is said."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.architecture import tree
from waystation.site import cli
from waystation.site.declared import OURS, SETTINGS, TRIALS, Setting, unknown

TOKEN = Setting("WAYSTATION_METRICS_TOKEN", "x", secret=True)


def test_settings_are_read_in_one_place() -> None:
    declared = {one.name for one in SETTINGS} | OURS | TRIALS
    for module in tree.product():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call | ast.Subscript) and "os.environ" in ast.unparse(node):
                for name in re.findall(r"WAYSTATION_[A-Z_]+", ast.unparse(node)):
                    assert name in declared, f"{module.name}:{node.lineno}: declare {name} in site/declared.py"


def test_a_secret_comes_from_a_file_that_not_everybody_may_read(tmp_path: Path) -> None:
    kept = tmp_path / "token"
    kept.write_text("measured twice\n")
    kept.chmod(0o640)
    around = {"WAYSTATION_METRICS_TOKEN_FILE": str(kept)}
    assert TOKEN.read(around) == ("measured twice", f"file {kept}")
    kept.chmod(0o644)
    with pytest.raises(ImproperlyConfigured, match="everybody on this machine may read"):
        TOKEN.read(around)
    with pytest.raises(ImproperlyConfigured, match="both set"):
        TOKEN.read({**around, "WAYSTATION_METRICS_TOKEN": "x"})
    with pytest.raises(ImproperlyConfigured, match="cannot be read"):
        TOKEN.read({"WAYSTATION_METRICS_TOKEN_FILE": str(tmp_path / "none")})


@pytest.mark.parametrize(
    "name, wrong, says",
    [
        ("WAYSTATION_LOG", "loud", "It can be: plain, json"),
        ("WAYSTATION_BACKUP_KEEP", "many", "must be a whole number"),
        ("WAYSTATION_BACKUP_EVERY", "night", "must be like"),
        ("WAYSTATION_BACKUP_EVERY", "day at 25:00", "must be like"),
    ],
)
def test_a_setting_that_means_nothing_is_refused(name: str, wrong: str, says: str) -> None:
    setting = next(one for one in SETTINGS if one.name == name)
    with pytest.raises(ImproperlyConfigured, match=says):
        setting.read({name: wrong})


def test_the_command_shows_no_secret_and_says_what_is_misspelt(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://house:hush@localhost/house")
    monkeypatch.setenv("WAYSTATION_METRICS_TOKEN", "measured-twice")
    monkeypatch.setenv("WAYSTATION_HOST", "example.org")
    assert cli.main(["settings", "--json"]) == 0
    said, warned = capsys.readouterr()
    told = {one["name"]: one for one in json.loads(said)["settings"]}
    assert told["DATABASE_URL"]["value"] == "postgresql://house:(hidden)@localhost/house"
    assert (told["WAYSTATION_METRICS_TOKEN"]["value"], told["WAYSTATION_METRICS_TOKEN"]["from"]) == (
        "(hidden)", "environment",
    )  # fmt: skip
    assert told["WAYSTATION_LOG"]["from"] == "default"
    assert "hush" not in said + warned
    assert "measured-twice" not in said + warned
    assert "There is no setting WAYSTATION_HOST; it changes nothing. Did you mean WAYSTATION_HOSTS?" in warned
    assert len(list(unknown())) == 1
    assert cli.main(["settings"]) == 0
    assert "hush" not in capsys.readouterr().out
