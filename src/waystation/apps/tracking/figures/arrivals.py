"""New displacement in a year: from when people arrived, and from events tracked between rounds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import ibis
from django.utils.translation import gettext_lazy as _

from waystation.apps.tracking.figures.counts import (
    ADMIN1,
    ADMIN2,
    CONFIDENCE,
    COUNTRY,
    DATE,
    OPERATION,
    REASON,
    _counting_in_total,
    _coverage,
    _observed,
)
from waystation.kernel.figures import At, Coverage, Dim, Share, Stock, figure
from waystation.kernel.figures.additivity import Additive

ORIGIN = Dim("origin_admin1_code", _("origin, admin 1"))
SPLITS = (COUNTRY, OPERATION, ADMIN1, ADMIN2, ORIGIN, REASON, CONFIDENCE)


def _arrived(at: At) -> Any:
    """Displaced people of each operation's last round up to the date who arrived in the twelve months before it.

    A row whose period of arrival is not said, or reaches beyond the year, has no value: nobody knows how many of its
    people came in the year. So it is, too, when the last round is older than the year. Rows that came before are left out.
    """
    rows = _counting_in_total(at, "displaced")
    last = Stock(at="reporting_date", per=("operation",))
    rows = last.last(last.choose(rows, at.as_of))
    until = rows.arrival_until.fill_null(rows.reporting_date)  # who is counted has arrived
    within = (rows.arrival_from > at.year_before) & (until <= at.as_of)
    before = (until <= at.year_before) & (rows.reporting_date > at.year_before)
    kept = rows.mutate(value=within.fill_null(False).ifelse(rows.individuals, None))
    return kept.filter(~before.fill_null(False))


@figure(
    "tracking.newly_displaced", unit="persons", label=_("People newly displaced during the year"),
    kind=Stock(at="reporting_date", per=("operation",)), dims=SPLITS, coverage=_coverage, answers=("F037",),
)  # fmt: skip
def newly_displaced(at: At) -> Any:
    """Displaced people who arrived in the twelve months up to the date and were still there in the last round, of the
    operations that count in their country's total; rows that do not say when people arrived are told as unknown."""
    return _arrived(at)


def _both_years(at: At, rows: Any) -> Coverage:
    """The coverage of this year's rounds; that of the year before is told beside it, for it is what they are held against."""
    now = _coverage(at, rows.filter(rows.year == "this"))
    base = _coverage(at, rows.filter(rows.year == "base"))
    if base.planned is None:
        return replace(now, note=_("how many places were assessed for the year before is not known"))
    note = _("for the year before, {answered} of {planned} places were assessed")
    return replace(now, note=str(note).format(answered=base.answered, planned=base.planned))


@figure(
    "tracking.new_displacement_multiple", unit="times", label=_("Multiple of new displacement against the year before"),
    kind=Share(), dims=SPLITS, coverage=_both_years, answers=("F038",), places=1,
)  # fmt: skip
def new_displacement_multiple(at: At) -> Any:
    """People newly displaced in the twelve months up to the date, over the base: the same figure a year earlier."""
    earlier = replace(at, as_of=at.year_before)
    this = _arrived(at).mutate(year=ibis.literal("this"))
    base = _arrived(earlier).mutate(year=ibis.literal("base"))
    return this.mutate(numerator=this.value, denominator=ibis.literal(0, "int64")).union(
        base.mutate(numerator=ibis.literal(0, "int64"), denominator=base.value)
    )


@figure(
    "tracking.event_displacements", unit="displacements", label=_("Displacements recorded by event tracking"),
    kind=Additive(at="reporting_date"), dims=(*SPLITS, DATE), never_across=("operation",), answers=("F037",),
)  # fmt: skip
def event_displacements(at: At) -> Any:
    """Displacements that event tracking reported in the twelve months up to the date: movements and not people, for who
    was displaced twice is counted twice."""
    rows = _observed(at)
    events = rows.filter(rows.component == "event", rows.population_group == "displaced")
    return events.filter(events.reporting_date > at.year_before)
