"""The life of a feed: announced, updated, retired."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from waystation.apps.exchange.acts.said import address_of, country_of, require_past
from waystation.apps.exchange.models import Feed
from waystation.apps.exchange.rules import keeper
from waystation.apps.tracking import api as tracking
from waystation.kernel.acts import Outcome, act
from waystation.kernel.codelists import codelist
from waystation.kernel.models import Office, Release
from waystation.kernel.refusals import require
from waystation.kernel.values import today


@act("new -> active", by=keeper, said=_("announced the feed"))
def announce(
    *,
    venue: str,
    title: str,
    country: str,
    address: str,
    release: Release,
    office: Office,
    since: date | None = None,
    downloads: int | None = None,
) -> Outcome:
    """Say that an outside exchange holds a release of ours as its dataset of a country, at an address, since a day."""
    venues = codelist("exchange.venue")
    require(venue in venues, "exchange.unknown_venue", venue=venue, known=", ".join(venues.codes))
    require_past(since)
    feed = Feed(
        venue=venue, title=title.strip(), country_id=country_of(country), address=_free(address), office=office,
        since=since or today(), updated_on=since or today(),
    )  # fmt: skip
    _hold(feed, release)
    if downloads is not None:
        feed.downloads, feed.reported_on = downloads, today()
    return Outcome(record=feed)


@act("active", by=keeper, said=_("updated the feed"))
def update(
    feed: Feed,
    *,
    release: Release | None = None,
    updated_on: date | None = None,
    downloads: int | None = None,
    reported_on: date | None = None,
    title: str = "",
    address: str = "",
) -> Outcome:
    """Say what it holds now, when the exchange updated it, how often it was downloaded; what is left out stays."""
    require_past(updated_on, reported_on)
    for day in (updated_on, reported_on):
        require(day is None or day >= feed.since, "exchange.before_it_was_there", day=day, since=feed.since)
    if release is not None and release != feed.release:
        _hold(feed, release)
        updated_on = updated_on or today()
    if downloads is not None:
        reported_on = reported_on or today()
        held = feed.reported_on
        require(held is None or reported_on >= held, "exchange.report_older", held=held, said=reported_on)
        feed.downloads, feed.reported_on = downloads, reported_on
    if address and address.strip() != feed.address:
        feed.address = _free(address)
    feed.title, feed.updated_on = title.strip() or feed.title, updated_on or feed.updated_on
    return Outcome()


@act("active -> retired", by=keeper, said=_("retired the feed"), danger=True)
def retire(feed: Feed, *, why: str, on: date | None = None) -> Outcome:
    """Say that the exchange holds it no more, with the reason and the day."""
    day = on or today()
    require_past(day)
    require(day >= feed.since, "exchange.before_it_was_there", day=day, since=feed.since)
    feed.retired_on = day
    return Outcome()


def _free(text: str) -> str:
    """An address at which no other active feed is. Raises Refused."""
    address = address_of(text)
    there = Feed.objects.filter(address=address, state="active").first()
    require(there is None, "exchange.feed_exists", feed=there, address=address)
    return address


def _hold(feed: Feed, release: Release) -> None:
    """Let the feed hold a release: one that is out, for the public, with a published round of its country."""
    require(release.state == "released", "exchange.release_withdrawn", release=release)
    require(release.audience == "public", "exchange.release_not_public", release=release, audience=release.audience)
    keys = list(release.partitions.values_list("key", flat=True))
    countries = {one.operation.country for one in tracking.rounds_out(refs=keys)}
    require(feed.country_id in countries, "exchange.release_elsewhere", release=release, country=feed.country_id)
    feed.release = release
