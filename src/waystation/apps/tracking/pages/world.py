"""Displacement in the world: what was tracked last, where, and how old it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from waystation.apps.counting.api import rows_at
from waystation.apps.counting.shapes import DISPLACED
from waystation.apps.places import api as places
from waystation.apps.tracking.models import Finding, Operation, Round
from waystation.apps.tracking.pages import telling
from waystation.apps.tracking.queries.out import rounds_out
from waystation.kernel import scope, screens
from waystation.kernel.pages import Asked, page
from waystation.kernel.screens import Block, Column, Link, Notice, Sentence
from waystation.kernel.values import today

TEAM = frozenset({"tracking.manage", "tracking.validate", "tracking.publish"})


@dataclass(frozen=True)
class Known:
    """A round that is out and the row of its displaced people in the whole country (None: it did not count them)."""

    round: Round
    row: Mapping[str, Any] | None


@page("tracking/", menu=gettext_lazy("Displacement"), public=True)
def world(asked: Asked) -> screens.Screen:
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
    return screens.Screen(
        title=_("Displacement"),
        summary=_(
            "Displaced people in the last published round of every operation; rounds differ in date and coverage."
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
    published = {one.key for one in out}
    found: dict[tuple[int, str], list[Known]] = defaultdict(list)
    for one in Round.objects.filter(published_version__isnull=False).order_by("reporting_date", "number"):
        if one.ref in published:
            found[one.operation_id, one.component].append(Known(one, counted.get(one.ref)))
    return dict(found)


def _numbers(
    operations: Sequence[Operation], last: Mapping[int, Known], series: Mapping[tuple[int, str], Sequence[Known]]
) -> screens.Numbers:
    days = sorted(one.round.reporting_date for one in last.values())
    rounds = sum(map(len, series.values()))
    span = Sentence(_("reported between {first} and {last}"), {"first": days[0], "last": days[-1]}) if days else ""
    latest = Sentence(_("the latest reports on {day}"), {"day": days[-1]}) if days else ""
    countries = {one.country_id for one in operations if one.pk in last}
    active = [one for one in operations if one.state == "active"]
    url = telling.figure("tracking.idps_tracked", as_of=today(), by="operation")
    return screens.Numbers([
        screens.Number(_("Displaced people tracked"), _together(last.values()), telling.PEOPLE, span, url),
        screens.Number(_("Countries"), len(countries)),
        screens.Number(_("Active operations"), len(active), "", Sentence(_("of {all}"), {"all": len(operations)})),
        screens.Number(_("Published rounds"), rounds, "", latest),
    ])  # fmt: skip


def _left_out(
    operations: Sequence[Operation], series: Mapping[tuple[int, str], Sequence[Known]], last: Mapping[int, Known]
) -> list[Block]:
    """What the total does not hold, and why."""
    told: list[Any] = []
    for one in operations:
        held = [component for pk, component in series if pk == one.pk]
        beside = [telling.component(name) for name in held if name != one.main_component]
        if not one.in_total and held:
            why = one.total_note or _("its people may be counted by another operation")
            text = _("{operation} is not in the total: {why}.")
            told.append(Sentence(text, {"operation": one.name, "why": why.rstrip(".")}))
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
        country = several[0].country
        if not found:
            nowhere.append(country.name)
            continue
        outlines += [one.geometry for one in found]
        credits += [one.attribution or one.source for one in found]
        spot = shapely.point_on_surface(shapely.union_all([shapely.geometry.shape(one.geometry) for one in found]))
        url = telling.address(several[0]) if len(several) == 1 else f"/places/{iso3}/"
        dots.append(screens.Dot(iso3, country.name, spot.x, spot.y, _together(last[one.pk] for one in several), url))
    blocks: list[Block] = []
    if dots:
        alt = _("Map with a circle for each country, as large as its number of displaced people.")
        blocks.append(screens.Map(_("Where people are displaced"), alt, dots=dots, unit=telling.PEOPLE, note=telling.BORDERS,
                          outline=outlines))  # fmt: skip
    if nowhere:
        text = _("Not on the map, because no boundaries of them are held that may be shown: {countries}.")
        blocks.append(Notice(Sentence(text, {"countries": nowhere})))
    return blocks, credits


def _trend(counting: Sequence[Operation], series: Mapping[tuple[int, str], Sequence[Known]]) -> list[Block]:
    """The total as each new round made it: every operation stands with its last round up to the day."""
    rounds = sorted(
        (known.round.reporting_date, known.round.number, one.pk, known)
        for one in counting
        for known in series[one.pk, one.main_component]
    )
    standing: dict[int, Known] = {}
    points: dict[date, screens.Point] = {}
    for day, _number, pk, known in rounds:
        standing[pk] = known
        covered = _covered([one.round for one in standing.values()])
        points[day] = screens.Point(day, _together(standing.values()), coverage=covered)
    if len(points) < 2:
        return []
    return [screens.Trend(
        _("Displaced people tracked over time"),
        _("Total of the last rounds up to each reporting date, with the coverage of those rounds."),
        list(points.values()), telling.PEOPLE,
        _("A new operation or wider coverage raises the line without anyone having fled; each operation's page tells them apart."),
    )]  # fmt: skip


def _together(known: Iterable[Known]) -> int | None:
    """People of several rounds, as far as they are shown; None where none is."""
    people = [n for one in known if (n := telling.number(one.row)) is not None]
    return sum(people) if people else None


def _covered(rounds: Sequence[Round]) -> float | None:
    known = [(one.planned_locations, one.assessed_locations) for one in rounds if one.coverage is not None]
    return sum(a or 0 for _p, a in known) / sum(p or 0 for p, _a in known) if known else None


def _table(operations: Sequence[Operation], series: Mapping[tuple[int, str], Sequence[Known]]) -> screens.Table:
    team = bool(TEAM & scope.current().duties)
    found = Finding.objects.filter(state="found").values_list("round__operation", "round__component")
    open_ones = {(pk, name): n for pk, name, n in found.annotate(n=Count("pk"))} if team else {}
    rows = []
    for one in operations:
        held = [name for pk, name in series if pk == one.pk]
        for name in sorted(held, key=lambda part: part != one.main_component) or [""]:
            rows.append(_line(one, name, series.get((one.pk, name), ()), open_ones))
    columns = [
        Column("country", _("Country"), "link"), Column("operation", _("Operation"), "link"), Column("component", _("Component")),
        Column("round", _("Last round"), "number"), Column("date", _("Reporting date"), "date"),
        Column("people", _("Displaced people"), "number"), Column("coverage", _("Coverage"), "share"),
        *([Column("total", _("In the total"))] if any(row["total"] == _("no") for row in rows) else []),
        *([Column("age", _("Age of the data"))] if any(row["age"] for row in rows) else []),
        *([Column("findings", _("Open findings"), "number")] if team else []),
    ]  # fmt: skip
    empty = _("No operation tracks displacement yet. Whoever runs tracking opens one, or brings a file of a round.")
    return screens.Table(columns, rows, title=_("Operations"), empty=empty)


def _line(
    one: Operation, name: str, rounds: Sequence[Known], open_ones: Mapping[tuple[int, str], int]
) -> dict[str, Any]:
    last = rounds[-1] if rounds else None
    counts = bool(last) and one.in_total and name == one.main_component
    return {
        "country": Link(one.country.name, f"/places/{one.country_id}/"),
        "operation": Link(one.name, telling.address(one, component=name if name != one.main_component else "")),
        "component": telling.component(name) if name else _("nothing published yet"),
        **(
            {
                "round": last.round.number,
                "date": last.round.reporting_date,
                "people": telling.count(last.row),
                "coverage": last.round.coverage,
            }
            if last
            else dict.fromkeys(("round", "date", "people", "coverage"))
        ),
        "total": _("yes") if counts else _("no"),
        "age": telling.age(last.round.reporting_date) if last else "",
        "findings": open_ones.get((one.pk, name or one.main_component), 0),
    }
