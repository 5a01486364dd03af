"""Taking in lists: countries, areas. What a list changes is told; a list taken in twice changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext_lazy as _

from waystation.apps.places.models import Country, Edition
from waystation.apps.places.queries import diffing
from waystation.apps.places.queries.soundness import countries_by_code, kept_as, sifted
from waystation.apps.places.rules import keeper
from waystation.apps.places.shapes import LANGUAGES, CountryShape
from waystation.intake.arealists import AreaRow
from waystation.kernel import scope
from waystation.kernel.acts import Outcome, act
from waystation.kernel.datasets import Terms
from waystation.kernel.models import Office, RawFile
from waystation.kernel.refusals import Problem, Refused, require
from waystation.kernel.values import digest


def keeping_office() -> Office:
    """The office of whoever acts; for the house itself the first one."""
    actor = scope.current().actor
    found: Office | None = actor.office if actor else Office.objects.order_by("path").first()
    if found is None:
        raise Refused("places.no_office")
    office: Office = found
    return office


def edition(kind: str, title: str, terms: Terms, content: object) -> Edition:
    """An edition, not saved: what came, from whom, under which terms."""
    return Edition(
        kind=kind, title=title[:200], source=terms.source, licence=terms.licence, attribution=terms.attribution,
        may_republish=terms.may_republish, digest=digest(content), office=keeping_office(),
    )  # fmt: skip


def with_origin(outcome: Outcome, file: RawFile | None) -> Outcome:
    """Link the file an edition came in, saving it when it is new."""
    if file is not None:
        if file._state.adding:
            outcome.new.insert(0, file)
        outcome.links.append((outcome.record, "origins", [file]))
    return outcome


@act("new -> loaded", by=keeper, said=_("took in the list of countries"))
def load_countries(
    *, rows: Sequence[CountryShape], terms: Terms, title: str = "", complete: bool = False, file: RawFile | None = None
) -> Outcome:
    """Keep countries, territories and areas with their codes, regions and names in the six UN languages.

    ``complete``: the list is the whole list, so that countries held and not in it are told; they are kept.
    """
    come = edition("countries", title or str(_("Countries, territories and areas")), terms, list(rows))
    held = {one.iso3: one for one in Country.objects.all()}
    outcome, counts = Outcome(record=come), {"new": 0, "corrected": 0, "unchanged": 0}
    for row in rows:
        values = row._asdict() | {f"name_{code}": row.names[code] for code in LANGUAGES}
        del values["names"]
        country = held.get(row.iso3)
        if country is None:
            outcome.new.append(Country(office=come.office, state="listed", **values))
            counts["new"] += 1
        elif any(getattr(country, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(country, name, value)
            outcome.save.append(country)
            counts["corrected"] += 1
        else:
            counts["unchanged"] += 1
    come.changes = counts
    gone = sorted(held.keys() - {row.iso3 for row in rows}) if complete else []
    come.findings = kept_as([Problem("places.country_not_in_list", {"country": iso3}) for iso3 in gone])
    outcome.answer = {"changes": counts, "findings": come.findings}
    return with_origin(outcome, file)


@act("new -> loaded", by=keeper, said=_("took in the list of areas"))
def load_areas(
    *,
    rows: Sequence[AreaRow],
    terms: Terms,
    title: str,
    as_of: date | None = None,
    complete: bool = False,
    leave_out: bool = False,
    file: RawFile | None = None,
) -> Outcome:
    """Keep administrative areas with their p-codes and dates; what was called otherwise before stays known for its time.

    ``title`` names the file in messages; ``as_of`` dates rows without a date; ``complete``: areas of the same countries
    and levels that the list lacks end; ``leave_out``: rows with problems are left out and told, else the list is refused.
    """
    countries = countries_by_code()
    require(countries, "places.no_countries")
    found = sifted(rows, countries, title)
    if found.problems and not leave_out:
        raise Refused(problems=found.problems)
    require(found.rows, "places.nothing_to_load", file=title)
    come = edition("areas", title, terms, list(rows))
    changes = diffing.changes_of(found.rows, countries, come.office, as_of)
    if complete:
        day = as_of or max((row.valid_from for row in found.rows if row.valid_from), default=None)
        if day is None:
            raise Refused("places.say_as_of")
        diffing.end(changes.untouched, day, changes)
    elif changes.untouched:
        codes = [area.pcode for area in changes.untouched]
        params = {"count": len(codes), "codes": ", ".join(codes[:5])}
        found.findings.append(Problem("places.not_in_list", params, file=title))
    if found.problems:
        changes.counts["left out"] = len(found.problems)
    for area in (*changes.new, *changes.save):
        area.edition = come
    come.changes = dict(changes.counts)
    come.findings = kept_as([*found.problems, *found.findings])
    answer = {"changes": come.changes, "findings": come.findings}
    outcome = Outcome(record=come, new=[*changes.new, *changes.successions], save=changes.save, answer=answer)
    return with_origin(outcome, file)
