"""Displacement in the world: what was tracked last, where, and how old it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from waystation.apps.places import api as places
from waystation.apps.tracking.models import Finding, Operation, Round
from waystation.apps.tracking.pages import telling
from waystation.apps.tracking.queries.published import rounds_out, rows_at
from waystation.apps.tracking.shapes import DISPLACED
from waystation.kernel import scope
from waystation.kernel.pages import Asked, page
from waystation.kernel.screens import (
    Block,
    Column,
    Dot,
    Link,
    Map,
    Notice,
    Number,
    Numbers,
    Point,
    Screen,
    Sentence,
    Table,
    Trend,
)
from waystation.kernel.values import today

TEAM = frozenset({"tracking.manage", "tracking.validate", "tracking.publish"})


@dataclass(frozen=True)
class Known:
    """A round that is out and the row of its displaced people in the whole country (None: it did not count them)."""

    round: Round
    row: Mapping[str, Any] | None


@page("tracking/", menu=gettext_lazy("Displacement"), public=True)
def world(asked: Asked) -> Screen:
    """All operations: the total, a map, the trend, and each operation's last round."""
    operations = list(Operation.objects.select_related("country").order_by("country__name_en", "name"))
    series = _series(operations)
    counting = [one for one in operations if one.in_total and (one.pk, one.main_component) in series]
    last = {one.pk: series[one.pk, one.main_component][-1] for one in counting}
    blocks: list[Block] = [_numbers(operations, last, series), *_left_out(operations, series, last)]
    drawn, credits = _map(counting, last)
    blocks += [*drawn, *_trend(counting, series), _table(operations, series)]
    sources = {one.observations.attribution or one.observations.source for one in rounds_out()}
    dates = [one.round.reporting_date for one in last.values()]
    return Screen(
        title=_("Displacement"),
        summary=_(
            "Displaced people in the last published round of every operation. Rounds differ in date and coverage."
        ),
        blocks=blocks,
        links=(Link(_("Open data"), "/open/"),),
        source="; ".join(dict.fromkeys(filter(None, [*sorted(sources), *credits]))),
        as_of=max(dates, default=None),
    )


def _series(operations: Sequence[Operation]) -> dict[tuple[int, str], list[Known]]:
    """Rounds that are out by operation and component, the last at the end."""
    out = rounds_out()
    counted = {row["key"]: row for row in rows_at(out, 0).to_pylist() if row["population_group"] == DISPLACED}
    records = Round.objects.filter(ref__in=[one.key for one in out]) if len(out) < 500 else Round.objects.all()
    published = {one.key for one in out}
    found: dict[tuple[int, str], list[Known]] = defaultdict(list)
    for one in records.order_by("reporting_date", "number"):
        if one.ref in published:
            found[one.operation_id, one.component].append(Known(one, counted.get(one.ref)))
    return dict(found)


def _numbers(
    operations: Sequence[Operation], last: Mapping[int, Known], series: Mapping[tuple[int, str], Sequence[Known]]
) -> Numbers:
    people = [n for one in last.values() if (n := telling.number(one.row)) is not None]
    days = sorted(one.round.reporting_date for one in last.values())
    rounds = sum(map(len, series.values()))
    span = Sentence(_("reported between {first} and {last}"), {"first": days[0], "last": days[-1]}) if days else ""
    latest = Sentence(_("the latest reports on {day}"), {"day": days[-1]}) if days else ""
    countries = {one.country_id for one in operations if one.pk in last}
    active = [one for one in operations if one.state == "active"]
    url = telling.figure("tracking.idps_tracked", as_of=today(), by="operation")
    return Numbers([
        Number(_("Displaced people tracked"), sum(people) if people else None, telling.PEOPLE, span, url),
        Number(_("Countries"), len(countries)),
        Number(_("Active operations"), len(active), "", Sentence(_("of {all}"), {"all": len(operations)})),
        Number(_("Published rounds"), rounds, "", latest),
    ])  # fmt: skip


def _left_out(
    operations: Sequence[Operation], series: Mapping[tuple[int, str], Sequence[Known]], last: Mapping[int, Known]
) -> list[Block]:
    """What the total does not hold, and why."""
    told: list[Any] = []
    for one in operations:
        held = [component for pk, component in series if pk == one.pk]
        beside = ", ".join(telling.component(name) for name in held if name != one.main_component)
        if not one.in_total and held:
            why = one.total_note or _("its people may be counted by another operation")
            told.append(
                Sentence(_("{operation} is not in the total: {why}."), {"operation": one.name, "why": why.rstrip(".")})
            )
        elif beside:
            text = _("Of {operation}, only {main} is in the total, not {beside}: the same people would be added twice.")
            values = {"operation": one.name, "main": telling.component(one.main_component), "beside": beside}
            told.append(Sentence(text, values))
        row = last[one.pk].row if one.pk in last else None
        if row is not None and row["hidden"]:
            told.append(Sentence(_("{operation} is not in the total: its count is hidden."), {"operation": one.name}))
    return [Notice(" ".join(map(str, told)))] if told else []


