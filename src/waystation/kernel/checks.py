"""Start-up checks: what imports cannot see. A house that fails one does not open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from django.db import models

from waystation.kernel.fields import EncryptedText, privacy_of
from waystation.kernel.register import Register, registers
from waystation.kernel.sight import Sighted, sight_of


def _own_models() -> list[type[models.Model]]:
    return [m for m in apps.get_models() if m.__module__.startswith("waystation.")]


@register("waystation")
def check_declarations(**_: Any) -> list[CheckMessage]:
    """Every field classed, every sensitive one encrypted, every sighted model with a rule, every register true."""
    found = [*_fields(), *_sights()]
    for one in registers.values():
        found += _register(one)
    return found


def _fields() -> Iterator[CheckMessage]:
    for model in _own_models():
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
            kind = privacy_of(field)
            if kind is None:
                yield Error(f"{model._meta.label}.{field.name} is not classed", hint="wrap it", id="waystation.E001")
            if (kind == "sensitive") != isinstance(field, EncryptedText):
                hint = "sensitive(EncryptedText())"
                yield Error(
                    f"{model._meta.label}.{field.name}: sensitive is encrypted", hint=hint, id="waystation.E002"
                )


def _sights() -> Iterator[CheckMessage]:
    for model in _own_models():
        if isinstance(model._default_manager, Sighted):
            try:
                sight_of(model)
            except LookupError as unsaid:
                yield Error(str(unsaid), id="waystation.E003")


def _register(one: Register) -> Iterator[CheckMessage]:
    for path in {*one.columns, *one.filters, *filter(None, [one.due]), *(f for s in one.sections for f in s.fields)}:
        if not _reaches(one.model, path):
            yield Error(f"{one.name}: no field {path!r} on {one.model.__name__}", id="waystation.E004")
    states = set(one.lifecycle.states)
    for act in one.lifecycle.acts:
        unknown = (act.sources | {act.target or next(iter(act.sources))}) - states - {"new"}
        if unknown:
            yield Error(f"{act.name}: unknown state {', '.join(sorted(unknown))}", id="waystation.E005")
    reached = {act.target for act in one.lifecycle.acts} | {one.lifecycle.first}
    if states - reached:
        yield Error(f"{one.name}: no act reaches {', '.join(sorted(states - reached))}", id="waystation.E006")
    if one.lifecycle.final - states:
        yield Error(f"{one.name}: a final state is no state", id="waystation.E007")
    own = {f.name for f in one.model._meta.get_fields() if privacy_of(f) in ("personal", "sensitive")}
    if set(one.personal) != own:
        yield Error(f"{one.name}: personal fields are {sorted(own)}, not {one.personal}", id="waystation.E008")


def _reaches(model: type[models.Model], path: str) -> bool:
    for step in path.split("__"):
        names = {f.name: f for f in model._meta.get_fields()}
        if step not in names:
            return hasattr(model, step)
        model = getattr(names[step], "related_model", None) or model
    return True
