"""How well and how fast names find their codes: names of real workbooks with their codes hidden, against independent lists.

    python -m benchmarks.place_names [--data FOLDER] [--write docs/place-names.md]

The gazetteer is the global p-code list (33,451 areas of levels 1 and 2) and the settlements of GeoNames, never a workbook's own
list. Each workbook's names are matched as distinct rows (a first level and, where there is one, a second level) with their
country known; then the code found is compared with the one that was hidden. Prints a table for each kind of names and exits
with 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.place_names_inputs import (
    DAMAGE,
    SCRIPTS,
    Row,
    Workbook,
    damaged,
    gazetteer,
    held_out,
    in_other_scripts,
    numbered_otherwise,
    settlements,
    spoilt,
    workbooks,
)
from waystation.apps.naming.queries.matching import Index
from waystation.apps.naming.queries.rows import Matcher
from waystation.apps.naming.queries.spelling import spelling
from waystation.apps.naming.shapes import Place

RIGHT, DECIDED, SECONDS = 0.97, 0.85, 10.0  # the targets


@dataclass
class Score:
    """What became of the names of a workbook."""

    title: str
    names: int = 0
    decided: int = 0
    right: int = 0
    seconds: float = 0.0
    wrong: list[tuple[str, int, str, str, str]] = field(default_factory=list)
    queued: list[tuple[str, int, str, str]] = field(default_factory=list)

    def __add__(self, other: Score) -> Score:
        return Score(
            self.title, self.names + other.names, self.decided + other.decided, self.right + other.right,
            self.seconds + other.seconds, self.wrong + other.wrong, self.queued + other.queued,
        )  # fmt: skip

    @property
    def cells(self) -> tuple[str, ...]:
        """Title, names, decided, right of the decided, queue, as they are printed."""
        share = self.decided / self.names if self.names else 0
        right = f"{self.right / self.decided:.1%}" if self.decided else "–"
        return (self.title, f"{self.names:,}", f"{share:.1%}", right, f"{1 - share:.1%}")


def scored(book: Workbook, index: Index, only: Callable[[Row, int], bool] = lambda _row, _level: True) -> Score:
    """Match a workbook's rows and compare. Each name counts once within the place it stands in."""
    matcher, score, seen = Matcher(index), Score(book.title), set()
    begun = time.process_time()
    found = [(row, matcher.row(row.country, dict(row.names))) for row in book.rows]
    score.seconds = time.process_time() - begun
    for row, by_level in found:
        codes = dict(row.codes)
        for level, one in by_level.items():
            key = (row.country, level, one.text, one.within, codes[level])
            if key in seen or not only(row, level):
                continue
            seen.add(key)
            score.names += 1
            if one.standing != "decided":
                score.queued.append((row.country, level, one.text, codes[level]))
            else:
                score.decided += 1
                score.right += one.code == codes[level]
                if one.code != codes[level]:
                    score.wrong.append((row.country, level, one.text, codes[level], one.code))
    return score


def speed(places: list[Place]) -> tuple[float, float]:
    """Seconds of one core to build the index of everything, and to match 5,000 names with everything: no country, no level,
    half of the names spoilt."""
    chance = random.Random(7)
    some = chance.sample([one for one in places if len(one.name) > 3], 5000)
    names = [damaged(p.name, chance.choice(DAMAGE), chance) if chance.random() < 0.5 else p.name for p in some]
    spelling.cache_clear()
    begun = time.process_time()
    matcher = Matcher(Index(places))
    matcher.name("begin", "", None)
    built = time.process_time() - begun
    for name in names:
        matcher.name(name, "", None)
    return built, time.process_time() - begun - built


@dataclass
class Measured:
    """All that is measured, in the order it is printed."""

    books: list[Score]
    renumbered: list[Score]
    by_country: list[Score]
    by_level: list[Score]
    scripts: list[Score]
    damage: list[Score]
    absent: Score
    seconds: tuple[float, float]
    places: int

    @property
    def total(self) -> Score:
        """The real workbooks together."""
        return sum(self.books[1:], self.books[0])

    @property
    def with_renumbered(self) -> Score:
        """The same with the countries of another edition, whose codes cannot be compared."""
        return sum(self.renumbered, self.total)


def of_countries(book: Workbook, wanted: Callable[[str], bool], title: str = "") -> Workbook:
    """The rows of some countries."""
    return Workbook(title or book.title, {row: count for row, count in book.rows.items() if wanted(row.country)})


