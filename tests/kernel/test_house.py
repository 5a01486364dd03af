"""The house's doors for programs and people: keys that open or do not, folders and files that are not there."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.personas import Personas
from waystation.kernel import house
from waystation.kernel.acts import do
from waystation.kernel.files import files_of, put
from waystation.kernel.models import Actor
from waystation.kernel.refusals import Refused
from waystation.kernel.values import clock, now
from waystation.site import cli


def refused(call: Any, *args: Any) -> str:
    with pytest.raises(Refused) as no:
        call(*args)
    return no.value.code


def test_a_key_opens_what_it_was_made_for_as_its_holder(personas: Personas) -> None:
    with personas.asking(personas.amina):
        key = do(house.issue, grants="dtm:read figures:read").answer["key"]
    assert house.token_scope(key, "dtm:read").actor == personas.amina
    assert house.token_scope(key, "figures:read").offices("tracking.manage") == {personas.dakar.pk}


@pytest.mark.parametrize("wrong", ["unknown", "other scope", "part of a scope", "expired", "revoked", "holder left"])
def test_a_key_that_is_not_valid_opens_nothing(personas: Personas, wrong: str) -> None:
    with personas.asking(personas.amina):
        done = do(house.issue, grants="dtm:read", expires_on=now().date() + timedelta(days=3))
        key, needs = done.answer["key"], "dtm:read"
        assert house.token_scope(key, needs).actor == personas.amina
        if wrong == "revoked":
            do(house.revoke, done.record)
    if wrong == "holder left":
        Actor.objects.filter(pk=personas.amina.pk).update(is_active=False)
    key = "f" * 40 if wrong == "unknown" else key
    needs = {"other scope": "figures:read", "part of a scope": "dtm"}.get(wrong, needs)
    with clock(now() + timedelta(days=4 if wrong == "expired" else 0)):
        assert refused(house.token_scope, key, needs) == "kernel.token_refused"


def test_files_that_are_not_there_are_named(tmp_path: Path) -> None:
    there = tmp_path / "round.csv"
    there.write_text("a\n1\n")
    assert files_of([str(there)]) == [there]
    with pytest.raises(Refused, match=r"no file .*gone\.csv") as no:
        files_of([str(there), str(tmp_path / "gone.csv")])
    assert no.value.code == "kernel.no_file"
    assert refused(files_of, [str(tmp_path)]) == "kernel.no_file"


def test_a_file_is_put_in_place_whole_or_not_at_all(tmp_path: Path) -> None:
    def broken() -> Any:
        yield b"half"
        raise OSError("the disk is full")

    folder = tmp_path / "notes"
    folder.mkdir()
    place = folder / "note.json"
    with pytest.raises(OSError, match="full"):
        put(place, broken())
    assert list(folder.iterdir()) == []
    put(place, [b"first"], 0o600)
    with pytest.raises(OSError, match="full"):
        put(place, broken())
    put(place, [b"second"], anew=False)
    assert (place.read_bytes(), place.stat().st_mode & 0o777, list(folder.iterdir())) == (b"first", 0o600, [place])
    put(place, [b"third"])
    assert place.read_bytes() == b"third"


@pytest.mark.django_db
def test_commands_on_a_folder_without_a_house_say_how_to_make_one(
    capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    assert cli.main(["figure", "list"]) == 1
    said = capsys.readouterr().err
    assert "kernel.no_home" in said
    assert "waystation init" in said


@pytest.mark.parametrize(
    "words",
    [
        ["figure", "value", "x.y", "--as-of", "yesterday"],
        ["figure", "value", "x.y", "--known-at", "now"],
        ["figure", "value", "x.y", "--where", "place"],
    ],
)
def test_a_call_that_is_wrong_says_what_is_right(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([*words, "--json"])
    assert ended.value.code == 2
    assert words[-1] in capsys.readouterr().err


def test_the_map_of_personal_data_is_printed_from_the_declarations(capsys: pytest.CaptureFixture[str]) -> None:
    from tests.kernel import workshop
    from waystation.kernel.checks import check_declarations

    assert check_declarations() == [], "what the map leaves out is not personal, for every field is classed"
    assert cli.main(["explain", "personal", "--json"]) == 0
    told = {(one["where"], one["field"]): one["class"] for one in json.loads(capsys.readouterr().out)}
    assert told["kernel.Actor", "email"] == told["kernel.Actor", "password"] == "personal"
    assert workshop.Piece._meta.label not in {where for where, _ in told}
    assert cli.main(["explain", "personal"]) == 0
    printed = capsys.readouterr().out
    assert Path("docs/registers/personal.md").read_text(encoding="utf-8") == printed


@pytest.mark.django_db
def test_keys_are_turned_by_a_command(personas: Personas, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["keys", "rotate", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"resealed": 0}
    assert len((home / "keys" / "secret.keys").read_text().split()) == 2


@pytest.mark.django_db
def test_tables_are_as_the_models_say() -> None:
    """Nothing is declared that no migration makes."""
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
