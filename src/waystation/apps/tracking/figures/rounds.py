"""Rounds themselves counted, and how much of what they planned they reached."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from waystation.apps.tracking.figures.counts import COUNTRY, DATE, OPERATION, ROUND
from waystation.kernel.figures import At, Dim, Share, figure
from waystation.kernel.figures.additivity import Additive

COMPONENT = Dim("component", _("component"), codes="tracking.component")
SPLITS = (COUNTRY, OPERATION, COMPONENT, DATE, ROUND)


def _out(at: At) -> Any:
    """Rounds of which a version is out, with their operation's reference and country."""
    rounds, operations = at.records("tracking.rounds"), at.records("tracking.operations")
    of = operations.select(of=operations.id, operation=operations.ref, country=operations.country_id)
    rows = rounds.inner_join(of, rounds.operation_id == of.of).drop("of")
    return rows.filter(rows.published_version.notnull()).mutate(round=rows.number)


@figure(
    "tracking.rounds_published", unit="rounds", label=_("Rounds published"), kind=Additive(at="reporting_date"),
    dims=SPLITS,
)  # fmt: skip
def rounds_published(at: At) -> Any:
    """Rounds that are out and report on a day in the twelve months up to the date; a corrected round is one round."""
    rows = _out(at)
    return rows.filter(rows.reporting_date > at.year_before).mutate(value=1)


@figure(
    "tracking.places_assessed", unit="share", label=_("Share of planned places that were assessed"), dims=SPLITS,
    kind=Share(at="reporting_date", per=("operation", "component")), never_across=("operation", "component"), places=3,
)  # fmt: skip
def places_assessed(at: At) -> Any:
    """Places assessed over places planned, in the last published round of each operation and component."""
    rows = _out(at)
    return rows.mutate(numerator=rows.published_assessed, denominator=rows.published_planned)
