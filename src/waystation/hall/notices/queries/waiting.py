"""What waits for somebody: records on which they may do an act that leads on. One question a register, none when nothing changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.core.cache import cache
from django.db.models import BooleanField, Case, F, Q, Value, When

from waystation.hall.notices.shapes import Waiting
from waystation.kernel import audit
from waystation.kernel.acts import Act
from waystation.kernel.models import ChainHead
from waystation.kernel.register import Register, registers
from waystation.kernel.rules import nothing
from waystation.kernel.scope import Scope
from waystation.kernel.values import today
from waystation.kernel.work import jobs

FEW = 5
MOST = 200
KEPT = 600  # seconds

Kept = list[tuple[str, str, int, int, list[tuple[str, date | None]], bool]]


def house_state() -> str:
    """Another text after every act: nothing that is kept under it can be out of date."""
    heads = ChainHead.objects.order_by("chain").values_list("digest", flat=True)
    return hashlib.sha256("".join(heads).encode()).hexdigest()


def waiting(scope: Scope, offered: Callable[[Act], bool], state: str = "") -> list[Waiting]:
    """What this person may move on, late first; kept for as long as the house and the day are the same."""
    if scope.actor is None:
        return []
    key = f"waiting:{scope.actor.pk}:{today()}:{state or house_state()}"
    kept: Kept | None = cache.get(key)
    if kept is None:
        found = sorted(asked(scope, offered, registers.values()), key=lambda one: -one.late)
        kept = [
            (w.register.name, w.act.run.__name__, w.count, w.late, w.first, w.more) for w in found
        ]  # what is kept in a cache is plain
        cache.set(key, kept, KEPT)
    return [
        Waiting(registers[name].act(verb), registers[name], count, late, first, more)
        for name, verb, count, late, first, more in kept
    ]


def late_for(scope: Scope, day: date) -> list[tuple[str, str, date]]:
    """(record as the trail names it, act, due date) of what waits for somebody and was due before a day."""
    found = []
    for one in asked(scope, lambda act: True, [r for r in registers.values() if r.due], MOST):
        late = {ref: due for ref, due in one.first if due is not None and due < day}
        rows = one.register.model.objects.filter(ref__in=late).order_by(one.register.due, "pk")
        found += [(audit.label(row), one.act.name, late[row.ref]) for row in rows]
    return found


def asked(scope: Scope, offered: Callable[[Act], bool], among: Iterable[Register], few: int = FEW) -> list[Waiting]:
    """As ``waiting``, from the database. The scope must be in force."""
    found = []
    for register in among:
        if register is jobs:
            continue
        acts = [
            a for a in register.lifecycle.acts if moves_on(register, a) and offered(a) and not nothing(a.by.q(scope))
        ]
        if acts and not nothing(register.sight.q(scope)):
            found += _of(register, acts, scope, few)
    return found


def moves_on(register: Register, act: Act) -> bool:
    """Acts that are work waiting to be done: they lead on in the record's life, and neither make, undo nor describe it."""
    order = list(register.lifecycle.states)
    leads = act.target in order and any(
        order.index(one) < order.index(act.target) for one in act.sources if one in order
    )
    from_end = act.sources <= register.lifecycle.final
    return not act.creates and not act.danger and leads and not from_end


def _of(register: Register, acts: list[Act], scope: Scope, few: int) -> list[Waiting]:
    """For each act what waits, out of one look at the first rows on which any of them may be done."""
    may = [Q(state__in=act.sources) & act.by.q(scope) for act in acts]
    flags: dict[str, Any] = {
        f"_may{n}": Case(When(one, then=Value(True)), default=Value(False), output_field=BooleanField())
        for n, one in enumerate(may)
    }
    order = [F(register.due).asc(nulls_last=True), "pk"] if register.due else ["pk"]
    columns = ["ref", *([register.due] if register.due else [])]
    rows = register.model.objects.filter(reduce(or_, may)).annotate(**flags).order_by(*order)
    looked_at = list(rows.values(*columns, *flags)[: MOST + 1])
    more, found, day = len(looked_at) > MOST, [], today()
    for act, flag in zip(acts, flags, strict=True):
        mine = [(row["ref"], row[register.due] if register.due else None) for row in looked_at[:MOST] if row[flag]]
        late = sum(due is not None and due < day for _ref, due in mine)
        if mine:
            found.append(Waiting(act, register, len(mine), late, mine[:few], more))
    return found
