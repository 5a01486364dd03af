"""Decisions about names that hold for a source: made with a question's answer, or said by hand."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from waystation.apps.naming.models import Decision, Question
from waystation.apps.naming.queries.spelling import spelling
from waystation.apps.naming.rules import decider
from waystation.apps.places import api as places
from waystation.kernel.acts import Outcome, act
from waystation.kernel.models import Office
from waystation.kernel.refusals import Refused, require
from waystation.kernel.values import today


def key_of(text: str) -> str:
    """What a name is remembered by. Raises Refused ``naming.no_name``."""
    key = spelling(text).key
    require(key, "naming.no_name", text=text)
    return key[:300]


def place_of(country: str, code: str, level: int) -> str:
    """A code as the gazetteer writes it. Raises Refused ``naming.no_such_place``."""
    said = code.strip()
    found = places.gazetteer(country=country).at(said, today())
    require(found is not None and found.level == level, "naming.no_such_place", country=country, code=said, level=level)
    return said


def held(question: Question | Decision) -> Decision | None:
    """The decision in force about the same name of the same source."""
    told = ("source", "country", "level", "under", "key")
    same = {name: getattr(question, name) for name in told}
    found: Decision | None = Decision.objects.filter(state="kept", **same).first()
    return found


def refuse_decided(question: Question | Decision) -> None:
    """Raises Refused ``naming.already_decided`` when a decision about the same name of the same source is in force."""
    kept = held(question)
    if kept is not None:
        raise Refused("naming.already_decided", text=kept.text, decided=kept.code or "–")


@act("new -> kept", by=decider, said=_("remembered what the name means"))
def remember(
    *, source: str, country: str, level: int, text: str, code: str, office: Office, above: str = ""
) -> Outcome:
    """Say what a source means by a name, before it is asked."""
    made = Decision(
        source=source.strip(), country=country.strip().upper(), level=level, text=text.strip(), key=key_of(text),
        above=above.strip(), under=above.strip(), office=office,
    )  # fmt: skip
    made.code = place_of(made.country, code, level)
    refuse_decided(made)
    return Outcome(record=made)


@act("kept -> withdrawn", by=decider, said=_("withdrew what the name meant"), danger=True)
def withdraw(decision: Decision) -> Outcome:
    """Remember it no more: the next file of the source is asked about again."""
    return Outcome()
