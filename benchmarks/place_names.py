"""How well and how fast names find their codes: names of real workbooks with their codes hidden, against independent lists.

    python benchmarks/place_names.py [--data FOLDER] [--write docs/place-names.md]

The gazetteer is the global p-code list (33,451 areas of levels 1 and 2) and the settlements of GeoNames, never a workbook's own
list. Each workbook's names are matched as distinct rows (a first level and, where there is one, a second level) with their
country known; then the code found is compared with the one that was hidden. Prints a table for each kind of names and exits
with 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import random
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from waystation.apps.naming.queries.matching import Index
from waystation.apps.naming.queries.rows import Matcher
from waystation.apps.naming.queries.spelling import spelling
from waystation.apps.naming.shapes import Place

RIGHT, DECIDED, SECONDS = 0.97, 0.85, 10.0  # the targets
SITE = 9
Names = dict[int, str]


@dataclass(frozen=True)
class Row:
    """A row of a workbook: its country, its names and the codes that were hidden, by level."""

    country: str
    names: tuple[tuple[int, str], ...]
    codes: tuple[tuple[int, str], ...]


@dataclass
class Workbook:
    """The distinct rows of a workbook, and how often each name occurs in it."""

    title: str
    rows: dict[Row, int] = field(default_factory=dict)

    def add(self, country: str, *pairs: tuple[int, object, object]) -> None:
        """A row as (level, name, code) pairs; those without a name or a code are left out."""
        kept = [(level, str(name).strip(), str(code).strip()) for level, name, code in pairs if name and code]
        kept = [one for one in kept if one[2] != "Not available"]
        if kept:
            row = Row(country, tuple((n, name) for n, name, _ in kept), tuple((n, code) for n, _, code in kept))
            self.rows[row] = self.rows.get(row, 0) + 1


def gazetteer(data: Path) -> list[Place]:
    """All places of the global p-code list and of GeoNames' settlements."""
    places = []
    listed = data / "geography/global_pcodes_adm1_adm2.csv.gz"
    with gzip.open(listed, "rt", encoding="utf-8-sig") as stream:
        for one in csv.DictReader(stream):
            level, above = int(one["Admin Level"]), one["Parent P-Code"]
            places.append(Place(one["P-Code"], one["Name"], level, one["Location"], (above,) if level > 1 else ()))
    iso3 = {}
    with (data / "geography/country_codes.csv").open(encoding="utf-8-sig") as stream:
        iso3 = {one["ISO3166-1-Alpha-2"]: one["ISO3166-1-Alpha-3"] for one in csv.DictReader(stream)}
    with gzip.open(data / "geography/geonames_settlements_crisis_countries.csv.gz", "rt", encoding="utf-8") as stream:
        for one in csv.DictReader(stream):
            names = tuple(dict.fromkeys(one["alternatenames"].split("|"))) if one["alternatenames"] else ()
            country = iso3.get(one["countrycode"], one["countrycode"])
            places.append(Place(f"geonames {one['geonameid']}", one["name"], SITE, country, (), names))
    return places


def _sheet(path: Path, sheet: str, header: int = 0) -> Iterator[dict[str, Any]]:
    import openpyxl

    with closing(openpyxl.load_workbook(path, read_only=True, data_only=True)) as book:
        lines = list(book[sheet].iter_rows(max_col=10, values_only=True))  # names and codes come first
    names = [str(one or place) for place, one in enumerate(lines[header])]
    for line in lines[header + 1 :]:
        if any(cell is not None for cell in line):
            yield dict(zip(names, line, strict=False))


def workbooks(data: Path) -> Iterator[Workbook]:
    """The workbooks that hold names and codes of levels 1 and 2, made by others than the list's makers."""
    book = Workbook("DTM South Sudan, round 11 (locations)")
    for one in _sheet(data / "displacement/dtm_south_sudan_baseline_round_11.xlsx", "MT R11 Baseline locations"):
        if str(one["state_pcode"]).startswith("SS"):
            book.add("SSD", (1, one["state_name"], one["state_pcode"]), (2, one["county_name"], one["county_pcode"]))
    yield book
    for iso3, name in (("HTI", "Haiti"), ("TCD", "Chad")):
        book = Workbook(f"DTM {name}, all rounds")
        for level in (1, 2):
            told = json.loads((data / f"collect/dtm_api/admin{level}-{iso3.lower()}.json").read_text("utf-8"))
            for one in told if isinstance(told, list) else told["result"]:
                pairs = [(n, one[f"admin{n}Name"], one[f"admin{n}Pcode"]) for n in range(1, level + 1)]
                book.add(iso3, *pairs, (1, None, None))
                if one["idpOriginAdmin1Pcode"] not in (None, "Not available"):
                    book.add(iso3, (1, one["idpOriginAdmin1Name"], one["idpOriginAdmin1Pcode"]))
        yield book
    book = Workbook("3W South Sudan, 2022 Q1")
    for one in _sheet(data / "coordination/3w_south_sudan_2022_q1.xlsx", "January to March"):
        book.add("SSD", (1, one["#adm1+name"], one["#adm1+code"]), (2, one["#adm2+name"], one["#adm2+code"]))
    yield book
    book = Workbook("3W Chad, October 2021")
    for one in _sheet(data / "coordination/3w_chad_2021-10.xlsx", "Feuil1"):
        if str(one["Pcode1"]).startswith("TD"):
            book.add("TCD", (1, one["Province"], one["Pcode1"]))
    yield book
    book = Workbook("3W Ukraine, round 12")
    for one in _sheet(data / "coordination/3w_ukraine_round12_2022-05-26.xlsx", "Num_of_Orgs_by_Oblast"):
        book.add("UKR", (1, one["OBLAST"], one["ADMIN1_ID"]))
    yield book
    book = Workbook("Health facilities, 45 countries")
    with (data / "health/subnational_health_facility_counts.csv").open(encoding="utf-8-sig") as stream:
        for one in csv.DictReader(stream):
            book.add(one["alpha_3"], (int(one["ADM_LEVEL"]), one["ADM_REF"], one["ADM_PCODE"]))
    yield book


