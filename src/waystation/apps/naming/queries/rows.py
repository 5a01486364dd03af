"""A row of names, one a level: the place above first, then what lies below it; what fits nowhere goes to a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from waystation.apps.naming.queries.matching import Index
from waystation.apps.naming.queries.spelling import spelling
from waystation.apps.naming.shapes import ALIAS, EXACT, FOREIGN, OTHER, RENAMED, SAME, SOURCE, Candidate, Found, Place, Remembered

SITE = 9  # the level of single places, below all administrative ones


@dataclass(frozen=True)
class Bar:
    """What must be reached to be decided without a person: how alike, and how far before the second best."""

    score: float
    margin: float


SURELY = Bar(0.97, 0.015)  # the very name: nothing else of that name, however much is alike
WITHIN = Bar(0.82, 0.10)  # the place above is known
COUNTRY = Bar(0.85, 0.12)  # the first level of a country: few names, and the country is known
WIDE = Bar(0.93, 0.12)  # the place above was named and not found, or never named
SURE = (EXACT, SAME, ALIAS, RENAMED)
ACROSS = Bar(0.80, 0.12)  # another script: consonants only, so the score is lower


class Matcher:
    """Names of one source against an index; each distinct row is looked up once."""

    def __init__(self, index: Index, remembered: Remembered | None = None) -> None:
        self.index = index
        self.remembered = remembered or Remembered()
        self._known: dict[tuple[str, int, str, str, bool], Found] = {}

    def row(self, country: str, names: Mapping[int, str]) -> dict[int, Found]:
        """What the names of a row mean, by level (``SITE`` for a single place). ``country`` is ISO alpha-3, or empty."""
        found: dict[int, Found] = {}
        above: Found | None = None
        for level in sorted(names):
            if names[level].strip():
                found[level] = above = self._below(country, level, names[level], above)
        return found

    def _below(self, country: str, level: int, text: str, above: Found | None) -> Found:
        if above is None:
            return self.name(text, country, level)
        if above.code:
            return self.name(text, country, level, above.code)
        wide = self.name(text, country, level, sure=False)
        if wide.standing == "decided" and not self._plausible(wide, above):
            return Found(text, level, "uncertain", candidates=wide.candidates, doubt="parent")
        return wide

    def _plausible(self, wide: Found, above: Found) -> bool:
        """Whether a child found in the whole country lies in one of the places its parent's name may mean."""
        return any(one.place.code in wide.candidates[0].place.above for one in above.candidates)

    def name(self, text: str, country: str, level: int, above: str = "", sure: bool = True) -> Found:
        """What one name means; ``sure`` False: the place above was named but not found, so more is asked for."""
        asked = (country, level, above, text, sure)
        if asked not in self._known:
            self._known[asked] = self._find(*asked)
        return self._known[asked]

    def _find(self, country: str, level: int, above: str, text: str, sure: bool) -> Found:
        key = spelling(text).key
        told = self.remembered.own.get((level, above, key))
        if told is not None:
            return self._told(text, level, country, told)
        scope = self.index.scope(country, level, above)
        candidates = self.index.candidates(text, scope)
        elsewhere = self.remembered.others.get((level, above, key))
        if elsewhere:
            candidates = self._offered(candidates, country, elsewhere)
        within = self._name(country, above)
        if above and (not candidates or candidates[0].score < WITHIN.score):
            return self._outside(text, country, level, candidates, within)
        if not candidates:
            return Found(text, level, "unknown", within=within)
        bar = self._bar(candidates[0], country, level, above, sure)
        best, second = candidates[0].score, candidates[1].score if len(candidates) > 1 else 0.0
        if best >= bar.score and round(best - second, 3) >= bar.margin:
            return Found(text, level, "decided", candidates[0].place.code, candidates, candidates[0].way, within)
        return Found(text, level, "uncertain", "", candidates, candidates[0].way, within, "alike")

    def _bar(self, best: Candidate, country: str, level: int, above: str, sure: bool) -> Bar:
        if best.way in SURE and best.score >= SURELY.score:
            return SURELY
        if best.way == FOREIGN:
            return ACROSS if above or (country and level == 1) else WIDE
        if above:
            return WITHIN
        return COUNTRY if country and level == 1 and sure else WIDE

    def _outside(
        self, text: str, country: str, level: int, inside: tuple[Candidate, ...], within: str
    ) -> Found:
        """Not to be found below the place above: those of the whole country are candidates, never decisions."""
        wide = self.index.candidates(text, self.index.scope(country, level))
        seen = {one.place.code for one in inside}
        both = sorted([*inside, *(one for one in wide if one.place.code not in seen)], key=lambda one: -one.score)
        standing = "uncertain" if both else "unknown"
        return Found(text, level, standing, "", tuple(both[:5]), both[0].way if both else "", within, "outside")

    def _told(self, text: str, level: int, country: str, code: str) -> Found:
        place = self.index.by_code.get((country, code))
        if not code:
            return Found(text, level, "none", way=SOURCE)
        one = (Candidate(place, 1.0, SOURCE, text),) if place else ()
        return Found(text, level, "decided", code, one, SOURCE)

    def _offered(self, candidates: tuple[Candidate, ...], country: str, code: str) -> tuple[Candidate, ...]:
        place = self.index.by_code.get((country, code))
        if place is None or any(one.place.code == code for one in candidates):
            return candidates
        return tuple(sorted([*candidates, Candidate(place, 0.9, OTHER, place.name)], key=lambda one: -one.score))

    def _name(self, country: str, above: str) -> str:
        place: Place | None = self.index.by_code.get((country, above))
        return place.name if place else ""
