"""Two rounds of a series side by side: where the number changed, and what the change is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from waystation.apps.counting.api import change_of, may_be_told
from waystation.apps.counting.shapes import DISPLACED, PARTS, AreaChange, Change
from waystation.apps.tracking.models import Round
from waystation.apps.tracking.pages import telling
from waystation.apps.tracking.pages.reading import Reading, find_operation, read
from waystation.apps.tracking.queries.series import areas_of
from waystation.kernel import screens
from waystation.kernel.codelists import codelist
from waystation.kernel.pages import Asked, page
from waystation.kernel.refusals import Refused
from waystation.kernel.screens import Block, Column, Link, Notice, Sentence

Areas = Mapping[str, Mapping[str, Any]]


@page("tracking/operations/<str:ref>/compare/", public=True)
def compare(asked: Asked) -> screens.Screen:
    """Displaced people in two published rounds of a series."""
    here = find_operation(asked.names["ref"])
    home = Link(here.name, telling.address(here))
    parents = (Link(_("Displacement"), "/tracking/"), home)
    reading = read(here, Asked(asked.names, {k: v for k, v in asked.query.items() if k in ("component", "level")}))
    rounds = reading.series.published if reading else []
    if reading is None or len(rounds) < 2:
        told = _("Two published rounds are needed to compare. Open the operation to see what there is.")
        return screens.Screen(here.name, [Notice(told)], links=(home,), parents=parents)
    earlier, later = _chosen(rounds, asked)
    blocks, credits = _blocks(reading, earlier, later)
    source = telling.source_of(reading.series.out[later.ref].observations, credits)
    title = _("{operation}: round {earlier} and round {later}")
    said = {"operation": here.name, **telling.between(earlier, later)}
    summary = _("Displaced people on {first} and on {last}, and what the difference is made of.")
    days = {"first": earlier.reporting_date, "last": later.reporting_date}
    options = [(str(one.number), telling.round_name(one)) for one in rounds]
    asked_for = (("from", _("From"), earlier), ("to", _("To"), later))
    controls = [screens.Choice(name, label, options, str(one.number)) for name, label, one in asked_for]
    blocks = [*controls, telling.level_choice(reading.level), *blocks]
    return screens.Screen(
        Sentence(title, said), blocks, Sentence(summary, days), (), source, later.reporting_date, parents
    )


def _chosen(rounds: list[Round], asked: Asked) -> tuple[Round, Round]:
    """The rounds asked for, the earlier first; unsaid, the last two. Raises Refused ``kernel.not_found``."""
    by_number = {str(one.number): one for one in rounds}
    later = asked.query.get("to") or str(rounds[-1].number)
    first = asked.query.get("from") or next((n for n in reversed(by_number) if n != later), later)
    for said in (first, later):
        if said not in by_number:
            raise Refused("kernel.not_found", ref=f"{rounds[0].operation.ref} {said}")
    one, other = sorted((by_number[first], by_number[later]), key=lambda round_: round_.number)
    return one, other


def _blocks(reading: Reading, earlier: Round, later: Round) -> tuple[list[Block], list[str]]:
    one, other = reading.series.out[earlier.ref], reading.series.out[later.ref]
    change = change_of(one, other) if earlier != later else None
    if change is None:
        return [Notice(_("There is nothing to compare: choose two rounds that counted displaced people."))], []
    told = [reading.mine or may_be_told(change, one, other, level) for level in (0, reading.level)]
    before, after = (areas_of(out, reading.level, DISPLACED) for out in (one, other))
    drawn, credits = _map(reading, earlier, later, before, after)
    shown = change if told[0] else None
    blocks = [_numbers(reading, earlier, later, shown), *drawn, *telling.told(shown, earlier, later)]
    return [*blocks, _table(reading, earlier, later, before, after, change if all(told) else None)], credits


def _numbers(reading: Reading, earlier: Round, later: Round, change: Change | None) -> screens.Numbers:
    totals = reading.series.totals()
    old, new = (totals.get((one.ref, DISPLACED)) for one in (earlier, later))
    differ = telling.difference(old, new)
    known = differ if isinstance(differ, int) else None
    url = ""
    if reading.series.before(later.number) == earlier:
        url = telling.figure("tracking.change_between_rounds", as_of=later.reporting_date, by="part", round=later.number,
                             operation=reading.operation.ref, assessment_type=later.assessment_type)  # fmt: skip
    return screens.Numbers([
        *(screens.Number(_name(one), telling.number(row), telling.PEOPLE, telling.places_of(one))
          for one, row in ((earlier, old), (later, new))),
        screens.Number(pgettext("difference", "Change"), known, telling.PEOPLE, "" if known is not None else differ or "", url),
        *([screens.Number(_("Of it only coverage"), change.whole.coverage, telling.PEOPLE)] if change else []),
    ])  # fmt: skip


def _name(one: Round) -> Sentence:
    return Sentence(_("Round {number}"), {"number": str(one.number)})


def _map(reading: Reading, earlier: Round, later: Round, before: Areas, after: Areas) -> tuple[list[Block], list[str]]:
    code = f"admin{reading.level}_code"
    values: dict[str, tuple[int | None, Any]] = {}
    for path in {**before, **after}:
        old, new = before.get(path), after.get(path)
        differ = telling.difference(old, new)
        only = _("counted in one of the rounds only") if old is None or new is None else _("not known")
        where = (new or old or {}).get(code)
        if where:
            values[where] = (differ, "") if isinstance(differ, int) else (None, differ or only)
    said = telling.between(earlier, later)
    return telling.area_map(
        reading.operation, reading.level, later.reporting_date, values, signed=True,
        title=Sentence(_("Change from round {earlier} to round {later} by area"), said),
        alt=Sentence(_("Map of the change in displaced people from round {earlier} to round {later} by area."), said),
    )  # fmt: skip


def _table(
    reading: Reading, earlier: Round, later: Round, before: Areas, after: Areas, change: Change | None
) -> screens.Table:
    level, names = reading.level, codelist("tracking.change_part")
    parts = {"/".join(one.path): one for one in change.areas[level]} if change else {}
    rows = []
    for path in sorted({**before, **after, **parts}):
        old, new, of = before.get(path), after.get(path), parts.get(path)
        row = new or old
        rows.append({
            "area": telling.area_row(row, level)["area"] if row else (of.name if of else "") or _("not said"),
            "before": telling.count(old), "after": telling.count(new), "change": telling.difference(old, new),
            **_parts(of),
        })  # fmt: skip
    counts = {"before": _name(earlier), "after": _name(later), "change": pgettext("difference", "Change")}
    counts |= {part: names.label(part) for part in PARTS} if change else {}
    columns = [Column("area", _("Area")), *(Column(key, label, "number") for key, label in counts.items())]
    totals = reading.series.totals()
    old, new = (totals.get((one.ref, DISPLACED)) for one in (earlier, later))
    total = {"area": _("Whole country"), "before": telling.count(old), "after": telling.count(new),
             "change": telling.difference(old, new), **_parts(change.whole if change else None)}  # fmt: skip
    title, caption = (
        Sentence(_("Areas, admin {level}"), {"level": level}),
        telling.METHOD if change else telling.NOT_TOLD,
    )
    return screens.Table(columns, rows, title, caption, total, _("No row names an area of this level."))


def _parts(of: AreaChange | None) -> dict[str, int | None]:
    return {part: of.parts[part] if of else None for part in PARTS}
