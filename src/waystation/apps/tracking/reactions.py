"""What tracking does when something was reported."""

from __future__ import annotations

from typing import Any

from waystation.apps.counting.api import released_rows
from waystation.apps.tracking.facts import RoundPublished
from waystation.apps.tracking.models import Round
from waystation.apps.tracking.queries.out import rounds_out
from waystation.kernel.facts import reacts_to


@reacts_to(RoundPublished)
def make_its_rows(told: Any) -> None:
    """Make the rows that programs and pages will ask for, so that the first of them need not wait."""
    released_rows(rounds_out(list(Round.objects.filter(pk=told.round).values_list("ref", flat=True))))
