"""What the index keeps of a record: its reference, its name, and the values of the fields that its register searches.

What is personal or sensitive is never in it, not even as part of a name: whom the fields of a record are about is looked up where
its app says so, for a purpose that is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from types import CodeType
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.translation import get_language, override

from waystation.hall.finding.queries.keys import offset
from waystation.hall.finding.shapes.folding import fold, tokens
from waystation.kernel.fields import privacy_of
from waystation.kernel.models import Record
from waystation.kernel.register import Register, registers, value_of

MOST_TOKENS = 400
NAME = 120


@dataclass(frozen=True)
class Row:
    """An entry as it is to be written."""

    id: int
    ref: str
    name: str
    text: str


@dataclass(frozen=True)
class Recipe:
    """What a register's entries are made of. ``reached``: every field read, through foreign keys also."""

    paths: tuple[str, ...]
    named: bool
    reached: tuple[str, ...]

    @property
    def relations(self) -> list[str]:
        """The foreign keys on the way, for ``select_related`` and ``prefetch_related``."""
        return list(dict.fromkeys(path.rpartition("__")[0] for path in self.reached if "__" in path))


@cache
def recipe(register: Register) -> Recipe:
    """How entries of a register are made."""
    paths = tuple(dict.fromkeys(path for path in register.search if may_be_held(register.model, path)))
    read = tuple(read_by_name(register.model))
    named = all(may_be_held(register.model, path) for path in read)
    return Recipe(paths, named, tuple(dict.fromkeys([*paths, *(read if named else ())])))


def may_be_held(model: type[models.Model], path: str) -> bool:
    """Whether no step of a path is personal or sensitive."""
    for step in path.split("__"):
        try:
            spot: Any = model._meta.get_field(step)
        except FieldDoesNotExist:
            return False
        if privacy_of(spot) not in ("public", "internal"):
            return False
        model = getattr(spot, "related_model", None) or model
    return True


def read_by_name(model: type[models.Model], seen: frozenset[Any] = frozenset()) -> Iterator[str]:
    """The fields that a record's ``str`` reads, as far as its code names them: through properties and foreign keys also."""
    for name in _attributes(model, "__str__", set()):
        try:
            spot = model._meta.get_field(name)
        except FieldDoesNotExist:
            continue
        if isinstance(spot, models.ForeignKey) and isinstance(spot.related_model, type) and spot not in seen:
            below = list(read_by_name(spot.related_model, seen | {spot}))
            yield from (f"{name}__{one}" for one in below)
        else:
            yield name


def _attributes(model: type[models.Model], name: str, seen: set[str]) -> Iterator[str]:
    """The names that the code of a method or property reads, and those its own methods and properties read."""
    if name in seen:
        return
    seen.add(name)
    spot = getattr(model, name, None)
    code = getattr(getattr(spot, "fget", spot), "__code__", None)
    for one in code.co_names if isinstance(code, CodeType) else ():
        yield one
        yield from _attributes(model, one, seen)


def row(register: Register, record: Record) -> Row:
    """A record's entry. Names are read in the active language: call it inside ``override("en")``."""
    made = recipe(register)
    said = str(record) if made.named else record.ref
    texts = [record.ref, said, *(text for path in made.paths for text in spoken(value_of(record, path)))]
    words = list(dict.fromkeys(word for text in dict.fromkeys(texts) for word in tokens(text)))[:MOST_TOKENS]
    return Row(offset(register.name) + record.pk, fold(record.ref)[:80], fold(said)[:NAME], f" {' '.join(words)} ")


def rows(register: Register, records: Iterable[Record]) -> list[Row]:
    """Entries of records whose foreign keys are at hand."""
    if get_language() == "en":
        return [row(register, one) for one in records]
    with override("en"):
        return [row(register, one) for one in records]


def spoken(value: Any) -> Iterator[str]:
    """The texts in a value: of a table of names, each name."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from spoken(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from spoken(one)
    elif value is not None:
        yield str(value)


@dataclass(frozen=True)
class Lent:
    """That records of a register are called by what another record says: the way to it, and the columns that are read there."""

    register: Register
    way: str
    columns: frozenset[str]


@dataclass(frozen=True)
class Known:
    """What is declared, looked up by model: the register it has, and those whose entries its records are part of."""

    register: dict[type[models.Model], Register]
    lent: dict[type[models.Model], list[Lent]]


_known: dict[tuple[Register, ...], Known] = {}


def known() -> Known:
    """Of the registers that are declared now."""
    declared = tuple(registers.values())
    if declared not in _known:
        _known.clear()
        _known[declared] = Known({one.model: one for one in declared}, _lent(declared))
    return _known[declared]


def _lent(declared: Iterable[Register]) -> dict[type[models.Model], list[Lent]]:
    read: dict[tuple[type[models.Model], Register, str], set[str]] = {}
    for register in declared:
        for path in recipe(register).reached:
            here: Any = register.model
            steps = path.split("__")
            for place, step in enumerate(steps):
                spot = here._meta.get_field(step)
                if place:
                    read.setdefault((here, register, "__".join(steps[:place])), set()).add(spot.attname)
                here = getattr(spot, "related_model", None) or here
    found: dict[type[models.Model], list[Lent]] = {}
    for (model, register, way), columns in read.items():
        found.setdefault(model, []).append(Lent(register, way, frozenset(columns)))
    return found
