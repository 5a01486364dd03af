"""A small world for derived tests: at least one record in every register, made through acts."""

from __future__ import annotations

import tempfile
from pathlib import Path

import shapely

from tests.personas import Personas
from waystation.apps.exchange.acts import feeds, plans
from waystation.apps.exchange.releases import package
from waystation.apps.places.acts import load_areas, load_boundaries, open_site
from waystation.apps.places.datasets.outlines import kept
from waystation.apps.places.models import Country
from waystation.apps.places.shapes import Outline
from waystation.apps.reference.acts import announce
from waystation.apps.sources import acts as intakes
from waystation.apps.sources.datasets import fields
from waystation.apps.sources.datasets.taking import take_in
from waystation.apps.tracking.models import Round
from waystation.apps.tracking.tests.making import TERMS, load_countries, publish
from waystation.hall.views.acts import save
from waystation.intake import open_table
from waystation.intake.arealists import AreaRow
from waystation.kernel import house, release, work
from waystation.kernel.acts import do
from waystation.kernel.datasets import keep_raw

HEADERS = "operation,admin0Pcode,admin1Pcode,admin1Name,numPresentIdpInd,reportingDate,roundNumber,displacementReason,assessmentType"
ROWS = (
    "Test crisis,HTI,HT01,Ouest,250,2024-03-31,1,Conflict,BA",
    "Test crisis,HTI,HT99,Nowhere,30,2024-06-30,2,Conflict,BA",
)


def settle(personas: Personas) -> None:
    """Fill the house: places, two rounds (one published, one with findings), an import, a mapping, a release, a feed, a plan, keys, jobs."""
    load_countries(personas, "HTI")
    square = shapely.box(-72.6, 18.4, -72.1, 18.8)
    with personas.asking(personas.amina):
        do(load_areas, rows=[AreaRow(2, "HTI", 1, "HT01", "Ouest", "HTI")], terms=TERMS, title="areas.csv")
        outline = [Outline(1, "HTI", 1, "HT01", "Ouest", shapely.to_wkb(square))]
        do(
            load_boundaries,
            outlines=outline,
            partition=kept(outline, TERMS, "0" * 64),
            terms=TERMS,
            title="hti.geojson",
        )
        do(open_site, name="Camp", kind="camp", country=Country.objects.get(iso3="HTI"), longitude=-72.3, latitude=18.6)
        _bring_rounds(personas)
        do(house.issue, grants="dtm:read")
        do(save, name="Open sites", register="places.sites", query="state=open&sort=name")
        do(work.ask, task="sources.take_in", office=personas.dakar, arguments={})
    first = Round.everything.get(number=1)
    publish(personas, first)
    with personas.asking(personas.bakary):
        out = release.publish(package([first.ref]), audience="public", licence="CC BY 4.0", office=personas.dakar)
        said = {"country": "HTI", "office": personas.dakar}
        do(feeds.announce, venue="hdx", title="Haiti", address="https://example.org/hti", release=out.record, **said)
        do(plans.read, kind="response_plan", title="Plan", year=2024, use="part", evidence="Page 12", **said)


def _bring_rounds(personas: Personas) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "round.csv"
        for row in ROWS:
            path.write_text(f"{HEADERS}\n{row}\n", encoding="utf-8")
            take_in([path], office=personas.dakar, terms=TERMS)
        source = open_table(path, name=path.name)
        mapping = fields.proposed(source).to_json()
        do(
            intakes.remember,
            name="Test crisis",
            signature=fields.signature(source),
            mapping=mapping,
            office=personas.dakar,
        )
        do(intakes.bring, files=[keep_raw(path)], terms=TERMS, office=personas.dakar)
    do(announce, source="Others", edition="2024", office=personas.dakar)
