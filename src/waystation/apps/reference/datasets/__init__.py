"""How published tables of other organisations are read, and as what they are kept."""

from waystation.apps.reference.datasets.tables import statistics

__all__ = ["statistics"]
