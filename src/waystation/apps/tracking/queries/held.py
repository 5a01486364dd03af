"""Rounds the house holds, found by what files call them."""

from __future__ import annotations

from django.db.models import QuerySet

from waystation.apps.tracking.models import Round
from waystation.apps.tracking.shapes import RoundKey, RoundLine


def rounds_of(key: RoundKey) -> QuerySet[Round]:
    """The rounds of the operation and component of a key."""
    where = {"operation__name__iexact": key.operation, "operation__country__iso3": key.country}
    return Round.objects.filter(component=key.component, **where)


def line_of(one: Round) -> RoundLine:
    """A round as others may know it."""
    standing = one.published_version or one.data_version
    return RoundLine(
        one.pk, one.ref, one.operation_id, one.number, one.state, one.reporting_date, one.data_version, standing
    )
