"""A file opened as a table: its sheets, where its table stands, its columns, its lines."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import islice, pairwise
from typing import Literal, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from waystation.intake import layout as layouts
from waystation.intake.cells import Cell, Line, key, letters, plain
from waystation.intake.content import Content, Kind, Limits, sniff
from waystation.intake.dates import column_form
from waystation.intake.delimited import Delimited, Sheet
from waystation.intake.jsonlist import JsonList
from waystation.intake.layout import Layout, is_tag
from waystation.intake.numbers import read_decimal, style_of
from waystation.intake.refusals import problem, refuse
from waystation.intake.workbook import Workbook
from waystation.kernel.refusals import Problem

ColumnKind = Literal["integer", "decimal", "date", "code", "text", "empty"]
SAMPLE_ROWS = 2_000
CODE = re.compile(r"[A-Z]{2,3}[-_]?\d[\dA-Z_-]*|[A-Z]{2,3}")
_KINDS = {"csv": gettext_lazy("a text file (CSV)"), "xlsx": gettext_lazy("an Excel workbook"), "json": "JSON"}
_NAMES: dict[str, tuple[Kind, ...]] = {
    ".csv": ("csv",),
    ".tsv": ("csv",),
    ".txt": ("csv", "json"),
    ".xlsx": ("xlsx",),
    ".xlsm": ("xlsx",),
    ".xls": (),
    ".json": ("json",),
}


class Grid(Protocol):
    """Lines of cells, whatever the format."""

    kind: Kind
    encoding: str

    def sheets(self) -> list[Sheet]:
        """The sheets; formats without sheets have one without a name."""

    def lines(self, sheet: str | None = None) -> Generator[Line, None, None]:
        """The rows that hold anything."""

    def cut(self) -> bool:
        """Whether the file may have broken off after its last line."""


@dataclass(frozen=True)
class Column:
    """A column: its header (several header rows joined by " / "), HXL tag, index from 0, and what its values look like.

    ``name`` is what messages call it; ``samples`` are distinct values, ``values`` all that were looked at.
    """

    header: str
    hxl: str
    index: int
    kind: ColumnKind
    samples: tuple[str, ...]
    values: tuple[Cell, ...] = ()

    @property
    def letter(self) -> str:
        """The spreadsheet letters of the column."""
        return letters(self.index)

    @property
    def name(self) -> str:
        """Letter and header, as messages name it."""
        return f"{self.letter} ({self.header})" if self.header else self.letter

    @property
    def key(self) -> str:
        """The header as it is compared: without case, accents and punctuation."""
        return key(self.header)


class Source:
    """An opened table. ``findings`` holds what is worth knowing about the file and refuses nothing."""

    def __init__(self, grid: Grid, name: str, sheet: str | None = None, findings: tuple[Problem, ...] = ()) -> None:
        self.grid, self.name, self.findings = grid, name, findings
        self._columns: dict[Layout, list[Column]] = {}
        self._layouts: dict[str, Layout] = {}
        self.layout = self.layout_of(sheet) if sheet else self._best_layout()

    @property
    def kind(self) -> Kind:
        """The format, by content."""
        return self.grid.kind

    @property
    def encoding(self) -> str:
        """The encoding of the text."""
        return self.grid.encoding

    @property
    def columns(self) -> list[Column]:
        """The columns of the current layout."""
        return self.columns_of(self.layout)

    def sheets(self) -> list[Sheet]:
        """All sheets, hidden ones too."""
        return self.grid.sheets()

    def preview(self, count: int = 20, sheet: str | None = None) -> list[Line]:
        """The first ``count`` rows that hold anything, with the row numbers a person sees."""
        with closing(self.grid.lines(sheet or self.layout.sheet)) as lines:
            return [(row, list(cells)) for row, cells in islice(lines, count)]

    def with_layout(self, layout: Layout) -> Source:
        """The same file read with another layout."""
        other = Source.__new__(Source)
        other.__dict__ |= {**self.__dict__, "layout": layout}
        return other

    def layout_of(self, sheet: str | None) -> Layout:
        """The detected layout of one sheet."""
        name = sheet or ""
        if name not in self._layouts:
            path = self.grid.path if isinstance(self.grid, JsonList) else None
            with closing(self.grid.lines(sheet)) as lines:
                head = [(row, list(cells)) for row, cells in islice(lines, layouts.WINDOW)]
            self._layouts[name] = layouts.detect(head, sheet, path)
        return self._layouts[name]

    def _best_layout(self) -> Layout:
        """The layout of the largest sheet that surely holds a table, visible ones first."""
        sheets = self.sheets()
        if len(sheets) == 1:
            return self._with_rows(self.layout_of(sheets[0].name or None))
        found = [(s, self.layout_of(s.name)) for s in sheets]

        def rank(pair: tuple[Sheet, Layout]) -> tuple[bool, bool, int]:
            sheet, layout = pair
            return not sheet.hidden, layout.confidence >= 0.5, sheet.held or 0

        best = max(found, key=rank)
        others = ", ".join(s.name for s, lay in found if lay.confidence >= 0.5 and s.name != best[0].name)
        reason = _("Sheet “%(sheet)s” holds the largest table.") % {"sheet": best[0].name}
        if others:
            reason += " " + _("Other sheets hold tables too: %(sheets)s.") % {"sheets": others}
        return self._with_rows(replace(best[1], reasons=(reason, *best[1].reasons)))

    def _with_rows(self, layout: Layout) -> Layout:
        if layout.confidence == 0.0:
            refuse("no_rows", file=self.name, sheet=layout.sheet)
        return layout

    def lines(self, layout: Layout | None = None) -> Generator[Line, None, None]:
        """Yield the rows of data: (row as a person sees it, cells from the first column on)."""
        layout = layout or self.layout
        with closing(self.grid.lines(layout.sheet)) as lines:
            for row, cells in lines:
                if row >= layout.first_data_row:
                    yield row, cells

    def headers(self, layout: Layout | None = None) -> tuple[list[str], list[str]]:
        """Header texts and HXL tags by column; several header rows are joined, groups reach over their gaps."""
        layout = layout or self.layout
        wanted = {*layout.header_rows, layout.hxl_row}
        found: dict[int, list[str]] = {}
        with closing(self.grid.lines(layout.sheet)) as lines:
            for row, cells in lines:
                if row >= layout.first_data_row:
                    break
                if row in wanted:
                    found[row] = [plain(c) for c in cells]
        width = max((len(r) for r in found.values()), default=0)
        rows = [found.get(r, []) + [""] * (width - len(found.get(r, []))) for r in layout.header_rows]
        headers = [_joined(parts) for parts in zip(*_reaching(rows), strict=True)] if rows else []
        tags = found.get(layout.hxl_row, []) if layout.hxl_row is not None else []
        tags = [t.replace(" ", "").lower() if is_tag(t) else "" for t in tags]
        return headers, tags + [""] * (width - len(tags))

    def columns_of(self, layout: Layout) -> list[Column]:
        """The columns of a layout, looked at through the first ``SAMPLE_ROWS`` rows."""
        if layout not in self._columns:
            headers, tags = self.headers(layout)
            with closing(self.lines(layout)) as lines:
                sample = [cells for _row, cells in islice(lines, SAMPLE_ROWS)]
            width = max([len(headers), *map(len, sample)])
            headers += [""] * (width - len(headers))
            tags += [""] * (width - len(tags))
            found = []
            for index in range(width):
                values = tuple(c[index] for c in sample if index < len(c) and c[index] is not None)
                if values or headers[index] or tags[index]:
                    texts = tuple(islice(dict.fromkeys(plain(v) for v in values), 5))
                    found.append(Column(headers[index], tags[index], index, guess(values), texts, values))
            self._columns[layout] = found
        return self._columns[layout]

    def repeated_headers(self, layout: Layout | None = None) -> dict[str, int]:
        """Headers that stand over more than one column, and over how many."""
        counted = Counter(c.header for c in self.columns_of(layout or self.layout) if c.header)
        return {header: count for header, count in counted.items() if count > 1}


def _reaching(rows: list[list[str]]) -> list[list[str]]:
    """Header rows in which a group's label reaches over the gaps after it, where the row below has labels."""
    for upper, lower in pairwise(rows):
        for i in range(1, len(upper)):
            if not upper[i] and lower[i] and upper[i - 1] and lower[i - 1]:
                upper[i] = upper[i - 1]
    return rows


