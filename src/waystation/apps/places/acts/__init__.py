"""What keepers of places do."""

from waystation.apps.places.acts.editions import load_areas, load_countries

__all__ = ["load_areas", "load_countries"]
