"""P-codes of the rounds of an import against the gazetteer of their country on the day each round reports on.

Each distinct code of a round is one finding, however many rows have it. A country (or a level of it) without any codes
in the gazetteer is one finding too: then nothing can be said about single codes.
"""

from __future__ import annotations

import re
from collections import abc, defaultdict
from dataclasses import dataclass
from datetime import date
from string import Template
from typing import Any

from waystation.apps.naming import api as naming
from waystation.apps.places import api as places
from waystation.apps.places.shapes import Gazetteer
from waystation.apps.sources.datasets.quality import MOST, Found
from waystation.apps.sources.datasets.staged import Link, ask
from waystation.kernel.refusals import Problem

_COLUMNS = (  # column, the name beside it, the code above it, its level
    ("admin1_code", "admin1_name", "NULL", 1),
    ("admin2_code", "admin2_name", "admin1_code", 2),
    ("admin3_code", "admin3_name", "admin2_code", 3),
    ("origin_admin1_code", "origin_admin1_name", "NULL", 1),
)
_CODES = Template("""
    SELECT k, $code, coalesce(any_value($name), ''), coalesce($above, ''), count(*), min_by(spot, spot.row)
    FROM seen WHERE $code IS NOT NULL GROUP BY k, $code, coalesce($above, '') ORDER BY k, min(spot.row)
""")
_RULES = {
    "places.code_of_another_country": "other_country",
    "places.not_below": "wrong_parent",
}


@dataclass(frozen=True)
class _Use:
    """A code as the rows of a round use it."""

    k: int
    code: str
    name: str
    above: str
    rows: int
    spot: abc.Mapping[str, int]
    column: str
    level: int


def codes_in(link: Link, rounds: abc.Mapping[int, tuple[str, date]]) -> list[Found]:
    """What is wrong with the codes of rounds; ``rounds`` gives the country (ISO alpha-3) and the day of each."""
    together: dict[tuple[str, date], list[_Use]] = defaultdict(list)
    for use in _uses(link):
        together[rounds[use.k]].append(use)
    gazetteers = {country: places.gazetteer(country=country) for country, _day in together}
    found: list[Found] = []
    for (country, day), uses in together.items():
        held = gazetteers[country]
        levels = {one.level for spans in held.versions.values() for one in spans}
        found += _nothing_held([use for use in uses if use.level not in levels], country)
        found += _wrong([use for use in uses if use.level in levels], held, day)
    return _at_most(found)


def _uses(link: Link) -> list[_Use]:
    found = []
    for column, name, above, level in _COLUMNS:
        query = _CODES.substitute(code=column, name=name, above=above)
        found += [_Use(*[*row, column, level]) for row in ask(link, query)]
    return found


def _nothing_held(uses: list[_Use], country: str) -> list[Found]:
    """One finding for each round and level of which the gazetteer holds no code at all."""
    first: dict[tuple[int, int], _Use] = {}
    for use in uses:
        first.setdefault((use.k, use.level), use)
    return [
        Found(k, "no_codes", country, use.spot["file"], use.spot["row"], use.column, {"level": level, "country": country})
        for (k, level), use in first.items()
    ]  # fmt: skip


def _wrong(uses: list[_Use], held: Gazetteer, day: date) -> list[Found]:
    pairs = [(use.code, use.above) for use in uses]
    found = []
    problems = {one.index: one for one in places.check_codes(country=held.country, pairs=pairs, on=day)}
    for index, use in enumerate(uses):
        problem = problems.get(index)
        if problem is not None:
            rule = _RULES.get(problem.code, "unknown_code")
            if rule == "other_country" and use.column.startswith("origin"):
                continue  # people may come from another country
            more: dict[str, Any] = {"why": Problem(problem.code, problem.params).message}
            if rule == "unknown_code":
                more["suggestion"] = _suggestion(use, held, day)
        else:
            area = held.at(use.code, day)
            if area is None or area.level == use.level:
                continue
            rule, more = "wrong_parent", {"why": f"{use.code} is of level {area.level}, not {use.level}"}
        place = f"{use.code} {use.name}".strip()
        details = {"code": use.code, "above": use.above or None, "rows": use.rows, **more}
        found.append(Found(use.k, rule, place, use.spot["file"], use.spot["row"], use.column, details))
    return found


def _suggestion(use: _Use, held: Gazetteer, day: date) -> str | None:
    """The code that was probably meant: of the area its name means, else the one with the same digits."""
    named = naming.suggestion(name=use.name, country=held.country, level=use.level, on=day) if use.name else None
    if named:
        return named
    digits = re.sub(r"^\D+", "", use.code)
    alike = [one for one in held.on(day, use.level) if digits and re.sub(r"^\D+", "", one.pcode) == digits]
    return f"{alike[0].pcode} {alike[0].name}" if len(alike) == 1 else None


def _at_most(found: list[Found]) -> list[Found]:
    kept: list[Found] = []
    counted: dict[tuple[int, str], int] = defaultdict(int)
    for one in found:
        counted[one.k, one.rule] += 1
        if counted[one.k, one.rule] <= MOST:
            kept.append(one)
    over = ((key, count - MOST) for key, count in counted.items() if count > MOST)
    return kept + [Found(k, rule, details={"more": more}) for (k, rule), more in over]
