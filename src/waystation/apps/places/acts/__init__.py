"""What keepers of places do."""

from waystation.apps.places.acts.areas import end, merge, rename, split
from waystation.apps.places.acts.boundaries import load_boundaries, withdraw
from waystation.apps.places.acts.editions import load_areas, load_countries
from waystation.apps.places.acts.sites import close_site, move_site, open_site, rename_site, reopen_site

__all__ = [
    "close_site",
    "end",
    "load_areas",
    "load_boundaries",
    "load_countries",
    "merge",
    "move_site",
    "open_site",
    "rename",
    "rename_site",
    "reopen_site",
    "split",
    "withdraw",
]
