"""Facts: what happened, in the past tense, written in the act's transaction; reactions: what others do about it.

    RoundPublished = fact("tracking.round_published", round=int)
    @reacts_to(RoundPublished)
    def warm_the_map(told): ...          # told.round; at least once, in no promised order

A reaction runs later, in the worker, in the house's scope, and does its work through acts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.db import transaction

from waystation.kernel import scope
from waystation.kernel.values import now, plain

MOST_TRIES = 8
kinds: dict[str, FactKind] = {}
reactions: dict[str, list[Callable[[Any], None]]] = {}
errands: list[Callable[[], int]] = []  # what else waits to be told outside the house: slow, so never in a transaction


@dataclass(frozen=True)
class Told:
    """A fact ready to be written: its name and its body."""

    name: str
    body: dict[str, Any]


@dataclass(frozen=True)
class FactKind:
    """A declared fact; called with its values it makes one to tell. Raises TypeError for other values."""

    name: str
    shape: dict[str, type]

    def __call__(self, **body: Any) -> Told:
        wrong = set(body) ^ set(self.shape)
        wrong |= {key for key, kind in self.shape.items() if key in body and not isinstance(body[key], kind)}
        if wrong:
            raise TypeError(f"{self.name}: {', '.join(sorted(wrong))} not as declared")
        return Told(self.name, {key: plain(value) for key, value in body.items()})


def fact(name: str, **shape: type) -> FactKind:
    """Declare a fact and the types of its values."""
    return kinds.setdefault(name, FactKind(name, shape))


def reacts_to(kind: FactKind) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
    """Have the decorated function told every such fact, at least once."""

    def register(reaction: Callable[[Any], None]) -> Callable[[Any], None]:
        reactions.setdefault(kind.name, []).append(reaction)
        return reaction

    return register


def _name(reaction: Callable[[Any], None]) -> str:
    return f"{reaction.__module__}.{reaction.__qualname__}"


def write(told: list[Told], entry: Any) -> None:
    """Put facts and the deliveries they owe into the outbox. Called by the runner inside its transaction."""
    from waystation.kernel.models import Delivery, OutboxFact

    rows = OutboxFact.objects.bulk_create(
        [OutboxFact(name=one.name, body=one.body, at=entry.at, entry=entry) for one in told]
    )
    owed = [
        Delivery(fact=row, reaction=_name(reaction), due_at=entry.at)
        for row in rows
        for reaction in reactions.get(row.name, [])
    ]
    Delivery.objects.bulk_create(owed)


def deliver(most: int = 100) -> int:
    """Tell what is due; a failing reaction is tried again, later each time, up to ``MOST_TRIES``; then run
    the errands. Returns how many were told."""
    from waystation.kernel.models import Delivery

    known = {_name(reaction): reaction for each in reactions.values() for reaction in each}
    due = Delivery.objects.filter(state="due", due_at__lte=now()).order_by("due_at")[:most]
    told = 0
    for pk in [one.pk for one in due]:
        with transaction.atomic():
            one = Delivery.objects.select_for_update(skip_locked=True).filter(pk=pk, state="due").first()
            if one is None:
                continue
            told += _tell(one, known.get(one.reaction))
    return told + sum(errand() for errand in errands)


def _tell(one: Any, reaction: Callable[[Any], None] | None) -> int:
    one.tries += 1
    try:
        with transaction.atomic(), scope.enter(scope.house(f"reaction to {one.fact.name}")):
            if reaction is None:
                raise LookupError(f"no reaction named {one.reaction}")
            reaction(SimpleNamespace(**one.fact.body))
        one.state, one.error = "done", ""
    except Exception as trouble:  # noqa: BLE001 - a reaction may fail in any way; it is written down and tried again
        one.state = "given up" if one.tries >= MOST_TRIES else "due"
        one.error = f"{type(trouble).__name__}: {trouble}"[:2000]
        one.due_at = now() + timedelta(seconds=2**one.tries)
    one.save()
    return int(one.state == "done")