def _map(counting: Sequence[Operation], last: Mapping[int, Known]) -> tuple[list[Block], list[str]]:
    """A circle for each country, over its outline where one is held."""
    held: dict[str, list[Operation]] = defaultdict(list)
    for one in counting:
        held[one.country_id].append(one)
    dots, outlines, nowhere, credits = [], [], [], []
    for iso3, several in held.items():
        found = places.outlines(country=iso3, level=0) or places.outlines(country=iso3, level=1)
        people = [n for one in several if (n := telling.number(last[one.pk].row)) is not None]
        country = several[0].country
        if not found:
            nowhere.append(country.name)
            continue
        outlines += [one.geometry for one in found]
        credits += [one.attribution or one.source for one in found]
        spot = shapely.point_on_surface(shapely.union_all([shapely.geometry.shape(one.geometry) for one in found]))
        url = telling.address(several[0]) if len(several) == 1 else f"/places/{iso3}/"
        dots.append(Dot(iso3, country.name, spot.x, spot.y, sum(people) if people else None, url))
    blocks: list[Block] = []
    if dots:
        alt = _("Map with a circle for each country, as large as its number of displaced people.")
        blocks.append(Map(_("Where people are displaced"), alt, dots=dots, unit=telling.PEOPLE, note=telling.BORDERS,
                          outline=outlines))  # fmt: skip
    if nowhere:
        text = _("Not on the map, because no boundaries of them are held: {countries}.")
        blocks.append(Notice(Sentence(text, {"countries": ", ".join(nowhere)})))
    return blocks, credits


def _trend(counting: Sequence[Operation], series: Mapping[tuple[int, str], Sequence[Known]]) -> list[Block]:
    """The total as each new round made it: every operation stands with its last round up to the day."""
    rounds = sorted(
        (known.round.reporting_date, known.round.number, one.pk, known)
        for one in counting
        for known in series[one.pk, one.main_component]
    )
    standing: dict[int, Known] = {}
    points: dict[date, Point] = {}
    for day, _number, pk, known in rounds:
        standing[pk] = known
        people = [n for one in standing.values() if (n := telling.number(one.row)) is not None]
        points[day] = Point(
            day, sum(people) if people else None, coverage=_covered([k.round for k in standing.values()])
        )
    if len(points) < 2:
        return []
    return [Trend(
        _("Displaced people tracked over time"),
        _("Total of the last rounds up to each reporting date, with the coverage of those rounds."),
        list(points.values()), telling.PEOPLE,
        _("A new operation or wider coverage raises the line without anyone having fled; each operation's page tells them apart."),
    )]  # fmt: skip


def _covered(rounds: Sequence[Round]) -> float | None:
    known = [(one.planned_locations, one.assessed_locations) for one in rounds if one.coverage is not None]
    return sum(a or 0 for _p, a in known) / sum(p or 0 for p, _a in known) if known else None


def _table(operations: Sequence[Operation], series: Mapping[tuple[int, str], Sequence[Known]]) -> Table:
    team = bool(TEAM & scope.current().duties)
    found = Finding.objects.filter(state="found").values_list("round__operation", "round__component")
    open_ones = {(pk, name): n for pk, name, n in found.annotate(n=Count("pk"))} if team else {}
    rows = []
    for one in operations:
        held = [name for pk, name in series if pk == one.pk]
        for name in sorted(held, key=lambda part: part != one.main_component) or [""]:
            rows.append(_line(one, name, series.get((one.pk, name), ()), open_ones))
    columns = [
        Column("country", _("Country"), "link"),
        Column("operation", _("Operation"), "link"),
        Column("component", _("Component")),
        Column("round", _("Last round"), "number"),
        Column("date", _("Reporting date"), "date"),
        Column("people", _("Displaced people"), "number"),
        Column("coverage", _("Coverage"), "share"),
        Column("total", _("In the total")),
        Column("age", _("Age of the data")),
        *([Column("findings", _("Open findings"), "number")] if team else []),
    ]
    empty = _(
        "No operation tracks displacement yet. Whoever runs tracking opens one, or brings a file of a first round."
    )
    return Table(columns, rows, title=_("Operations"), empty=empty)


def _line(
    one: Operation, name: str, rounds: Sequence[Known], open_ones: Mapping[tuple[int, str], int]
) -> dict[str, Any]:
    last = rounds[-1] if rounds else None
    counts = bool(last) and one.in_total and name == one.main_component
    return {
        "country": Link(one.country.name, f"/places/{one.country_id}/"),
        "operation": Link(one.name, telling.address(one, component=name if name != one.main_component else "")),
        "component": telling.component(name) if name else _("nothing published yet"),
        "round": last.round.number if last else None,
        "date": last.round.reporting_date if last else None,
        "people": telling.count(last.row) if last else None,
        "coverage": last.round.coverage if last else None,
        "total": _("yes") if counts else _("no"),
        "age": telling.age(last.round.reporting_date) if last else "",
        "findings": open_ones.get((one.pk, name or one.main_component), 0),
    }
