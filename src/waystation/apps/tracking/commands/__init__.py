"""What tracking adds to the command line."""

from waystation.apps.tracking.commands import imports

__all__ = ["imports"]
