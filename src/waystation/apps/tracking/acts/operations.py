"""Operations: opened, described, closed."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from waystation.apps.tracking.models import Operation
from waystation.apps.tracking.rules import manager
from waystation.kernel.acts import Outcome, act
from waystation.kernel.codelists import codelist
from waystation.kernel.models import Office
from waystation.kernel.refusals import Refused, require


@act("new -> active", by=manager, said=_("opened the operation"))
def open_operation(
    *,
    name: str,
    country: str,
    office: Office,
    main_component: str = "area",
    in_total: bool = True,
    total_note: str = "",
    protection_indicators: bool = False,
    pandemic_indicators: bool = False,
    informs_health: bool = False,
    min_cell: int = 0,
) -> Outcome:
    """Begin tracking a population in a country; its rounds will be numbered on their own.

    Where another operation counts in the country's total, ``total_note`` says why the people of both may be added.
    """
    from waystation.apps.places import api as places

    known = places.country(code=country)
    if known is None:
        raise Refused("tracking.unknown_country", country=country)
    _known_component(main_component)
    made = Operation(
        name=name.strip(), country_id=known.iso3, office=office, main_component=main_component, in_total=in_total,
        total_note=total_note, protection_indicators=protection_indicators, pandemic_indicators=pandemic_indicators,
        informs_health=informs_health, min_cell=min_cell,
    )  # fmt: skip
    _refuse_adding(made)
    return Outcome(record=made)


@act("active", by=manager, said=_("described the operation anew"))
def describe(
    operation: Operation,
    *,
    main_component: str = "",
    in_total: bool | None = None,
    total_note: str | None = None,
    protection_indicators: bool | None = None,
    pandemic_indicators: bool | None = None,
    informs_health: bool | None = None,
    min_cell: int | None = None,
) -> Outcome:
    """Change what the operation measures or how it counts; what is left out stays as it is."""
    if main_component:
        _known_component(main_component)
        operation.main_component = main_component
    said = {
        "in_total": in_total, "total_note": total_note, "protection_indicators": protection_indicators,
        "pandemic_indicators": pandemic_indicators, "informs_health": informs_health, "min_cell": min_cell,
    }  # fmt: skip
    for name, value in said.items():
        if value is not None:
            setattr(operation, name, value)
    _refuse_adding(operation)
    return Outcome()


@act("active -> closed", by=manager, said=_("closed the operation"), danger=True)
def close(operation: Operation) -> Outcome:
    """End tracking; what was published stays."""
    return Outcome()


@act("closed -> active", by=manager, said=_("took the operation up again"))
def reopen(operation: Operation) -> Outcome:
    """Take tracking up again."""
    return Outcome()


def _refuse_adding(operation: Operation) -> None:
    """Two operations of a country may have counted the same people: they are added only when somebody says why not."""
    if operation.in_total and not operation.total_note.strip():
        others = Operation.objects.filter(country_id=operation.country_id, in_total=True).exclude(pk=operation.pk)
        other = others.order_by("pk").first()
        require(other is None, "tracking.say_why_added", operation=operation, other=other)


def _known_component(component: str) -> None:
    known = codelist("tracking.component")
    require(component in known, "tracking.unknown_component", component=component, known=", ".join(known.codes))
