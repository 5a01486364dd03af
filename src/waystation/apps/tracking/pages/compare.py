"""Two rounds of a series side by side: where the number changed, and what the change is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from waystation.apps.tracking.models import Round
from waystation.apps.tracking.pages import telling
from waystation.apps.tracking.pages.reading import LEVELS, Reading, find_operation, read
from waystation.apps.tracking.queries.between import AreaChange, Change, change_of, may_be_told
from waystation.apps.tracking.queries.changes import PARTS
from waystation.apps.tracking.queries.series import areas_of
from waystation.apps.tracking.shapes import DISPLACED
from waystation.kernel.codelists import codelist
from waystation.kernel.pages import Asked, page
from waystation.kernel.refusals import Refused
from waystation.kernel.screens import (
    Block,
    Choice,
    Column,
    Link,
    Notice,
    Number,
    Numbers,
    Screen,
    Sentence,
    Table,
)

Areas = Mapping[str, Mapping[str, Any]]


@page("tracking/operations/<str:ref>/compare/", public=True)
def compare(asked: Asked) -> Screen:
    """Displaced people in two published rounds of a series."""
    here = find_operation(asked.names["ref"])
    home = Link(here.name, telling.address(here))
    parents = (Link(_("Displacement"), "/tracking/"), home)
    reading = read(here, Asked(asked.names, {k: v for k, v in asked.query.items() if k in ("component", "level")}))
    rounds = reading.series.published if reading else []
    if reading is None or len(rounds) < 2:
        told = _("Two published rounds are needed to compare. Open the operation to see what there is.")
        return Screen(here.name, [Notice(told)], links=(home,), parents=parents)
    earlier, later = _chosen(rounds, asked)
    blocks, credits = _blocks(reading, earlier, later)
    part = reading.series.out[later.ref].observations
    title = _("{operation}: round {earlier} and round {later}")
    said = {"operation": here.name, "earlier": str(earlier.number), "later": str(later.number)}
    summary = _("Displaced people on {first} and on {last}, and what the difference is made of.")
    return Screen(
        Sentence(title, said), [*_controls(reading, rounds, earlier, later), *blocks],
        Sentence(summary, {"first": earlier.reporting_date, "last": later.reporting_date}), (),
        "; ".join(filter(None, [f"{part.attribution or part.source} ({part.licence})", *credits])), later.reporting_date, parents,
    )  # fmt: skip


def _chosen(rounds: list[Round], asked: Asked) -> tuple[Round, Round]:
    """The rounds asked for, the earlier first; unsaid, the last two. Raises Refused ``kernel.not_found``."""
    by_number = {str(one.number): one for one in rounds}
    later = asked.query.get("to") or str(rounds[-1].number)
    first = asked.query.get("from") or next(
        (str(one.number) for one in reversed(rounds) if str(one.number) != later), later
    )
    for said in (first, later):
        if said not in by_number:
            raise Refused("kernel.not_found", ref=f"{rounds[0].operation.ref} {said}")
    one, other = sorted((by_number[first], by_number[later]), key=lambda round_: round_.number)
    return one, other


def _controls(reading: Reading, rounds: list[Round], earlier: Round, later: Round) -> list[Block]:
    options = [(str(one.number), telling.round_name(one)) for one in rounds]
    levels = [(str(level), Sentence(_("admin {level}"), {"level": level})) for level in LEVELS]
    return [
        Choice("from", _("From"), options, str(earlier.number)),
        Choice("to", _("To"), options, str(later.number)),
        Choice("level", _("Areas"), levels, str(reading.level)),
    ]


def _blocks(reading: Reading, earlier: Round, later: Round) -> tuple[list[Block], list[str]]:
    one, other = reading.series.out[earlier.ref], reading.series.out[later.ref]
    change = change_of(one, other) if earlier != later else None
    if change is None:
        return [Notice(_("There is nothing to compare: choose two rounds that counted displaced people."))], []
    told = [reading.mine or may_be_told(change, one, other, level) for level in (0, reading.level)]
    before, after = (areas_of(out, reading.level, DISPLACED) for out in (one, other))
    drawn, credits = _map(reading, earlier, later, before, after)
    blocks: list[Block] = [_numbers(reading, earlier, later, change if told[0] else None), *drawn]
    blocks += (
        [telling.told(change, earlier, later), telling.part_bars(change, earlier, later)]
        if told[0]
        else [Notice(telling.NOT_TOLD)]
    )
    blocks.append(_table(reading, earlier, later, before, after, change if told[1] else None))
    return blocks, credits


def _numbers(reading: Reading, earlier: Round, later: Round, change: Change | None) -> Numbers:
    totals = reading.series.totals()
    old, new = (totals.get((one.ref, DISPLACED)) for one in (earlier, later))
    differ = telling.difference(old, new)
    known = differ if isinstance(differ, int) else None
    url = ""
    if reading.series.before(later.number) == earlier:
        url = telling.figure("tracking.change_between_rounds", as_of=later.reporting_date, by="part", round=later.number,
                             operation=reading.operation.ref, assessment_type=later.assessment_type)  # fmt: skip
    number = _("Round {number}")
    return Numbers([
        Number(Sentence(number, {"number": str(earlier.number)}), telling.number(old), telling.PEOPLE, _places(earlier)),
        Number(Sentence(number, {"number": str(later.number)}), telling.number(new), telling.PEOPLE, _places(later)),
        Number(_("Change"), known, telling.PEOPLE, "" if known is not None else differ or "", url),
        Number(_("Of it only coverage"), change.whole.coverage if change else None, telling.PEOPLE,
               "" if change else telling.HIDDEN),
    ])  # fmt: skip


def _places(one: Round) -> Any:
    if one.planned_locations is None or one.assessed_locations is None:
        return ""
    return Sentence(
        _("{assessed} of {planned} places"), {"assessed": one.assessed_locations, "planned": one.planned_locations}
    )


def _map(reading: Reading, earlier: Round, later: Round, before: Areas, after: Areas) -> tuple[list[Block], list[str]]:
    code = f"admin{reading.level}_code"
    values: dict[str, tuple[int | None, Any]] = {}
    for path in {**before, **after}:
        old, new = before.get(path), after.get(path)
        differ = telling.difference(old, new)
        only = _("counted in one of the rounds only") if old is None or new is None else telling.HIDDEN
        where = (new or old or {}).get(code)
        if where:
            values[where] = (differ, "") if isinstance(differ, int) else (None, only)
    said = {"earlier": str(earlier.number), "later": str(later.number)}
    return telling.area_map(
        reading.operation, reading.level, later.reporting_date, values, signed=True,
        title=Sentence(_("Change from round {earlier} to round {later} by area"), said),
        alt=Sentence(_("Map of the change in displaced people from round {earlier} to round {later} by area."), said),
    )  # fmt: skip


def _table(reading: Reading, earlier: Round, later: Round, before: Areas, after: Areas, change: Change | None) -> Table:
    level, names = reading.level, codelist("tracking.change_part")
    parts = {"/".join(one.path): one for one in change.areas[level]} if change else None
    rows = []
    for path in sorted({**before, **after, **(parts or {})}):
        old, new, of = before.get(path), after.get(path), (parts or {}).get(path)
        row = new or old
        rows.append({
            "area": telling.area_name(row, level) if row else (of.name if of and of.name else _("not said")),
            "before": telling.count(old), "after": telling.count(new), "change": telling.difference(old, new),
            **_parts(of, parts is None),
        })  # fmt: skip
    number = _("Round {number}")
    columns = [
        Column("area", _("Area")),
        Column("before", Sentence(number, {"number": str(earlier.number)}), "number"),
        Column("after", Sentence(number, {"number": str(later.number)}), "number"),
        Column("change", _("Change"), "number"),
        *(Column(part, names.label(part), "number") for part in PARTS),
    ]
    totals = reading.series.totals()
    old, new = (totals.get((one.ref, DISPLACED)) for one in (earlier, later))
    total = {"area": _("Whole country"), "before": telling.count(old), "after": telling.count(new),
             "change": telling.difference(old, new), **_parts(change.whole if change else None, change is None)}  # fmt: skip
    title = Sentence(_("Areas, admin {level}"), {"level": level})
    return Table(
        columns,
        rows,
        title,
        telling.METHOD if change else telling.NOT_TOLD,
        total,
        _("No row names an area of this level."),
    )


def _parts(of: AreaChange | None, hidden: bool) -> dict[str, Any]:
    if hidden:
        return dict.fromkeys(PARTS, telling.HIDDEN)
    return {part: of.parts[part] if of else None for part in PARTS}
