"""Putting a release together: sheets, outlines, figures, the guard, and what it was made from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import gettext as _

from waystation.apps.counting import api as counting
from waystation.apps.counting.shapes import OutRound
from waystation.apps.exchange.releases.hapi import admin_levels, fitting, hapi
from waystation.apps.exchange.releases.sheets import Operations, areas, groups, idps
from waystation.apps.places import api as places
from waystation.apps.tracking import api as tracking
from waystation.kernel import scope
from waystation.kernel.figures import Value, value
from waystation.kernel.refusals import require
from waystation.kernel.release import Guard, Package


def package(refs: Sequence[str], *, geometry: bool = True) -> Package:
    """The tables of published rounds, named by reference, ready for the gate, which hides what their thresholds hide.

    Sheets: ``idps`` (as HDX publishes the DTM API), ``hapi-idps`` (as its API takes them), ``areas`` (the last round of
    each operation and component by area, with outlines unless ``geometry`` is False), ``groups`` (who is not displaced).
    Figures: what each round counted, by population group; none of rounds whose own totals are hidden.
    Raises Refused ``tracking.nothing_published`` for a round of which no version is out.
    """
    out = tracking.rounds_out(refs=refs)
    known = {one.key for one in out}
    for one in refs:
        require(one in known, "tracking.nothing_published", round=one)
    require(out, "release.nothing_to_release")
    rows = counting.all_rows(out)
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
    watches = counting.watches_of(rows.to_pylist(), limits.__getitem__)
    return Package(
        product="tracking.rounds",
        title=_title(out),
        sheets=[part.sheet for part in held],
        partitions=[part for one in out for part in (one.observations, one.levels) if part],
        figures=_figures(out),
        guard=Guard(watches, lambda _sheets: spots),
        about={"rounds": [one.key for one in out], "boundaries": credits},
    )


def _figures(out: Sequence[OutRound]) -> list[Value]:
    """What each round counted; a figure must not say what the tables beside it hide."""
    totals = counting.released_rows(out).filter((pc.field("level") == 0) & ~pc.field("detail")).to_pylist()
    hidden = {row["key"] for row in totals if row["individuals"] is None}
    operations = {one.key: one.operation.ref for one in out}
    together: dict[tuple[str, str], dict[str, dict[str, Any]]] = defaultdict(dict)
    for row in totals:
        if row["key"] not in hidden:
            together[operations[row["key"]], row["assessment_type"]][row["key"]] = row
    return [_present(*of, list(several.values())) for of, several in together.items()]


def _present(operation: str, assessment_type: str, rounds: Sequence[Mapping[str, Any]]) -> Value:
    """Rounds of one series in one figure: asking once is much quicker than asking for each."""
    where = {
        "operation": operation,
        "assessment_type": assessment_type,
        "round": [one["round_number"] for one in rounds],
    }
    by = ("population_group",) if len(rounds) == 1 else ("round", "population_group")
    return value("tracking.people_present", as_of=max(one["reporting_date"] for one in rounds), where=where, by=by)


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
