"""Who is asking. Nothing is read without a scope: managers of records refuse to run outside one.

Outside an act, a scope sees what its actor's rules admit; inside an act (and for the house itself) the world is
whole, because the runner has already asked the rule. The public is a scope without an actor.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q

from waystation.kernel.values import today

if TYPE_CHECKING:
    from waystation.kernel.models import Actor

MANY = 500  # people: beyond, databases take a list of them ill
_current: ContextVar[Scope | None] = ContextVar("scope", default=None)


class NoScope(RuntimeError):
    """A record was asked for and nobody had said who is asking: a fault in our code, never shown to a user."""


@dataclass(frozen=True)
class Scope:
    """``actor`` None is the public. ``whole`` lifts the sight rules; ``purpose`` says why, for the trail; ``grants`` are
    those of the key a program came with, None when the person is here."""

    actor: Actor | None = None
    whole: bool = False
    purpose: str = ""
    grants: frozenset[str] | None = None
    _duties: dict[str, frozenset[int]] = field(default_factory=dict, compare=False, repr=False)

    def offices(self, duty: str) -> frozenset[int]:
        """Ids of the offices where the actor holds ``duty`` today, with the offices below them."""
        if self.actor is None:
            return frozenset()
        if not self._duties:
            self._duties.update(scopes_of([self.actor])[0]._duties)
        return self._duties.get(duty, frozenset())

    @property
    def duties(self) -> frozenset[str]:
        """Names of all duties the actor holds today, anywhere."""
        self.offices("")
        return frozenset(name for name in self._duties if name)

    @property
    def is_house(self) -> bool:
        """True for the system itself (first start, jobs): it holds every duty and its purpose is on the trail."""
        return self.whole and self.actor is None

    def opened(self) -> Scope:
        """The same actor, with the world whole: what the runner uses inside an act."""
        return replace(self, whole=True)


PUBLIC = Scope()


def house(purpose: str) -> Scope:
    """The system's own scope; ``purpose`` is written on the trail of what it does."""
    return Scope(whole=True, purpose=purpose)


def current() -> Scope:
    """The scope in force. Raises NoScope."""
    found = _current.get()
    if found is None:
        raise NoScope("no scope: enter one with scope.enter(...) before reading records")
    return found


@contextmanager
def enter(scope: Scope) -> Iterator[Scope]:
    """Everything inside the block is asked for by ``scope``."""
    token = _current.set(scope)
    try:
        yield scope
    finally:
        _current.reset(token)


def scopes_of(actors: Iterable[Actor]) -> list[Scope]:
    """A scope for each of many people, their duties read at once."""
    from waystation.kernel.models import DutyGrant, Office

    found = {actor.pk: Scope(actor, _duties={"": frozenset()}) for actor in actors}
    paths = dict(Office.everything.values_list("pk", "path"))
    grants = DutyGrant.everything.filter(in_force(today()))
    grants = grants.filter(holder__in=found) if len(found) < MANY else grants
    for holder, duty, office in grants.values_list("holder", "duty", "office"):
        if holder not in found:
            continue
        below = {pk for pk, path in paths.items() if path.startswith(paths[office])}
        held = found[holder]._duties
        held[duty] = held.get(duty, frozenset()) | below
    return list(found.values())


def in_force(day: date, prefix: str = "") -> Q:
    """The filter of grants that count on a day: what is lent counts only while it is the lender's to lend."""
    held = Q(**{f"{prefix}state": "held", f"{prefix}since__lte": day})
    held &= Q(**{f"{prefix}until": None}) | Q(**{f"{prefix}until__gte": day})
    if not prefix:
        held &= Q(lent_from=None) | (in_force(day, "lent_from__") & Q(lent_from__holder__is_active=True))
    return held
