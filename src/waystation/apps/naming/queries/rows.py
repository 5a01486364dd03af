"""A row of names, one a level: the place above first, then what lies below it; what fits nowhere goes to a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from waystation.apps.naming.queries.matching import MOST, Index
from waystation.apps.naming.queries.spelling import spelling
from waystation.apps.naming.shapes import (
    ALIAS,
    EXACT,
    FOREIGN,
    OTHER,
    RENAMED,
    SAME,
    SOURCE,
    Candidate,
    Found,
    Remembered,
)

SITE = 9  # the level of single places, below all administrative ones


@dataclass(frozen=True)
class Bar:
    """What must be reached to be decided without a person: how alike, and how far before the second best."""

    score: float
    margin: float


SURELY = Bar(0.97, 0.015)  # the very name: nothing else of that name, however much is alike
WIDELY = Bar(0.97, 0.05)  # the very name, in a whole country or more
WITHIN = Bar(0.82, 0.10)  # the place above is known
COUNTRY = Bar(0.85, 0.10)  # the first level of a country: few names, and the country is known
WIDE = Bar(0.93, 0.12)  # the place above was named and not found, or never named
SURE = (EXACT, SAME, ALIAS, RENAMED)
ELSEWHERE = 0.9  # what another source's decision counts as: it is offered, and decides nothing alone
ACROSS = Bar(0.80, 0.12)  # another script: consonants only, so the score is lower


def under(code: str, said: str) -> str:
    """What a name lies under, as it is remembered: a code, else how the place above was said."""
    return code.strip() or (f"said {spelling(said).key}"[:300] if said.strip() else "")


@dataclass(frozen=True)
class Above:
    """The place above a name: its code when it is known, else how it was said and what it may be."""

    code: str = ""
    said: str = ""
    candidates: tuple[Candidate, ...] = ()


NOWHERE = Above()


class Matcher:
    """Names of one source against an index; each distinct row is looked up once."""

    def __init__(self, index: Index, remembered: Remembered | None = None) -> None:
        self.index = index
        self.remembered = remembered or Remembered()
        self._known: dict[tuple[str, int | None, str, Above], Found] = {}

    def row(self, country: str, names: Mapping[int, str], codes: Mapping[int, str] | None = None) -> dict[int, Found]:
        """What the names of a row mean, by level (``SITE`` for a single place). ``country`` is ISO alpha-3; ``codes`` are
        those of levels that are known already."""
        found: dict[int, Found] = {}
        above, known = NOWHERE, codes or {}
        for level in sorted({*names, *known}):
            if known.get(level):
                above = Above(known[level])
            elif names.get(level, "").strip():
                one = found[level] = self.name(names[level], country, level, above)
                above = Above(one.code, one.text, one.candidates)
        return found

    def name(self, text: str, country: str, level: int | None, above: Above = NOWHERE) -> Found:
        """What one name means; level None: any."""
        asked = (country, level, text, above)
        if asked not in self._known:
            found = self._find(text, country, level, above)
            within = self.index.by_code.get((country, above.code))
            name = within.name if within else ""
            self._known[asked] = replace(found, above=above.code, above_said=above.said, within=name)
        return self._known[asked]

    def _find(self, text: str, country: str, level: int | None, above: Above) -> Found:
        asked = (level or 0, under(above.code, above.said), spelling(text).key)
        told = self.remembered.own.get(asked)
        if told is not None:
            return self._told(text, level or 0, country, told)
        below = self.index.candidates(text, self.index.scope(country, level, above.code))
        candidates = self._offered(below, country, self.remembered.others.get(asked, ""))
        if above.code and (not candidates or candidates[0].score < WITHIN.score):
            wide = self.index.candidates(text, self.index.scope(country, level))
            both = _merged(candidates, wide)
            inside = bool(both) and both[0] in candidates
            return self._asked(text, level or 0, both, "alike" if inside else "outside")
        if not candidates or not self._clear(candidates, country, level, above):
            return self._asked(text, level or 0, candidates, "alike")
        if (
            above.said
            and not above.code
            and not any(c.place.code in candidates[0].place.above for c in above.candidates)
        ):
            return self._asked(text, level or 0, candidates, "parent")
        return Found(text, level or 0, "decided", candidates[0].place.code, candidates, candidates[0].way)

    def _clear(self, candidates: tuple[Candidate, ...], country: str, level: int | None, above: Above) -> bool:
        bar = self._bar(candidates[0], country, level, above)
        second = candidates[1].score if len(candidates) > 1 else 0.0
        alone = candidates[0].way != OTHER
        return alone and candidates[0].score >= bar.score and round(candidates[0].score - second, 3) >= bar.margin

    def _bar(self, best: Candidate, country: str, level: int | None, above: Above) -> Bar:
        near = bool(above.code) or (bool(country) and level == 1 and not above.said)
        if best.way in SURE and best.score >= SURELY.score:
            return SURELY if near else WIDELY
        if best.way == FOREIGN:
            return ACROSS if near else WIDE
        return (WITHIN if above.code else COUNTRY) if near else WIDE

    def _asked(self, text: str, level: int, candidates: tuple[Candidate, ...], doubt: str) -> Found:
        if not candidates:
            return Found(text, level, "unknown")
        return Found(text, level, "uncertain", "", candidates, candidates[0].way, doubt=doubt)

    def _told(self, text: str, level: int, country: str, code: str) -> Found:
        place = self.index.by_code.get((country, code))
        if not code:
            return Found(text, level, "none", way=SOURCE)
        if place is None:  # what was decided is no place of today: ask again
            return Found(text, level, "uncertain", doubt="ended")
        return Found(text, level, "decided", code, (Candidate(place, 1.0, SOURCE, text),), SOURCE)

    def _offered(self, candidates: tuple[Candidate, ...], country: str, code: str) -> tuple[Candidate, ...]:
        place = self.index.by_code.get((country, code))
        if place is None or any(one.place.code == code and one.score > ELSEWHERE for one in candidates):
            return candidates
        others = tuple(one for one in candidates if one.place.code != code)
        return _merged((Candidate(place, ELSEWHERE, OTHER, place.name),), others)


def _merged(some: tuple[Candidate, ...], more: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """Candidates by score, each place once."""
    seen = {one.place.code for one in some}
    both = [*some, *(one for one in more if one.place.code not in seen)]
    return tuple(sorted(both, key=lambda one: -one.score)[:MOST])
