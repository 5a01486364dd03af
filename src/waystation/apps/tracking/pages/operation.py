"""An operation: its rounds on a slider, the areas of one on a map, what it changed, how sure it is, what belongs to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from waystation.apps.counting.api import change_of, may_be_told, rows_at, sure_of
from waystation.apps.counting.shapes import DISPLACED, Change
from waystation.apps.tracking.models import Operation, Round
from waystation.apps.tracking.pages import beside, telling
from waystation.apps.tracking.pages.reading import Reading, find_operation, groups, read
from waystation.apps.tracking.queries.series import areas_of, sites_of
from waystation.kernel import scope, screens
from waystation.kernel.codelists import codelist
from waystation.kernel.pages import Asked, page
from waystation.kernel.screens import Block, Column, Link, Notice, Sentence


@page("tracking/operations/<str:ref>/", public=True)
def operation(asked: Asked) -> screens.Screen:
    """One operation at one of its rounds."""
    here = find_operation(asked.names["ref"])
    reading = read(here, asked)
    if reading is None:
        told = _("No round is published yet. Whoever runs tracking plans one, or brings a file of it.")
        return _screen(here, [Notice(told)], _("No round is published yet."))
    blocks: list[Block] = [*_state(reading), *_controls(reading)]
    credits: list[str] = []
    if reading.shown is None:
        told = _("This round has no data yet. Bring its file, or choose another round.")
        blocks += [Notice(told), *_trend(reading), *beside.findings(reading)]
    else:
        areas = areas_of(reading.shown, reading.level, reading.group)
        drawn, credits = _map(reading, areas)
        blocks += [_numbers(reading), *drawn, *_change(reading), *_trend(reading), _areas(reading, areas), *_reasons(reading),
                   *_confidence(reading), *beside.findings(reading), *beside.versions(reading), *beside.downloads(reading)]  # fmt: skip
    summary = Sentence(_("{component} in {country}: {round}, number {place} in a series of {all}."), {
        "component": telling.component(reading.series.component), "country": here.country.name,
        "round": telling.round_name(reading.round), "place": list(reading.series.rounds).index(reading.round) + 1,
        "all": len(reading.series.rounds),
    })  # fmt: skip
    return _screen(here, blocks, summary, reading, credits)


def _screen(
    here: Operation, blocks: list[Block], summary: Any, reading: Reading | None = None, credits: list[str] | None = None
) -> screens.Screen:
    links = []
    if reading is not None and len(reading.series.published) > 1:
        links.append(
            Link(_("Compare two rounds"), telling.address(here, "compare/", component=reading.query["component"]))
        )
    if scope.current().actor is not None:
        links.append(Link(_("Its record"), f"/r/tracking.operations/{here.ref}/"))
    shown = reading.shown if reading else None
    source = telling.source_of(shown.observations, credits or ()) if shown else ""
    return screens.Screen(
        here.name, blocks, summary, links, source, reading.round.reporting_date if reading else None,
        (Link(_("Displacement"), "/tracking/"), Link(here.country.name, f"/places/{here.country_id}/")),
    )  # fmt: skip


def _state(reading: Reading) -> list[Block]:
    """What a reader must know before reading the numbers."""
    told: list[Block] = []
    if reading.operation.state == "closed":
        told.append(Notice(_("This operation is closed: no further rounds follow.")))
    if reading.shown is not None and not reading.published:
        version, state = reading.shown.observations.version, telling.state(reading.round)
        text = _("This is version {version} of the round ({state}), not what is published. Only its team sees it.")
        told.append(Notice(Sentence(text, {"version": version, "state": state}), "attention"))
    old = telling.age(reading.round.reporting_date)
    if old and reading.round == reading.series.rounds[-1]:
        told.append(Notice(Sentence(_("These data are {age}."), {"age": old}), "attention"))
    if not reading.operation.in_total or reading.series.component != reading.operation.main_component:
        why = reading.operation.total_note if not reading.operation.in_total else ""
        text = _("Its people are not added to the country's total: others count them too.")
        told.append(Notice(f"{text} {why}".strip()))
    return told


def _controls(reading: Reading) -> list[Block]:
    steps = [(str(one.number), _step(reading, one), one.coverage) for one in reading.series.rounds]
    found: list[Block] = [screens.Slider("round", _("Round"), steps, str(reading.round.number))]
    if len(reading.all) > 1:
        options = [(name, telling.component(name)) for name in reading.all]
        found.append(screens.Choice("component", _("Component"), options, reading.series.component))
    found.append(telling.level_choice(reading.level))
    held = groups(reading.totals)
    if len(held) > 1:
        found.append(
            screens.Choice("group", _("Population group"), [(g, telling.group(g)) for g in held], reading.group)
        )
    return found


def _step(reading: Reading, one: Round) -> Any:
    """A round on the slider; one that is not out says its state."""
    said = one.reporting_date if one.ref in reading.series.out else telling.state(one)
    return Sentence("{number} · {said}", {"number": str(one.number), "said": said})


def _sure(reading: Reading) -> tuple[Mapping[str, float], int | None]:
    """Shares of people by confidence and the number of households; none of what small counts could be worked out of."""
    total = reading.totals.get(reading.group)
    if reading.shown is None or total is None or total["hidden"]:
        return {}, None
    people, households = sure_of(reading.shown.observations, reading.group)
    whole, least = sum(people.values()), 1 if reading.mine else reading.operation.min_cell
    small = any(0 < n < least for n in people.values())
    return {} if small or not whole else {word: n / whole for word, n in people.items()}, households


def _numbers(reading: Reading) -> screens.Numbers:
    total, round_ = reading.totals.get(reading.group), reading.round
    shares, households = _sure(reading)
    where = {"operation": reading.operation.ref, "round": round_.number, "population_group": reading.group}
    where["assessment_type"] = round_.assessment_type
    url = telling.figure("tracking.people_present", as_of=round_.reporting_date, **where) if reading.published else ""
    hidden = _("hidden, because the count is small") if total is not None and total["hidden"] else ""
    high = screens.Percent(shares["high"]) if shares and shares["unknown"] < 1 else None
    sure = _("of the people") if high else _("too little is known of them") if shares else ""
    coverage = None if round_.coverage is None else screens.Percent(round_.coverage)
    return screens.Numbers([
        screens.Number(telling.group(reading.group), telling.number(total), telling.PEOPLE, hidden, url),
        screens.Number(_("Households"), households, "", hidden),
        screens.Number(_("Coverage"), coverage, "", telling.places_of(round_)),
        screens.Number(_("Counts of high confidence"), high, sure),
    ])  # fmt: skip


def _map(reading: Reading, areas: Mapping[str, Mapping[str, Any]]) -> tuple[list[Block], list[str]]:
    level = reading.level
    values = {
        row[f"admin{level}_code"] or "": (telling.number(row), telling.HIDDEN if row["hidden"] else "")
        for row in areas.values()
    }
    values.pop("", None)
    said = {"group": telling.group(reading.group), "round": telling.round_name(reading.round), "level": level}
    sites: list[screens.Dot] = []
    if reading.mine and reading.shown is not None:
        for one in sites_of(reading.shown.observations, reading.group):
            name = one["location_name"] or one["location_code"] or _("a place")
            sites.append(screens.Dot(one["location_code"] or "", name, one["longitude"], one["latitude"], one["n"]))
    return telling.area_map(
        reading.operation, level, reading.round.reporting_date, values, sites=sites,
        title=Sentence(_("{group} by area, {round}"), said),
        alt=Sentence(_("Map of {group} by admin {level} area, {round}; darker areas hold more people."), said),
    )  # fmt: skip


def _trend(reading: Reading) -> list[Block]:
    totals, group = reading.series.totals(), reading.group
    points = [
        screens.Point(
            one.reporting_date, telling.number(totals.get((one.ref, group))), "", one.coverage, telling.round_name(one)
        )
        for one in reading.series.published
    ]
    if len(points) < 2:
        return []
    said = {"group": telling.group(group)}
    return [screens.Trend(
        Sentence(_("{group} over the rounds"), said),
        Sentence(_("{group} in each published round, with the coverage of places beneath."), said),
        points, telling.PEOPLE, _("Gaps are rounds that did not count this group, or whose count is hidden."),
    )]  # fmt: skip


def _earlier(reading: Reading) -> tuple[Round, Change] | None:
    """The round before, with what changed since; None where there is nothing to compare."""
    before = reading.series.before(reading.round.number)
    if before is None or not reading.published or reading.group != DISPLACED or reading.shown is None:
        return None
    change = change_of(reading.series.out[before.ref], reading.shown)
    return (before, change) if change else None


def _told(reading: Reading, earlier: Round, change: Change, level: int) -> bool:
    """Whether this reader is shown the parts of the change at a level."""
    assert reading.shown is not None  # noqa: S101  # there is no change without rows
    return reading.mine or may_be_told(change, reading.series.out[earlier.ref], reading.shown, level)


def _change(reading: Reading) -> list[Block]:
    found = _earlier(reading)
    if found is None:
        return []
    earlier, change = found
    return telling.told(change if _told(reading, earlier, change, 0) else None, earlier, reading.round)


def _areas(reading: Reading, areas: Mapping[str, Mapping[str, Any]]) -> screens.Table:
    """The areas of the round, and against the round before it where both say."""
    level, found = reading.level, _earlier(reading)
    columns = [Column("area", _("Area")), Column("code", _("Code"))]
    columns.append(Column("people", telling.group(reading.group), "number"))
    rows = {path: telling.area_row(row, level) | {"people": telling.count(row)} for path, row in areas.items()}
    caption: Any = ""
    if found is not None:
        earlier, change = found
        before = areas_of(reading.series.out[earlier.ref], level, reading.group)
        for path, old in before.items():
            rows.setdefault(path, telling.area_row(old, level) | {"people": None})
        for path, row in rows.items():
            row["change"] = telling.difference(before.get(path), areas.get(path))
        since = Sentence(_("Change since round {number}"), {"number": str(earlier.number)})
        columns.append(Column("change", since, "number"))
        if _told(reading, earlier, change, level):
            parts = {"/".join(one.path): one.coverage for one in change.areas[level]}
            for path, row in rows.items():
                row["coverage"] = parts.get(path)
            columns.append(Column("coverage", _("Of it coverage"), "number"))
            caption = telling.METHOD
    total = {"area": _("Whole country"), "people": telling.count(reading.totals.get(reading.group))}
    title = Sentence(_("Areas, admin {level}"), {"level": level})
    empty = _("No row of this round names an area of this level. Choose another level.")
    ordered = [rows[path] for path in sorted(rows)]
    return screens.Table(columns, ordered, title, caption, total if ordered else None, empty)


def _reasons(reading: Reading) -> list[Block]:
    """Why people were displaced, as far as no reason's count is hidden."""
    if reading.group != DISPLACED or reading.shown is None:
        return []
    names = codelist("tracking.reason")
    found: dict[str, int | None] = {}
    for row in rows_at([reading.shown], 0, detail=True).to_pylist():
        reason = row["reason"] or "unknown"
        n, before = telling.number(row), found.get(reason, 0)
        found[reason] = None if n is None or before is None else before + n
    if not found or set(found) == {"unknown"}:
        return []
    items = [(names.label(code), n) for code, n in found.items()]
    return [screens.Bars(_("Why they were displaced"), _("Displaced people by reason"), items, telling.PEOPLE)]


def _confidence(reading: Reading) -> list[Block]:
    shares, _households = _sure(reading)
    if not shares:
        return []
    text = _(
        "Confidence in these counts, by share of the people: high {high}, medium {medium}, low {low}, too little known {unknown}. "
        "It is made of the number and kinds of informants, their agreement, the age of the count and the access to the "
        "place, by a formula of this system (docs/methods.md)."
    )
    return [Notice(Sentence(text, {word: screens.Percent(share) for word, share in shares.items()}))]
