"""How sure we are of a count at a place: a formula of ours, declared as ours and shown beside the figure.

No public formula was found: the field's documents speak of triangulation, of several informants and of the most
convincing figure, and give no weights. So this one is only a convention of this system:

    score = sum(weight * share) / sum(weight), over the parts that are known

    part        weight  share
    informants    0.20  informants / 3, at most 1
    kinds         0.15  kinds of informants / 3, at most 1
    agreement     0.30  agreement of the informants, 0 to 1
    age           0.20  1 up to 30 days between collection and the reporting date, falling in a straight line to 0 at
                        365 days; 0 for a count that was taken over from an earlier round
    access        0.15  visited 1, visited in part 0.6, assessed from afar 0.3, not reached 0

A part that is not known weighs nothing; when the known parts weigh less than half, the score itself is unknown. In
words: high from 0.7, medium from 0.4, else low; unknown where there is no score.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import ibis

from waystation.kernel import engines
from waystation.kernel.datasets import find, path_of
from waystation.kernel.models import Partition

WORDS = ("high", "medium", "low", "unknown")
WEIGHTS = {"informants": 0.20, "kinds": 0.15, "agreement": 0.30, "age": 0.20, "access": 0.15}
ENOUGH_INFORMANTS = ENOUGH_KINDS = 3
FRESH_DAYS, STALE_DAYS = 30, 365
ACCESS = {"full": 1.0, "partial": 0.6, "remote": 0.3, "none": 0.0}
LEAST_KNOWN = 0.5
HIGH, MEDIUM = 0.7, 0.4


def _between(value: Any) -> Any:
    """A number held between 0 and 1; unknown stays unknown (engines differ in what their least() makes of it)."""
    return ibis.cases((value > 1.0, 1.0), (value < 0.0, 0.0), else_=value)


def _shares(rows: ibis.Table) -> dict[str, Any]:
    """The share of each part, 0..1, null where it is not known.

    Whole numbers become floats before they are divided: Spark would take 3.0 for a decimal and keep few of its places.
    """
    seconds = [day.cast("timestamp").epoch_seconds() for day in (rows.reporting_date, rows.collected_on)]
    days = (seconds[0] - seconds[1]).cast("float64") / 86_400.0
    fresh = _between((STALE_DAYS - days) / float(STALE_DAYS - FRESH_DAYS))
    return {
        "informants": _between(rows.informants.cast("float64") / float(ENOUGH_INFORMANTS)),
        "kinds": _between(rows.informant_kinds.cast("float64") / float(ENOUGH_KINDS)),
        "agreement": _between(rows.agreement),
        "age": ibis.cases((~rows.reassessed, 0.0), else_=fresh),
        "access": ibis.cases(*((rows.access == word, share) for word, share in ACCESS.items())),
    }


def score(rows: ibis.Table) -> Any:
    """The score of each row of observations, 0..1, null when too little is known. Runs on every engine."""
    shares = _shares(rows)
    known: Any = ibis.literal(0.0)
    total: Any = ibis.literal(0.0)
    for part, share in shares.items():
        known = known + share.notnull().ifelse(WEIGHTS[part], 0.0)
        total = total + share.fill_null(0.0) * WEIGHTS[part]
    return ibis.cases((known >= LEAST_KNOWN, total / known))


def word(score: Any) -> Any:
    """A score as one of ``high``, ``medium``, ``low``, ``unknown``."""
    return ibis.cases((score >= HIGH, "high"), (score >= MEDIUM, "medium"), (score.notnull(), "low"), else_="unknown")


def with_confidence(rows: ibis.Table) -> ibis.Table:
    """Observations with two more columns, ``confidence`` (0..1 or null) and ``confidence_word``."""
    scored = rows.mutate(confidence=score(rows))
    return scored.mutate(confidence_word=word(scored.confidence))


def sure_of(part: Partition, group: str) -> tuple[Mapping[str, int], int | None]:
    """People of a population group over all places of a partition of observations, by confidence word from high to
    unknown; and their households, None where no place knows them."""
    return _sure(path_of(part), group)


@lru_cache(maxsize=256)
def _sure(path: Path, group: str) -> tuple[Mapping[str, int], int | None]:
    rows = engines.scan([path], find("tracking.observations").schema)
    rows = with_confidence(rows.filter(rows.population_group == group))
    by_word = rows.group_by("confidence_word").aggregate(n=rows.individuals.sum(), households=rows.households.sum())
    found = {one["confidence_word"]: one for one in engines.fetch(by_word).to_pylist()}
    known = [one["households"] for one in found.values() if one["households"] is not None]
    return {one: (found[one]["n"] or 0) if one in found else 0 for one in WORDS}, sum(known) if known else None
