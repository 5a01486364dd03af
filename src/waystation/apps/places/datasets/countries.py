"""Countries, territories and areas: from packages (``intake.countries``) and from files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from babel import Locale

from waystation.apps.places.models import Country
from waystation.apps.places.queries.gazetteer import country_shape
from waystation.apps.places.shapes import LANGUAGES, CountryShape
from waystation.intake import Tally, all_values, open_table
from waystation.intake.countries import fields, from_packages, m49
from waystation.kernel.refusals import Problem, Refused


def countries_from_packages() -> list[CountryShape]:
    """All 249 entries of ISO 3166-1, and those that the United Nations use a user-assigned code for (XKX)."""
    return [CountryShape(*one) for one in from_packages()]


def read_countries(
    path: Path, *, language: str = "en", leave_out: bool = False
) -> tuple[list[CountryShape], list[Problem]]:
    """The countries of a file, and what was noticed. What the file leaves out stays as it is held; names of a country that is
    new are completed from Unicode CLDR. Raises Refused with every row that cannot be read, unless ``leave_out``."""
    source, tally = open_table(path, name=path.name), Tally()
    held = {one.iso3: country_shape(one) for one in Country.objects.all()}
    found, seen, problems = list[CountryShape](), dict[str, int](), list[Problem]()
    for row in all_values(source, fields(language), tally, leave_out):
        one, at = _completed(row, held), row["row"]
        told: dict[str, Any] = {"pcode": one.iso3, "name": one.name(), "first": seen.get(one.iso3), "other": one.name()}
        if one.iso3 in seen or not one.names["en"]:
            code = "places.code_twice" if one.iso3 in seen else "places.name_missing"
            problems.append(Problem(code, told, file=path.name, row=at))
            continue
        seen[one.iso3] = at
        found.append(one)
    if problems and not leave_out:
        raise Refused(problems=problems)
    return found, [*source.findings, *tally.findings, *problems]


def _completed(row: Mapping[str, Any], held: Mapping[str, CountryShape]) -> CountryShape:
    iso3 = row["iso3"].upper()
    known = held.get(iso3, CountryShape(iso3, "", "", {}, status="assigned"))
    iso2 = row.get("iso2", known.iso2).upper()
    codes = {key: m49(row.get(key, getattr(known, key))) for key in ("m49", "region", "subregion", "intermediate")}
    names = {code: row.get(code) or known.names.get(code, "") for code in LANGUAGES}
    for code in LANGUAGES:
        names[code] = names[code] or str(Locale(code).territories.get(iso2, names["en"]))
    return known._replace(iso2=iso2, names=names, **codes)
