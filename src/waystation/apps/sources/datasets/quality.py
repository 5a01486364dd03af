"""The quality rules: what may be wrong with the rows of a round, as queries over all rounds of an import at once.

Their names, severity, explanation and what to do about each are in tracking's ``codelists/finding_rule.csv``. A rule's query gives
(k, place, spot, column, details): the round, where, the file and row, and what was found. At most ``MOST`` findings of
a rule are kept for a round; one more then says how many others there are, and blocks as they do.
"""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, field
from string import Template
from typing import Any

from waystation.apps.sources.datasets.staged import BATCH, Link, ask
from waystation.apps.tracking.shapes import FindingRow
from waystation.intake import looks_damaged
from waystation.intake.totals import is_total_label
from waystation.kernel.values import today

MOST = 200
NAMES = ("admin1_name", "admin2_name", "admin3_name", "location_name", "origin_admin1_name")
COUNTS = ("individuals", "households", "males", "females", "under_18", "aged_60_over")
JUMP_TIMES, JUMP_PEOPLE = 5, 1000  # a jump is more than so many times, and by more than so many people
COVERAGE_LEAST = 0.9
STALE_DAYS = 365
ODD: dict[str, abc.Callable[[str], bool]] = {"encoding": looks_damaged, "total_row": is_total_label}


@dataclass(frozen=True)
class Found:
    """One thing found in round ``k``; ``file`` is the file's place in the import."""

    k: int
    rule: str
    place: str = ""
    file: int | None = None
    row: int | None = None
    column: str = ""
    details: abc.Mapping[str, Any] = field(default_factory=dict)

    def as_row(self, files: list[str]) -> FindingRow:
        """As the round keeps it, with the file's name."""
        named = {"file": files[self.file]} if self.file is not None and len(files) > self.file else {}
        return FindingRow(self.rule, self.place, self.row, self.column, {**self.details, **named})


@dataclass(frozen=True)
class Rule:
    """A declared rule: its code and the query that finds what breaks it."""

    code: str
    query: str


rules: list[Rule] = []


def rule(code: str, query: str, **names: Any) -> Rule:
    """Declare a rule; ``names`` fill the $names of its query, and $today is the day of the import."""
    rules.append(Rule(code, Template(query).safe_substitute(names)))
    return rules[-1]


# Two rows are the same when nothing that tells rows apart differs; the source's own words count, not only our codes.
rule("duplicate", """
    SELECT k, any_value(place_said) AS place, max_by(spot, spot.row) AS spot, '' AS "column",
        {'rows': list_sort(list(spot.row))[:10], 'group': any_value(population_group),
         'reason': any_value(reason), 'same_id': count(source_id) > count(DISTINCT source_id)} AS details
    FROM seen
    GROUP BY k, place, population_group, reason_said, reason, origin_admin1_code, origin_admin1_name,
        location_kind, arrival_from, arrival_until
    HAVING count(*) > 1
""")  # fmt: skip
rule("duplicate", """
    SELECT k, any_value(place_said), max_by(spot, spot.row), 'source_id',
        {'rows': list_sort(list(spot.row))[:10], 'id': source_id, 'same_id': true}
    FROM seen WHERE source_id IS NOT NULL
    GROUP BY k, source_id HAVING count(*) > 1 AND count(DISTINCT place) > 1
""")  # fmt: skip
rule("duplicate", """
    SELECT k, location_code, max_by(spot, spot.row), 'location_code',
        {'rows': list_sort(list(spot.row))[:10], 'areas': list_sort(list(DISTINCT area_said))}
    FROM seen WHERE location_code IS NOT NULL
    GROUP BY k, location_code HAVING count(DISTINCT area) > 1
""")  # fmt: skip
for _name in COUNTS:
    rule("negative", "SELECT k, place_said, spot, '$name', {'value': $name} FROM seen WHERE $name < 0", name=_name)
