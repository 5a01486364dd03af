"""Taking in long lists of sites: thousands in one act, each held to what one alone would be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from waystation.apps.places.acts.editions import edition, with_origin
from waystation.apps.places.models import Country, Site, SiteStatus
from waystation.apps.places.queries import siting
from waystation.apps.places.queries.soundness import countries_by_code
from waystation.apps.places.rules import site_keeper
from waystation.apps.places.shapes import SiteRow
from waystation.kernel.acts import Outcome, act
from waystation.kernel.codelists import codelist
from waystation.kernel.datasets import Terms
from waystation.kernel.models import Office, RawFile
from waystation.kernel.refusals import Problem, Refused, require
from waystation.kernel.values import today


@act("new -> loaded", by=site_keeper, said=_("took in the list of sites"))
def load_sites(*, rows: Sequence[SiteRow], terms: Terms, title: str, file: RawFile | None = None) -> Outcome:
    """Open the sites of a list, all or none. A row without an area is in the one its coordinates lie in."""
    require(rows, "places.nothing_to_load", file=title)
    come = edition("sites", title, terms, list(rows))
    kinds, countries = codelist("places.site_kind"), countries_by_code()
    by_country: dict[str, list[tuple[SiteRow, Site]]] = defaultdict(list)
    problems = []
    for row in rows:
        country = countries.get(row.country)
        if country is None:
            problems.append(Problem("places.unknown_country", {"code": row.country}, file=title, row=row.row))
        elif row.kind not in kinds:
            said = {"kind": row.kind, "known": ", ".join(kinds.codes)}
            problems.append(Problem("places.unknown_site_kind", said, file=title, row=row.row))
        else:
            by_country[country.iso3].append((row, _site(row, country, come.office)))
    for found in by_country.values():
        problems += [Problem(one.code, one.params, file=title, row=row) for row, one in siting.place_many(found)]
    if problems:
        raise Refused(problems=problems)
    sites = [site for found in by_country.values() for _row, site in found]
    come.changes = {"opened": len(sites)}
    new = [*sites, *map(_status, sites)]
    return with_origin(Outcome(record=come, new=new, answer={"changes": come.changes}), file)


def _site(row: SiteRow, country: Country, office: Office) -> Site:
    return Site(name=row.name.strip(), kind=row.kind, country=country, code=row.code.strip(), office=office,
                opened_on=row.opened_on or today(), state="open")  # fmt: skip


def _status(site: Site) -> SiteStatus:
    return SiteStatus(site=site, status="open", since=site.opened_on or today(), office=site.office, state="kept",
                      area=site.area, longitude=site.longitude, latitude=site.latitude)  # fmt: skip
