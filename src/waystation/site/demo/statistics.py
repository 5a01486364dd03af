"""Invented statistics of invented institutes, in the form in which real ones publish: what reference figures cite."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from pathlib import Path

from waystation.kernel.datasets import Terms
from waystation.site.demo.lands import LANDS

OBSERVATORY = Terms(
    "Inland Observatory", "CC BY 4.0", "Inland Observatory (invented), yearly displacement report", True
)
ASYLUM = Terms(
    "Asylum Statistics Board", "CC BY 4.0", "Asylum Statistics Board (invented), population statistics", True
)
YEARS = 6
STOCK, NEW = "Stock Displacement", "Internal Displacements"


def statistics(folder: Path, seed: int, last: int) -> Iterator[tuple[str, Terms, Path]]:
    """(importer, terms, file) of each table: displaced people by cause, and refugees by origin, up to the year ``last``."""
    dice = random.Random(f"{seed}-statistics")  # noqa: S311 - numbers of nobody, not a secret
    years = range(last - YEARS + 1, last + 1)
    displaced = [_displaced(dice, land.iso3, land.name, year) for land in LANDS for year in years]
    yield "reference.statistics", OBSERVATORY, _written(folder / "displacement-report.csv", displaced)
    pairs = [(one, other) for one in LANDS for other in LANDS if one is not other]
    refugees = [
        {"year": year, "coo_iso": one.iso3, "coa_iso": other.iso3, "coa_name": other.name,
         "refugees": dice.randrange(100, 9000), "asylum_seekers": dice.randrange(0, 900),
         **dict.fromkeys(("returned_refugees", "idps", "returned_idps", "stateless", "ooc", "oip", "hst"), "")}
        for one, other in pairs for year in years
    ]  # fmt: skip
    yield "reference.statistics", ASYLUM, _written(folder / "population.csv", refugees)


def _displaced(dice: random.Random, iso3: str, name: str, year: int) -> dict[str, object]:
    row: dict[str, object] = {"ISO3": iso3, "Name": name, "Year": year}
    for cause, most in (("Conflict", 90_000), ("Disaster", 30_000)):
        for words in (STOCK, NEW):
            exact = dice.randrange(500, most)
            row |= {f"{cause} {words}": round(exact, -3), f"{cause} {words} (Raw)": exact}
    return row


def _written(path: Path, rows: list[dict[str, object]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as stream:
        out = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        out.writeheader()
        out.writerows(rows)
    return path
