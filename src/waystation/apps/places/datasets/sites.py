"""Lists of sites from tables: CSV, Excel, JSON."""

from __future__ import annotations

from pathlib import Path

from waystation.apps.places.shapes import SiteRow
from waystation.intake import Field, Tally, all_values, open_table
from waystation.intake.arealists import COUNTRY_CODE

SITES = (
    Field("name", required=True, hxl=("#loc+name",), synonyms=("Site name", "Site", "Name", "locationName")),
    Field("kind", hxl=("#loc+type",), synonyms=("Site type", "Type", "Kind")),
    Field("country", "code", required=True, hxl=("#country+code",), pattern=COUNTRY_CODE,
          synonyms=("iso3", "Location", "country", "admin0Pcode", "countrycode")),
    Field("pcode", "code", hxl=("#adm+code",), synonyms=("P-Code", "pcode", "admin3Pcode", "admin2Pcode", "admin1Pcode")),
    Field("longitude", "decimal", hxl=("#geo+lon",), synonyms=("longitude", "lon", "long", "x"), dimension=True),
    Field("latitude", "decimal", hxl=("#geo+lat",), synonyms=("latitude", "lat", "y"), dimension=True),
    Field("code", "code", hxl=("#loc+code",), synonyms=("Site code", "Site ID", "SSID", "locationCode")),
    Field("status", hxl=("#status",), synonyms=("Site status", "Status")),
    Field("opened_on", "date", hxl=("#date+start",), synonyms=("Opened", "Open date", "Site open date")),
    Field("closed_on", "date", hxl=("#date+end",), synonyms=("Closed", "Close date", "Site close date")),
)  # fmt: skip


def read_sites(path: Path, sheet: str = "") -> list[SiteRow]:
    """A list of sites, one in each row. Raises Refused with every row that cannot be read."""
    source = open_table(path, name=path.name, sheet=sheet or None)
    rows = all_values(source, SITES, Tally())
    return [SiteRow(**row | {key: float(row[key]) for key in ("longitude", "latitude") if key in row}) for row in rows]
