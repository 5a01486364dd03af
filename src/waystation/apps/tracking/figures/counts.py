"""People and operations counted: figures of tracking."""

from __future__ import annotations

from typing import Any

import ibis
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from waystation.apps.counting.api import with_confidence
from waystation.kernel import engines
from waystation.kernel.figures import At, Coverage, Dim, Distinct, Share, Stock, figure
from waystation.kernel.figures.additivity import Additive
from waystation.kernel.refusals import require

COUNTRY = Dim("country", _("country"))
OPERATION = Dim("operation", _("operation"))
ADMIN1, ADMIN2 = Dim("admin1", _("admin 1")), Dim("admin2", _("admin 2"))
DATE = Dim("reporting_date", _("reporting date"), time=True)
ROUND = Dim("round", _("round"), along="reporting_date")
GROUP = Dim("population_group", _("population group"), codes="tracking.population_group")
REASON = Dim("reason", _("reason"), codes="tracking.reason")
TYPE = Dim("assessment_type", _("assessment type"))
SEX = Dim("sex", _("sex"), codes="tracking.sex")
AGE = Dim("age", _("age"), codes="tracking.age")
CONFIDENCE = Dim("confidence", _("confidence in the count"), codes="tracking.confidence")
STATE = Dim("state", _("state"))
PLAIN_SPLITS = (COUNTRY, OPERATION, ADMIN1, ADMIN2, DATE, ROUND, GROUP, REASON, TYPE, CONFIDENCE)
SPLITS = (*PLAIN_SPLITS, SEX, AGE)
PER = ("operation", "assessment_type")
APART = (*PER, "population_group")


def _observed(at: At) -> Any:
    """Observations with their operation's reference and the dimensions' names; what stands in columns (sex, age) or must
    be worked out (confidence) only when that is asked."""
    rows = at.table("tracking.observations")
    operations = at.records("tracking.operations")
    known = operations.select(
        of=operations.id, operation_ref=operations.ref, in_total=operations.in_total, main=operations.main_component
    )
    rows = rows.inner_join(known, rows.operation == known.of).drop("of")
    rows = rows.mutate(
        operation=rows.operation_ref, admin1=rows.admin1_code, admin2=rows.admin2_code, round=rows.round_number,
        value=rows.individuals,
    )  # fmt: skip
    if at.asks("confidence"):
        rows = with_confidence(rows)
        rows = rows.mutate(confidence=rows.confidence_word)
    require(not (at.asks("sex") and at.asks("age")), "tracking.sex_and_age_apart")
    if at.asks("sex"):
        return _unfolded(rows, "sex", {"male": rows.males, "female": rows.females})
    return _unfolded(rows, "age", _ages(rows)) if at.asks("age") else rows


def _ages(rows: Any) -> dict[str, Any]:
    """People by age; those in between follow from the others where both are known."""
    between = rows.individuals - rows.under_18 - rows.aged_60_over
    return {
        "under_18": rows.under_18,
        "18_to_59": (between >= 0).ifelse(between, None),
        "60_and_over": rows.aged_60_over,
    }


def _unfolded(rows: Any, dim: str, parts: dict[str, Any]) -> Any:
    """A row for each part of its people that is known and one for the rest, who are ``unknown``: they make the whole.

    Parts that exceed their whole are not believed, nor parts of a whole that nobody knows: all are unknown then.
    """
    counts = list(parts.values())
    known = sum((count.fill_null(0) for count in counts), ibis.literal(0))
    fits = (known <= rows.individuals).fill_null(False)
    rest = rows.individuals - fits.ifelse(known, 0)
    needed = (rest != 0).fill_null(True) | ibis.and_(*(count.isnull() for count in counts))
    split = [
        rows.mutate(**{dim: ibis.literal(name), "value": count}).filter(fits & count.notnull())
        for name, count in parts.items()
    ]
    return ibis.union(*split, rows.mutate(**{dim: ibis.literal("unknown"), "value": rest}).filter(needed))