def outside(apart: set[str]) -> Callable[[str], bool]:
    """All countries but some."""
    return lambda country: country not in apart


def real(data: Path, index: Index) -> tuple[list[Score], list[Score], list[Score], list[Score]]:
    """The real workbooks: each; the countries of other editions; by country; by level."""
    books, renumbered = [], []
    by_country: dict[str, Score] = {}
    by_level = {1: Score("level 1"), 2: Score("level 2")}
    for book in workbooks(data):
        apart = numbered_otherwise(book, index)
        rest = of_countries(book, outside(apart))
        books.append(scored(rest, index))
        if apart:
            title = f"{book.title}: {', '.join(sorted(apart))}"
            renumbered.append(scored(of_countries(book, apart.__contains__, title), index))
        for country in sorted({row.country for row in rest.rows}):
            one = scored(of_countries(rest, country.__eq__), index)
            by_country[country] = by_country.get(country, Score(country)) + one
        by_level[1] += scored(rest, index, at_first)
        by_level[2] += scored(rest, index, at_second)
    many = [one for one in by_country.values() if one.names >= 20]
    others = sum((one for one in by_country.values() if one.names < 20), Score("other countries"))
    return books, renumbered, [*sorted(many, key=lambda one: -one.names), others], list(by_level.values())


def at_first(_row: Row, level: int) -> bool:
    """Only names of the first level are counted."""
    return level == 1


def at_second(_row: Row, level: int) -> bool:
    """Only names of the second level are counted: the first is given to find them."""
    return level == 2


def measure(data: Path) -> Measured:
    """Everything on the page, about half a minute of one core."""
    places = gazetteer(data)
    index = Index(places)
    books, renumbered, by_country, by_level = real(data, index)
    scripts = [scored(book, index) for book in in_other_scripts(data)]
    for script in SCRIPTS:
        known, book = settlements(places, script)
        scripts.append(scored(book, Index(known)))
    damage = [scored(spoilt(places, way, 1000, above), index, at_second) for above in (True, False) for way in DAMAGE]
    kept, book = held_out(places)
    absent = scored(book, Index(kept), at_second)
    return Measured(books, renumbered, by_country, by_level, scripts, damage, absent, speed(places), len(places))


HEAD = ("names", "decided", "right of the decided", "queue")


def table(title: str, scores: Iterable[Score]) -> str:
    """A table as Markdown."""
    lines = [f"| {title} | {' | '.join(HEAD)} |", "|---|--:|--:|--:|--:|"]
    lines += ["| " + " | ".join(one.cells) + " |" for one in scores]
    return "\n".join(lines)


def page(found: Measured) -> str:
    """The measured tables as the page holds them."""
    total, whole = found.total, found.with_renumbered
    total.title, whole.title = "**all workbooks**", "with codes of another edition counted as wrong"
    built, matched = found.seconds
    wrong = [f"{country} “{text}” ({asked}), decided as {got}" for country, _n, text, asked, got in total.wrong]
    return "\n\n".join(
        [
            table("workbook", [*found.books, total, whole]),
            f"Wrongly decided: {'; '.join(wrong) or 'none'}.",
            table("codes of another edition", found.renumbered),
            table("country", found.by_country),
            table("level", found.by_level),
            table("other scripts and languages", found.scripts),
            table("spoilt names (1,000 each)", found.damage),
            table("not in the gazetteer", [found.absent]),
            f"Index of {found.places:,} places built in {built:.1f} s; 5,000 names, half of them spoilt, against all of it in "
            f"{matched:.1f} s of one core.",
        ]
    )


BEGIN, END = "<!-- measured -->", "<!-- /measured -->"


def main() -> int:
    """Print the tables, or write them into the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("WAYSTATION_SHARED_DATA") or beside))
    parser.add_argument("--write", type=Path, help="the page whose measured part is replaced")
    args = parser.parse_args()
    if not args.data.is_dir():
        print(f"There is no folder {args.data}. Set WAYSTATION_SHARED_DATA to the folder of real inputs.")
        return 2
    found = measure(args.data)
    told = page(found)
    print(told)
    if args.write:
        before, _begin, rest = args.write.read_text("utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        args.write.write_text(f"{before}{BEGIN}\n\n{told}\n\n{END}{after}", "utf-8")
    total = found.total
    met = (
        total.decided >= DECIDED * total.names and total.right >= RIGHT * total.decided and sum(found.seconds) < SECONDS
    )
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
