"""Countries, territories and areas from packages: nothing of it is typed here.

Codes, UN M49 regions and names come with hdx-python-country (OCHA's taxonomy: UNTERM short names, else M49 names); what
it lacks is completed from pycountry's translations of ISO 3166-1, then from Unicode CLDR (babel).
"""

from __future__ import annotations

import csv
import gettext
import importlib.resources
from collections.abc import Mapping

import pycountry
from babel import Locale
from babel.core import UnknownLocaleError

from waystation.apps.places.shapes import LANGUAGES, CountryShape
from waystation.kernel.datasets import Terms

TERMS = Terms(
    source="OCHA countries and territories taxonomy (hdx-python-country), ISO 3166-1 (pycountry), Unicode CLDR (babel)",
    licence="MIT; LGPL-2.1 (ISO names); Unicode License v3",
    attribution="United Nations OCHA; Debian iso-codes; Unicode, Inc.",
    may_republish=True,
)
_TAXONOMY = "Countries & Territories Taxonomy MVP - C&T Taxonomy.csv"
_COLUMN = dict(zip(LANGUAGES, ("English", "French", "Spanish", "Russian", "Chinese", "Arabic"), strict=True))
_CATALOGUE = {"fr": "fr", "es": "es", "ru": "ru", "zh": "zh_CN", "ar": "ar"}


def countries_from_packages() -> list[CountryShape]:
    """All 249 entries of ISO 3166-1, and those that the United Nations use a user-assigned code for (XKX)."""
    found = []
    for line in _taxonomy():
        iso3, iso2 = line["ISO 3166-1 Alpha 3-Codes"], line["ISO 3166-1 Alpha 2-Codes"]
        assigned = not iso3
        if assigned:
            iso3, iso2 = line["x Alpha3 codes"], line["x Alpha2 codes"]
        if not iso3 or not iso2 or line["Deprecated"] == "Y":
            continue  # parts of countries and what no longer exists
        status = "assigned" if assigned else "state" if line["Independent"] == "Y" else "territory"
        region, below, within = (_m49(line[f"{kind} Code"]) for kind in ("Region", "Sub-region", "Intermediate Region"))
        names = {language: _name(line, iso2, language) for language in LANGUAGES}
        found.append(CountryShape(iso3, iso2, _m49(line["m49 numerical code"]), names, region, below, within, status))
    return sorted(found)


def _taxonomy() -> list[dict[str, str]]:
    text = (importlib.resources.files("hdx.location") / _TAXONOMY).read_text(encoding="utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def _m49(code: str) -> str:
    return code.zfill(3) if code else ""


def _name(line: Mapping[str, str], iso2: str, language: str) -> str:
    column = _COLUMN[language]
    given = line[f"{column} Short"] or line[f"M49 {column}"]
    return (
        given
        or (language == "en" and line["Preferred Term"])
        or _translated(iso2, language)
        or _of_cldr(iso2, language)
    )


def _translated(iso2: str, language: str) -> str:
    country = pycountry.countries.get(alpha_2=iso2)
    if country is None:
        return ""
    if language == "en":
        return str(country.name)
    words = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[_CATALOGUE[language]], fallback=True)
    said = words.gettext(country.name)
    return "" if said == country.name else said


def _of_cldr(iso2: str, language: str) -> str:
    return str(Locale(language).territories.get(iso2, iso2))


def region_name(code: str, language: str) -> str:
    """The name of an M49 region in a language, from Unicode CLDR; the code when it has none."""
    try:
        return str(Locale.parse(language.split("-")[0]).territories.get(code, code))
    except UnknownLocaleError:
        return region_name(code, "en")
