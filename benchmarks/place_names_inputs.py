"""What ``place_names.py`` measures with: lists of places, workbooks with names and hidden codes, names as hands spoil them."""

from __future__ import annotations

import csv
import gzip
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from waystation.apps.naming.queries.matching import Index
from waystation.apps.naming.queries.spelling import spelling
from waystation.apps.naming.shapes import Place

SITE = 9


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
