"""Files as answers: made while their reader waits, with how many rows they hold in the header ``Waystation-Rows``."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.http import HttpResponse

from waystation.kernel.formats import WRITERS, Sheet
from waystation.kernel.refusals import require
from waystation.kernel.release.folder import MEDIA
from waystation.kernel.values import today
from waystation.surfaces.files.leaving import AT_ONCE, Leaving, write

OF_TABLES = ("csv", "xlsx", "parquet")


def named(name: str, kind: str) -> str:
    """What a file is called: what it is of, the day, and its ending (HXL is CSV with a row of tags)."""
    return f"{name}-{today():%Y%m%d}.{'hxl.csv' if kind == 'hxl' else kind}"


def media(kind: str) -> str:
    """The media type of a format."""
    return MEDIA["csv" if kind == "hxl" else kind]


def answer(leaving: Leaving, kind: str) -> HttpResponse:
    """What is shown as a download, whole. Raises Refused ``kernel.unknown_name`` for a format there is not, and
    ``files.too_many_at_once`` where it is to be made ``later``."""
    few = leaving.rows[: AT_ONCE + 1].count() <= AT_ONCE
    require(few, "files.too_many_at_once", most=f"{AT_ONCE:,}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        rows = write(leaving, kind, path)
        return _download(path.read_bytes(), named(leaving.register.name, kind), kind, rows)


def sent(sheet: Sheet, kind: str) -> HttpResponse:
    """A table that is at hand as a download. Raises Refused ``kernel.unknown_name`` for a format there is not."""
    require(kind in OF_TABLES, "kernel.unknown_name", what="format", name=kind, known=", ".join(OF_TABLES))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        WRITERS[kind](sheet, path)
        return _download(path.read_bytes(), named(sheet.name, kind), kind, sheet.table.num_rows)


def _download(content: bytes, name: str, kind: str, rows: int) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store",
               "Waystation-Rows": str(rows)}  # fmt: skip
    return HttpResponse(content, content_type=media(kind), headers=headers)
