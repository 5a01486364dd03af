"""Households, children and older people: what else a row counts beside people."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from waystation.apps.tracking.figures.counts import APART, PER, PLAIN_SPLITS, _coverage, _observed
from waystation.kernel.figures import At, Stock, figure


@figure(
    "tracking.households_present", unit="households", label=_("Households present"), dims=PLAIN_SPLITS,
    kind=Stock(at="reporting_date", per=PER), never_across=APART, coverage=_coverage,
)  # fmt: skip
def households_present(at: At) -> Any:
    """Households counted where they stay, in the last published round of each operation and assessment type."""
    rows = _observed(at)
    return rows.mutate(value=rows.households)


@figure(
    "tracking.children_present", unit="persons", label=_("Children present"), dims=PLAIN_SPLITS,
    kind=Stock(at="reporting_date", per=PER), never_across=APART, coverage=_coverage,
)  # fmt: skip
def children_present(at: At) -> Any:
    """People younger than 18 where age was counted, in the last published round of each operation and assessment type."""
    rows = _observed(at)
    return rows.mutate(value=rows.under_18)


@figure(
    "tracking.older_people_present", unit="persons", label=_("Older people present"), dims=PLAIN_SPLITS,
    kind=Stock(at="reporting_date", per=PER), never_across=APART, coverage=_coverage,
)  # fmt: skip
def older_people_present(at: At) -> Any:
    """People of 60 and older where age was counted, in the last published round of each operation and assessment type."""
    rows = _observed(at)
    return rows.mutate(value=rows.aged_60_over)
