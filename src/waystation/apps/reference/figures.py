"""Other people's numbers as figures: always of one edition, always cited, never added to our own.

Two editions, or two tables of one edition that count the same, are never added: choose one (``where``). A number is true
of the end of its year unless the edition was taken in as giving that year's middle. Where a source gives a number and
its rounded form, the number before rounding is taken.
"""

from __future__ import annotations

from typing import Any

import ibis
from django.utils.translation import gettext_lazy as _

from waystation.kernel.figures import At, Dim, Latest, Stock, figure
from waystation.kernel.figures.additivity import Additive

SOURCE, EDITION = Dim("source", _("source")), Dim("edition", _("edition"))
TABLE = Dim("table", _("table of the edition"))
COUNTRY = Dim("country", _("country"))
REGION = Dim("region", _("region (UN M49)"))
YEAR = Dim("year", _("year"), time=True)
CAUSE, HAZARD = Dim("cause", _("cause")), Dim("hazard", _("hazard"))
SEX, AGE = Dim("sex", _("sex")), Dim("age", _("age"))
FROM = Dim("origin_country", _("country of origin"))
MEASURE = Dim("measure", _("measure"), codes="reference.measure")
WHICH = (SOURCE, EDITION, TABLE)
APART = ("source", "edition", "table")
INSIDE = (*WHICH, COUNTRY, REGION, YEAR, CAUSE, HAZARD, SEX, AGE)
BETWEEN = (*WHICH, COUNTRY, REGION, FROM, YEAR, MEASURE)
REFUGEES = ("refugees", "refugees_unrwa")
ABROAD = (*REFUGEES, "asylum_seekers", "other_protection")
PER = ("source", "edition")


def _measured(at: At, *measures: str) -> Any:
    """Numbers of some measures, with the M49 region of their country when that is asked. ``table`` numbers the tables of
    an edition that give the same measure: they say the same thing twice (by country; by country, sex and age)."""
    rows = at.table("reference.statistics")
    rows = rows.filter(rows.measure.isin(measures))
    alike = ibis.window(group_by=[rows.source, rows.edition, rows.measure], order_by=rows.origin)
    rows = rows.mutate(value=ibis.coalesce(rows.value_exact, rows.value), table=ibis.dense_rank().over(alike) + 1)
    return _placed(at, rows) if at.asks("region") else rows


def _placed(at: At, rows: Any) -> Any:
    """With the finest region of UN M49 that holds the country: South America is 005, Western Africa 011."""
    countries = at.records("places.countries")
    named = [countries[name].nullif("") for name in ("intermediate", "subregion", "region")]
    regions = countries.select(_iso3=countries.iso3, region=ibis.coalesce(*named))
    return rows.left_join(regions, rows.country == regions._iso3).drop("_iso3")


@figure(
    "reference.internally_displaced", unit="persons", label=_("Internally displaced people worldwide at year end"),
    kind=Stock(at="true_on", per=PER), dims=INSIDE, never_across=APART, answers=("F030",),
)  # fmt: skip
def internally_displaced(at: At) -> Any:
    """Internally displaced people as one edition gives them, in its last year up to the date."""
    return _measured(at, "idps_stock")


@figure(
    "reference.displaced_by_conflict", unit="persons", label=_("People displaced internally by conflict and violence"),
    kind=Stock(at="true_on", per=PER), dims=INSIDE, never_across=APART, answers=("F031",),
)  # fmt: skip
def displaced_by_conflict(at: At) -> Any:
    """Internally displaced people whom one edition puts down to conflict and violence, in its last year up to the date."""
    rows = _measured(at, "idps_stock")
    return rows.filter(rows.cause == "conflict")


@figure(
    "reference.displaced_by_disasters", unit="persons", label=_("People displaced internally by disasters"),
    kind=Stock(at="true_on", per=PER), dims=INSIDE, never_across=APART, answers=("F032",),
)  # fmt: skip
def displaced_by_disasters(at: At) -> Any:
    """Internally displaced people whom one edition puts down to disasters, in its last year up to the date."""
    rows = _measured(at, "idps_stock")
    return rows.filter(rows.cause == "disaster")


@figure(
    "reference.new_displacements", unit="displacements", label=_("New internal displacements during the year"),
    kind=Additive(at="true_on"), dims=INSIDE, never_across=APART,
)  # fmt: skip
def new_displacements(at: At) -> Any:
    """Internal displacements as one edition gives them for the twelve months up to the date: movements and not people."""
    rows = _measured(at, "new_displacement")
    return rows.filter(rows.true_on > at.year_before)


@figure(
    "reference.refugees", unit="persons", label=_("Refugees recorded"), kind=Stock(at="true_on", per=PER), dims=BETWEEN,
    never_across=APART, answers=("F033",),
)  # fmt: skip
def refugees(at: At) -> Any:
    """Refugees under the mandates of UNHCR and, where the edition has them, of UNRWA, on its last day up to the date."""
    return _measured(at, *REFUGEES)


@figure(
    "reference.people_forced_abroad", unit="persons", label=_("People forced to leave their country, by where they are"),
    kind=Stock(at="true_on", per=PER), dims=BETWEEN, never_across=APART, answers=("F040",),
)  # fmt: skip
def people_forced_abroad(at: At) -> Any:
    """Refugees, asylum seekers and others in need of international protection: groups that one edition keeps apart, so
    that they add up; by the country and region where they are."""
    return _measured(at, *ABROAD)


def _editions(at: At, measure: str) -> Any:
    """One row for each edition that has a measure up to the date: its year as its name says it, its last day until then.

    Of editions of a source that reach the same day the newest counts, unless one is asked for by name.
    """
    rows = at.table("reference.statistics")
    rows = rows.filter(rows.measure == measure, rows.true_on <= at.as_of)
    named = rows.edition.re_extract(r"((?:19|20)[0-9][0-9])", 1).nullif("")
    rows = rows.mutate(value=named.cast("int64"))
    keys = ("_dataset", "_key", "_version", "_seen", "source", "edition", "value")
    found = rows.group_by([rows[name] for name in keys]).aggregate(true_on=rows.true_on.max())
    if at.asks("edition"):
        return found
    newest = found.group_by(["source", "true_on"]).aggregate(newest=found.value.max())  # a window here puzzles Spark
    same = [found.source == newest.source, found.true_on == newest.true_on, found.value == newest.newest]
    return found.inner_join(newest, same).select(*found.columns)


@figure(
    "reference.displacement_report_edition", unit="year", label=_("Edition year of the internal displacement report cited"),
    kind=Latest(at="true_on", per=("source",)), dims=(SOURCE, EDITION), answers=("F041",),
    never_across=("source",),
)  # fmt: skip
def displacement_report_edition(at: At) -> Any:
    """The year of one source's newest edition that has internally displaced people for the date, or the last day before it."""
    return _editions(at, "idps_stock")


@figure(
    "reference.refugee_statistics_edition", unit="year", label=_("Edition year of the refugee statistics cited"),
    kind=Latest(at="true_on", per=("source",)), dims=(SOURCE, EDITION), answers=("F042",),
    never_across=("source",),
)  # fmt: skip
def refugee_statistics_edition(at: At) -> Any:
    """The year of one source's newest edition that has refugees for the date, or the last day before it."""
    return _editions(at, "refugees")