rule("sexes_exceed", """
    SELECT k, place_said, spot, 'individuals', {'individuals': individuals, 'males': males, 'females': females}
    FROM seen WHERE coalesce(males, 0) + coalesce(females, 0) > individuals AND coalesce(males, females) IS NOT NULL
""")  # fmt: skip
rule("sexes_short", """
    SELECT k, place_said, spot, 'individuals', {'individuals': individuals, 'males': males, 'females': females}
    FROM seen WHERE males + females < individuals
""")  # fmt: skip
rule("ages_exceed", """
    SELECT k, place_said, spot, 'individuals',
        {'individuals': individuals, 'under_18': under_18, 'aged_60_over': aged_60_over}
    FROM seen
    WHERE coalesce(under_18, 0) + coalesce(aged_60_over, 0) > individuals
      AND coalesce(under_18, aged_60_over) IS NOT NULL
""")  # fmt: skip
rule("missing_count", """
    SELECT k, place_said, spot, 'individuals', {'group': population_group} FROM seen WHERE individuals IS NULL
""")  # fmt: skip
rule("jump", """
    WITH now_ AS (SELECT k, area, population_group, any_value(area_said) AS said, sum(individuals) AS n,
                         min_by(spot, spot.row) AS spot FROM seen GROUP BY ALL),
         then_ AS (SELECT k, area, population_group, sum(individuals) AS n FROM before GROUP BY ALL)
    SELECT now_.k, now_.said, now_.spot, 'individuals',
        {'group': population_group, 'before': then_.n::BIGINT, 'now': now_.n::BIGINT}
    FROM now_ JOIN then_ USING (k, area, population_group)
    WHERE abs(now_.n - then_.n) > $people
      AND greatest(now_.n, then_.n) > $times * least(now_.n, then_.n)
""", people=JUMP_PEOPLE, times=JUMP_TIMES)  # fmt: skip
rule("lost_location", """
    WITH lost AS (
        SELECT b.k, b.place, any_value(b.place_said) AS said, sum(b.individuals)::BIGINT AS n
        FROM before b WHERE b.k IN (SELECT k FROM finest) GROUP BY b.k, b.place)
    SELECT lost.k, lost.said, NULL, '', {'before': lost.n}
    FROM lost ANTI JOIN seen s ON s.k = lost.k AND s.place = lost.place WHERE lost.n > 0
""")  # fmt: skip
rule("coverage_drop", """
    WITH now_ AS (SELECT k, count(DISTINCT place) FILTER (reassessed IS NOT FALSE) AS n FROM seen GROUP BY k),
         then_ AS (SELECT k, count(DISTINCT place) AS n FROM before GROUP BY k)
    SELECT k, '', NULL, '', {'before': then_.n, 'now': now_.n}
    FROM now_ JOIN then_ USING (k) WHERE now_.n < $least * then_.n
""", least=COVERAGE_LEAST)  # fmt: skip
rule("stale_date", """
    SELECT k, place_said, spot, 'collected_on', {'collected': collected_on, 'reported': reporting_date}
    FROM seen WHERE collected_on < reporting_date - $days
""", days=STALE_DAYS)  # fmt: skip
rule("impossible_date", """
    SELECT k, place_said, spot, 'collected_on', {'date': collected_on}
    FROM seen WHERE collected_on > DATE '$today' OR collected_on < DATE '1990-01-01'
""")  # fmt: skip
rule("impossible_date", """
    SELECT k, place_said, spot, 'arrival_until', {'from': arrival_from, 'until': arrival_until}
    FROM seen WHERE arrival_from > arrival_until OR arrival_from > DATE '$today' OR arrival_until > DATE '$today'
""")  # fmt: skip
for _level in ("admin1", "admin2", "admin3"):
    rule("code_name_swapped", """
        SELECT k, '', min_by(spot, spot.row), '${level}_code',
            {'rows': count(*), 'code': min_by(${level}_code, spot.row), 'name': min_by(${level}_name, spot.row)}
        FROM seen
        WHERE regexp_full_match(${level}_name, '[A-Z]{2,3}[0-9]+') AND NOT regexp_matches(${level}_code, '[0-9]')
        GROUP BY k
    """, level=_level)  # fmt: skip
