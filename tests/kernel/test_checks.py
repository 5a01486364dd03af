"""Start-up checks: a declaration that does not hold keeps the house shut, and says what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import models

from tests.kernel import workshop
from waystation.kernel.apps import refuse_unsound
from waystation.kernel.checks import check_declarations
from waystation.kernel.fields import EncryptedText, internal, personal, privacy_of, public, sensitive
from waystation.kernel.models import Record
from waystation.kernel.register import Lifecycle, Register, Section, registers
from waystation.kernel.sight import Sighted, sights


@contextmanager
def model(name: str, kind: type[models.Model] = models.Model, /, **fields: Any) -> Iterator[type[models.Model]]:
    """A model as an app of ours might declare it, known to Django inside the block only."""
    meta = type("Meta", (), {"app_label": "kernel"})
    made = type(name, (kind,), {"__module__": "waystation.apps.trial.models", "Meta": meta, **fields})
    try:
        yield made
    finally:
        del apps.all_models["kernel"][name.lower()]
        apps.clear_cache()


def wrong() -> list[str]:
    return [str(one.id).removeprefix("waystation.") for one in check_declarations()]


def test_the_house_as_it_stands_is_sound() -> None:
    assert check_declarations() == []
    refuse_unsound()


def test_a_field_that_says_nothing_of_itself_keeps_the_house_shut() -> None:
    with model("Unsaid", name=models.TextField(), code=public(models.TextField())):
        assert wrong() == ["E001"]
        with pytest.raises(ImproperlyConfigured, match=r"Unsaid\.name is not classed"):
            refuse_unsound()


def test_a_table_between_two_models_is_a_field_too() -> None:
    with model("Unsaid", others=models.ManyToManyField("kernel.Office", related_name="+")):
        assert wrong() == ["E001"]


@pytest.mark.parametrize(
    "field,right",
    [
        (lambda: sensitive(EncryptedText()), True),
        (lambda: sensitive(models.TextField()), False),
        (lambda: personal(EncryptedText()), False),
        (lambda: internal(EncryptedText()), False),
        (lambda: personal(models.TextField()), True),
    ],
)
def test_what_is_sensitive_is_sealed_and_nothing_else_is(field: Any, right: bool) -> None:
    with model("Trial", said=field()):
        assert wrong() == ([] if right else ["E002"])


def test_every_class_is_kept_when_a_model_is_copied() -> None:
    for wrap, name in ((public, "public"), (internal, "internal"), (personal, "personal")):
        assert privacy_of(wrap(models.TextField()).clone()) is None, "a bare copy has to say it again"
        with model("Trial", Record, said=wrap(models.TextField())) as made:
            assert privacy_of(made._meta.get_field("said")) == name


def test_rows_that_nobody_said_who_may_see() -> None:
    with model("Trial", said=public(models.TextField()), objects=Sighted()):
        assert wrong() == ["E003"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change,code",
    [
        ({"columns": ("ref", "colour")}, "E004"),
        ({"sections": (Section("Piece", ("office__colour",)),)}, "E004"),
        ({"filters": ("colour",)}, "E004"),
        ({"lifecycle": Lifecycle({"rough": "rough"}, (workshop.make, workshop.finish))}, "E005"),
        ({"lifecycle": Lifecycle({"rough": "", "done": "", "lost": ""}, (workshop.make, workshop.finish))}, "E006"),
        ({"lifecycle": Lifecycle({"rough": ""}, (workshop.make,), frozenset({"sold"}))}, "E007"),
        ({"personal": ("phone",)}, "E008"),
        ({"personal": ()}, "E008"),
    ],
)
def test_a_register_that_is_not_true_to_its_model(change: dict[str, Any], code: str) -> None:
    with workshop.declared() as good:
        assert wrong() == []
        Register(**{name: getattr(good, name) for name in good.__dataclass_fields__} | change)
        assert code in wrong()


def test_nothing_of_the_trials_is_left() -> None:
    assert not {"workshop.pieces"} & set(registers)
    assert workshop.Piece not in sights
