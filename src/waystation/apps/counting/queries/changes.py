"""What changed between a round and the one before it, told apart: a method of this system, declared as ours.

No public formula was found that tells new displacement from wider coverage, so this is a convention of ours
(``docs/methods.md`` says what it assumes and where it ends). People displaced are compared at places, matched by the code
of the location, else by the names of its areas. A is the earlier round of a series (operation and component), B the later:

    place counted in B only      coverage gained: all of B's people there
    place counted in A only      coverage lost: all of A's people there; unknown is not zero
    place in both, taken over    whatever differs is reassessment (B says the count is not its own)
    place in both                people in B who arrived wholly after A's reporting date are arrivals; the rest of the
                                 difference is reassessment where it is positive and people who left where it is negative
    returns                      as many of those who left, over the operation, as the people returned from inside rose at
                                 places where both rounds counted them; the others who left are reassessment

so that always and in every area  B - A = gained - lost + arrivals - returns + reassessment. Returns are known for the operation
only: areas share them in proportion to those who left, whole people each, by the largest remainder. A place stands
in the areas that the later round puts it in.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import ibis

from waystation.apps.counting.shapes import DISPLACED

RETURNED = "returned_internal"
TRACE = ("_dataset", "_key", "_version", "_row", "_seen", "origin", "origin_row")
SERIES = ("operation", "component")
ABOUT = ("pair", *SERIES, "country", "assessment_type", "round_number", "reporting_date")
AREA, NAMES = ("admin1", "admin2"), ("admin1_name", "admin2_name")
PLACE = ("place", "before", "after", "taken_over", "dated", "areas_seen")
EARLIER, OTHER_GROUP = 1 << 40, 1 << 41  # a place's first row is the later round's, and one of displaced people


def change_rows(rows: Any) -> Any:
    """The parts of change of every round that has an earlier one among ``rows`` (columns of ``tracking.observations``).

    Columns: ``ABOUT`` (of the later round), ``AREA``, ``part``, ``value`` (people, signed: all parts add up to B - A), what
    is known of the ``PLACE``, and those of ``TRACE`` that the rows have. A place has one row (coverage) or two (arrivals,
    reassessment); an area that people left has two more without a place (returns, and what they take out of reassessment).
    Runs on every engine.
    """
    places = compared(rows)
    trace = [name for name in TRACE if name in places.columns]
    kept = [*ABOUT, *AREA, *NAMES, *PLACE, *trace]
    both = places.filter(places.before.notnull(), places.after.notnull())
    gained = places.filter(places.before.isnull(), places.after.notnull())
    lost = places.filter(places.before.notnull(), places.after.isnull())
    back = _returns(places, trace)
    found = [
        _part(gained, kept, "coverage_gained", gained.after),
        _part(lost, kept, "coverage_lost", -lost.before),
        _part(both, kept, "arrivals", both.arrived),
        _part(both, kept, "reassessment", both.after - both.before - both.arrived),
        _part(back, kept, "returns", -back.shared),
        _part(back, kept, "reassessment", back.shared),
    ]
    return reduce(lambda one, other: one.union(other), found)


def _part(rows: Any, kept: Sequence[str], part: str, value: Any) -> Any:
    return rows.select(*kept, part=ibis.literal(part), value=value.cast("int64"))


def compared(rows: Any) -> Any:
    """A row for each place of a round or of the one before it: people ``before`` and ``after`` (null: not counted there),
    of them ``arrived`` and ``left``, ``taken_over``, ``dated`` (some arrival dates are given), people returned from inside
    ``back_before`` and ``back_after``, in how many ``areas_seen``."""
    rows = rows.filter(rows.population_group.isin([DISPLACED, RETURNED]))
    both = _beside_earlier(rows)
    ours = both.population_group == DISPLACED
    new = ours & both.later
    others = (~ours).ifelse(OTHER_GROUP, 0) + (~both.later).ifelse(EARLIER, 0)
    both = both.mutate(rank=both._row.cast("int64") + others)
    first = {name: both[name].argmin(both["rank"]) for name in (*AREA, *NAMES)}
    first |= {name: both[name].argmin(both["rank"]) for name in TRACE if name in both.columns}
    dated = both.arrival_from.notnull()
    places = both.group_by([*ABOUT, "since", "place"]).aggregate(
        before=both.individuals.sum(where=ours & ~both.later),
        after=both.individuals.sum(where=new),
        arrived=both.individuals.sum(where=new & dated & (both.arrival_from > both.since)).fill_null(0),
        anew=both.reassessed.fill_null(True).cast("int64").max(where=new),
        dated=dated.cast("int64").max(where=new).fill_null(0),
        back_before=both.individuals.sum(where=~ours & ~both.later),
        back_after=both.individuals.sum(where=~ours & both.later),
        areas_seen=both.area.nunique(where=ours),
        rank=both["rank"].min(),
        **first,
    )
    taken_over = places.anew == 0
    arrived = taken_over.ifelse(0, places.arrived)
    rest = places.after - places.before - arrived
    left = ibis.cases((taken_over, 0), (rest < 0, -rest), else_=0)
    return places.mutate(taken_over=taken_over, arrived=arrived.cast("int64"), left=left.cast("int64"))


def _beside_earlier(rows: Any) -> Any:
    """Every row once as the later round's, and once as the earlier one's of the round that follows."""
    said = {name: rows[name].fill_null("") for name in ("admin1_name", "admin2_name", "location_name")}
    path = [rows[f"admin{n}_code"].coalesce(rows[f"admin{n}_name"]).fill_null("") for n in (1, 2, 3)]
    whole = ibis.literal("/").join([*path, said["location_name"]])
    area = ibis.literal("/").join(path[:2])
    pairs = _pairs(rows)
    rows = rows.mutate(
        **said, admin1=path[0], admin2=path[1], area=area, place=rows.location_code.coalesce(whole)
    ).drop(*(name for name in ABOUT if name in rows.columns))
    columns = [*pairs.columns, *rows.columns]
    later = rows.inner_join(pairs, rows._key == pairs.pair).select(*columns, later=ibis.literal(True))
    earlier = rows.inner_join(pairs, rows._key == pairs.earlier).select(*columns, later=ibis.literal(False))
    return later.union(earlier)


def _pairs(rows: Any) -> Any:
    """Each round that counted displaced people and has an earlier such one in its series: ``ABOUT`` it, the key of the
    earlier one and its reporting date."""
    counted = rows.filter(rows.population_group == DISPLACED, rows.individuals.notnull())
    rounds = counted.select("_key", *ABOUT[1:]).distinct()
    line = ibis.window(group_by=SERIES, order_by="round_number")
    rounds = rounds.mutate(
        pair=rounds._key, earlier=rounds._key.lag().over(line), since=rounds.reporting_date.lag().over(line)
    )
    return rounds.filter(rounds.earlier.notnull()).select(*ABOUT, "earlier", "since")


def _returns(places: Any, trace: Sequence[str]) -> Any:
    """The areas that people left, with their share of the operation's returns in ``shared``."""
    known = places.back_before.notnull() & places.back_after.notnull()
    rose = (places.back_after - places.back_before).sum(where=known).fill_null(0)
    whole = places.group_by(places.pair.name("of")).aggregate(everyone=places.left.sum(), rose=rose)
    whole = whole.mutate(
        back=ibis.cases((whole.rose < 0, 0), (whole.rose < whole.everyone, whole.rose), else_=whole.everyone)
    )
    leaving = places.filter(places.left > 0)
    first = {name: leaving[name].argmin(leaving["rank"]) for name in (*NAMES, *trace)}
    areas = leaving.group_by([*ABOUT, *AREA]).aggregate(went=leaving.left.sum(), **first)
    areas = areas.inner_join(whole, areas.pair == whole.of)
    # one engine divides whole numbers as fractions and rounds down; what is left over is exact all the same
    areas = areas.mutate(quota=(areas.went * areas.back // areas.everyone).cast("int64"))
    areas = areas.mutate(over=areas.went * areas.back - areas.quota * areas.everyone)
    of_pair = ibis.window(group_by="pair")
    place = ibis.row_number().over(ibis.window(group_by="pair", order_by=[areas.over.desc(), *AREA]))
    areas = areas.mutate(turn=place, spare=areas.back - areas.quota.sum().over(of_pair))
    absent = {name: ibis.null(leaving[name].type()) for name in PLACE}
    return areas.mutate(shared=areas.quota + (areas.turn < areas.spare).ifelse(1, 0), **absent)