rule("unknown_value", """
    SELECT k, '', min_by(spot, spot.row), 'reason', {'said': reason_said, 'rows': count(*)}
    FROM seen WHERE reason = 'unknown' AND reason_said IS NOT NULL GROUP BY k, reason_said
""")  # fmt: skip
rule("unknown_value", """
    SELECT k, '', min_by(spot, spot.row), 'population_group', {'said': group_said, 'rows': count(*)}
    FROM seen WHERE population_group = 'unknown' AND group_said IS NOT NULL AND lower(group_said) <> 'unknown'
    GROUP BY k, group_said
""")  # fmt: skip
# Every key of a coarser level (its area, reason and origin) must be the sum of the finest rows under it.
rule("control_total", """
    WITH stated AS (
        SELECT k, level, CASE WHEN level > 0 THEN coalesce(admin1_code, admin1_name) END AS a1,
            CASE WHEN level > 1 THEN coalesce(admin2_code, admin2_name) END AS a2,
            reason_said, origin_admin1_code AS o, any_value(area_said) AS said, min_by(spot, spot.row) AS spot,
            sum(individuals) AS n, sum(males) AS m, sum(females) AS f
        FROM coarser GROUP BY ALL),
    levels AS (SELECT DISTINCT k, level FROM coarser),
    counted AS (
        SELECT s.k, l.level, CASE WHEN l.level > 0 THEN coalesce(admin1_code, admin1_name) END AS a1,
            CASE WHEN l.level > 1 THEN coalesce(admin2_code, admin2_name) END AS a2,
            reason_said, origin_admin1_code AS o,
            any_value(CASE WHEN l.level > 0 THEN admin1_name ELSE country END) AS said,
            sum(individuals) AS n, sum(males) AS m, sum(females) AS f
        FROM seen s JOIN levels l USING (k) GROUP BY ALL)
    SELECT coalesce(t.k, c.k), coalesce(t.said, c.said), t.spot, 'individuals',
        {'level': coalesce(t.level, c.level), 'reason': coalesce(t.reason_said, c.reason_said),
         'origin': coalesce(t.o, c.o), 'stated': t.n::BIGINT, 'counted': c.n::BIGINT, 'males_stated': t.m::BIGINT,
         'males_counted': c.m::BIGINT}
    FROM stated t FULL JOIN counted c
        ON t.k = c.k AND t.level = c.level AND t.a1 IS NOT DISTINCT FROM c.a1 AND t.a2 IS NOT DISTINCT FROM c.a2
        AND t.reason_said IS NOT DISTINCT FROM c.reason_said AND t.o IS NOT DISTINCT FROM c.o
    WHERE t.n IS DISTINCT FROM c.n OR t.m IS DISTINCT FROM c.m OR t.f IS DISTINCT FROM c.f
""")  # fmt: skip


def found_in(link: Link) -> list[Found]:
    """What the declared rules find in the rounds of an import (views ``seen``, ``coarser``, ``before``)."""
    found: list[Found] = []
    for one in rules:
        query = Template(one.query).substitute(today=today().isoformat())
        found += _capped(one.code, ask(link, _framed(query)))
    names = " UNION ".join(Template(_NAMES_OF).substitute(name=name) for name in NAMES)
    met: dict[str, list[str]] = {code: [] for code in ODD}
    for batch in link.sql(names).to_arrow_reader(BATCH):  # a file may have as many names as rows
        for word in batch.column(0).to_pylist():
            for code, odd in ODD.items():
                if odd(word):
                    met[code].append(word)
    for code, words in met.items():
        found += _capped(code, ask(link, _framed(_WITH_WORD), words=words)) if words else []
    return found


# Names are looked at once each, in Python; the rows that hold the odd ones are found by a query.
_NAMES_OF = "SELECT $name AS word FROM seen WHERE $name IS NOT NULL"
_ODD = "SELECT k, place_said, spot, '$name', {'text': $name} FROM seen WHERE list_contains($$words, $name)"
_WITH_WORD = " UNION ALL ".join(Template(_ODD).substitute(name=name) for name in NAMES)
_FRAME = Template("""
    WITH found(k, place, spot, "column", details) AS ($query)
    SELECT k, place, spot, "column", details, count(*) OVER (PARTITION BY k) FROM found
    QUALIFY row_number() OVER (PARTITION BY k ORDER BY spot.row NULLS FIRST, place) <= $most
    ORDER BY k, spot.row NULLS FIRST, place
""")


def _framed(query: str) -> str:
    """A rule's query with the number of its findings in each round, and the first ``MOST`` of them."""
    return _FRAME.substitute(query=query, most=MOST)


def _capped(code: str, rows: list[Any]) -> list[Found]:
    found: list[Found] = []
    over: dict[int, int] = {}
    for k, place, spot, column, details, count in rows:
        at = spot or {"file": None, "row": None}
        found.append(Found(k, code, place or "", at["file"], at["row"], column, details or {}))
        if count > MOST:
            over[k] = count - MOST
    found += [Found(k, code, details={"more": more}) for k, more in over.items()]
    return found
