"""What surfaces and neighbours may ask of the hooks."""

from __future__ import annotations

from collections.abc import Collection

from waystation.hall.hooks.queries import feed
from waystation.hall.hooks.shapes import Cursor, FeedPage
from waystation.kernel.register import Register

NAMED_BY = feed.NAMED_BY  # digits of a link's digest that name it in the feed, in histories and in answers


def changes(*, cursor: str, registers: Collection[Register], most: int) -> FeedPage:
    """A page of the feed after a sealed cursor; empty begins at the beginning, ``now`` says only where the end is.

    Raises Refused ``hooks.cursor_wrong``, ``hooks.cursor_ahead``.
    """
    if cursor == "now":
        return FeedPage([], feed.present(), more=False)
    return feed.read(Cursor.opened(cursor) if cursor else Cursor(), registers, most)
