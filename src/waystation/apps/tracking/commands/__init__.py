"""What tracking adds to the command line."""

from waystation.apps.tracking.commands import imports, publishing

__all__ = ["imports", "publishing"]
