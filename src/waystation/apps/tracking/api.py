"""What neighbours may ask of tracking: which rounds there are, what is out, and to take rows in. Rounds are told by lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from waystation.apps.counting.shapes import OutRound
from waystation.apps.tracking.acts import operations as on_operations
from waystation.apps.tracking.acts import rounds as on_rounds
from waystation.apps.tracking.models import Finding, Operation, Round
from waystation.apps.tracking.queries import out
from waystation.apps.tracking.queries.held import line_of, rounds_of
from waystation.apps.tracking.shapes import FindingRow, RoundKey, RoundLine
from waystation.kernel import scope
from waystation.kernel.acts import do, may_create
from waystation.kernel.models import Office, Partition, RawFile
from waystation.kernel.refusals import require
from waystation.kernel.values import plain, today


def require_planner() -> None:
    """Raise Refused ``kernel.not_allowed`` unless the asking person may plan rounds somewhere."""
    asked = on_rounds.plan
    require(may_create(asked, scope.current()), "kernel.not_allowed", act=asked.verb, rule=asked.by.sentence)


def round_held(*, key: RoundKey) -> RoundLine | None:
    """The round the house holds under a key, or None."""
    found = rounds_of(key).filter(number=key.number).first()
    return line_of(found) if found else None


def round_before(*, key: RoundKey) -> RoundLine | None:
    """The last round of the same series, before this number, that holds rows; or None."""
    found = rounds_of(key).filter(number__lt=key.number, data_version__gt=0).order_by("-number").first()
    return line_of(found) if found else None


def in_the_way(*, held: RoundLine | None, day: date) -> tuple[str, dict[str, Any]] | None:
    """Why rows that report on a day cannot go into a round (or make a new one), as a refusal's code and its words."""
    if not on_rounds.EARLIEST <= day <= today():
        return "tracking.date_impossible", {"date": day}
    if held is None:
        return None
    if held.reporting_date != day:
        return "tracking.other_date", {"round": held, "date": held.reporting_date, "said": day}
    if held.state not in on_rounds.receive.sources:
        return "tracking.round_closed", {"round": held, "state": held.state}
    return None


def begin_round(*, key: RoundKey, day: date, office: Office, main_component: str) -> RoundLine:
    """A new round, planned and begun; its operation is opened when there is none, and
    left out of the country's total where another one counts in it. Raises Refused as the acts do."""
    operation = Operation.objects.filter(name__iexact=key.operation, country__iso3=key.country).first()
    if operation is None:
        counted = Operation.objects.filter(country__iso3=key.country, in_total=True).exists()
        operation = do(
            on_operations.open_operation, office=office, name=key.operation, country=key.country,
            main_component=main_component, in_total=not counted,
        ).record  # fmt: skip
    fresh = do(
        on_rounds.plan, operation=operation, number=key.number, reporting_date=day, component=key.component
    ).record
    return line_of(do(on_rounds.begin, fresh).record)


def receive(
    *,
    into: RoundLine,
    partitions: list[Partition],
    origins: list[RawFile],
    findings: Iterable[FindingRow],
    planned: int | None,
    assessed: int | None,
) -> RoundLine:
    """Have a round take in the next version of its rows (the first partition) with what was found in them.

    ``planned`` and ``assessed`` count places; None leaves what is known. Raises Refused as the act does.
    """
    made = [
        Finding(
            rule=one.rule, blocking=one.blocking, place=one.place[:120], origin_row=one.row, column=one.column,
            details={name: plain(value) for name, value in one.details.items() if value is not None},
        )
        for one in findings
    ]  # fmt: skip
    done = do(
        on_rounds.receive, Round.objects.get(pk=into.pk), partitions=partitions, origins=origins, findings=made,
        planned_locations=planned, assessed_locations=assessed,
    )  # fmt: skip
    return line_of(done.record)


def rounds_out(*, refs: Sequence[str] | None = None) -> list[OutRound]:
    """The rounds that are out and that the asking scope may see (of ``refs``, or all), by reference."""
    return out.rounds_out(refs)
