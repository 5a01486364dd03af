"""Areas of South Sudan with outlines, for tests of naming."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.personas import Personas
from waystation.apps.places.datasets.countries import countries_from_packages
from waystation.apps.places.tests.making import Desk, box, feature
from waystation.intake.countries import TERMS
from waystation.kernel.acts import do
from waystation.kernel.register import find_register

AREAS = (
    "SSD,1,SS01,Central Equatoria,SSD,2020-01-01,", "SSD,1,SS02,Eastern Equatoria,SSD,2020-01-01,",
    "SSD,1,SS06,Unity,SSD,2020-01-01,", "SSD,2,SS0101,Juba,SS01,2020-01-01,", "SSD,2,SS0102,Kajo-keji,SS01,2020-01-01,",
    "SSD,2,SS0201,Budi,SS02,2020-01-01,", "SSD,2,SS0202,Kapoeta North,SS02,2020-01-01,",
    "SSD,2,SS0203,Kapoeta South,SS02,2020-01-01,", "SSD,2,SS0601,Panyijiar,SS06,2020-01-01,",
)  # fmt: skip


def south_sudan(personas: Personas, folder: Path) -> Desk:
    """States and counties with outlines, loaded by Amina."""
    desk = Desk(folder)
    with personas.asking(personas.amina):
        row = next(one for one in countries_from_packages() if one.iso3 == "SSD")
        do(find_register("places.editions").act("load_countries"), rows=[row], terms=TERMS)
        desk.take("areas", desk.csv(*AREAS))
        states: list[Any] = [
            feature(code, name, box(30 + n, 4), country="SSD")
            for n, (code, name) in enumerate((("SS01", "Central Equatoria"), ("SS02", "Eastern Equatoria")))
        ]
        counties = [
            feature("SS0202", "Kapoeta North", box(31, 4.5, 0.5), level=2, country="SSD"),
            feature("SS0203", "Kapoeta South", box(31, 4, 0.5), level=2, country="SSD"),
        ]
        desk.take("boundaries", desk.geojson(*states, name="adm1.geojson"))
        desk.take("boundaries", desk.geojson(*counties, name="adm2.geojson"))
    return desk
