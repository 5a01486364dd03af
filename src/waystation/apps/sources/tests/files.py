"""For tests: files of observations made in code, and an import of them by Amina."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl

from tests.personas import Personas
from waystation.apps.sources.datasets.taking import TakenIn, take_in
from waystation.apps.tracking.models import Finding, Operation, Round
from waystation.intake.arealists import AreaRow
from waystation.kernel.acts import do
from waystation.kernel.datasets import Terms
from waystation.kernel.models import AuditEntry, Partition, RawFile
from waystation.kernel.register import find_register

TERMS = Terms("Test survey", "CC BY 4.0", "Test team", may_republish=True)
ROUND = {
    "operation": "Floods in the north", "country": "SSD", "roundNumber": 3, "reportingDate": "2025-03-31",
    "assessmentType": "BA",
}  # fmt: skip
HEADERS = (
    *ROUND, "admin1Pcode", "admin1Name", "admin2Pcode", "admin2Name", "displacementReason", "individuals", "males",
    "females",
)  # fmt: skip


def row(code: str, individuals: Any, /, **more: Any) -> dict[str, Any]:
    """A row of the test round at an admin 2 area, ``SS0101`` in ``SS01``."""
    return {
        **ROUND, "admin1Pcode": code[:4], "admin1Name": f"State {code[2:4]}", "admin2Pcode": code,
        "admin2Name": f"County {code[4:]}", "displacementReason": "Conflict", "individuals": individuals, **more,
    }  # fmt: skip


def text_of(rows: Sequence[Mapping[str, Any]], headers: Sequence[str] = (), mark: str = ",") -> str:
    """Rows as CSV text; the headers are all names that occur, the usual ones first."""
    names = list(headers) or [n for n in dict.fromkeys([*HEADERS, *(n for one in rows for n in one)])
                              if any(n in one for one in rows)]  # fmt: skip
    stream = io.StringIO()
    writer = csv.DictWriter(stream, names, delimiter=mark, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def csv_file(folder: Path, rows: Sequence[Mapping[str, Any]], name: str = "round.csv", **more: Any) -> Path:
    """A CSV file of rows."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text_of(rows, **more), encoding="utf-8")
    return folder / name


def workbook(
    folder: Path, lines: Sequence[Sequence[Any]], name: str = "round.xlsx", merged: Sequence[str] = ()
) -> Path:
    """A workbook of one sheet with these cells, some of them merged."""
    book = openpyxl.Workbook()
    sheet = book.active
    for line in lines:
        sheet.append(list(line))
    for cells in merged:
        sheet.merge_cells(cells)
    book.save(folder / name)
    return folder / name


def bring(personas: Personas, *paths: Path, **constants: Any) -> TakenIn:
    """Take files in as Amina, in the Dakar office."""
    with personas.asking(personas.amina):
        return take_in(list(paths), office=personas.dakar, terms=TERMS, constants=constants)


def load_areas(personas: Personas, country: str, *areas: tuple[int, str, str, str]) -> None:
    """Load areas (level, code, name, code above) of a country that is loaded."""
    rows = [AreaRow(n, country, level, code, name, above) for n, (level, code, name, above) in enumerate(areas, 2)]
    with personas.asking(personas.amina):
        do(find_register("places.editions").act("load_areas"), rows=rows, terms=TERMS, title="areas.csv")


def findings(rule: str = "") -> list[Finding]:
    """The open findings (of a rule), in order."""
    rows = Finding.everything.exclude(state="corrected").order_by("pk")
    return list(rows.filter(rule=rule) if rule else rows)


def counted() -> tuple[int, ...]:
    """How much the database holds: the same before and after whatever is refused."""
    models = (Operation, Round, Finding)
    kernel = (Partition, RawFile, AuditEntry)
    return tuple(one.everything.count() for one in models) + tuple(one._base_manager.count() for one in kernel)
