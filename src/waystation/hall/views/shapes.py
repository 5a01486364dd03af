"""What crosses the door of views."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ViewShape:
    """A saved view as its reader may use it: ``query`` is a query string, ``mine``: they saved it themselves, ``first``: it
    opens first for them, ``of`` says whose it is."""

    ref: str
    name: str
    query: str
    mine: bool
    first: bool
    of: str
