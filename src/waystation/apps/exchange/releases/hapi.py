"""The table of displaced people as the HDX Humanitarian API (HAPI) takes it: summed over reasons and origins, with p-codes
checked against the gazetteer and the warnings HDX gives.

Codes and names are matched by HDX's own library (hdx-python-country), on the areas our gazetteer holds. ``dataset_hdx_id``
and ``resource_hdx_id`` are given by HDX when it takes a file in; here they are empty.
"""

from __future__ import annotations

import csv
import importlib.resources
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import gettext_lazy as _
from hdx.location.adminlevel import AdminLevel
from hdx.location.country import Country

from waystation.apps.counting import api as counting
from waystation.apps.counting.shapes import DISPLACED
from waystation.apps.exchange.releases.sheets import Operations, Part
from waystation.apps.places import api as places
from waystation.kernel.formats import Header, Sheet
from waystation.kernel.values import today

HAPI = pa.schema(
    [
        *((name, pa.string()) for name in (
            "location_code", "has_hrp", "in_gho", "provider_admin1_name", "provider_admin2_name", "admin1_code",
            "admin1_name", "admin2_code", "admin2_name",
        )),
        ("admin_level", pa.int64()), ("operation", pa.string()), ("assessment_type", pa.string()),
        ("population", pa.int64()), ("reporting_round", pa.int64()),
        ("reference_period_start", pa.date32()), ("reference_period_end", pa.date32()),
        *((name, pa.string()) for name in ("dataset_hdx_id", "resource_hdx_id", "warning", "error")),
    ]
)  # fmt: skip
SORTED_BY = ("country", "admin1_code", "admin2_code", "country_name", "admin1_name", "admin2_name", "level",
             "assessment_type", "operation_name", "reporting_date", "round_number", "status")  # fmt: skip
ABSENT = "***"  # sorts before every code and name, as in HDX's own table


def hapi(rows: pa.Table, operations: Operations, admins: list[AdminLevel]) -> Part:
    """The sheet ``hapi-idps``; every row is a sum, so no row is there twice and ``error`` is empty."""
    totals = pc.and_(pc.invert(rows.column("detail")), pc.equal(rows.column("population_group"), DISPLACED))
    kept = rows.filter(totals).to_pylist()
    for row in kept:
        line = operations[row["operation"]]
        row |= {"operation_name": line.name, "status": line.status, "country_name": line.country_name}
    kept.sort(key=lambda row: [ABSENT if row[name] is None else row[name] for name in SORTED_BY])
    made = [_row(row, *_checked(admins, row)) for row in kept]
    spots = [
        spot
        for n, row in enumerate(kept)
        for spot in counting.spots_of(row, "hapi-idps", n, {"individuals": "population"})
    ]
    headers = tuple(Header(name) for name in HAPI.names)
    return Part(
        Sheet("hapi-idps", pa.Table.from_pylist(made, schema=HAPI), headers, _("Displaced people, for HDX HAPI")), spots
    )


def _row(row: Mapping[str, Any], codes: list[str], names: list[str], level: int, warnings: list[str]) -> dict[str, Any]:
    said = [row["admin1_name"] or "", row["admin2_name"] or ""]
    if row["level"] == 2 and not said[1]:
        said[1] = " "  # so that the row is not taken for one of admin 1
    return {
        "location_code": row["country"], **statuses(row["country"]),
        "provider_admin1_name": said[0], "provider_admin2_name": said[1],
        "admin1_code": codes[0], "admin1_name": names[0], "admin2_code": codes[1], "admin2_name": names[1],
        "admin_level": level, "operation": row["operation_name"], "assessment_type": row["assessment_type"],
        "population": row["individuals"], "reporting_round": row["round_number"],
        "reference_period_start": row["reporting_date"], "reference_period_end": row["reporting_date"],
        "warning": "|".join(warnings),
    }  # fmt: skip


@cache
def _countries() -> None:
    """Give HDX's library the list of countries it comes with; left alone it would ask the network for one."""
    path = importlib.resources.files("hdx.location") / "Countries & Territories Taxonomy MVP - C&T Taxonomy.csv"
    Country.set_countriesdata(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))


