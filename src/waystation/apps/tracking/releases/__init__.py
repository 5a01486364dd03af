"""What leaves tracking: the tables of published rounds, as HDX and its API publish them, and as maps."""

from waystation.apps.tracking.releases.packing import package

__all__ = ["package"]
