"""What crosses the door of naming: places with their names, a name that is asked about, and what was found for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

EXACT, SAME, ALIAS, RENAMED, FOREIGN, FUZZY, PART, SOURCE, OTHER = (
    "exact", "same", "alias", "renamed", "transliterated", "fuzzy", "part", "source", "other source",
)  # fmt: skip
Standing = Literal["decided", "uncertain", "unknown", "none"]


class Place(NamedTuple):
    """A place as it can be meant. ``code`` is its p-code (or the ref of a site), ``above`` the codes above it, nearest first;
    ``names`` are its other names, ``former`` those it had, and those of what it came of."""

    code: str
    name: str
    level: int
    country: str
    above: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    former: tuple[str, ...] = ()


class Candidate(NamedTuple):
    """A place a name may mean: how alike they are (0..1), which way, and which of its names it was."""

    place: Place
    score: float
    way: str
    name: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for one name. ``standing``: decided (``code`` says which), uncertain (a person must decide),
    unknown (nothing is alike), none (decided earlier that there is no such place). ``above`` is the code of the place above and
    ``within`` its name, when it is known; ``above_said`` is how it was said. ``doubt`` is why it is uncertain: alike (others are
    as near), outside (nothing like it below the place above), parent (the place above is not sure)."""

    text: str
    level: int
    standing: Standing
    code: str = ""
    candidates: tuple[Candidate, ...] = ()
    way: str = ""
    within: str = ""
    above: str = ""
    above_said: str = ""
    doubt: str = ""

    @property
    def score(self) -> float:
        """How alike the best candidate is, 0 when there is none."""
        return self.candidates[0].score if self.candidates else 0.0

    @property
    def second(self) -> float:
        """How alike the second best is, 0 when there is none."""
        return self.candidates[1].score if len(self.candidates) > 1 else 0.0


@dataclass(frozen=True)
class Remembered:
    """What people decided before: for this source and for others, by (level, what it lies under, key of the name) -> code;
    an empty code says that there is no such place."""

    own: Mapping[tuple[int, str, str], str] = field(default_factory=dict)
    others: Mapping[tuple[int, str, str], str] = field(default_factory=dict)
