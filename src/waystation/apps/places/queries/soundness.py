"""What is wrong with rows of a list, before anything is kept: each problem names file, row and column."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from waystation.apps.places.models import Area, Country
from waystation.intake.arealists import AreaRow
from waystation.kernel.refusals import Problem

LEVELS = range(1, 5)
_STARTS_WITH = re.compile(r"([A-Z]{3}|[A-Z]{2})\d")


@dataclass
class Sifted:
    """Rows that can be kept, what is wrong with the others, and what is worth a look."""

    rows: list[AreaRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    findings: list[Problem] = field(default_factory=list)


def countries_by_code() -> dict[str, Country]:
    """Every country by its alpha-3, alpha-2 and M49 code."""
    found: dict[str, Country] = {}
    for one in Country.objects.all():
        found |= {code: one for code in (one.iso3, one.iso2, one.m49) if code}
    return found


def sifted(rows: Iterable[AreaRow], countries: Mapping[str, Country], file: str) -> Sifted:
    """Rows with their country's alpha-3 code and their parent's p-code (empty for the country itself)."""
    found, seen = Sifted(), dict[tuple[str, str], AreaRow]()
    by_iso2 = {one.iso2: one.iso3 for one in countries.values()} | {one.iso3: one.iso3 for one in countries.values()}
    for given in rows:
        country = countries.get(given.country.upper())
        if country is None:
            _tell(found.problems, file, given, "unknown_country", "country", code=given.country)
            continue
        above = "" if given.parent in (country.iso3, country.iso2) else given.parent
        row = given._replace(country=country.iso3, parent=above)
        wrong = _wrong(row, country, by_iso2, seen.get((row.country, row.pcode)))
        if wrong is None:
            seen[row.country, row.pcode] = row
            found.rows.append(row)
        elif wrong[0] == "same_row_twice":
            _tell(found.findings, file, row, "same_row_twice", "pcode", **wrong[2])
        else:
            _tell(found.problems, file, row, *wrong[:2], **wrong[2])
    found.rows = _below_known(found, seen, file)
    return found


def _tell(kept: list[Problem], file: str, row: AreaRow, code: str, column: str, /, **params: Any) -> None:
    kept.append(Problem(f"places.{code}", params, file=file, row=row.row, column=column))


def _wrong(
    row: AreaRow, country: Country, starts: Mapping[str, str], before: AreaRow | None
) -> tuple[str, str, dict[str, object]] | None:
    """(refusal, column, its params), or None when the row holds."""
    if not row.pcode:
        return "code_missing", "pcode", {"name": row.name}
    if not row.name:
        return "name_missing", "name", {"pcode": row.pcode}
    if row.level not in LEVELS:
        return "level_unknown", "level", {"level": row.level, "pcode": row.pcode}
    if row.valid_from and row.valid_until and row.valid_until < row.valid_from:
        return "ends_before_it_begins", "valid_until", {"pcode": row.pcode}
    if before is not None:
        same = before[1:] == row[1:]
        params = {"pcode": row.pcode, "name": row.name, "first": before.row, "other": before.name}
        return ("same_row_twice" if same else "code_twice"), "pcode", params
    begins = _STARTS_WITH.match(row.pcode)
    theirs = starts.get(begins[1]) if begins else None
    if theirs and not row.pcode.startswith((country.iso2, country.iso3)):
        return "code_of_another_country", "pcode", {"pcode": row.pcode, "country": country.iso3, "other": theirs}
    return None


def _below_known(found: Sifted, seen: Mapping[tuple[str, str], AreaRow], file: str) -> list[AreaRow]:
    """The rows whose parent is in the file or held; others are problems. Levels that are passed over are told."""
    absent = {(row.country, row.parent) for row in found.rows if row.parent} - seen.keys()
    held = set(
        Area.objects.filter(country__iso3__in={iso3 for iso3, _ in absent}).values_list("country__iso3", "pcode")
        if absent
        else ()
    )
    kept, direct = [], Counter[tuple[str, int]]()
    for row in found.rows:
        above = seen.get((row.country, row.parent))
        if row.parent and above is None and (row.country, row.parent) not in held:
            params = {"pcode": row.pcode, "parent": row.parent, "country": row.country}
            _tell(found.problems, file, row, "parent_unknown", "parent", **params)
            continue
        if above is not None and above.level >= row.level:
            _tell(found.problems, file, row, "parent_not_above", "parent", pcode=row.pcode, parent=row.parent)
            continue
        direct[row.country, row.level] += row.level > 1 and not row.parent
        kept.append(row)
    for (country, level), count in (+direct).items():
        found.findings.append(
            Problem("places.no_level_between", {"country": country, "level": level, "count": count}, file=file)
        )
    return kept


def kept_as(found: Sequence[Problem], limit: int = 500) -> list[dict[str, Any]]:
    """Findings as an edition keeps them, so that they are told in each reader's language: ``Problem(**kept)``."""
    return [asdict(one) for one in found[:limit]]
