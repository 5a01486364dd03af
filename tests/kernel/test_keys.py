"""Sensitive values: sealed with a key that is never in the database, readable through a rotation, never looked up by value."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import FieldError
from django.db import models

from waystation.kernel import keys
from waystation.kernel.fields import EncryptedText, privacy_of, sensitive
from waystation.kernel.refusals import Refused


def test_a_sealed_value_is_not_the_value_and_opens_again(home: Path) -> None:
    sealed = keys.seal("gave evidence against her brother")
    assert "evidence" not in sealed
    assert keys.unseal(sealed) == "gave evidence against her brother"
    assert keys.seal("same") != keys.seal("same")


def test_keys_are_files_only_their_owner_reads(home: Path) -> None:
    keys.seal("x")
    keys.sign(b"x")
    keys.keyed_digest("audit", b"x")
    files = list((home / "keys").iterdir())
    assert {one.name for one in files} == {"secret.keys", "signing.key", "audit.key"}
    assert {one.stat().st_mode & 0o777 for one in files} == {0o600}


def test_after_a_rotation_old_values_open_and_new_ones_use_the_new_key(home: Path) -> None:
    old = keys.seal("before")
    old_key = (home / "keys" / "secret.keys").read_bytes()
    keys.rotate()
    assert keys.unseal(old) == "before"
    fresh = keys.seal("after")
    (home / "keys" / "secret.keys").write_bytes(old_key)
    keys._fernet.cache_clear()
    with pytest.raises(Refused) as lost:
        keys.unseal(fresh)
    assert lost.value.code == "kernel.key_missing"


def test_an_encrypted_field_refuses_to_be_filtered() -> None:
    field = sensitive(EncryptedText())
    field.set_attributes_from_name("story")
    assert privacy_of(field) == "sensitive"
    assert field.get_prep_value("open") != "open"
    assert field.from_db_value(field.get_prep_value("open"), None, None) == "open"
    with pytest.raises(FieldError, match="cannot be filtered"):
        field.get_lookup("exact")
    assert field.get_lookup("isnull") is not None


def test_an_unclassed_field_has_no_class() -> None:
    assert privacy_of(models.TextField()) is None
