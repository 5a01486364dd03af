"""The life of a site: it opens, moves, is renamed, closes, opens again. Its history is its trail."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from waystation.apps.places.acts.editions import keeping_office
from waystation.apps.places.models import Area, Country, Site
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
    return Outcome(record=site)


@act("open", by=site_keeper, said=_("moved the site"))
def move_site(
    site: Site, *, longitude: float | None = None, latitude: float | None = None, area: Area | None = None
) -> Outcome:
    """Move a site to other coordinates or another area; where it was before stays in its history."""
    require(area or longitude is not None, "places.move_where")
    siting.place(site, area, longitude, latitude, today())
    return Outcome()


@act("open | closed", by=site_keeper, said=_("renamed the site"))
def rename_site(site: Site, *, name: str) -> Outcome:
    """Give a site another name; the former one stays in its history."""
    site.name = name.strip()
    return Outcome()


@act("open -> closed", by=site_keeper, said=_("closed the site"))
def close_site(site: Site, *, on: date | None = None) -> Outcome:
    """Close a site from a day on."""
    day = on or today()
    require(
        site.opened_on is None or site.opened_on <= day, "places.closes_too_early", name=site.name, on=site.opened_on
    )
    site.closed_on = day
    return Outcome()


@act("closed -> open", by=site_keeper, said=_("opened the site again"))
def reopen_site(site: Site) -> Outcome:
    """Open a closed site again; when it was closed stays in its history."""
    site.closed_on = None
    return Outcome()
