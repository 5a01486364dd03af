"""What the house keeps of keys, people and tries to sign in: where, how closed, and for how long."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from tests.personas import PASSWORD, Personas
from tests.site.test_safe import guess, inside, sign_in
from waystation.kernel.fields import elsewhere, privacy_of
from waystation.kernel.values import clock, now
from waystation.site import cli


def test_keys_are_files_that_only_the_house_reads(personas: Personas, home: Path) -> None:
    inside()
    folder = home / "keys"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert {"secret.keys", "audit.key"} <= set(modes)
    assert set(modes.values()) == {0o600}


def test_a_secret_given_by_somebody_else_is_read_from_a_file_or_the_settings(home: Path, settings: Any) -> None:
    from waystation.surfaces.web.ways.provider import kept_secret

    assert kept_secret() == ""
    (home / "keys").mkdir()
    (home / "keys" / "provider.secret").write_text("from a file\n")
    assert kept_secret() == "from a file"
    settings.PROVIDER_SECRET = "from the settings"
    assert kept_secret() == "from the settings"


def test_every_table_of_others_is_on_the_map_of_personal_data_or_holds_none() -> None:
    """A package that is added with tables of its own must be looked at: what in it is personal goes on the map."""
    harmless = {"auth.Permission", "auth.Group", "contenttypes.ContentType", "axes.AccessAttemptExpiration"}
    others = {m._meta.label for m in apps.get_models() if not m.__module__.startswith("waystation.")}
    assert others == harmless | {one["where"] for one in elsewhere}
    models = {model._meta.label: model for model in apps.get_models()}
    for one in elsewhere:
        assert privacy_of(models[one["where"]]._meta.get_field(one["field"])) is None


def test_tries_to_sign_in_are_kept_so_long_and_no_longer(
    personas: Personas, capsys: pytest.CaptureFixture[str]
) -> None:
    import json

    from axes.models import AccessAttempt, AccessLog

    inside()
    guess("nobody", 2)
    kept = AccessAttempt.objects.get()
    assert "not it" not in kept.post_data
    assert PASSWORD not in repr(list(AccessLog.objects.values()))
    assert cli.main(["purge", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"tries": 0, "sessions": 0}
    with clock(now() + timedelta(days=91)):
        assert cli.main(["purge", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["tries"] >= 2, told["sessions"], AccessAttempt.objects.count()) == (True, 1, 0)


def test_codes_of_second_steps_are_not_kept_with_tries(personas: Personas) -> None:
    from axes.models import AccessAttempt

    from waystation.surfaces.web.tests.test_second_step import with_app

    with_app(Client(), personas.amina)
    client = Client()
    sign_in(client)
    client.post("/sign-in/second/", {"code": "424242"})
    assert "424242" not in repr(list(AccessAttempt.objects.values()))
