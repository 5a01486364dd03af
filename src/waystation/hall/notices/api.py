"""What others may ask of notices; everything is the actor's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from waystation.hall.notices import acts
from waystation.hall.notices.models import HOWS, Wish
from waystation.hall.notices.queries import lines, waiting
from waystation.hall.notices.shapes import Line, Sent, Waiting
from waystation.kernel.acts import Act
from waystation.kernel.models import Actor
from waystation.kernel.scope import Scope


def notices(most: int = 50, before: int | None = None) -> tuple[list[Line], int | None]:
    """The newest notices about what the actor may see (older than ``before``), and where to go on; None at the end."""
    rows = list(lines.newest(most + 1, before))
    return lines.lines(rows[:most]), rows[most - 1].pk if len(rows) > most else None


def unread(person: Actor) -> int:
    """How many notices a person has not read; one question."""
    return lines.unread(person)


def mark_read(ids: Iterable[int] | None = None) -> int:
    """Mark the actor's notices as read, all of them when none is named. Returns how many were not."""
    return acts.mark_read(ids)


def ways() -> list[tuple[str, Any]]:
    """(value, label) of the ways one can be told."""
    return list(HOWS.items())


def chosen() -> str:
    """The way the actor is told."""
    return Wish.objects.values_list("how", flat=True).first() or "page"


def choose(how: str) -> None:
    """Have the actor told in another way from now on. Raises Refused ``notices.unknown_way``."""
    acts.choose(how)


def send_at_once() -> Sent:
    """Send what came up to those who want e-mail at once; for a schedule of a minute or so."""
    return acts.send_at_once()


def send_digests(day: date) -> Sent:
    """Tell of what is late and send the e-mails of a day; for a schedule of once a day. Repeating it sends nothing twice."""
    return acts.send_digests(day)


def waiting_for(scope: Scope, offered: Callable[[Act], bool], state: str = "") -> list[Waiting]:
    """What this person may move on, late first; ``offered`` leaves acts out; ``state``: the house's, when it is known."""
    return waiting.waiting(scope, offered, state)


def house_state() -> str:
    """A text that is another one after every act."""
    return waiting.house_state()
