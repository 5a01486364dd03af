"""What outside exchanges hold of ours, and how far plans use it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from waystation.kernel.figures import At, Dim, Distinct, Share, figure
from waystation.kernel.figures.additivity import Additive

COUNTRY = Dim("country", _("country"))
VENUE = Dim("venue", _("exchange"), codes="exchange.venue")
KIND = Dim("kind", _("kind of document"), codes="exchange.kind")
USE = Dim("use", _("use of tracking data"), codes="exchange.use")
USES = ("full", "part")


def _feeds(at: At) -> Any:
    """Feeds that were there on the day and hold a release that is out."""
    feeds, releases = at.records("exchange.feeds"), at.records("house.releases", "released")
    there = (feeds.since <= at.as_of) & (feeds.retired_on.isnull() | (feeds.retired_on > at.as_of))
    held = feeds.filter(there).semi_join(releases, feeds.release_id == releases.id)
    return held.mutate(country=held.country_id)


@figure(
    "exchange.countries_shared", unit="countries", kind=Distinct(identity="country"), dims=(COUNTRY, VENUE),
    answers=("F064",), label=_("Countries with tracking data on an outside exchange"),
)  # fmt: skip
def countries_shared(at: At) -> Any:
    """Countries of which an outside exchange held a dataset of ours on the day, made of a release not withdrawn since."""
    rows = _feeds(at)
    return rows.mutate(value=1)


@figure(
    "exchange.datasets_shared", unit="datasets", kind=Additive(), dims=(COUNTRY, VENUE),
    label=_("Datasets on outside exchanges"),
)  # fmt: skip
def datasets_shared(at: At) -> Any:
    """Datasets of ours that outside exchanges held on the day, made of releases not withdrawn since."""
    rows = _feeds(at)
    return rows.mutate(value=1)


@figure(
    "exchange.downloads", unit="downloads", kind=Additive(), dims=(COUNTRY, VENUE),
    label=_("Downloads from outside exchanges"),
)  # fmt: skip
def downloads(at: At) -> Any:
    """Downloads of datasets there on the day, as each exchange last reported them; a report of a later day is not used."""
    rows = _feeds(at)
    return rows.mutate(value=(rows.reported_on <= at.as_of).ifelse(rows.downloads, None))


def _plans(at: At) -> Any:
    """Plans for the year of the date that were read and not set aside."""
    rows = at.records("exchange.plans", "read")
    return rows.filter(rows.year == at.as_of.year).mutate(country=rows.country_id)


@figure(
    "exchange.plans_using_tracking", unit="share", kind=Share(), dims=(COUNTRY, KIND), answers=("F065",), places=3,
    label=_("Share of humanitarian needs overviews and plans that use tracking data"),
)  # fmt: skip
def plans_using_tracking(at: At) -> Any:
    """Plans that use tracking data throughout or in part, of all plans for the year of the date that were read."""
    rows = _plans(at)
    return rows.mutate(numerator=rows.use.isin(USES).cast("int64"), denominator=1)


@figure(
    "exchange.plans_read", unit="plans", kind=Additive(), dims=(COUNTRY, KIND, USE), label=_("Plans read for their sources"),
)  # fmt: skip
def plans_read(at: At) -> Any:
    """Humanitarian needs overviews and response plans for the year of the date that were read, by what they use."""
    rows = _plans(at)
    return rows.mutate(value=1)
