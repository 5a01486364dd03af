"""Putting a release together: sheets, outlines, figures, the guard, and what it was made from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import gettext as _

from waystation.apps.places import api as places
from waystation.apps.tracking.models import Round
from waystation.apps.tracking.queries.guarding import watches_of
from waystation.apps.tracking.queries.published import all_rows, partitions_of, released_rows, rounds_out
from waystation.apps.tracking.releases.hapi import admin_levels, fitting, hapi
from waystation.apps.tracking.releases.sheets import Operations, areas, groups, idps
from waystation.apps.tracking.shapes import OutRound
from waystation.kernel import scope
from waystation.kernel.figures import Value, value
from waystation.kernel.refusals import require
from waystation.kernel.release import Guard, Package


def package(rounds: Sequence[Round], *, geometry: bool = True) -> Package:
    """The tables of published rounds, ready for the gate, which hides what their operations' thresholds hide.

    Sheets: ``idps`` (as HDX publishes the DTM API), ``hapi-idps`` (as its API takes them), ``areas`` (the last round of
    each operation and component by area, with outlines unless ``geometry`` is False), ``groups`` (who is not displaced).
    Figures: what each round counted, by population group; none of rounds whose own totals are hidden.
    Raises Refused ``tracking.nothing_published`` for a round of which no version is out.
    """
    out = rounds_out([one.ref for one in rounds])
    known = {one.key for one in out}
    for one in rounds:
        require(one.ref in known, "tracking.nothing_published", round=one)
    require(out, "release.nothing_to_release")
    rows = all_rows(out)
    operations: Operations = {one.operation.pk: one.operation for one in out}
    admins = admin_levels({one.operation.country for one in out})
    outlines, credits = _outlines(rows, admins) if geometry else ({}, [])
    parts = [
        idps(rows, operations),
        hapi(rows, operations, admins),
        areas(rows, operations, outlines),
        groups(rows, operations),
    ]
    held = [part for part in parts if part]
    spots = [spot for part in held for spot in part.spots]
    limits = {one.key: one.operation.min_cell for one in out}
    watches = watches_of(rows.to_pylist(), limits.__getitem__)
    return Package(
        product="tracking.rounds",
        title=_title(out),
        sheets=[part.sheet for part in held],
        partitions=partitions_of(out),
        figures=_figures(rounds, out),
        guard=Guard(watches, lambda _sheets: spots),
        about={"rounds": [one.key for one in out], "boundaries": credits},
    )


def _figures(rounds: Sequence[Round], out: Sequence[OutRound]) -> list[Value]:
    """What each round counted; a figure must not say what the tables beside it hide."""
    totals = released_rows(out).filter((pc.field("level") == 0) & ~pc.field("detail"))
    counted = dict.fromkeys(totals.column("key").to_pylist(), True)
    for row in totals.to_pylist():
        counted[row["key"]] &= row["individuals"] is not None
    together: dict[tuple[str, str], list[Round]] = defaultdict(list)
    for one in rounds:
        if counted[one.ref]:
            together[one.operation.ref, one.assessment_type].append(one)
    return [_present(*of, several) for of, several in together.items()]


def _present(operation: str, assessment_type: str, rounds: list[Round]) -> Value:
    """Rounds of one series in one figure: asking once is much quicker than asking for each."""
    where = {"operation": operation, "assessment_type": assessment_type, "round": [one.number for one in rounds]}
    by = ("population_group",) if len(rounds) == 1 else ("round", "population_group")
    return value("tracking.people_present", as_of=max(one.reporting_date for one in rounds), where=where, by=by)


def _title(rounds: Sequence[OutRound]) -> str:
    names = sorted({f"{one.operation.country_name}: {one.operation.name}" for one in rounds})
    text = _("Displacement tracking, {names}").format(names="; ".join(names))
    return text if len(text) <= 200 else text[:199] + "…"


def _outlines(rows: pa.Table, admins: Sequence[Any]) -> tuple[dict[str, Any], list[str]]:
    """Outlines by p-code as the rows write it, and whom to credit: those that anyone may see, for a release may go to
    anyone."""
    found: dict[str, Any] = {}
    credits: dict[str, None] = {}
    last = {one["country"]: one["reporting_date_max"]
            for one in rows.group_by("country").aggregate([("reporting_date", "max")]).to_pylist()}  # fmt: skip
    with scope.enter(scope.PUBLIC):
        for country, on in last.items():
            for level in (1, 2):
                outlines = places.outlines(country=country, level=level, on=on)
                found |= {one.pcode: one.geometry for one in outlines}
                credits |= dict.fromkeys(one.attribution or one.source for one in outlines)
    for level in (1, 2):
        for country, code in set(
            zip(*(rows.column(n).to_pylist() for n in ("country", f"admin{level}_code")), strict=True)
        ):
            if code and code not in found and (known := fitting(list(admins), country, level, code)) in found:
                found[code] = found[known]
    return found, list(credits)
