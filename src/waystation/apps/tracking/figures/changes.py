"""Change between rounds, told apart: a figure by a method of ours (``queries.changes``)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from waystation.apps.counting.api import change_rows
from waystation.apps.tracking.figures.counts import ADMIN1, ADMIN2, COUNTRY, DATE, OPERATION, ROUND, TYPE
from waystation.kernel.figures import At, Dim, figure
from waystation.kernel.figures.additivity import Additive

PART = Dim("part", _("part of the change"), codes="tracking.change_part")


@figure(
    "tracking.change_between_rounds", unit="persons", label=_("Change in displaced people between rounds, by its parts"),
    kind=Additive(at="reporting_date"), dims=(PART, COUNTRY, OPERATION, ADMIN1, ADMIN2, DATE, ROUND, TYPE),
    never_across=("operation", "assessment_type"),
    method=_(
        "The method is this system's own: places counted in one of two rounds only are coverage, not displacement; only people "
        "whose arrival is dated after the earlier round are arrivals; see docs/methods.md."
    ),
)  # fmt: skip
def change_between_rounds(at: At) -> Any:
    """What each published round changed against the one before it: coverage, arrivals, returns and reassessment, signed."""
    rows = change_rows(at.table("tracking.observations"))
    operations = at.records("tracking.operations")
    known = operations.select(of=operations.id, ref=operations.ref)
    rows = rows.inner_join(known, rows.operation == known.of).drop("of")
    return rows.mutate(
        operation=rows.ref, round=rows.round_number, admin1=rows.admin1.nullif(""), admin2=rows.admin2.nullif("")
    )
