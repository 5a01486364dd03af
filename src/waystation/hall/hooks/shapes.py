"""What the feed is made of: where a reader stands in the trail, and what changed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime

from waystation.kernel.audit import CHAINS
from waystation.kernel.keys import seal, unseal
from waystation.kernel.refusals import Refused


@dataclass(frozen=True)
class Cursor:
    """How many links of each chain were read; ``within`` is the last revision read of an act that is not yet told whole,
    whose link is the next one of chain ``of``."""

    places: tuple[int, ...] = (0,) * CHAINS
    within: int = 0
    of: int = 0

    def sealed(self) -> str:
        """As text for programs: encrypted, because the lengths of chains tell how much is done that they do not see."""
        return seal(json.dumps([*self.places, self.within, self.of]))

    @staticmethod
    def opened(text: str) -> Cursor:
        """The cursor in a text that ``sealed`` made. Raises Refused ``hooks.cursor_wrong``."""
        try:
            *places, within, of = json.loads(unseal(text))
        except (Refused, ValueError, TypeError) as wrong:
            raise Refused("hooks.cursor_wrong") from wrong
        if len(places) != CHAINS or not all(isinstance(one, int) for one in (*places, within, of)):
            raise Refused("hooks.cursor_wrong")
        return Cursor(tuple(places), within, of)


@dataclass(frozen=True)
class Change:
    """A record as an act left it. ``entry`` names the link of the trail (the same for all that one act changed);
    ``subject``: the act was done to this record, and not beside it."""

    entry: str
    register: str
    ref: str
    act: str
    at: datetime
    version: int
    subject: bool


@dataclass(frozen=True)
class FeedPage:
    """Some changes, where to go on from, whether there is more now, and the facts told by the acts on this page
    (fact's name, entry)."""

    changes: list[Change]
    cursor: Cursor
    more: bool
    facts: list[tuple[str, str]] = field(default_factory=list)
