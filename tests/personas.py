"""Who tests act as: people with names and duties in two offices, made through acts. Never an anonymous user."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from waystation.kernel import house, scope
from waystation.kernel.acts import do
from waystation.kernel.models import Actor, Office
from waystation.kernel.scope import Scope

PASSWORD = "the tent stands by the river"  # made up for tests


@dataclass(frozen=True)
class Personas:
    """Headquarters with two offices below it, and who works there."""

    hq: Office
    dakar: Office
    nairobi: Office
    zainab: Actor  # steward of the house, at headquarters
    amina: Actor  # runs tracking in Dakar
    bakary: Actor  # validates and publishes in Dakar, signs releases, keeps feeds
    chiara: Actor  # runs tracking in Nairobi
    daniel: Actor  # works in Nairobi without any duty

    @contextmanager
    def asking(self, who: Actor | None) -> Iterator[Scope]:
        """Everything inside is asked by this person, or by the public."""
        with scope.enter(Scope(who)) as entered:
            yield entered

    def everyone(self) -> list[Actor | None]:
        """All of them, and the public."""
        return [self.zainab, self.amina, self.bakary, self.chiara, self.daniel, None]


def move_in() -> Personas:
    """Open the offices, invite the people, grant the duties."""
    with scope.enter(scope.house("tests")):
        hq = do(house.open_office, code="HQ", name="Headquarters").record
        dakar = do(house.open_office, code="DKR", name="Dakar", parent=hq).record
        nairobi = do(house.open_office, code="NBO", name="Nairobi", parent=hq).record
        people = {
            name: do(house.invite, username=name, name=full, office=office, password=PASSWORD).record
            for name, full, office in (
                ("zainab", "Zainab Haddad", hq),
                ("amina", "Amina Diallo", dakar),
                ("bakary", "Bakary Touré", dakar),
                ("chiara", "Chiara Njoroge", nairobi),
                ("daniel", "Daniel Otieno", nairobi),
            )
        }
        held = {
            "zainab": (hq, ["house.steward", "house.translate"]),
            "amina": (dakar, ["tracking.manage", "places.keep", "reference.keep"]),
            "bakary": (dakar, ["tracking.validate", "tracking.publish", "release.sign", "exchange.keep"]),
            "chiara": (nairobi, ["tracking.manage"]),
        }
        for name, (office, duties) in held.items():
            for duty in duties:
                do(house.grant, holder=people[name], duty=duty, office=office)
    return Personas(hq, dakar, nairobi, **people)
