"""A few sites of two countries, and who looks at them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from tests.personas import Personas
from waystation.apps.places.acts import load_countries, open_site
from waystation.apps.places.datasets.countries import TERMS
from waystation.apps.places.models import Country
from waystation.apps.places.tests.makers import every_country
from waystation.kernel import scope
from waystation.kernel.acts import do
from waystation.kernel.models import Actor

LANDS = ("HTI", "TCD")
KINDS = ("camp", "settlement", "transit_centre")


@pytest.fixture
def lands(personas: Personas) -> dict[str, Country]:
    """Haiti and Chad."""
    with scope.enter(scope.house("tests")):
        rows = [every_country()[iso3] for iso3 in LANDS]
        do(load_countries, rows=rows, terms=TERMS)
        return {one.iso3: one for one in Country.objects.all()}


@pytest.fixture
def sites(personas: Personas, lands: dict[str, Country]) -> list[Any]:
    """Six sites, opened by Amina in Dakar."""
    with personas.asking(personas.amina):
        return [
            do(
                open_site, name=f"Site {n}", kind=KINDS[n % 3], country=lands[LANDS[n % 2]],
                opened_on=date(2024, 1, 1 + n),
            ).record
            for n in range(6)
        ]  # fmt: skip


@pytest.fixture
def browse(personas: Personas) -> Callable[[Actor], Client]:
    """A browser somebody is signed in with."""

    def as_one(who: Actor) -> Client:
        client = Client()
        client.force_login(who)
        return client

    return as_one