def numbered_otherwise(book: Workbook, index: Index) -> set[str]:
    """Countries of a workbook whose codes are those of another edition: a fifth or more of them are not in the gazetteer, or
    stand there beside another name while the name has a code of its own. Judged by plain equality, before any matching."""
    plain = {(one.country, one.level, spelling(one.name).plain): one.code for one in index.places if one.level != SITE}
    seen: dict[str, list[bool]] = defaultdict(list)
    for row in book.rows:
        names = dict(row.names)
        for level, code in row.codes:
            held, own = (
                index.by_code.get((row.country, code)),
                plain.get((row.country, level, spelling(names[level]).plain)),
            )
            seen[row.country].append(held is None or held.level != level or own not in (None, code))
    return {country for country, odd in seen.items() if sum(odd) >= 0.2 * len(odd)}


def in_other_scripts(data: Path) -> Iterator[Workbook]:
    """Names in Arabic, French and Haitian Creole of areas whose names the gazetteer holds in English or French."""
    for iso3, level, column, title in (
        ("YEM", 1, "ADM1_AR", "Yemen, governorates in Arabic"),
        ("IRQ", 1, "ADM1_AR", "Iraq, governorates in Arabic"),
        ("HTI", 1, "ADM1_FR", "Haiti, departments in French"),
        ("HTI", 2, "ADM2_FR", "Haiti, communes in French"),
        ("HTI", 1, "ADM1_HT", "Haiti, departments in Creole"),
    ):
        book = Workbook(title)
        told = json.loads((data / f"geography/boundaries/{iso3.lower()}_adm{level}.geojson").read_text("utf-8"))
        for one in (feature["properties"] for feature in told["features"]):
            above = [(1, one["ADM1_FR"], one["ADM1_PCODE"])] if level == 2 else []
            book.add(iso3, *above, (level, one[column], one[f"ADM{level}_PCODE"]))
        yield book


SCRIPTS = {"Arabic": "[\u0621-\u064a]", "Cyrillic": "[\u0430-\u044f]"}


def settlements(places: Iterable[Place], script: str) -> tuple[list[Place], Workbook]:
    """GeoNames' settlements by their main name only, and what each is called in a script: the first such name."""
    sign = re.compile(SCRIPTS[script])
    known, book = [], Workbook(f"Settlements in {script}")
    for one in places:
        if one.level == SITE:
            known.append(one._replace(names=()))
            said = next((name for name in one.names if sign.search(name.casefold())), None)
            if said:
                book.add(one.country, (SITE, said, one.code))
    return known, book


def damaged(text: str, way: str, chance: random.Random) -> str:
    """A name as hands spoil it."""
    at = chance.randrange(1, max(2, len(text) - 1))
    return {
        "letter missing": lambda: text[:at] + text[at + 1 :],
        "letter twice": lambda: text[:at] + text[at] + text[at:] if at < len(text) else text + text[-1],
        "two letters changed places": lambda: text[: at - 1] + text[at : at + 1] + text[at - 1] + text[at + 1 :],
        "wrong letter": lambda: text[:at] + chance.choice("aeiourstnl") + text[at + 1 :],
        "upper case, spaces lost": lambda: text.upper().replace(" ", ""),
        "vowel misheard": lambda: re.sub("[aeiou]", lambda _m: chance.choice("aeiou"), text, count=1),
    }[way]()


DAMAGE = ("letter missing", "letter twice", "two letters changed places", "wrong letter", "upper case, spaces lost",
          "vowel misheard")  # fmt: skip


def spoilt(places: list[Place], way: str, count: int, above: bool) -> Workbook:
    """Second-level areas of the whole world with spoilt names, with the name of the area above or without it."""
    chance = random.Random(way)
    book = Workbook(f"{way}{'' if above else ', without the area above'}")
    first = {(one.country, one.code): one for one in places if one.level == 1}
    for one in chance.sample([p for p in places if p.level == 2 and len(p.name) > 3], count):
        parent = first.get((one.country, one.above[0]))
        pair = [(1, parent.name, parent.code)] if above and parent else []
        book.add(one.country, *pair, (2, damaged(one.name, way, chance), one.code))
    return book


def held_out(places: list[Place], share: float = 0.1) -> tuple[list[Place], Workbook]:
    """The gazetteer without some second-level areas, and their names: whatever is decided for them is wrong."""
    chance = random.Random(5)
    kept, book = [], Workbook("Areas the gazetteer does not hold")
    first = {(one.country, one.code): one for one in places if one.level == 1}
    for one in places:
        if one.level == 2 and chance.random() < share:
            parent = first.get((one.country, one.above[0]))
            if parent:
                book.add(one.country, (1, parent.name, parent.code), (2, one.name, "held out " + one.code))
        else:
            kept.append(one)
    return kept, book


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
