"""Whoever acts shows that it is them, though the door is open."""

from __future__ import annotations

from django.core.cache import cache

from waystation.kernel import scope
from waystation.kernel.models import Actor
from waystation.kernel.refusals import Refused, require
from waystation.kernel.rules import signed_in

TRIES, PAUSE = 5, 15 * 60  # wrong passwords of one person, seconds


def confirm(password: str) -> Actor:
    """Whoever acts, when this is their password (they may have none). Raises Refused ``wrong_password``, ``too_many_tries``."""
    actor = me()
    key = f"entry.confirm:{actor.pk}"
    cache.add(key, 0, PAUSE)
    require(cache.get(key, 0) < TRIES, "entry.too_many_tries")
    if actor.has_usable_password() and not actor.check_password(password):
        cache.incr(key)
        raise Refused("entry.wrong_password")
    cache.delete(key)
    return actor


def me() -> Actor:
    """Whoever acts. Raises Refused ``kernel.not_allowed`` for the house itself."""
    actor = scope.current().actor
    if actor is None:
        raise Refused("kernel.not_allowed", act="act", rule=signed_in.sentence)
    return actor