@cache
def statuses(iso3: str) -> dict[str, str]:
    """Whether a country has a humanitarian response plan and is in the global overview, after OCHA's list (as packaged)."""
    _countries()
    yes = {True: "Y", False: "N"}
    found = {"has_hrp": Country.get_hrp_status_from_iso3(iso3), "in_gho": Country.get_gho_status_from_iso3(iso3)}
    return {name: yes[bool(value)] for name, value in found.items()}


def admin_levels(countries: Iterable[str]) -> list[AdminLevel]:
    """The areas of some countries at admin 1 and 2, as HDX's library keeps them to match codes and names."""
    _countries()
    rows: list[dict[str, Any]] = []
    lengths: list[dict[str, str]] = []
    for iso3 in sorted(countries):
        held = [area for area in places.gazetteer(country=iso3).on(today()) if area.level in (1, 2)]
        rows += [
            {"Location": iso3, "Admin Level": area.level, "P-Code": area.pcode, "Name": area.name,
             "Parent P-Code": area.parent or iso3}
            for area in held
        ]  # fmt: skip
        lengths += _lengths(iso3, [(area.level, area.pcode, area.parent) for area in held])
    found = []
    for level in (1, 2):
        admin = AdminLevel(admin_level=level)
        admin.setup_from_iterable(rows)
        admin.load_pcode_formats_from_iterable(lengths)
        found.append(admin)
    return found


def fitting(admins: list[AdminLevel], country: str, level: int, code: str) -> str:
    """The p-code that a code of another length stands for (TD0704: TCD0704), or nothing."""
    admin = admins[level - 1]
    return admin.convert_admin_pcode_length(country, code) or "" if admin.looks_like_pcode(code) else ""


def _lengths(iso3: str, held: list[tuple[int, str, str]]) -> list[dict[str, str]]:
    """How long each part of the country's p-codes is: its letters, then the digits each level adds."""
    letters = {len(match[0]) for _level, code, _above in held if (match := re.match("[A-Za-z]+", code))}
    if len(letters) != 1:
        return []
    size = letters.pop()
    added = {
        n: {len(code) - (len(above) if n == 2 else size) for level, code, above in held if level == n} for n in (1, 2)
    }
    said = {f"Admin {n} Length": "|".join(str(one) for one in sorted(added.get(n, ()))) for n in (1, 2, 3)}
    return [{"Location": iso3, "Country Length": str(size), **said}]


def _checked(admins: list[AdminLevel], row: Mapping[str, Any]) -> tuple[list[str], list[str], int, list[str]]:
    """Codes and names as the gazetteer has them, the level they reach, and what was wrong, as HDX says it.

    From admin 2 up: a code that is known counts; one of another length is made to fit; for an unknown one the area found
    by name counts, and admin 1 must be the one admin 2 lies in.
    """
    codes, names, warnings = ["", ""], ["", ""], []
    level, below = (2, "") if row["level"] else (0, "")
    for n in (2, 1) if level else ():
        code, said, admin = row[f"admin{n}_code"] or "", row[f"admin{n}_name"] or "", admins[n - 1]
        wanted, how = _wanted(admins, n, row, below)
        if code and code not in admin.pcodes:
            known = fitting(admins, row["country"], n, code)
            if known:
                warnings.append(f"PCode length {code}->{known}")
            else:
                warnings.append(f"PCode unknown {code}->{wanted} ({how})" if wanted else f"PCode unknown {code}->''")
            code = known or wanted
        elif code and wanted and code != wanted and below:
            warnings.append(f"PCode mismatch {code}->{wanted} ({how})")
            code = wanted
        elif code and wanted and code != wanted:
            warnings.append(f"PCode mismatch {code} != {said}")
        else:
            code = code or wanted
        codes[n - 1], names[n - 1] = code, admin.pcode_to_name.get(code, "") if code else ""
        below = code or below
        level -= 0 if code or said else 1
    return codes, names, level, warnings


def _wanted(admins: list[AdminLevel], n: int, row: Mapping[str, Any], below: str) -> tuple[str, str]:
    """The code an area should have, and how that is known: from the area below it, or from its name."""
    if below:
        return admins[n].pcode_to_parent.get(below) or "", "parent"
    said, code = row[f"admin{n}_name"], row[f"admin{n}_code"] or ""
    if not said:
        return "", ""
    above = admins[n - 1].pcode_to_parent.get(code) or (row["admin1_code"] if n == 2 else None)
    found, _exact = admins[n - 1].get_pcode(row["country"], said, parent=above)
    return found or "", f"provider_adm{n}_name"
