"""One name against an index of places: exact, alias, transliterated or alike, always within the place above when it is known.

An index is built once for a list of places and kept. A name is compared with all places of a small scope, and of a large one
with those that share most of its trigrams; how alike two names are is the edits between them, over their keys and over how
they sound. A name is decided when the best place is alike enough and the second best is far enough behind.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from rapidfuzz.distance import OSA, Indel

from waystation.apps.naming.queries.spelling import Spelling, parts, spelling
from waystation.apps.naming.shapes import ALIAS, EXACT, FOREIGN, FUZZY, PART, RENAMED, SAME, Candidate, Place

MOST = 5  # candidates that are shown
NEAR = 60  # entries of a large scope that are compared letter by letter
SMALL = 80  # a scope of so few entries is compared whole
LEAST = 0.55  # what is less alike is no candidate
FIRST, LATER = 0.96, 0.8  # what the first of several names in a text counts, and what the others do
ASIDE = 0.02  # what an alias or a former name counts less than the name itself


@dataclass(frozen=True, slots=True)
class Entry:
    """A name of a place, spelt out."""

    place: int
    name: str
    way: str
    said: Spelling


class Scope:
    """Some of an index's entries: those of a country, a level, or below a place."""

    def __init__(self, index: Index, entries: Sequence[int]) -> None:
        self.index = index
        self.entries = np.asarray(entries, dtype=np.int32)
        self.keys: dict[str, list[int]] = defaultdict(list)
        self.bones: dict[str, list[int]] = defaultdict(list)
        for number in entries:
            said = index.entries[number].said
            self.keys[said.key].append(number)
            self.bones[said.bones].append(number)

    @cached_property
    def _grams(self) -> dict[str, np.ndarray]:
        found: dict[str, list[int]] = defaultdict(list)
        for place, number in enumerate(self.entries.tolist()):
            for gram in grams(self.index.entries[number].said.sound):
                found[gram].append(place)
        return {gram: np.asarray(places, dtype=np.int32) for gram, places in found.items()}

    @cached_property
    def _sizes(self) -> np.ndarray:
        return np.asarray([len(grams(self.index.entries[number].said.sound)) for number in self.entries.tolist()])

    def near(self, said: Spelling) -> Iterable[int]:
        """The entries worth comparing with a spelling."""
        if len(self.entries) <= SMALL:
            return [int(one) for one in self.entries]
        alike = {*self.keys.get(said.key, ()), *(self.bones.get(said.bones, ())[:NEAR] if said.bones else ())}
        lists = [self._grams[gram] for gram in grams(said.sound) if gram in self._grams]
        if lists:
            shared = np.bincount(np.concatenate(lists), minlength=len(self.entries))
            some = np.flatnonzero(shared >= min(2, len(lists)))
            dice = shared[some] / (self._sizes[some] + len(lists))
            best = some if len(some) <= NEAR else some[np.argpartition(dice, -NEAR)[-NEAR:]]
            alike |= set(self.entries[best].tolist())
        return alike


class Index:
    """Places with all their names, and the scopes that were asked for so far."""

    def __init__(self, places: Iterable[Place]) -> None:
        self.places = list(places)
        self.by_code: dict[tuple[str, str], Place] = {(one.country, one.code): one for one in self.places}
        self.entries: list[Entry] = []
        for number, one in enumerate(self.places):
            named = dict.fromkeys([one.name], EXACT) | {name: ALIAS for name in one.names if name != one.name}
            named |= {name: RENAMED for name in one.former if name not in named}
            self.entries += [Entry(number, name, way, spelling(name)) for name, way in named.items()]
        self._scopes: dict[tuple[str, int | None, str], Scope] = {}

    def scope(self, country: str = "", level: int | None = None, above: str = "") -> Scope:
        """The entries of a country, a level and below a place; each may be left open."""
        asked = (country, level, above)
        if asked not in self._scopes:
            self._scopes[asked] = Scope(self, [n for n in self._of(country, level) if self._under(n, above)])
        return self._scopes[asked]

    def _of(self, country: str, level: int | None) -> Sequence[int]:
        return self._sorted.get((country, level), ())

    def _under(self, number: int, above: str) -> bool:
        return not above or above in self.places[self.entries[number].place].above

    @cached_property
    def _sorted(self) -> dict[tuple[str, int | None], list[int]]:
        found: dict[tuple[str, int | None], list[int]] = defaultdict(list)
        for number, one in enumerate(self.entries):
            place = self.places[one.place]
            for country in ("", place.country):
                found[country, None].append(number)
                found[country, place.level].append(number)
        return found

    def candidates(self, text: str, scope: Scope, most: int = MOST) -> tuple[Candidate, ...]:
        """The places a text may mean in a scope, the most alike first; each place once, with its best name."""
        best: dict[int, Candidate] = {}
        pieces = [(text, 1.0), *((piece, LATER if place else FIRST) for place, piece in enumerate(parts(text)))]
        for piece, worth in pieces:
            said = spelling(piece)
            if not said.key:
                continue
            for number in scope.near(said):
                entry = self.entries[number]
                score, way = alike(said, entry.said)
                if way != FUZZY:
                    way = entry.way if entry.way != EXACT and way in (EXACT, SAME) else way
                score = round(score * worth - (ASIDE if entry.way != EXACT else 0), 3)
                way = PART if worth < 1 and way in (EXACT, SAME) else way
                if score >= LEAST and (entry.place not in best or best[entry.place].score < score):
                    best[entry.place] = Candidate(self.places[entry.place], score, way, entry.name)
        return tuple(sorted(best.values(), key=lambda one: (-one.score, one.place.level, one.place.code))[:most])


