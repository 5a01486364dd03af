"""A round's life: planned, collected, cleaned, validated, published, corrected, withdrawn."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from waystation.apps.tracking.facts import ObservationsReceived, RoundPublished, RoundWithdrawn
from waystation.apps.tracking.models import Finding, Operation, Round
from waystation.apps.tracking.rules import manager, publisher, validator
from waystation.kernel.acts import Outcome, act
from waystation.kernel.codelists import codelist
from waystation.kernel.models import Partition, RawFile
from waystation.kernel.refusals import require
from waystation.kernel.values import now, today

EARLIEST = date(1990, 1, 1)


@act("new -> planned", by=manager, said=_("planned the round"))
def plan(
    *,
    operation: Operation,
    number: int,
    reporting_date: date,
    component: str = "area",
    period_start: date | None = None,
    period_end: date | None = None,
    planned_locations: int | None = None,
) -> Outcome:
    """Plan a round of an operation: its component, number and dates."""
    known = codelist("tracking.component")
    require(component in known, "tracking.unknown_component", component=component, known=", ".join(known.codes))
    require(EARLIEST <= reporting_date <= today(), "tracking.date_impossible", date=reporting_date)
    if period_start and period_end:
        require(period_start <= period_end, "tracking.dates_reversed", start=period_start, end=period_end)
    taken = Round.objects.filter(operation=operation, component=component, number=number).exists()
    require(not taken, "tracking.round_exists", number=number, component=component, operation=operation.name)
    made = Round(
        operation=operation, office=operation.office, number=number, component=component, reporting_date=reporting_date,
        period_start=period_start, period_end=period_end, planned_locations=planned_locations,
    )  # fmt: skip
    return Outcome(record=made)


@act("planned -> collecting", by=manager, said=_("began collecting"))
def begin(round: Round) -> Outcome:
    """Send the teams out."""
    return Outcome()


@act("planned | collecting | cleaning -> cleaning", by=manager, said=_("took in data"))
def receive(
    round: Round,
    *,
    partitions: list[Partition],
    origins: list[RawFile],
    findings: list[Finding],
    planned_locations: int | None = None,
    assessed_locations: int | None = None,
) -> Outcome:
    """Take in a new version of the round's observations with what the quality rules found in it.

    Findings of the version before that are not found again are corrected by it; explanations and acceptances of those
    found again are kept.
    """
    rows = partitions[0]
    planned = planned_locations if planned_locations is not None else round.planned_locations
    if planned is not None and assessed_locations is not None:
        fits = assessed_locations <= planned
        require(fits, "tracking.more_assessed_than_planned", assessed=assessed_locations, planned=planned)
    round.data_version = rows.version
    round.planned_locations, round.assessed_locations = planned, assessed_locations
    kept, gone, new = _carry_over(round, findings)
    unknown = [one for one in origins if one.pk is None]
    links = [(one, "origins", origins) for one in partitions]
    told = ObservationsReceived(round=round.pk, version=round.data_version)
    return Outcome(save=[*kept, *gone], new=[*unknown, *partitions, *new], links=links, facts=[told])


def _carry_over(round: Round, found: list[Finding]) -> tuple[list[Finding], list[Finding], list[Finding]]:
    """Match what is found now with what stood before: kept, corrected by this version, new.

    An explanation or acceptance holds for what was seen when it was given: with other values the finding is open again.
    """
    standing: dict[tuple[str, str, str], list[Finding]] = {}
    for one in Finding.objects.filter(round=round).exclude(state="corrected").order_by("-pk"):
        standing.setdefault((one.rule, one.place, one.column), []).append(one)
    kept, new = [], []
    for one in found:
        same = standing.get((one.rule, one.place, one.column))
        if not same:
            one.round, one.office, one.state, one.data_version = round, round.office, "found", round.data_version
            new.append(one)
            continue
        old = same.pop()
        if _seen(old) != _seen(one):
            old.state = "found"
        old.data_version, old.details, old.origin_row = round.data_version, one.details, one.origin_row
        old.blocking = one.blocking
        kept.append(old)
    gone = [one for same in standing.values() for one in same]
    for one in gone:
        one.state = "corrected"
    return kept, gone, new


def _seen(finding: Finding) -> dict[str, object]:
    """What a finding says about the data, wherever it stands in the file."""
    return {name: value for name, value in finding.details.items() if name not in ("file", "rows", "more")}


@act("cleaning -> validated", by=validator, said=_("validated the round"))
def validate(round: Round) -> Outcome:
    """Say that the data are fit to be published; not possible while blocking findings are open."""
    require(round.data_version, "tracking.no_observations", round=round)
    count = Finding.objects.filter(round=round, state="found", blocking=True).count()
    require(count == 0, "tracking.open_findings", round=round, count=count)
    return Outcome()


@act("validated -> cleaning", by=validator | publisher, said=_("sent the round back"))
def send_back(round: Round, *, why: str) -> Outcome:
    """Send the round back to cleaning, with the reason its team will read."""
    return Outcome()


@act("validated -> published", by=publisher, said=_("published the round"))
def publish(round: Round) -> Outcome:
    """Publish the validated version: from now on it counts in figures and is served to programs."""
    moment = now()
    ours = Partition.objects.filter(key=round.ref, dataset__startswith="tracking.")
    replaced = list(ours.filter(in_force_from__isnull=False, in_force_until__isnull=True))
    fresh = list(ours.filter(version=round.data_version, in_force_from__isnull=True))
    for one in replaced:
        one.in_force_until = moment
    for one in fresh:
        one.in_force_from = moment
    round.published_version, round.published_at = round.data_version, moment
    round.published_planned, round.published_assessed = round.planned_locations, round.assessed_locations
    told = RoundPublished(round=round.pk, version=round.data_version)
    return Outcome(save=[*replaced, *fresh], facts=[told])


@act("published -> cleaning", by=manager, said=_("opened the round for correction"))
def correct(round: Round, *, why: str) -> Outcome:
    """Prepare a corrected version; the published one stays readable until the correction is published."""
    return Outcome()


@act("published | cleaning | validated -> withdrawn", by=publisher, said=_("withdrew the round"), danger=True)
def withdraw(round: Round, *, why: str) -> Outcome:
    """Take the round out of figures and interfaces; its record and data stay for the archive."""
    require(round.published_version, "tracking.nothing_published", round=round)
    moment = now()
    ours = Partition.objects.filter(key=round.ref, dataset__startswith="tracking.")
    out = list(ours.filter(in_force_from__isnull=False, in_force_until__isnull=True))
    for one in out:
        one.in_force_until = moment
    round.published_version = round.published_planned = round.published_assessed = None
    return Outcome(save=out, facts=[RoundWithdrawn(round=round.pk)])
