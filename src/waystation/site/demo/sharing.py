"""What outside exchanges hold of the invented countries, and which plans use it."""

from __future__ import annotations

from datetime import date

from waystation.apps.exchange.acts import feeds, plans
from waystation.kernel.acts import do
from waystation.kernel.models import Release
from waystation.site.demo.people import acting

DOWNLOADS = {"QMR": 412, "QTA": 96}  # the third country's dataset is not on any exchange yet
USES = {
    "QMR": ("full", "Pages 8 to 14: all displacement numbers are those of the last round"),
    "QTA": ("part", "Page 11 cites round 4 for two provinces, and a government census for the others"),
    "QVD": ("none", "Displacement is told from press reports"),
}


def share(iso3: str, release: Release, end: date) -> None:
    """Announce the release of a country's rounds on an exchange, with its downloads; read its plan of the year."""
    office = release.office
    with acting("claire"):
        if iso3 in DOWNLOADS:
            title, address = release.title[:200], f"https://data.example.org/dataset/{iso3.lower()}-displacement"
            feed = do(
                feeds.announce, venue="hdx", title=title, country=iso3, address=address, release=release, office=office
            ).record
            do(feeds.update, feed, downloads=DOWNLOADS[iso3])
        use, evidence = USES[iso3]
        do(
            plans.read, kind="needs_and_response", title=f"Humanitarian needs and response plan {end.year}, {iso3}",
            country=iso3, year=end.year, use=use, evidence=evidence, office=office,
        )  # fmt: skip
