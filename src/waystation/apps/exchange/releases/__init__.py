"""What leaves the house of displacement rounds: tables as HDX and its API publish them, and maps."""

from waystation.apps.exchange.releases.packing import package

__all__ = ["package"]
