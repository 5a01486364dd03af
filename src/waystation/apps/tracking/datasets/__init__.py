"""How files become rounds: what may be read from them, the tables they become, the quality rules, the confidence."""

from waystation.apps.tracking.datasets import tasks
from waystation.apps.tracking.datasets.tables import levels, observations, reference

__all__ = ["levels", "observations", "reference", "tasks"]
