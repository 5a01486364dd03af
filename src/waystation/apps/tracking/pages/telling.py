"""What the screens of tracking say alike: counts that are hidden, areas on a map, change and its parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from waystation.apps.counting.shapes import PARTS, Change
from waystation.apps.places import api as places
from waystation.apps.tracking.models import Operation, Round
from waystation.kernel import scope
from waystation.kernel.codelists import codelist
from waystation.kernel.models import Partition
from waystation.kernel.register import find_register
from waystation.kernel.screens import Bars, Choice, Dot, Map, Notice, Sentence, Shape
from waystation.kernel.values import today

HIDDEN = gettext_lazy("hidden")
PEOPLE = gettext_lazy("people")
BORDERS = gettext_lazy(
    "The boundaries and names shown do not imply official endorsement or acceptance by the organisation."
)
HATCHED = gettext_lazy("Hatched: not counted in this round, not known, or hidden because the count is small.")
METHOD = gettext_lazy(
    "Told apart by a method of this system (docs/methods.md): places counted in one of the rounds only are coverage; arrivals "
    "are people whose arrival is dated after the earlier round; returns are people who left, at most as many as the "
    "returned people rose; everything else is reassessment."
)
NOT_TOLD = gettext_lazy(
    "The parts of this change are hidden: with them, small counts that are hidden could be worked out."
)


def component(code: str) -> str:
    """A component in words."""
    return codelist("tracking.component").label(code)


def group(code: str) -> str:
    """A population group in words."""
    return codelist("tracking.population_group").label(code)


def count(row: Mapping[str, Any] | None) -> Any:
    """People of a released row: a number, a word where they are hidden or were not counted, None where nobody knows."""
    if row is None:
        return _("not counted")
    return HIDDEN if row["hidden"] else row["individuals"]


def number(row: Mapping[str, Any] | None) -> int | None:
    """People of a released row as a number; None where they are hidden too."""
    return row["individuals"] if row else None


def age(day: date) -> str:
    """In words when data are old, else empty."""
    days = (today() - day).days
    if days > 365:
        return _("older than a year")
    return _("older than six months") if days > 183 else ""


def round_name(one: Round) -> Sentence:
    """A round by its number and day."""
    return Sentence(_("round {number} ({day})"), {"number": str(one.number), "day": one.reporting_date})


def address(operation: Operation, below: str = "", **query: Any) -> str:
    """The page of an operation, or one below it."""
    asked = urlencode({name: value for name, value in query.items() if value not in (None, "")})
    return f"/tracking/operations/{operation.ref}/{below}" + (f"?{asked}" if asked else "")


def figure(name: str, **where: Any) -> str:
    """A figure's page with filters; empty for the public, who have no figure pages."""
    if scope.current().actor is None:
        return ""
    as_of, by = where.pop("as_of", None), where.pop("by", None)
    asked = [("as_of", as_of)] * bool(as_of) + [("by", by)] * bool(by)
    return f"/figures/{name}/?" + urlencode([*asked, *((f"where.{key}", value) for key, value in where.items())])


def area_row(row: Mapping[str, Any], level: int) -> dict[str, Any]:
    """What an area of a level is called, for a table."""
    code = row[f"admin{level}_code"] or ""
    return {"area": row[f"admin{level}_name"] or code or _("not said"), "code": code}


def area_map(
    operation: Operation,
    level: int,
    day: date,
    values: Mapping[str, tuple[int | None, Any]],
    *,
    title: Any,
    alt: Any,
    sites: Sequence[Dot] = (),
    signed: bool = False,
) -> tuple[list[Any], list[str]]:
    """A map of areas by code (value, or what is said instead of one), or why there is none; and whom to credit for it."""
    outlines = places.outlines(country=operation.country_id, level=level, on=day)
    if not outlines and not sites:
        told = _(
            "There is no map: no boundaries of this country and level are held that may be shown. Whoever keeps places can load them."
        )
        return [Notice(told)], []
    absent = (None, _("not counted"))
    said = {one.pcode: values.get(one.pcode, absent) for one in outlines}
    shapes = [Shape(one.pcode, one.name, one.geometry, said[one.pcode][0], "", said[one.pcode][1]) for one in outlines]
    note = f"{HATCHED} {BORDERS}" if any(one.value is None for one in shapes) else BORDERS
    blocks: list[Any] = [Map(title, alt, shapes, sites, PEOPLE, note, signed=signed)]
    nowhere = sorted(set(values) - {one.pcode for one in outlines})
    if nowhere and outlines:
        told = ngettext(
            "{count} area of the data has no outline on the map: {codes}.",
            "{count} areas of the data have no outline on the map: {codes}.",
            len(nowhere),
        )
        blocks.append(Notice(Sentence(told, {"count": len(nowhere), "codes": nowhere[:8]}), "attention"))
    return blocks, list(dict.fromkeys(one.attribution or one.source for one in outlines))