def grams(text: str) -> frozenset[str]:
    """The trigrams of a text with its edges."""
    edged = f"^{text}$"
    return frozenset(edged[place : place + 3] for place in range(len(edged) - 2)) or frozenset({edged})


def alike(one: Spelling, other: Spelling) -> tuple[float, str]:
    """How alike two spellings are, 0..1, and which way: exact, same (up to case, accents, articles, generic words),
    transliterated (equal or alike across scripts), fuzzy."""
    if one.plain == other.plain:
        return 1.0, EXACT
    if one.arabic != other.arabic:
        return _across(one, other)
    if one.key == other.key:
        return 0.99, FOREIGN if one.foreign != other.foreign else SAME
    written = OSA.normalized_similarity(one.key, other.key)
    said = OSA.normalized_similarity(one.sound, other.sound)
    score = max(written, 0.25 * written + 0.75 * said)
    if len(one.words) > 1 or len(other.words) > 1:
        sorted_alike = Indel.normalized_similarity("".join(sorted(one.words)), "".join(sorted(other.words)))
        score = max(score, sorted_alike * (0.98 if sorted(one.words) == sorted(other.words) else 0.93))
    if set(one.words) < set(other.words) or set(other.words) < set(one.words):
        score = max(score, 0.65)
    cut = _cut(one.words, other.words) or _cut(other.words, one.words)
    score = max(score, 0.93) if cut else score
    if NUMBER.findall(one.key) != NUMBER.findall(other.key) or _sides(one) != _sides(other):
        score = min(score, 0.7)  # Ward 5 is not Ward 6, Gogrial East not Gogrial West
    elif not cut:
        score = min(score, _word_by_word(one.words, other.words))
    return min(score, 0.98), FOREIGN if one.foreign != other.foreign else FUZZY


def _cut(short: tuple[str, ...], full: tuple[str, ...]) -> bool:
    """Whether a form or a column cut a name off inside its last word."""
    same = len(short) == len(full) > 1 and short[:-1] == full[:-1]
    return same and len(short[-1]) >= 3 and full[-1].startswith(short[-1]) and sum(map(len, short)) >= 10


def _word_by_word(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """The most that names of as many words may count, by the word that differs most: Monte Alegre is not Porto Alegre."""
    if len(one) != len(other) or len(one) < 2 or sorted(one) == sorted(other):
        return 1.0
    worst = min(OSA.normalized_similarity(a, b) for a, b in zip(one, other, strict=True))
    return 0.5 + 0.5 * worst if worst > 0.6 else 0.8


def _across(one: Spelling, other: Spelling) -> tuple[float, str]:
    """Arabic beside Latin: their consonants, then the letters that Arabic writes."""
    bones = OSA.normalized_similarity(one.bones, other.bones)
    letters = Indel.normalized_similarity(one.key, other.key)
    worth = 0.97 if len(one.bones) > 2 else 0.9
    return worth * (0.8 * bones + 0.2 * letters) if one.bones and other.bones else 0.5 * letters, FOREIGN


NUMBER = re.compile("[1-9][0-9]*")
SIDES = frozenset({"nord", "sud", "est", "ouest", "centre", "haut", "bas", "grand", "petit", "extreme"})


def _sides(one: Spelling) -> list[str]:
    return sorted(word for word in one.words if word in SIDES)
