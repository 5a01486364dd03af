"""What is asked for: words as somebody types them, as each database's index is asked for them.

Every word must be there. A word is found by its beginning; one that can be read in several ways ("Al-Hasakah", "covid19")
is found by any of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from waystation.hall.finding.shapes.folding import LONGEST, compound, fold, is_wide, tokens, without_article

MOST_WORDS = 8
_LETTERS_THEN_DIGITS = re.compile(r"([^\W\d_]+)(\d\w*)")
Way = tuple[tuple[str, bool], ...]  # words, each with whether its beginning is enough


@dataclass(frozen=True)
class Wanted:
    """What was typed: for each word the ways to read it; and the whole of it folded, as names are kept."""

    words: tuple[tuple[Way, ...], ...]
    whole: str

    @property
    def fts5(self) -> str:
        """As SQLite's index is asked."""
        return " AND ".join(self._any(ways, " AND ", '"{}"', '"{}"*', " OR ") for ways in self.words)

    @property
    def tsquery(self) -> str:
        """As PostgreSQL's index is asked."""
        return " & ".join(self._any(ways, " & ", "'{}'", "'{}':*", " | ") for ways in self.words)

    def probe(self, column: str) -> tuple[str, list[str]]:
        """SQL and its parameters: whether the words are in a column of folded text, without an index."""
        parts, given = [], []
        for ways in self.words:
            either = []
            for way in ways:
                either.append("(" + " AND ".join(f"instr({column}, %s) > 0" for _ in way) + ")")
                given += [f" {word}" if begins else f" {word} " for word, begins in way]
            parts.append("(" + " OR ".join(either) + ")")
        return " AND ".join(parts), given

    def in_text(self, text: str) -> bool:
        """Whether every word is in a text."""
        return self.among(words_of(text))

    @property
    def gist(self) -> Wanted:
        """Without the little words of a sentence ("plan a round of it"), when anything is left."""
        told = tuple(
            ways for ways in self.words if any(len(word) > 2 or not word.isascii() for way in ways for word, _ in way)
        )
        return Wanted(told or self.words, self.whole)

    def among(self, held: Iterable[str]) -> bool:
        """Whether every word is among some folded words."""
        held = list(held)
        return all(any(_held(way, held) for way in ways) for ways in self.words)

    def touches(self, text: str) -> bool:
        """Whether any word is in a text."""
        held = words_of(text)
        return any(_held(way, held) for ways in self.words for way in ways)

    @staticmethod
    def _any(ways: tuple[Way, ...], both: str, word: str, beginning: str, either: str) -> str:
        written = [both.join((beginning if begins else word).format(one) for one, begins in way) for way in ways]
        return (
            written[0] if len(written) == 1 and len(ways[0]) == 1 else f"({either.join(f'({one})' for one in written)})"
        )


@lru_cache(maxsize=20_000)
def words_of(text: str) -> tuple[str, ...]:
    """The folded words of a text that is asked again and again: what acts, pages and fields are called."""
    return tuple(tokens(text))


def _held(way: Way, held: Iterable[str]) -> bool:
    return all(any(one.startswith(word) if begins else one == word for one in held) for word, begins in way)


def wanted(text: str) -> Wanted | None:
    """What a text asks for, of its first eight words; None when there is no letter and no digit in it."""
    read = [ways for part in re.split(r"[\s,;/|()\[\]]+", text)[:MOST_WORDS] if (ways := _ways(part))]
    return Wanted(tuple(read), fold(text)) if read else None


def _ways(part: str) -> tuple[Way, ...]:
    pieces = [one[:LONGEST] for one in compound(part)]
    if not pieces:
        return ()
    whole = fold(part).replace(" ", "")[:LONGEST]
    if is_wide(whole):
        held = tokens(part)
        return (tuple((one, True) for one in held if len(one) > 1 or len(held) == 1),)
    ways = [_begun(pieces)]
    if len(pieces) > 1:
        ways.append(_begun([whole]))
    elif mixed := _LETTERS_THEN_DIGITS.fullmatch(pieces[0]):
        ways.append(_begun([*mixed.groups()]))
    return tuple(ways)


def _begun(pieces: list[str]) -> Way:
    """The words, of the last one its beginning; a single letter is a word and no beginning: half of all words would answer."""
    *before, last = pieces
    last = without_article(last)
    return (*((one, False) for one in before), (last, len(last) > 1))
