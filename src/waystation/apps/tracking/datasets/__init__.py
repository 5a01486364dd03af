"""The tables that observations are kept in, and how sure we are of a count."""

from waystation.apps.tracking.datasets.tables import levels, observations

__all__ = ["levels", "observations"]
