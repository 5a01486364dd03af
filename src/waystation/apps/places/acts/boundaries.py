"""Taking in boundaries: outlines of known areas, sound ones only, with what their children leave uncovered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext_lazy as _

from waystation.apps.places.acts.editions import edition, with_origin
from waystation.apps.places.models import Boundary
from waystation.apps.places.queries import bounding
from waystation.apps.places.queries.soundness import kept_as
from waystation.apps.places.rules import keeper
from waystation.apps.places.shapes import Outline
from waystation.kernel.acts import Outcome, act
from waystation.kernel.datasets import Terms
from waystation.kernel.models import Partition, RawFile
from waystation.kernel.refusals import Problem, Refused, require
from waystation.kernel.values import now, today


@act("new -> loaded", by=keeper, said=_("took in boundaries"))
def load_boundaries(
    *,
    outlines: Sequence[Outline],
    partition: Partition,
    terms: Terms,
    title: str,
    as_of: date | None = None,
    leave_out: bool = False,
    findings: Sequence[Problem] = (),
    file: RawFile | None = None,
) -> Outcome:
    """Keep the outlines of areas (level 0: of countries), and tell what areas below leave uncovered.

    ``partition`` holds the full outlines, row by row as in ``outlines``; ``title`` names the file in messages. Outlines held
    of the same codes are superseded. Raises Refused with every feature that cannot be kept; then nothing is, unless
    ``leave_out``: these features are left out and told.
    """
    require(outlines, "places.nothing_to_load", file=title)
    day = as_of or today()
    placed = bounding.placed(outlines, day, title)
    if placed.problems and not leave_out:
        raise Refused(problems=placed.problems)
    require(placed.fresh, "places.nothing_to_load", file=title)
    come = edition("boundaries", title, terms, list(outlines))
    partition.in_force_from = now()
    fresh = [boundary for boundary, _shape in placed.fresh]
    for boundary in fresh:
        boundary.edition, boundary.partition, boundary.office = come, partition, come.office
    old = bounding.held_of(fresh)
    for boundary in old:
        boundary.state = "superseded"
    covered = bounding.covering(placed.fresh, old, title)
    twice = bounding.drawn_twice(placed.fresh, title)
    told = [*findings, *placed.problems, *placed.findings, *covered.findings, *twice]
    come.changes = {"new": len(fresh) - len(old), "replaced": len(old)}
    if placed.problems:
        come.changes["left out"] = len(placed.problems)
    come.findings = kept_as(told)
    outcome = Outcome(
        record=come, new=[partition, *fresh], save=[*old, *covered.changed],
        answer={"changes": come.changes, "findings": come.findings},
    )  # fmt: skip
    return with_origin(outcome, file)


@act("in force -> superseded", by=keeper, said=_("took the boundary out of use"), danger=True)
def withdraw(boundary: Boundary) -> Outcome:
    """Take a boundary out of use: maps and look-ups go on without it, its edition keeps it."""
    return Outcome()
