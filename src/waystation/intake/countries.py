"""Countries, territories and areas as packages know them: nothing of it is typed here.

Codes, UN M49 regions and names come with hdx-python-country (OCHA's taxonomy: UNTERM short names, else M49 names); what
it lacks is completed from pycountry's translations of ISO 3166-1, then from Unicode CLDR (babel).
"""

from __future__ import annotations

import csv
import gettext
import importlib.resources
from collections.abc import Mapping
from typing import NamedTuple

import pycountry
from babel import Locale
from babel.core import UnknownLocaleError
from babel.lists import format_list

from waystation.intake.fields import Field
from waystation.kernel.datasets import Terms


class CountryRow(NamedTuple):
    """A country, territory or area: its codes, its names by language (ISO 639-1), its regions, its status."""

    iso3: str
    iso2: str
    m49: str
    names: Mapping[str, str]
    region: str
    subregion: str
    intermediate: str
    status: str


TERMS = Terms(
    source="OCHA countries and territories taxonomy (hdx-python-country), ISO 3166-1 (pycountry), Unicode CLDR (babel)",
    licence="MIT; LGPL-2.1 (ISO names); Unicode License v3",
    attribution="United Nations OCHA; Debian iso-codes; Unicode, Inc.",
    may_republish=True,
)
_TAXONOMY = "Countries & Territories Taxonomy MVP - C&T Taxonomy.csv"
WORDS = dict(
    zip(
        ("en", "fr", "es", "ru", "zh", "ar"),
        ("English", "French", "Spanish", "Russian", "Chinese", "Arabic"),
        strict=True,
    )
)
_CATALOGUE = {"fr": "fr", "es": "es", "ru": "ru", "zh": "zh_CN", "ar": "ar"}
# M49's own list has these out of order, cut short, or not in the nominative; ISO's translations have them right.
_SLIPS = {("ru", "ALA"), ("ru", "ATA"), ("ru", "CCK"), ("ru", "CYM"), ("ar", "ATF"), ("ar", "IOT"), ("ar", "UMI")}
# Regions of M49 that CLDR has no name of, or one of another extent: told by what they are made of.
_MADE_OF = {"419": ("419", "029"), "053": ("AU", "NZ"), "830": ("GG", "JE")}


def from_packages() -> list[CountryRow]:
    """All 249 entries of ISO 3166-1, and those that the United Nations use a user-assigned code for (XKX)."""
    text, found = (importlib.resources.files("hdx.location") / _TAXONOMY).read_text(encoding="utf-8-sig"), []
    for line in csv.DictReader(text.splitlines()):
        iso3, iso2 = line["ISO 3166-1 Alpha 3-Codes"], line["ISO 3166-1 Alpha 2-Codes"]
        assigned = not iso3
        if assigned:
            iso3, iso2 = line["x Alpha3 codes"], line["x Alpha2 codes"]
        if not iso3 or not iso2 or line["Deprecated"] == "Y":
            continue  # parts of countries and what no longer exists
        status = "assigned" if assigned else "state" if line["Independent"] == "Y" else "territory"
        region, below, within = (m49(line[f"{kind} Code"]) for kind in ("Region", "Sub-region", "Intermediate Region"))
        names = {language: _name(line, iso2, iso3, language) for language in WORDS}
        found.append(CountryRow(iso3, iso2, m49(line["m49 numerical code"]), names, region, below, within, status))
    return sorted(found, key=lambda one: one.iso3)


def m49(code: str) -> str:
    return code.zfill(3) if code else ""


def _name(line: Mapping[str, str], iso2: str, iso3: str, language: str) -> str:
    word = WORDS[language]
    listed = "" if (language, iso3) in _SLIPS else line[f"M49 {word}"]
    given = line[f"{word} Short"] or listed or (language == "en" and line["Preferred Term"])
    return given or _translated(iso2, language) or _of_cldr(iso2, language)


def _translated(iso2: str, language: str) -> str:
    country = pycountry.countries.get(alpha_2=iso2)
    if country is None:
        return ""
    if language == "en":
        return str(country.name)
    words = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[_CATALOGUE[language]], fallback=True)
    said = words.gettext(country.name)
    return "" if said == country.name else said


def _of_cldr(code: str, language: str) -> str:
    return str(Locale(language).territories.get(code, code))


def region_name(code: str, language: str) -> str:
    """The name of an M49 region in a language, from Unicode CLDR; the code when it has none."""
    try:
        locale = Locale.parse(language.split("-")[0])
    except UnknownLocaleError:
        return region_name(code, "en")
    return format_list([_of_cldr(part, locale.language) for part in _MADE_OF.get(code, (code,))], locale=locale)


def fields(language: str) -> tuple[Field, ...]:
    """What a file of countries may hold; ``language`` is that of a column of names that does not say its own."""
    names = {
        code: [f"{word} Short", f"M49 {word}", f"name_{code}", f"official_name_{code}"] for code, word in WORDS.items()
    }
    names[language] += ["Country or Area", "Name", "Country"]
    names["zh"] += ["official_name_cn"]
    return (
        Field("iso3", "code", required=True, hxl=("#country+code+v_iso3", "#country+code"), pattern="[A-Za-z]{3}",
              synonyms=("ISO 3166-1 Alpha 3-Codes", "ISO-alpha3 Code", "ISO3166-1-Alpha-3", "alpha-3", "iso3")),
        Field("iso2", "code", hxl=("#country+code+v_iso2",), pattern="[A-Za-z]{2}",
              synonyms=("ISO 3166-1 Alpha 2-Codes", "ISO-alpha2 Code", "ISO3166-1-Alpha-2", "alpha-2", "iso2")),
        Field("m49", "code", hxl=("#country+code+num+v_m49",), pattern="[0-9]{1,3}",
              synonyms=("m49 numerical code", "M49 Code", "M49")),
        *(Field(code, synonyms=tuple(words)) for code, words in names.items()),
        Field("region", "code", pattern="[0-9]{1,3}", synonyms=("Region Code",)),
        Field("subregion", "code", pattern="[0-9]{1,3}", synonyms=("Sub-region Code",)),
        Field("intermediate", "code", pattern="[0-9]{1,3}", synonyms=("Intermediate Region Code",)),
    )  # fmt: skip
