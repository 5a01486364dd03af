"""One sheet of a workbook as lines of cells (ECMA-376 part 1, 18.3 worksheets), read as a stream."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import IO

from waystation.intake.cells import Cell, Line, Odd, column_number, letters, trimmed
from waystation.intake.content import CHUNK, Limits
from waystation.intake.refusals import refuse
from waystation.intake.xml import Attributes, local, parse

_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
_HELD = re.compile(rb"</(?:\w+:)?(?:v|is)>")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")  # how workbooks write characters XML cannot hold
EPOCH_1900, EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)


@dataclass(frozen=True)
class Book:
    """What the cells of all sheets share: texts, which styles show dates, and the day that is 0."""

    strings: Sequence[str]
    dates: frozenset[str]
    epoch: date
    file: str
    limits: Limits


@dataclass(frozen=True, order=True)
class Merge:
    """A merged area; rows from 1, columns from 0, both ends within."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        return f"{letters(self.left)}{self.top}:{letters(self.right)}{self.bottom}"


def unescaped(text: str) -> str:
    """Text with the workbook's own escapes resolved."""
    return _ESCAPE.sub(lambda m: chr(int(m[1], 16)), text) if "_x" in text else text


def serial_date(number: Decimal | int | float, epoch: date) -> date:
    """The date (datetime when it has a time) of a day number. Raises OverflowError beyond the year 9999.

    The 1900 system counts a 29 February 1900 that never was; days before 1 March 1900 come out one too early
    from the shifted epoch, so one is added to them.
    """
    days = float(number)
    if epoch == EPOCH_1900 and 0 < days < 60:
        days += 1
    moment = datetime.combine(epoch, time.min) + timedelta(days=days)
    moment = (moment + timedelta(milliseconds=500)).replace(microsecond=0)
    return moment.date() if moment.time() == time.min else moment


def number(text: str) -> int | Decimal:
    """A number as Excel means it: 15 significant digits, whole ones as int. Raises ValueError."""
    try:
        return int(text)
    except ValueError:
        pass
    try:
        value = Decimal(f"{float(text):.15g}")
        return int(value) if value == value.to_integral_value() and value.adjusted() < 16 else value
    except (InvalidOperation, OverflowError) as error:
        raise ValueError(text) from error