def _coverage(at: At, rows: Any) -> Coverage:
    """Places planned and assessed in the rounds that count, as their published versions say; and whether some are old."""
    if "_key" not in rows.columns:
        return Coverage()
    rounds = at.records("tracking.rounds")
    counting = rounds.semi_join(rows.select("_key").distinct(), rounds.ref == rows["_key"])
    said = engines.fetch(counting.select("published_planned", "published_assessed", "reporting_date")).to_pylist()
    known = [(one["published_planned"], one["published_assessed"]) for one in said]
    known = [pair for pair in known if None not in pair]
    notes = [] if len(known) == len(said) else [str(_("some rounds do not say how many places they planned"))]
    old = sum(one["reporting_date"] <= at.year_before for one in said)
    if old and not (at.asks("round") or at.asks("reporting_date")):
        told = ngettext(
            "{old} of the {all} rounds that count reports on a day more than a year before the date",
            "{old} of the {all} rounds that count report on a day more than a year before the date",
            old,
        )
        notes.append(told.format(old=old, all=len(said)))
    if not known:
        return Coverage(word=_("places"), note="; ".join(notes))
    return Coverage(sum(p for p, _a in known), sum(a for _p, a in known), _("places"), "; ".join(notes))


@figure(
    "tracking.people_present", unit="persons", label=_("People present"), kind=Stock(at="reporting_date", per=PER),
    dims=SPLITS, never_across=APART, coverage=_coverage,
)  # fmt: skip
def people_present(at: At) -> Any:
    """People counted where they stay, in the last published round of each operation and assessment type."""
    return _observed(at)


def _counting_in_total(at: At, group: str) -> Any:
    rows = _observed(at)
    return rows.filter(rows.in_total, rows.component == rows.main, rows.population_group == group)


@figure(
    "tracking.idps_tracked", unit="persons", label=_("Internally displaced persons tracked"),
    kind=Stock(at="reporting_date", per=("operation",)), dims=SPLITS, coverage=_coverage, answers=("F047", "F039"),
)  # fmt: skip
def idps_tracked(at: At) -> Any:
    """Displaced people in the last round of the main component of each operation that counts in its country's total."""
    return _counting_in_total(at, "displaced")


@figure(
    "tracking.returnees_internal_tracked", unit="persons", label=_("Returnees from internal displacement tracked"),
    kind=Stock(at="reporting_date", per=("operation",)), dims=SPLITS, coverage=_coverage, answers=("F048",),
)  # fmt: skip
def returnees_internal_tracked(at: At) -> Any:
    """People returned from inside their country, in the last round of each operation that counts in the total."""
    return _counting_in_total(at, "returned_internal")


@figure(
    "tracking.returnees_abroad_tracked", unit="persons", label=_("Returnees from abroad tracked"),
    kind=Stock(at="reporting_date", per=("operation",)), dims=SPLITS, coverage=_coverage, answers=("F049",),
)  # fmt: skip
def returnees_abroad_tracked(at: At) -> Any:
    """People returned from another country, in the last round of each operation that counts in the total."""
    return _counting_in_total(at, "returned_abroad")


@figure(
    "tracking.countries_tracked", unit="countries", label=_("Countries where population mobility was tracked"),
    kind=Distinct(at="reporting_date", identity="country"), dims=(COUNTRY, OPERATION, TYPE), answers=("F046",),
)  # fmt: skip
def countries_tracked(at: At) -> Any:
    """Countries with a published round whose reporting date lies in the twelve months up to the date."""
    rows = _observed(at)
    return rows.filter(rows.reporting_date > at.year_before)


@figure(
    "tracking.operations_with_protection", unit="share", label=_("Share of operations with protection indicators built in"),
    kind=Share(), dims=(COUNTRY,), answers=("F050",), places=3,
)  # fmt: skip
def operations_with_protection(at: At) -> Any:
    """Operations with protection indicators, of all that were active: as the register stood at the end of the day."""
    rows = at.records("tracking.operations", "active", then=True)
    return rows.mutate(country=rows.country_id, numerator=rows.protection_indicators.cast("int64"), denominator=1)


@figure(
    "tracking.operations_with_pandemic_indicators", unit="operations", kind=Additive(), dims=(COUNTRY, STATE), answers=("F179",),
    label=_("Operations that added pandemic indicators"),
)  # fmt: skip
def operations_with_pandemic_indicators(at: At) -> Any:
    """Operations, active or closed since, that said by the end of the day that they added pandemic indicators."""
    rows = at.records("tracking.operations", then=True)
    return rows.filter(rows.pandemic_indicators).mutate(country=rows.country_id, value=1)


@figure(
    "tracking.countries_informing_health", unit="countries", kind=Distinct(identity="country"), dims=(COUNTRY, STATE),
    answers=("F176",), label=_("Countries where tracking informed public health response planning"),
)  # fmt: skip
def countries_informing_health(at: At) -> Any:
    """Countries with an operation, active or closed since, that said by the end of the day that it informs such planning."""
    rows = at.records("tracking.operations", then=True)
    return rows.filter(rows.informs_health).mutate(country=rows.country_id, value=1)
