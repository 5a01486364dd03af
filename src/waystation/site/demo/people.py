"""The demonstration's offices and people: each has a name, a place, a language and duties."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from waystation.kernel import house, scope
from waystation.kernel.acts import do
from waystation.kernel.models import Actor, Office
from waystation.kernel.scope import Scope

OFFICES = (
    ("RO-AFR", "Regional office for Africa", "HQ"),
    ("RO-MENA", "Regional office for the Middle East", "HQ"),
    ("RO-LAC", "Regional office for Latin America", "HQ"),
    ("QMR", "Marenga country office", "RO-AFR"),
    ("QTA", "Tashar country office", "RO-MENA"),
    ("QVD", "Valdoria country office", "RO-LAC"),
)


@dataclass(frozen=True)
class Persona:
    """Someone to sign in as: what they are is what their duties let them do."""

    username: str
    name: str
    office: str
    does: str
    duties: tuple[str, ...] = ()
    language: str = "en"


PERSONAS = (
    Persona("grace", "Grace Okello", "HQ", "steward of the house: offices, people, duties", ("house.steward",)),
    Persona("amina", "Amina Diallo", "QMR", "information manager in Marenga", ("tracking.manage", "places.keep"), "fr"),
    Persona(
        "layla",
        "Layla Haddad",
        "QTA",
        "information manager in Tashar",
        ("tracking.manage", "places.keep", "house.translate"),
        "ar",
    ),
    Persona(
        "tomas", "Tomás Rivera", "QVD", "information manager in Valdoria", ("tracking.manage", "places.keep"), "es"
    ),
    Persona("victor", "Victor Chen", "HQ", "validates rounds for all offices", ("tracking.validate",)),
    Persona(
        "claire",
        "Claire Moreau",
        "HQ",
        "publishes rounds, signs releases, keeps reference statistics and feeds",
        ("tracking.publish", "release.sign", "reference.keep", "exchange.keep", "house.translate"),
        "fr",
    ),
    Persona("ingrid", "Ingrid Solheim", "HQ", "reads what is published; no duties"),
)


def move_in() -> None:
    """Open the offices, invite everyone, grant their duties: by the house, then by its steward."""
    with scope.enter(scope.house("demonstration")):
        offices = {"HQ": Office.objects.get(code="HQ")}
        for code, name, parent in OFFICES:
            offices[code] = do(house.open_office, code=code, name=name, parent=offices[parent]).record
        for one in PERSONAS:
            do(house.invite, username=one.username, name=one.name, office=offices[one.office], language=one.language)
        grace = Actor.objects.get(username="grace")
        do(house.grant, holder=grace, duty="house.steward", office=offices["HQ"])
    with acting("grace"):
        for one in PERSONAS[1:]:
            for duty in one.duties:
                do(house.grant, holder=Actor.objects.get(username=one.username), duty=duty, office=offices[one.office])


@contextmanager
def acting(username: str) -> Iterator[Scope]:
    """What is done inside is done by this persona."""
    with scope.enter(Scope(Actor.objects.get(username=username))) as entered:
        yield entered
