"""One search over every register, as far as the scope sees: the best few records of each that holds the words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import F

from waystation.hall.finding.models import Entry
from waystation.hall.finding.queries.answers import DEEP, Holds, called, newest
from waystation.hall.finding.queries.asking import Wanted
from waystation.hall.finding.queries.keys import offset, register_at
from waystation.hall.finding.queries.texts import recipe, spoken
from waystation.hall.finding.shapes.folding import fold
from waystation.kernel import scope as scopes
from waystation.kernel.register import Register, label_of, registers, value_of
from waystation.kernel.rules import nothing

POOL = 24  # the newest answers of a register that are compared
EXACT_REF, EXACT, BEGINS, WORD = range(4)


@dataclass(frozen=True)
class Hit:
    """A record that holds the words. ``because``: the field they are in (label, value), where reference and name do not show it."""

    register: Register
    record: Any
    rank: int
    because: tuple[str, str] | None

    @property
    def named(self) -> bool:
        """Whether it is called so, or its name begins so."""
        return self.rank < WORD


@dataclass(frozen=True)
class Hits:
    """The best of a register, best first, newer before older; ``more``: there are others."""

    register: Register
    hits: list[Hit]
    more: bool


def seek(asked: Wanted, most: int) -> list[Hits]:
    """The registers that hold the words, best first, with at most ``most`` records of each: only what the scope may see."""
    by_name, by_words = called(asked), dict(newest(asked))
    found = []
    for register in _seen():
        start = offset(register.name)
        if start in by_name or start in by_words:
            one = _in(register, asked, by_name.get(start, []), by_words.get(start, []), most)
            found += [one] if one.hits else []
    return sorted(found, key=lambda one: one.hits[0].rank)


def whole_reference(text: str) -> Hit | None:
    """The record that has this reference, in any case; None when there is none that the scope may see."""
    told = {register.name: register for register in _seen()}
    for key in Entry.objects.filter(ref=fold(text)).order_by("id").values_list("id", flat=True)[:POOL]:
        register, pk = register_at(key)
        if register is not None and register.name in told:
            record = register.model.objects.filter(pk=pk).first()
            if record is not None and record.ref.casefold() == text.casefold():
                return Hit(register, record, EXACT_REF, None)
    return None


def _seen() -> list[Register]:
    """Registers of which the scope may see anything at all."""
    scope = scopes.current()
    return [one for one in registers.values() if scope.whole or not nothing(one.sight.q(scope))]


def _in(register: Register, asked: Wanted, named: list[int], worded: list[int], most: int) -> Hits:
    rows = register.model.objects.filter(pk__in=dict.fromkeys([*named, *worded]))
    seen = set(rows.values_list("pk", flat=True))
    keys = list(dict.fromkeys(pk for pk in (*named, *worded) if pk in seen))
    if len(keys) <= most and len(worded) == DEEP:  # what is newest is not for this reader: ask for what they may see
        held = Holds(F("pk"), register=register.name, asked=asked)
        own = register.model.objects.filter(held).order_by("-pk").values_list("pk", flat=True)[: most + 1]
        keys = list(dict.fromkeys([*keys, *own]))
    records = register.model.objects.select_related(*recipe(register).relations).in_bulk(keys[:POOL])
    hits = [_hit(register, one, asked) for one in records.values()]
    hits.sort(key=lambda one: (one.rank, -one.record.pk))
    return Hits(register, hits[:most], len(keys) > most)


def _hit(register: Register, record: Any, asked: Wanted) -> Hit:
    made = recipe(register)
    values = [(path, text) for path in made.paths for text in spoken(value_of(record, path))]
    said = str(record) if made.named else record.ref
    folded = [fold(said), *(fold(text) for _path, text in values)]
    rank = WORD
    if fold(record.ref) == asked.whole:
        rank = EXACT_REF
    elif asked.whole in folded:
        rank = EXACT
    elif any(one.startswith(asked.whole) for one in folded):
        rank = BEGINS
    because = None
    if not asked.in_text(f"{record.ref} {said}"):
        path, text = next(((p, t) for p, t in values if asked.touches(t) and t not in (said, record.ref)), ("", ""))
        because = (label_of(register.model, path), text) if path else None
    return Hit(register, record, rank, because)
