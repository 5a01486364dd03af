"""Registers: a kind of record with a life, who may see it, how it is listed, shown and exported.

A register is a plain object; ``waystation explain app.name`` prints it. The surfaces derive lists, sheets, act
buttons, exports and REST routes from it; the start-up checks hold it against its model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from string import Formatter
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.translation import gettext

from waystation.kernel.acts import Act
from waystation.kernel.models import Record
from waystation.kernel.refusals import Refused
from waystation.kernel.rules import Rule
from waystation.kernel.sight import sighted

registers: dict[str, Register] = {}


@dataclass(frozen=True)
class Lifecycle:
    """The first state, the acts, and which states are final. States are words declared with their meaning."""

    states: Mapping[str, Any]
    acts: tuple[Act, ...]
    final: frozenset[str] = frozenset()

    @property
    def first(self) -> str:
        """The state a record is made in."""
        return next(iter(self.states))


@dataclass(frozen=True)
class Section:
    """A part of a sheet: its title and the fields under it (dotted names reach referred records)."""

    title: Any
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Related:
    """Records of another register that belong to this one: shown as a short list on its sheet."""

    title: Any
    register: str
    through: str


@dataclass(frozen=True, eq=False)
class Register:
    """See the module. ``personal`` must be said, even when there is none; ``word`` is (one, many) for people; ``page`` is
    the address of a page about a record, with its fields in braces ("/places/{iso3}/"); ``due`` is the date field by which
    its records want to be moved on; an empty ``group`` keeps it out of the menu."""

    name: str
    model: type[Record]
    word: tuple[Any, Any]
    lifecycle: Lifecycle
    sight: Rule
    columns: tuple[str, ...]
    sections: tuple[Section, ...]
    personal: tuple[str, ...]
    filters: tuple[str, ...] = ()
    search: tuple[str, ...] = ("ref",)
    order: str = "-id"
    related: tuple[Related, ...] = ()
    hxl: Mapping[str, str] = field(default_factory=dict)
    group: str = "Evidence"
    systems: tuple[str, ...] = ()
    page: str = ""
    due: str = ""

    def __post_init__(self) -> None:
        registers[self.name] = self
        sighted(self.model, self.sight)
        for act in self.lifecycle.acts:
            act.name = f"{self.name}.{act.run.__name__}"
            act.model, act.words = self.model, self.lifecycle.states

    def act(self, verb: str) -> Act:
        """The act by its function's name. Raises Refused ``kernel.unknown_name``."""
        for act in self.lifecycle.acts:
            if act.run.__name__ == verb:
                return act
        known = ", ".join(a.run.__name__ for a in self.lifecycle.acts)
        raise Refused("kernel.unknown_name", what="act", name=verb, known=known)

    @property
    def creating(self) -> list[Act]:
        """Acts that make a new record."""
        return [act for act in self.lifecycle.acts if act.creates]

    def page_of(self, record: Record) -> str:
        """The address of the page about a record; empty when there is none."""
        named = {field.split(".")[0] for _text, field, *_more in Formatter().parse(self.page) if field}
        return self.page.format(**{name: getattr(record, name) for name in named})

    def acts_on(self, record: Record) -> list[Act]:
        """Acts that its present state admits, in the order of the work."""
        return [act for act in self.lifecycle.acts if record.state in act.sources]


def register_of(model: type[models.Model]) -> Register | None:
    """The register of a model, or None for lines and parts."""
    return next((one for one in registers.values() if one.model is model), None)


def find_register(name: str) -> Register:
    """A register by name. Raises Refused ``kernel.unknown_name``."""
    if name not in registers:
        raise Refused("kernel.unknown_name", what="register", name=name, known=", ".join(sorted(registers)))
    return registers[name]


def label_of(model: type[models.Model], path: str) -> str:
    """The human name of a field, following double underscores to its last step."""
    label: Any = path
    for step in path.split("__"):
        try:
            spot: Any = model._meta.get_field(step)
        except FieldDoesNotExist:  # a property of the model: its name is its label
            return gettext(step.replace("_", " "))
        label = getattr(spot, "verbose_name", step)
        model = getattr(spot, "related_model", None) or model
    return gettext(str(label))


def value_of(record: Any, path: str) -> Any:
    """A record's value at a path of double underscores; None where a step is missing."""
    for step in path.split("__"):
        record = getattr(record, step, None)
        if callable(record) and not isinstance(record, models.Manager):
            record = record()
    return record
