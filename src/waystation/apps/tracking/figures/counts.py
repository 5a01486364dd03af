"""People and operations counted: figures of tracking."""

from __future__ import annotations

from typing import Any

import ibis
from django.utils.translation import gettext_lazy as _

from waystation.kernel.figures import At, Coverage, Dim, Distinct, Share, Stock, figure
from waystation.kernel.figures.additivity import Additive

COUNTRY = Dim("country", _("country"))
OPERATION = Dim("operation", _("operation"))
ADMIN1, ADMIN2 = Dim("admin1", _("admin 1")), Dim("admin2", _("admin 2"))
DATE = Dim("reporting_date", _("reporting date"), time=True)
ROUND = Dim("round", _("round"), along="reporting_date")
GROUP = Dim("population_group", _("population group"), codes="tracking.population_group")
REASON = Dim("reason", _("reason"), codes="tracking.reason")
TYPE = Dim("assessment_type", _("assessment type"))
SEX = Dim("sex", _("sex"))
SPLITS = (COUNTRY, OPERATION, ADMIN1, ADMIN2, DATE, ROUND, GROUP, REASON, TYPE, SEX)
PER = ("operation", "assessment_type")


def _observed(at: At) -> Any:
    """Observations with their operation's reference and the dimensions' names; by sex only when that is asked."""
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
    return _by_sex(rows) if at.asks("sex") else rows


def _by_sex(rows: Any) -> Any:
    """Men, women, and those whose sex is not known, so that the three make the whole."""
    known = rows.males.fill_null(0) + rows.females.fill_null(0)
    parts = {"male": rows.males, "female": rows.females, "unknown": (rows.individuals - known).nullif(0)}
    unfolded = [rows.mutate(sex=ibis.literal(sex), value=value).filter(value.notnull()) for sex, value in parts.items()]
    return unfolded[0].union(*unfolded[1:])


def _coverage(at: At, rows: Any) -> Coverage:
    """Places planned and assessed in the rounds that count, as their records say."""
    from waystation.apps.tracking.models import Round
    from waystation.kernel import engines

    if "_key" not in rows.columns:
        return Coverage()
    keys = [one["_key"] for one in engines.fetch(rows.select("_key").distinct()).to_pylist()]
    said = Round._base_manager.filter(ref__in=keys).values_list("planned_locations", "assessed_locations")
    known = [(planned, assessed) for planned, assessed in said if planned is not None and assessed is not None]
    if not known:
        return Coverage(word=_("places"))
    note = "" if len(known) == len(keys) else _("some rounds do not say how many places they planned")
    return Coverage(sum(p for p, _a in known), sum(a for _p, a in known), _("places"), note)


@figure(
    "tracking.people_present", unit="persons", label=_("People present"), kind=Stock(at="reporting_date", per=PER),
    dims=SPLITS, never_across=("operation", "assessment_type", "population_group"), coverage=_coverage,
)  # fmt: skip
def people_present(at: At) -> Any:
    """People counted where they stay, in the last published round of each operation and assessment type."""
    return _observed(at)


def _counting_in_total(at: At, group: str) -> Any:
    rows = _observed(at)
    return rows.filter(rows.in_total, rows.component == rows.main, rows.population_group == group)


@figure(
    "tracking.idps_tracked", unit="persons", label=_("Internally displaced persons tracked"),
    kind=Stock(at="reporting_date", per=("operation",)), dims=SPLITS, coverage=_coverage, answers=("F047",),
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
    """Active operations with protection indicators, of all active operations."""
    rows = at.records("tracking.operations", "active")
    return rows.mutate(country=rows.country_id, numerator=rows.protection_indicators.cast("int64"), denominator=1)


@figure(
    "tracking.operations_with_pandemic_indicators", unit="operations", kind=Additive(), dims=(COUNTRY,), answers=("F179",),
    label=_("Operations that added pandemic indicators"),
)  # fmt: skip
def operations_with_pandemic_indicators(at: At) -> Any:
    """Operations that say they added pandemic indicators to their data collection."""
    rows = at.records("tracking.operations")
    return rows.filter(rows.pandemic_indicators).mutate(country=rows.country_id, value=1)


@figure(
    "tracking.countries_informing_health", unit="countries", kind=Distinct(identity="country"), dims=(COUNTRY,),
    answers=("F176",), label=_("Countries where tracking informed public health response planning"),
)  # fmt: skip
def countries_informing_health(at: At) -> Any:
    """Countries with an operation that says it informs public health planning."""
    rows = at.records("tracking.operations")
    return rows.filter(rows.informs_health).mutate(country=rows.country_id, value=1)
