"""Which rounds are out."""

from __future__ import annotations

from collections.abc import Sequence

from waystation.apps.counting.shapes import OperationLine, OutRound
from waystation.apps.tracking.models import Round
from waystation.kernel.datasets import find

STATUS = {"active": "Active", "closed": "Inactive"}


def rounds_out(refs: Sequence[str] | None = None) -> list[OutRound]:
    """The rounds that are out and that the asking scope may see (of ``refs``, or all), by reference."""
    partitions = find("tracking.observations").in_force()
    if refs is not None:
        partitions = partitions.filter(key__in=refs)
    totals = {(one.key, one.version): one for one in find("tracking.levels").in_force()}
    operations = _operations([one.key for one in partitions] if refs is not None else None)
    return [
        OutRound(one, totals.get((one.key, one.version)), operations[one.key])
        for one in partitions
        if one.key in operations
    ]


def _operations(refs: Sequence[str] | None) -> dict[str, OperationLine]:
    rows = Round.objects.filter(published_version__isnull=False)
    if refs is not None:
        rows = rows.filter(ref__in=refs)
    names = ("pk", "ref", "name", "state", "country__iso3", "country__name_en", "min_cell")
    found = rows.values_list("ref", *(f"operation__{name}" for name in names))
    return {
        ref: OperationLine(pk, of, name, STATUS[state], iso3, country, min_cell)
        for ref, pk, of, name, state, iso3, country, min_cell in found
    }
