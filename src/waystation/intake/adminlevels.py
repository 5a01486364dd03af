"""Which columns of a file of areas mean what: the common schemas of COD-AB (adm1_pcode, ADM1_EN, admin1Pcode), HDX and others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from waystation.intake.cells import Odd
from waystation.intake.fields import spoiled_code
from waystation.intake.numbers import Unread

_CODE = re.compile(r"adm(?:in)?(\d)_?p?code")
_MAIN_NAME = re.compile(r"adm(?:in)?(\d)_?name")
_OTHER_NAME = re.compile(r"adm(\d)_name(\d)")
_LANGUAGE_NAME = re.compile(r"adm(?:in)?(\d)_?(?:name_?)?([a-z]{2})")
_COUNTRY = (
    "iso3",
    "iso_a3",
    "adm0_a3",
    "iso3c",
    "iso3_code",
    "adm0_pcode",
    "admin0pcode",
    "iso2",
    "iso2c",
    "iso_a2",
    "location",
)
_SINCE = ("valid_on", "validon", "valid_from", "validfrom")
_UNTIL = ("valid_to", "validto", "valid_until")
_STATED = ("area_sqkm", "area_km2", "areasqkm", "shape_sqkm")
_PLAIN_CODE, _PLAIN_NAME, _PLAIN_PARENT = (
    ("pcode", "p_code", "code"),
    ("name", "english", "name_en", "label"),
    ("parent", "parent_pcode"),
)


@dataclass
class Roles:
    """Columns by what they mean; empty where there is none. ``codes`` and ``names`` are by level."""

    codes: dict[int, str] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    by_language: dict[int, dict[str, str]] = field(default_factory=dict)
    numbered: dict[int, dict[str, str]] = field(default_factory=dict)
    country: str = ""
    since: str = ""
    until: str = ""
    stated: str = ""

    @property
    def deepest(self) -> int:
        """The level the rows are about: the lowest one that has codes; 0 when there are only countries."""
        return max(self.codes, default=0)


def roles_of(columns: Iterable[str]) -> Roles:
    """What the columns of a file mean, by their headers."""
    found, lowered = Roles(), {str(name).lower(): str(name) for name in columns}
    for low, name in lowered.items():
        if (match := _CODE.fullmatch(low)) and match[1] != "0":
            found.codes[int(match[1])] = name
        elif match := _MAIN_NAME.fullmatch(low):
            found.names[int(match[1])] = name
        elif match := _OTHER_NAME.fullmatch(low):
            found.numbered.setdefault(int(match[1]), {})[match[2]] = name
        elif match := _LANGUAGE_NAME.fullmatch(low):
            found.by_language.setdefault(int(match[1]), {})[match[2]] = name
    for level, languages in found.by_language.items():
        found.names.setdefault(level, languages.get("en") or next(iter(languages.values())))
    for part, wanted in (("country", _COUNTRY), ("since", _SINCE), ("until", _UNTIL), ("stated", _STATED)):
        setattr(found, part, next((lowered[one] for one in wanted if one in lowered), ""))
    return found


def plain_columns(columns: Iterable[str]) -> tuple[str, str, str]:
    """Columns of a file without levels in its headers: (code, name, parent), empty where there is none."""
    lowered = {str(name).lower().replace("-", "_").replace(" ", "_"): str(name) for name in columns}
    code, name, parent = (
        next((lowered[one] for one in wanted if one in lowered), "")
        for wanted in (_PLAIN_CODE, _PLAIN_NAME, _PLAIN_PARENT)
    )
    return code, name, parent


def area_in(roles: Roles, level: int, row: Mapping[str, Any]) -> dict[str, Any]:
    """What a row says of its area at a level: name, parent, names in other languages and, where it is the level the row is
    about, its dates. Raises Unread for a code above that a spreadsheet spoiled."""
    own = level == max((at for at, column in roles.codes.items() if said(row.get(column))), default=level)
    return {
        "level": level,
        "name": said(row.get(roles.names.get(level, ""))),
        "parent": code_said(row.get(roles.codes.get(level - 1, ""))),
        "valid_from": day_of(row.get(roles.since)),
        "valid_until": day_of(row.get(roles.until)) if own else None,  # dates belong to the area the row is about
        "names": names_in(roles, level, row),
    }


def names_in(roles: Roles, level: int, row: Mapping[str, Any]) -> dict[str, str]:
    """Names in other languages: ADM1_AR, and adm1_name1 in the language that column lang1 says."""
    found = {code: said(row.get(column)) for code, column in roles.by_language.get(level, {}).items()}
    for number, column in roles.numbered.get(level, {}).items():
        found[said(row.get(f"lang{number}")) or f"x{number}"] = said(row.get(column))
    main = said(row.get(roles.names.get(level, "")))
    return {code: name for code, name in found.items() if name and (name != main or code != "en")}


def said(value: Any) -> str:
    """A cell as text: empty for nothing; "NA" is Namibia and stays."""
    if value is None or (isinstance(value, float) and value != value):
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def code_said(value: Any) -> str:
    """A cell as a code. Raises Unread for what a spreadsheet made of a code: a date, a number with decimals."""
    if hasattr(value, "astype"):
        value = value.item()  # a number or a date of numpy
    if isinstance(value, Odd):
        raise Unread(value.code, str(value), **value.params)
    text = said(value)
    if isinstance(value, date):
        raise Unread("date_for_code", text)
    if isinstance(value, float | Decimal) and not text.isdecimal() and text:
        raise Unread("number_for_code", text)
    if spoiled := spoiled_code(text):
        raise Unread(spoiled, text)
    return text


def day_of(value: Any) -> date | None:
    """A date from a date, a moment or ISO text; None for anything else: sources write 0000-00-00 for no date, and what
    spreadsheets make of an empty cell lies before 1900."""
    if hasattr(value, "astype"):
        value = value.astype("datetime64[s]").astype(object)  # a date of numpy
    if isinstance(value, datetime):
        value = value.date()
    if not isinstance(value, date):
        try:
            value = date.fromisoformat(said(value).replace("/", "-")[:10])
        except ValueError:
            return None
    return value if value.year >= 1900 else None
