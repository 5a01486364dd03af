"""A figure's page says whom to cite, what a quotient is made of, and writes years as years."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from django.test import Client

from tests.personas import Personas
from waystation.apps.reference.datasets.reading import take_reference
from waystation.apps.tracking.tests.making import make_operation, make_round, spot
from waystation.kernel.datasets import Terms

TABLE = "geo,t,cause,sex,age,n\nAFG,2024,conflict,female,0-4,700\nAFG,2024,conflict,male,0-4,534\n"


def page(personas: Personas, name: str, as_of: str) -> str:
    """The page of a figure as Amina reads it."""
    client = Client()
    client.force_login(personas.amina)
    answer = client.get(f"/figures/{name}/", {"as_of": as_of})
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_cited_number_is_shown_with_its_source_licence_and_credit(personas: Personas, tmp_path: Path) -> None:
    path = tmp_path / "stocks.csv"
    path.write_text(TABLE, encoding="utf-8")
    with personas.asking(personas.amina):
        terms = Terms("IDMC", "CC BY 3.0 IGO", "Internal Displacement Monitoring Centre")
        take_reference([path], edition="2025", terms=terms, office=personas.dakar)
    shown = page(personas, "reference.internally_displaced", "2024-12-31")
    for said in ("1,234", "IDMC", "CC BY 3.0 IGO", "Internal Displacement Monitoring Centre", "REF-IDMC-2025 v1"):
        assert said in shown
    assert "not to be republished" in shown
    year = page(personas, "reference.displacement_report_edition", "2024-12-31")
    assert '<bdi class="huge number">2025</bdi>' in year


def test_a_quotient_is_shown_with_what_it_is_made_of(personas: Personas) -> None:
    made = make_operation(personas)
    for number, day, people in ((1, date(2024, 3, 31), 40), (2, date(2025, 3, 31), 100)):
        came = {"arrival_from": date(day.year - 1, 6, 1), "arrival_until": date(day.year - 1, 7, 1)}
        make_round(
            personas, made, number, day, [spot("HT0111", people, **came)], planned_locations=4, assessed_locations=3
        )
    multiple = page(personas, "tracking.new_displacement_multiple", "2025-03-31")
    assert '<bdi class="huge number">2.5</bdi>' in multiple
    assert re.search(r"100</bdi> over <bdi[^>]*>40</bdi>", multiple)
    assert "for the year before, 3 of 4 places were assessed" in multiple
    assert '<bdi class="huge number">75%</bdi>' in page(personas, "tracking.places_assessed", "2025-03-31")
