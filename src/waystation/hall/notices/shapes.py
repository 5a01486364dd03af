"""What crosses the doors of notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from waystation.kernel.acts import Act
from waystation.kernel.register import Register


@dataclass(frozen=True)
class Line:
    """A notice ready to be read: ``why`` is followed, mentioned or late; ``word`` is what kind of record it concerns."""

    id: int
    why: str
    sentence: str
    register: str
    ref: str
    word: Any
    at: datetime
    unread: bool


@dataclass(frozen=True)
class Waiting:
    """Records on which somebody may do an act now. ``first``: (reference, due date) of a few, late ones first.

    ``count`` and ``late`` stop at what was looked at; ``more`` says that there are more.
    """

    act: Act
    register: Register
    count: int
    late: int
    first: list[tuple[str, date | None]]
    more: bool = False


@dataclass(frozen=True)
class Sent:
    """How many e-mails went out, and to how many people none could be sent; those are tried again."""

    sent: int
    failed: int
