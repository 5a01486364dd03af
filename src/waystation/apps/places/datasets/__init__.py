"""How files and packages become rows of places: countries, lists of areas, boundaries, sites."""

from waystation.apps.places.datasets.outlines import outlines

__all__ = ["outlines"]
