"""The life of a site: it opens, moves, closes, opens again, each from a day on, so that it is known what it was when."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from waystation.apps.places.acts.editions import keeping_office
from waystation.apps.places.models import Area, Country, Site, SiteStatus
from waystation.apps.places.queries import siting
from waystation.apps.places.rules import site_keeper
from waystation.kernel.acts import Outcome, act
from waystation.kernel.codelists import codelist
from waystation.kernel.models import Office
from waystation.kernel.refusals import require
from waystation.kernel.values import today


@act("new -> open", by=site_keeper, said=_("opened the site"))
def open_site(
    *,
    name: str,
    kind: str,
    country: Country,
    area: Area | None = None,
    longitude: float | None = None,
    latitude: float | None = None,
    code: str = "",
    opened_on: date | None = None,
    office: Office | None = None,
) -> Outcome:
    """Open a site of a kind where people live or pass through. Without an area it is the one its coordinates lie in."""
    kinds = codelist("places.site_kind")
    require(kind in kinds, "places.unknown_site_kind", kind=kind, known=", ".join(kinds.codes))
    site = Site(
        name=name.strip(), kind=kind, country=country, code=code.strip(), office=office or keeping_office(),
        opened_on=opened_on or today(),
    )  # fmt: skip
    siting.place(site, area, longitude, latitude, site.opened_on or today())
    return _from(site, "open", site.opened_on or today())


@act("open", by=site_keeper, said=_("moved the site"))
def move_site(
    site: Site,
    *,
    longitude: float | None = None,
    latitude: float | None = None,
    area: Area | None = None,
    on: date | None = None,
) -> Outcome:
    """Move a site to other coordinates or another area from a day on; where it was before stays known for its time."""
    require(area or longitude is not None, "places.move_where")
    siting.place(site, area, longitude, latitude, on or today())
    return _from(site, "open", on or today())


@act("open | closed", by=site_keeper, said=_("renamed the site"))
def rename_site(site: Site, *, name: str) -> Outcome:
    """Give a site another name; the former one stays in its history."""
    site.name = name.strip()
    return Outcome()


@act("open -> closed", by=site_keeper, said=_("closed the site"))
def close_site(site: Site, *, on: date | None = None) -> Outcome:
    """Close a site from a day on."""
    site.closed_on = on or today()
    return _from(site, "closed", site.closed_on)


@act("closed -> open", by=site_keeper, said=_("opened the site again"))
def reopen_site(site: Site, *, on: date | None = None) -> Outcome:
    """Open a closed site again from a day on; that it was closed stays known for its time."""
    site.closed_on = None
    return _from(site, "open", on or today())


def _from(site: Site, status: str, on: date) -> Outcome:
    """From a day on the site has this status and stands where it stands now. A second change of a day replaces the first."""
    last = site.statuses.order_by("since").last() if site.pk else None
    require(last is None or last.since <= on, "places.changed_later", name=site.name, on=last and last.since)
    now = last if last and last.since == on else SiteStatus(site=site, since=on, office=site.office, state="kept")
    now.status, now.area, now.longitude, now.latitude = status, site.area, site.longitude, site.latitude
    return Outcome(record=site, save=[now]) if now is last else Outcome(record=site, new=[now])
