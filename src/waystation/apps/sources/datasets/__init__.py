"""How files become rows of rounds: what may be read from them, their staging, the quality rules."""

from waystation.apps.sources.datasets import tasks

__all__ = ["tasks"]
