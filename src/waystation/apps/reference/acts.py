"""Other people's statistics: taken in edition by edition, in force at once, kept apart from our own counts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from waystation.apps.reference.models import Edition
from waystation.apps.reference.rules import keeper
from waystation.kernel.acts import Outcome, act
from waystation.kernel.models import Office, Partition, RawFile
from waystation.kernel.values import now


@act("new -> announced", by=keeper, said=_("announced the edition"))
def announce(*, source: str, edition: str, office: Office) -> Outcome:
    """Name an edition of a source whose values come next."""
    return Outcome(record=Edition(source=source, edition=edition, office=office))


@act("announced | in_force -> in_force", by=keeper, said=_("took in the edition's values"))
def receive_values(
    edition: Edition, *, partition: Partition, origins: list[RawFile], years: list[int], measures: list[str]
) -> Outcome:
    """Take in the values of an edition, cited from now on; values its source corrected replace the ones before."""
    closed = _closed(edition)
    edition.licence, edition.attribution = partition.licence, partition.attribution
    edition.may_republish, edition.rows = partition.may_republish, partition.rows
    edition.first_year, edition.last_year, edition.measures = min(years), max(years), sorted(measures)
    edition.data_version = partition.version
    partition.in_force_from = now()
    unknown = [one for one in origins if one.pk is None]
    return Outcome(new=[*unknown, partition], save=closed, links=[(partition, "origins", origins)])


@act("in_force -> withdrawn", by=keeper, said=_("withdrew the edition"), danger=True)
def withdraw(edition: Edition, *, why: str) -> Outcome:
    """Cite the edition no more, with the reason; its values stay for the archive."""
    return Outcome(save=_closed(edition))


def _closed(edition: Edition) -> list[Partition]:
    """The partitions of an edition that were in force, no longer so."""
    standing = list(
        Partition.objects.filter(
            dataset="reference.statistics", key=edition.ref, in_force_from__isnull=False, in_force_until__isnull=True
        )
    )
    for one in standing:
        one.in_force_until = now()
    return standing