def _joined(parts: tuple[str, ...]) -> str:
    return " / ".join(dict.fromkeys(p for p in parts if p))


def guess(values: tuple[Cell, ...]) -> ColumnKind:
    """What kind of values these are, where nearly all (95 %) agree."""
    if not values:
        return "empty"
    counted = Counter(_kind_of(v) for v in values)
    enough = 0.95 * len(values)
    if counted["integer"] >= enough:
        return "integer"
    if counted["integer"] + counted["decimal"] >= enough:
        return "decimal"
    if counted["date"] >= enough:
        return "date"
    texts = [v for v in values if isinstance(v, str)]
    if len(texts) >= enough and column_form(texts[:200])[0] not in (None, "serial", "%Y%m%d"):
        return "date"
    return "code" if counted["code"] >= 0.9 * len(values) else "text"


def _kind_of(cell: Cell) -> str:
    if isinstance(cell, str):
        text = cell.strip()
        if text.isdecimal():
            return "code" if len(text) > 1 and text[0] == "0" else "integer"
        found = style_of(text)
        if found != "none":
            fraction = found in ("point", "comma") and read_decimal(text) % 1 != 0
            return "decimal" if fraction else "integer"
        return "code" if CODE.fullmatch(text) else "text"
    if isinstance(cell, bool):
        return "text"
    if isinstance(cell, date | datetime):
        return "date"
    return "integer" if isinstance(cell, int) else "decimal" if isinstance(cell, Decimal) else "text"


def open_table(
    path_or_bytes: str | os.PathLike[str] | bytes,
    *,
    name: str,
    limits: Limits | None = None,
    sheet: str | None = None,
    json_path: str | None = None,
    encoding: str | None = None,
) -> Source:
    """Open a CSV, XLSX or JSON file, gzipped or not, by its content and never by its name.

    Args:
        path_or_bytes: Where the file is, or its bytes.
        name: What messages call it.
        limits: What is refused before reading it; see ``Limits``.
        sheet: The sheet of a workbook; None takes the largest table.
        json_path: The keys to the list of objects (``result``, ``data.items``); None takes the first list of objects.
        encoding: The encoding of a text file, where it cannot be recognised.

    Raises:
        Refused: too large, empty, damaged, not a table, unsafe; the message says what to do.
    """
    content = Content(path_or_bytes, name, limits or Limits())
    kind = sniff(content)
    grid: Grid
    if kind == "xlsx":
        grid = Workbook(content)
    elif kind == "json":
        grid = JsonList(content, json_path, encoding)
    else:
        grid = Delimited(content, encoding)
    findings = []
    ending = os.path.splitext(name.lower().removesuffix(".gz"))[1]
    if kind not in _NAMES.get(ending, (kind,)):
        findings.append(problem("named_otherwise", file=name, named=ending, kind=_KINDS[kind]))
    return Source(grid, name, sheet, tuple(findings))