class _Reader:
    """Collects finished rows in ``lines`` as the XML goes by."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.lines: list[Line] = []
        self.row, self.column = 0, -1
        self.cells: list[Cell] = []
        self.kind, self.style, self.formula = "n", "0", ""
        self.value: str | None = None
        self.buffer: list[str] = []
        self.columns: dict[str, int] = {}
        self.prefix: str | None = None
        self.phonetic = False

    def start(self, name: str, attributes: Attributes) -> None:
        if self.prefix:
            name = name.removeprefix(self.prefix)
        if name == "c":
            place = attributes.get("r")
            if place:
                word = place.rstrip("0123456789")
                column = self.columns.get(word)
                self.column = self._new_column(word) if column is None else column
            else:
                self.column += 1
            self.kind = attributes.get("t", "n")
            self.style = attributes.get("s", "0")
            self.value, self.formula = None, ""
        elif name in ("v", "f"):
            self.buffer.clear()
        elif name == "row":
            self.row = int(attributes.get("r") or self.row + 1)
            self.column, self.cells = -1, []
        elif name == "is":
            self.value = ""
        elif name == "t":
            self.buffer.clear()
        elif name == "rPh":
            self.phonetic = True
        elif self.prefix is None and local(name) == "worksheet":
            self.prefix = name[: -len("worksheet")]

    def _new_column(self, word: str) -> int:
        """The number of a column met for the first time."""
        column = self.columns[word] = column_number(word)
        return column

    def end(self, name: str) -> None:
        if self.prefix:
            name = name.removeprefix(self.prefix)
        if name == "v":
            self.value = "".join(self.buffer)
        elif name == "c":
            if self.value is not None or self.formula:
                cell = self._cell()
                if self.column == len(self.cells):
                    self.cells.append(cell)
                elif cell is not None:
                    self._place(cell)
        elif name == "row":
            if trimmed(self.cells):
                self._close_row()
        elif name == "f":
            self.formula = "=" + "".join(self.buffer)
        elif name == "t" and not self.phonetic:
            self.value = (self.value or "") + "".join(self.buffer)
        elif name == "rPh":
            self.phonetic = False

    def _place(self, cell: Cell) -> None:
        """Put a cell where it belongs when it is not the next one."""
        limit = self.book.limits.columns
        if self.column >= limit:
            refuse("too_many_columns", file=self.book.file, row=self.row, limit=limit)
        self.cells.extend([None] * (self.column + 1 - len(self.cells)))
        if self.column >= 0:
            self.cells[self.column] = cell

    def _close_row(self) -> None:
        limit = self.book.limits.columns
        if len(self.cells) > limit:
            refuse("too_many_columns", file=self.book.file, row=self.row, limit=limit)
        self.lines.append((self.row, self.cells))

    def _cell(self) -> Cell:
        """The value shown: of a formula its last calculated result. Text is never evaluated."""
        value, kind = self.value, self.kind
        if value is None or (value == "" and kind == "n"):
            return Odd("formula_without_value", self.formula) if self.formula else None
        try:
            if kind == "s":
                return self.book.strings[int(value)] or None
            if kind == "n":
                found = number(value)
                return serial_date(found, self.book.epoch) if self.style in self.book.dates else found
            if kind == "b":
                return value.strip() == "1"
            if kind == "d":
                moment = datetime.fromisoformat(value)
                return moment.date() if moment.time() == time.min else moment
        except (ValueError, IndexError, OverflowError):
            return Odd("cell_error", value)
        return Odd("cell_error", value) if kind == "e" else unescaped(value) or None


def lines(stream: IO[bytes], book: Book, part: str) -> Generator[Line, None, None]:
    """Yield the rows that hold values; memory does not grow with them."""
    reader = _Reader(book)
    count = 0
    for _ in parse(stream, reader.start, reader.end, reader.buffer.append, file=book.file, part=part):
        done, reader.lines = reader.lines, []
        count += len(done)
        if count > book.limits.rows:
            refuse("too_many_rows", file=book.file, limit=book.limits.rows)
        yield from done


def survey(stream: IO[bytes]) -> tuple[list[Merge], int]:
    """The merged areas, which stand after all cells, and about how many cells hold something.

    Found by their bytes, which is far cheaper than parsing: markup cannot stand inside texts.
    """
    found: list[Merge] = []
    held = 0
    tail, rest = b"", b""
    while chunk := stream.read(CHUNK):
        text = tail + chunk
        held += len(_HELD.findall(chunk))
        for m in _MERGE.finditer(text):
            found.append(Merge(int(m[2]), column_number(m[1].decode()), int(m[4]), column_number(m[3].decode())))
        cut = max(text.rfind(b"<"), len(text) - 300)
        rest = text[cut:]
        tail = b"" if _MERGE.match(rest) else rest
    return sorted(set(found)), held


def filled(rows: Iterator[Line], areas: list[Merge]) -> Generator[Line, None, None]:
    """Rows with the value of each merged area in every cell it covers.

    A number merged over several rows could be counted several times, so its cells become an ``Odd`` that only
    texts, codes, dates and dimensions accept. Rows with no value of their own stay out.
    """
    waiting = list(reversed(areas))
    active: list[tuple[Merge, Cell]] = []
    for row, cells in rows:
        active = [(area, value) for area, value in active if area.bottom >= row]
        while waiting and waiting[-1].top <= row:
            area = waiting.pop()
            if area.top == row and area.left < len(cells) and cells[area.left] is not None:
                active.append((area, _spread(area, cells[area.left])))
        for area, value in active:
            if not (isinstance(value, Odd) and area.top == area.bottom):  # one row: the number stays where it is
                cells.extend([None] * (min(area.right, 16_383) + 1 - len(cells)))
                cells[area.left : area.right + 1] = [value] * (area.right + 1 - area.left)
        yield row, cells


def _spread(area: Merge, value: Cell) -> Cell:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Odd("merged_number", value, {"cells": str(area)})
    return value
