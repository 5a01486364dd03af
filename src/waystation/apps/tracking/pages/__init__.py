"""Screens of tracking: displacement in the world, an operation, two of its rounds side by side.

What they show of rounds are the rows that may be published, small counts left out; who runs, validates or publishes an
operation's rounds sees its sites, findings, drafts and older versions beside them.
"""

from waystation.apps.tracking.pages import compare, operation, world

__all__ = ["compare", "operation", "world"]