def between(earlier: Round, later: Round) -> dict[str, str]:
    """Two rounds' numbers, for sentences."""
    return {"earlier": str(earlier.number), "later": str(later.number)}


def told(change: Change | None, earlier: Round, later: Round) -> list[Any]:
    """A change in a notice and its parts as bars; None: that they are hidden."""
    if change is None:
        return [Notice(NOT_TOLD)]
    names, said = codelist("tracking.change_part"), between(earlier, later)
    title = Sentence(_("What changed between round {earlier} and round {later}"), said)
    alt = Sentence(_("Parts of the change between round {earlier} and round {later}"), said)
    items = [(names.label(part), change.whole.parts[part]) for part in PARTS]
    return [_in_words(change, said), Bars(title, alt, items, PEOPLE, ordered=True)]


def _in_words(change: Change, said: Mapping[str, str]) -> Notice:
    """What changed, and how much of it is only coverage, in sentences a colleague could read aloud."""
    whole = change.whole
    more = _("Round {later} counts {change} displaced people more than round {earlier}.")
    less = _("Round {later} counts {change} displaced people fewer than round {earlier}.")
    parts = [_("Round {later} counts as many displaced people as round {earlier}.") if not whole.change
             else more if whole.change > 0 else less]  # fmt: skip
    if change.gained or change.lost:
        parts.append(_(
            "Coverage alone makes {coverage} of this and is not displacement: places that the earlier round did not count, "
            "{gained_places} ({gained} people); places not counted again, {lost_places} ({lost} people)."
        ))  # fmt: skip
        parts.append(_("Places counted in both rounds, {twice}: there the number changed by {rest}."))
    if not change.dated:
        parts.append(_("Arrivals are not dated in these rounds: people who arrived are in the reassessment."))
    if change.taken_over:
        parts.append(_("Places whose count was taken over from an earlier round: {taken_over}."))
    if change.moved:
        parts.append(_("Places that lie in another area than before, and are compared in the later one: {moved}."))
    values = {
        **said, "change": abs(whole.change), "coverage": whole.coverage,
        "gained": whole.parts["coverage_gained"], "lost": -whole.parts["coverage_lost"], "gained_places": change.gained,
        "lost_places": change.lost, "twice": change.counted_twice, "rest": whole.change - whole.coverage,
        "taken_over": change.taken_over, "moved": change.moved,
    }  # fmt: skip
    mostly = abs(whole.coverage) * 2 > abs(whole.change)
    return Notice(Sentence(" ".join(parts), values), "attention" if mostly else "info")


def places_of(one: Round) -> Any:
    """How many of the places planned a round assessed; empty where it does not say."""
    if one.planned_locations is None or one.assessed_locations is None:
        return ""
    said = {"assessed": one.assessed_locations, "planned": one.planned_locations}
    planned = one.planned_locations or 0
    return Sentence(ngettext("{assessed} of {planned} place", "{assessed} of {planned} places", planned), said)


def source_of(part: Partition, credits: Sequence[str]) -> str:
    """Whom to credit for the rows shown and the map under them."""
    return "; ".join(dict.fromkeys([f"{part.attribution or part.source} ({part.licence})", *filter(None, credits)]))


def level_choice(level: int) -> Choice:
    """Which areas: admin 1 or 2."""
    options = [(str(one), Sentence(_("admin {level}"), {"level": one})) for one in (1, 2)]
    return Choice("level", _("Areas"), options, str(level))


def state(one: Round) -> str:
    """A round's state in words."""
    return str(find_register("tracking.rounds").lifecycle.states[one.state])


def difference(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Any:
    """After less before of two released rows; the word for hidden where one is, None where one is not known."""
    if HIDDEN in (count(before), count(after)):
        return HIDDEN
    old, new = number(before), number(after)
    return None if old is None or new is None else new - old
