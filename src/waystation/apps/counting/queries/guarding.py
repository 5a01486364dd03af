"""How the counts of a round add up: what the disclosure check must know to keep small ones from being worked out.

One population is one population group in one round. Its counts add up over places (admin 2 in admin 1 in the country),
over causes (reason and origin), and over sex. Sex may be unsaid, so men and women may be fewer than all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

from waystation.disclosure import Dim, Structure
from waystation.kernel.release import Spot, Watch, unsound_refused

ALL = "all"
SEX = Dim("sex", parts=("males", "females", "unsaid"), total=ALL)
SEX_OF = {"individuals": ALL, "males": "males", "females": "females"}
Row = Mapping[str, Any]


def population_of(row: Row) -> Hashable:
    """Round and population group."""
    return (row["key"], row["population_group"])


def area_of(row: Row, level: int | None = None) -> str:
    """The place of a row (or the place above it at ``level``) as a code of the structure."""
    depth = row["level"] if level is None else level
    if depth == 0:
        return str(row["country"])
    steps = [row[f"admin{n}_code"] or row[f"admin{n}_name"] or "" for n in range(1, depth + 1)]
    return f"{row['country']}/" + "/".join(steps)


def cause_of(row: Row) -> str:
    """Reason and origin of a row as one code; ``all`` for rows over all of them."""
    if not row["detail"]:
        return ALL
    origin = row["origin_admin1_code"] or row["origin_admin1_name"] or ""
    return f"{row['reason'] or ''}|{row['reason_said'] or ''}|{origin}"


@unsound_refused()
def watches_of(rows: Iterable[Row], threshold: Callable[[str], int]) -> dict[Hashable, Watch]:
    """What guards the populations of some rows; ``threshold`` tells a round's smallest count by its reference."""
    above: dict[Hashable, dict[str, str]] = defaultdict(dict)
    causes: dict[Hashable, dict[str, None]] = defaultdict(dict)
    for row in rows:
        name = population_of(row)
        for level in range(row["level"], 0, -1):
            above[name][area_of(row, level)] = area_of(row, level - 1)
        above[name].setdefault("", "")
        if row["detail"]:
            causes[name][cause_of(row)] = None
    return {name: _watch(name, places, tuple(causes[name]), threshold) for name, places in above.items()}


def _watch(name: Any, places: dict[str, str], causes: tuple[str, ...], threshold: Callable[[str], int]) -> Watch:
    places.pop("", None)
    area = Dim("area", hierarchy=places)
    cause = Dim("cause", parts=causes, total=ALL) if causes else Dim("cause")
    return Watch(threshold(name[0]), Structure((area, cause, SEX)))


def spots_of(row: Row, sheet: str, place: int, columns: Mapping[str, str]) -> list[Spot]:
    """The counts of one row of a sheet; ``columns`` names the sheet's column of each measure it shows."""
    key = {"area": area_of(row), "cause": cause_of(row)}
    return [
        Spot(population_of(row), {**key, "sex": SEX_OF[measure]}, sheet, place, column, row[measure])
        for measure, column in columns.items()
    ]
